package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// platform is an operating system and an architecture, as Go names them.
type platform struct{ system, architecture string }

func (p platform) String() string { return p.system + "/" + p.architecture }

var platforms = []platform{
	{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
}

// chosen is all platforms, or the one that is named.
func chosen(all []platform, only string) ([]platform, error) {
	if only == "" {
		return all, nil
	}
	if i := slices.IndexFunc(all, func(p platform) bool { return p.String() == only }); i >= 0 {
		return all[i : i+1], nil
	}
	return nil, fmt.Errorf("%s is not one of the platforms %v", only, all)
}

// binary is a program that is released.
type binary struct {
	// name is that of the file, source the package that it is built from.
	name, source string
	// beside are files of the repository that stand beside it in its archive.
	beside []string
	// isFor says which platforms there is one for.
	isFor func(platform) bool
}

var binaries = []binary{
	// The image is built from sources too; this is for those who run the controller without one.
	{name: "manager", source: ".", isFor: func(p platform) bool { return p.system == "linux" }},
	{name: plugin, source: "./cmd/kubectl-okr", beside: []string{"cmd/kubectl-okr/kubectl_complete-okr"}, isFor: func(platform) bool { return true }},
}

const plugin = "kubectl-okr"

// file is the name of a binary's file.
func (b binary) file(p platform) string {
	if p.system == "windows" {
		return b.name + ".exe"
	}
	return b.name
}

// archive is the name of the archive with a binary.
func (b binary) archive(version string, p platform) string {
	end := ".tar.gz"
	if p.system == "windows" {
		end = ".zip"
	}
	return b.base(version, p) + end
}

func (b binary) base(version string, p platform) string {
	return strings.Join([]string{b.name, version, p.system, p.architecture}, "_")
}

// linkerFlags are the same in the Dockerfile: no symbols, no build id, and the version's name.
func linkerFlags(version string) string {
	return "-s -w -buildid= -X 'okr.dev/controller/internal/build.version=" + version + "'"
}

// binary builds a program without paths and C, says what it consists of, and packs it.
func (r *release) binary(ctx context.Context, b binary, p platform) error {
	work, err := os.MkdirTemp("", "okr-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	built := filepath.Join(work, b.file(p))
	fmt.Fprintln(os.Stderr, "building", b.name, "for", p)
	// GOFLAGS and a workspace of this machine do not count, and the commit is recorded: the tree is clean.
	environment := []string{"CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOOS=" + p.system, "GOARCH=" + p.architecture, "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT="}
	if _, err := r.output(ctx, environment, "go", "build", "-trimpath", "-buildvcs=true", "-ldflags", linkerFlags(r.version), "-o", built, b.source); err != nil {
		return err
	}
	sbom := filepath.Join(r.dist, b.base(r.version, p)+".cdx.json")
	if _, err := r.output(ctx, nil, filepath.Join(r.bin, "cyclonedx-gomod"), "bin", "-json", "-std", "-noserial", "-notimestamp",
		"-version", r.version, "-output", sbom, built); err != nil {
		return err
	}
	files := map[string]string{b.file(p): built, "LICENSE": filepath.Join(r.root, "LICENSE")}
	for _, beside := range b.beside {
		files[filepath.Base(beside)] = filepath.Join(r.root, beside)
	}
	contents, err := readFiles(files)
	if err != nil {
		return err
	}
	archive := filepath.Join(r.dist, b.archive(r.version, p))
	if strings.HasSuffix(archive, ".zip") {
		return write(archive, func(f *os.File) error { return zipTo(f, contents, r.time) })
	}
	return write(archive, func(f *os.File) error { return tarTo(f, contents, r.time) })
}
