package draft_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	k8syaml "sigs.k8s.io/yaml"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/manifest"
)

var server *envtest.Environment

// start starts a kube-apiserver with the kinds of this repository, when the first test asks for it.
var start = sync.OnceValues(func() (client.Client, error) {
	bin := os.Getenv("KUBEBUILDER_ASSETS")
	if bin == "" {
		bin = "../../../bin"
	}
	if _, err := os.Stat(filepath.Join(bin, "kube-apiserver")); err != nil {
		return nil, fmt.Errorf("run `make tools`: %w", err)
	}
	server = &envtest.Environment{BinaryAssetsDirectory: bin, CRDDirectoryPaths: []string{"../../../config/crd/bases"}, ErrorIfCRDPathMissing: true}
	config, err := server.Start()
	if err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	c, err := client.New(config, client.Options{Scheme: command.Scheme()})
	if err != nil {
		return nil, err
	}
	return client.WithFieldValidation(c, metav1.FieldValidationStrict), nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if server != nil {
		if err := server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop kube-apiserver:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// admit asks the API server whether it would take every document of a file, and returns how many there are.
func admit(t *testing.T, text string) int {
	t.Helper()
	c, err := start()
	if err != nil {
		t.Fatal(err)
	}
	documents := manifest.Parse("", []byte(text)).Documents
	for _, d := range documents {
		if d.Err != nil {
			t.Fatalf("%v\n%s", d.Err, text)
		}
		raw, err := d.JSON()
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		object := &unstructured.Unstructured{}
		if err := k8syaml.Unmarshal(raw, &object.Object); err != nil {
			t.Fatal(err)
		}
		object.SetNamespace(metav1.NamespaceDefault)
		if err := c.Create(t.Context(), object, client.DryRunAll); err != nil {
			t.Errorf("%v\n%s", err, raw)
		}
	}
	return len(documents)
}

// What the commands write is admitted, suggestions that are taken out of their comments too.
func TestWhatIsWrittenIsAdmitted(t *testing.T) {
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, _, _ := strings.Cut(string(content), "==== standard error")
			asked += admit(t, text)
			if _, suggested, found := strings.Cut(text, "\n# ---\n"); found {
				suggested, _, _ = strings.Cut(suggested, "\n#\n") // there are paragraphs behind them
				asked += admit(t, strings.ReplaceAll("\n"+suggested, "\n# ", "\n"))
			}
		})
	}
	if asked < 55 {
		t.Errorf("%d documents were asked about: where are the others?", asked)
	}
}

// Whatever people type is admitted where the command takes it.
func TestHostileAnswersAreAdmittedOrRefused(t *testing.T) {
	texts := []string{
		"yes", "---", "a\n---\nkind: Secret", "x: {y", "#", "\x1b[2J", "日本語", strings.Repeat("very ", 60) + "long", "C:\\ \"quoted\" 'twice'", "2026", "\u2028", "~", "é😀",
	}
	admitted := 0
	for _, text := range texts {
		out, errOut, code := run(t, "sales", recorded.Screens()["80"], "",
			"new", "--title", text, "--description", text, "--rationale", text, "--owner", text, "--person", text, "--contact", text, "--cycle", text, "--action", text,
			"--key-result", strings.ReplaceAll(text, "\n", " ")+"|"+text+"|1|2")
		switch {
		case code == 0:
			admitted += admit(t, out)
		case code != 2 || !strings.HasPrefix(errOut, "error: "):
			t.Errorf("%q: exit %d, %s", text, code, errOut)
		}
	}
	if admitted < 20 {
		t.Errorf("%d documents were admitted: most of these answers are fine", admitted)
	}
}
