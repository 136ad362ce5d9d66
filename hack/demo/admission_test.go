package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// What is in Git is admitted by a real API server, and so is what the demo makes of it, whenever it is played.
func TestSamplesAreAdmitted(t *testing.T) {
	bin := os.Getenv("KUBEBUILDER_ASSETS")
	if bin == "" {
		bin = "../../bin"
	}
	env := &envtest.Environment{
		BinaryAssetsDirectory: bin,
		CRDDirectoryPaths:     []string{"../../config/crd/bases"},
		ErrorIfCRDPathMissing: true,
	}
	config, err := env.Start()
	t.Cleanup(func() {
		if err := env.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(errors.Join(errors.New("run `make tools`"), err))
	}
	c, err := client.New(config, client.Options{Scheme: runtime.NewScheme()})
	if err != nil {
		t.Fatal(err)
	}
	c = client.WithFieldValidation(c, metav1.FieldValidationStrict)

	var git []byte
	for _, folder := range []string{".", "company-a", "web-agency", "mobile-app", "car-maker", "online-shop", "platform"} {
		text, err := exec.Command(filepath.Join(bin, "kubectl"), "kustomize", filepath.Join(samplesDir, folder)).Output()
		if err != nil {
			t.Fatalf("%s does not build: %v", folder, err)
		}
		if folder == "." {
			git = text
		}
	}
	answer, err := os.ReadFile("../../" + answerFile)
	if err != nil {
		t.Fatal(err)
	}
	git = append(append(git, "\n---\n"...), answer...)
	admit(t, c, "as in Git", git, true) // so that the namespaces are there
	for _, day := range []string{"2026-11-15", "2027-03-01", "2028-02-29", "2028-12-31"} {
		today, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		rendered, err := render(git, today, "http://127.0.0.1:9090")
		if err != nil {
			t.Errorf("played on %s: %v", day, err)
			continue
		}
		admit(t, c, "played on "+day, rendered, false)
	}
}

// admit creates the goals without leaving them behind. Namespaces are made if they are said to be new.
func admit(t *testing.T, c client.Client, reason string, text []byte, namespaces bool) {
	t.Helper()
	objects, err := decode(text)
	if err != nil {
		t.Fatalf("%s: %v", reason, err)
	}
	if len(objects) < 100 {
		t.Fatalf("%s: %d objects are not all of them", reason, len(objects))
	}
	for _, object := range objects {
		options := []client.CreateOption{client.DryRunAll}
		if object.GetKind() == "Namespace" {
			if !namespaces {
				continue
			}
			options = nil
		}
		if err := c.Create(t.Context(), object, options...); err != nil {
			t.Errorf("%s: %s: %v", reason, named(object), err)
		}
	}
}
