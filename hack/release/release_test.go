package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
)

var committed = time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC)

func root(t *testing.T) string {
	t.Helper()
	dir, err := servers.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Both programs call themselves what the linker was told, by the flags of the release and of the Dockerfile.
func TestProgramsSayWhichReleaseTheyAre(t *testing.T) {
	if err := rendered.Notice("main.go", "go.mod", "api", "cmd", "controllers", "internal"); err != nil { // go build reads them
		t.Fatal(err)
	}
	dir := t.TempDir()
	cases := map[string]struct {
		source    string
		arguments []string
		want      string
	}{
		// Without a cluster it says what it is, and ends.
		"manager":     {".", nil, `"version":"v9.8.7"`},
		"kubectl-okr": {"./cmd/kubectl-okr", []string{"version", "--client"}, "Plugin       v9.8.7\n"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			// Without -trimpath, which would compile everything again: that of `make build` is linked.
			file := filepath.Join(dir, name)
			build := exec.Command("go", "build", "-buildvcs=false", "-ldflags", linkerFlags("v9.8.7"), "-o", file, tc.source)
			build.Dir = root(t)
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			run := exec.Command(file, tc.arguments...)
			run.Env = []string{"KUBECONFIG=" + filepath.Join(dir, "none"), "HOME=" + dir}
			out, _ := run.CombinedOutput() // the manager finds no cluster
			if !strings.Contains(string(out), tc.want) {
				t.Errorf("%s does not say %s:\n%s", name, tc.want, out)
			}
		})
	}
}

func TestArchivesDependOnTheirFilesAndTheCommitAlone(t *testing.T) {
	dir := t.TempDir()
	paths := map[string]string{}
	for name, mode := range map[string]os.FileMode{"kubectl-okr": 0o700, "LICENSE": 0o600} {
		paths[name] = filepath.Join(dir, name)
		if err := os.WriteFile(paths[name], []byte("what is in "+name), mode); err != nil {
			t.Fatal(err)
		}
	}
	pack := func() (tarred, zipped []byte) {
		files, err := readFiles(paths)
		if err != nil {
			t.Fatal(err)
		}
		var a, b bytes.Buffer
		if err := tarTo(&a, files, committed); err != nil {
			t.Fatal(err)
		}
		if err := zipTo(&b, files, committed); err != nil {
			t.Fatal(err)
		}
		return a.Bytes(), b.Bytes()
	}
	tarred, zipped := pack()
	for name, path := range paths {
		later := time.Now().Add(time.Hour)
		if err := os.Chtimes(path, later, later); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, map[string]os.FileMode{"kubectl-okr": 0o755, "LICENSE": 0o644}[name]); err != nil {
			t.Fatal(err)
		}
	}
	againTarred, againZipped := pack()
	if !bytes.Equal(tarred, againTarred) || !bytes.Equal(zipped, againZipped) {
		t.Error("the same files, with other times and another umask, make another archive")
	}
	files, err := untar(tarred)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]content{
		"kubectl-okr": {data: []byte("what is in kubectl-okr"), executable: true}, "LICENSE": {data: []byte("what is in LICENSE")},
	}
	if diff := cmp.Diff(want, files, cmp.AllowUnexported(content{})); diff != "" {
		t.Errorf("the archive (-want +got):\n%s", diff)
	}
}

func TestToolsOfOthersReadTheArchivesAndChecksums(t *testing.T) {
	dir := t.TempDir()
	files := map[string]content{"kubectl-okr": {data: []byte("x"), executable: true}, "LICENSE": {data: []byte("y")}}
	if err := write(filepath.Join(dir, "a.tar.gz"), func(f *os.File) error { return tarTo(f, files, committed) }); err != nil {
		t.Fatal(err)
	}
	if err := writeChecksums(dir); err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]string{
		"sha256sum -c checksums.txt": "a.tar.gz: OK",
		"TZ=UTC tar tvf a.tar.gz":    "-rwxr-xr-x 0/0               1 2026-11-26 04:00 kubectl-okr",
	} {
		sh := exec.Command("sh", "-c", command)
		sh.Dir = dir
		if out, err := sh.CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
	}
}

func TestKrewManifestNamesEveryArchiveOfThePluginWithItsChecksum(t *testing.T) {
	r := release{version: "v0.1.0", downloads: "https://okr.dev/releases/", dist: t.TempDir(), platforms: platforms}
	for _, p := range platforms {
		name := "kubectl-okr_v0.1.0_" + p.system + "_" + p.architecture
		for _, end := range []string{".tar.gz", ".zip"} {
			if (end == ".zip") == (p.system == "windows") {
				if err := os.WriteFile(filepath.Join(r.dist, name+end), []byte(name), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := r.krew(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(r.dist, "okr.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest krewPlugin
	if err := yaml.UnmarshalStrict(text, &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Spec.Platforms) != 6 || manifest.Metadata["name"] != "okr" || manifest.Spec.Version != "v0.1.0" || manifest.Spec.ShortDescription == "" {
		t.Errorf("the manifest:\n%s", text)
	}
	sha := regexp.MustCompile(`^[0-9a-f]{64}$`)
	for _, p := range manifest.Spec.Platforms {
		file := strings.TrimPrefix(p.URI, "https://okr.dev/releases/v0.1.0/")
		want, err := checksum(filepath.Join(r.dist, file))
		windows := p.Selector.MatchLabels["os"] == "windows"
		if err != nil || p.SHA256 != want || !sha.MatchString(want) || (p.Bin == "kubectl-okr.exe") != windows || strings.HasSuffix(file, ".zip") != windows {
			t.Errorf("%v: %+v", err, p)
		}
	}
}

func TestVersionsAndPlatforms(t *testing.T) {
	for text, good := range map[string]bool{
		"v0.1.0": true, "v1.20.3": true, "v0.2.0-rc.1": true,
		"0.1.0": false, "v0.1": false, "v01.0.0": false, "v0.1.0' -X main.x='": false, "latest": false, "v0.1.0+x": false,
	} {
		if version.MatchString(text) != good {
			t.Errorf("%q: want %v", text, good)
		}
	}
	if _, err := chosen(platforms, "plan9/amd64"); err == nil {
		t.Error("a platform that nothing is released for is chosen")
	}
	if got, err := chosen(platforms, "linux/arm64"); err != nil || len(got) != 1 || got[0].architecture != "arm64" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestUntaggedImage(t *testing.T) {
	for image, want := range map[string]string{
		"okr-controller": "okr-controller", "okr-controller:v0.1.0": "okr-controller", "registry.example:5000/okr": "registry.example:5000/okr",
		"registry.example:5000/okr:v1": "registry.example:5000/okr",
	} {
		if got := untaggedImage(image); got != want {
			t.Errorf("%s: got %s, want %s", image, got, want)
		}
	}
}
