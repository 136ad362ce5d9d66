package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// sent lists the files that the Dockerfile's COPY sees: those that .dockerignore does not exclude.
func sent(t *testing.T) []string {
	t.Helper()
	file, err := os.Open(filepath.Join(root(t), ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	patterns, err := ignorefile.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	listed := exec.Command("git", "ls-files", "--cached", "--others")
	listed.Dir = root(t)
	out, err := listed.Output()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for name := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		excluded, err := matcher.MatchesOrParentMatches(name)
		if err != nil {
			t.Fatal(err)
		}
		if !excluded {
			files = append(files, name)
		}
	}
	return files
}

// With what the image's build is given, Go finds every package and every file that is embedded.
func TestImageIsBuiltFromWhatDockerignoreAdmits(t *testing.T) {
	files := sent(t)
	dir := t.TempDir()
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(root(t), name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list := func() (string, error) {
		list := exec.Command("go", "list", "-deps", ".")
		list.Dir = dir
		out, err := list.CombinedOutput()
		return string(out), err
	}
	out, err := list()
	if err != nil || !strings.Contains(out, "okr.dev/controller/controllers\n") {
		t.Errorf("the image cannot be built with what .dockerignore admits: %v\n%s", err, out)
	}
	// And it would be noticed: without a package that the controller imports, Go does not find it.
	if err := os.RemoveAll(filepath.Join(dir, "internal", "sampler")); err != nil {
		t.Fatal(err)
	}
	if out, err := list(); err == nil {
		t.Errorf("a package is missing, and nothing is said:\n%s", out)
	}
}

func TestImageIsBuiltFromNothingElse(t *testing.T) {
	for _, name := range sent(t) {
		top, _, _ := strings.Cut(name, "/")
		switch top {
		case "go.mod", "go.sum", "main.go", "api", "controllers", "internal":
		default:
			t.Errorf("%s is sent to the image's build, which does not need it", name)
		}
	}
}

func TestImageIsBuiltAsReleasesAre(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`-trimpath -buildvcs=false -ldflags="` + linkerFlags("${VERSION}") + `"`, "CGO_ENABLED=0", "USER 65532:65532",
		"FROM --platform=${BUILDPLATFORM:-linux/amd64} golang:1.26 AS build", "FROM gcr.io/distroless/static:nonroot",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the Dockerfile does not say %s", want)
		}
	}
}
