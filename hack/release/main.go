// Command release makes what a release consists of, in dist/: archives of the plugin for every platform and of the controller
// for clusters' nodes, install.yaml, the chart, an SBOM of each binary, krew's manifest of the plugin, and checksums.txt over
// all of them. The same commit and the same Go give the same bytes. docs/release.md says what is done with them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"okr.dev/controller/hack/servers"
)

// release is what is made, and of what.
type release struct {
	// version is such as v0.1.0.
	version string
	// time is when the commit was made: every file in an archive is of then.
	time time.Time
	// image is the controller's in install.yaml, without a tag.
	image string
	// downloads is the address of the folder in which files of a release are found, under its version.
	downloads string
	// root is the folder of go.mod, bin that of the tools, and dist where everything goes.
	root, bin, dist string
	platforms       []platform
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r := release{platforms: platforms}
	flag.StringVar(&r.image, "image", "okr-controller", "image of the controller in install.yaml; its tag is the version")
	flag.StringVar(&r.downloads, "downloads", "https://okr.dev/releases", "address of the folder that has a folder for each release")
	only := flag.String("only", "", "a single platform, such as linux/amd64: to try the recipe")
	untagged := flag.Bool("untagged", false, "do not ask that the commit has the version's tag: to try the recipe")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: release [flags] v0.1.0")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		return errors.New("which version is it to be?")
	}
	r.version = flag.Arg(0)
	if err := r.prepare(ctx, *only, *untagged); err != nil {
		return err
	}
	if err := r.make(ctx); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(r.dist, checksums))
	if err != nil {
		return err
	}
	fmt.Print(string(text))
	return nil
}

var version = regexp.MustCompile(`^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$`)

// prepare finds out what is released, and refuses what would not be what it is called.
func (r *release) prepare(ctx context.Context, only string, untagged bool) (err error) {
	if !version.MatchString(r.version) {
		return fmt.Errorf("%q is not a version such as v0.1.0 or v0.2.0-rc.1", r.version)
	}
	r.image = untaggedImage(r.image)
	if r.platforms, err = chosen(r.platforms, only); err != nil {
		return err
	}
	if r.root, err = servers.ModuleRoot(); err != nil {
		return err
	}
	if r.bin, err = servers.BinDir(); err != nil {
		return err
	}
	r.dist = filepath.Join(r.root, "dist")
	changed, err := r.output(ctx, nil, "git", "status", "--porcelain")
	if err != nil {
		return err
	}
	if changed != "" {
		return fmt.Errorf("what is released must be committed; git status says:\n%s", changed)
	}
	tags, err := r.output(ctx, nil, "git", "tag", "--points-at", "HEAD")
	if err != nil {
		return err
	}
	if !untagged && !strings.Contains("\n"+tags+"\n", "\n"+r.version+"\n") {
		return fmt.Errorf("the commit does not have the tag %s", r.version)
	}
	at, err := r.output(ctx, nil, "git", "log", "-1", "--format=%ct")
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return fmt.Errorf("reading the commit's time: %w", err)
	}
	r.time = time.Unix(seconds, 0).UTC()
	if err := os.RemoveAll(r.dist); err != nil {
		return err
	}
	return os.MkdirAll(r.dist, 0o755)
}

func (r *release) make(ctx context.Context) error {
	for _, p := range r.platforms {
		for _, b := range binaries {
			if !b.isFor(p) {
				continue
			}
			if err := r.binary(ctx, b, p); err != nil {
				return fmt.Errorf("%s for %s: %w", b.name, p, err)
			}
		}
	}
	if err := r.manifests(ctx); err != nil {
		return err
	}
	if err := r.krew(); err != nil {
		return err
	}
	return writeChecksums(r.dist)
}

// output runs a program in the module's root and returns what it prints, without the line's end.
func (r *release) output(ctx context.Context, environment []string, program string, arguments ...string) (string, error) {
	var said strings.Builder
	cmd := exec.CommandContext(ctx, program, arguments...)
	cmd.Dir, cmd.Stderr, cmd.Env = r.root, &said, append(os.Environ(), environment...)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", filepath.Base(program), strings.Join(arguments, " "), err, said.String())
	}
	return strings.TrimRight(string(out), "\n"), nil
}
