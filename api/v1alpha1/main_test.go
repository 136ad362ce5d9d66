package v1alpha1_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"okr.dev/controller/api/v1alpha1"
)

const crds = "../../config/crd/bases"

// apiServer is a kube-apiserver with the CRDs of this repository.
type apiServer struct {
	client.Client // refuses unknown fields, as kubectl has the server do
	env           *envtest.Environment
	kubectl       string
	kubeconfig    string
}

// start starts the one server of this package when the first test asks for it: the workers of a fuzz run, which are this
// binary too, then have none.
var start = sync.OnceValues(func() (*apiServer, error) {
	bin := os.Getenv("KUBEBUILDER_ASSETS")
	if bin == "" {
		bin = "../../bin"
	}
	for _, name := range []string{"kube-apiserver", "etcd", "kubectl"} {
		if _, err := os.Stat(filepath.Join(bin, name)); err != nil {
			return nil, fmt.Errorf("run `make tools`: %w", err)
		}
	}
	env := &envtest.Environment{
		BinaryAssetsDirectory: bin,
		CRDDirectoryPaths:     []string{crds},
		ErrorIfCRDPathMissing: true,
	}
	if _, err := env.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start kube-apiserver: %w", err), env.Stop())
	}
	server := &apiServer{env: env, kubectl: filepath.Join(bin, "kubectl")}
	if err := server.connect(); err != nil {
		return nil, errors.Join(err, env.Stop())
	}
	started = server
	return server, nil
})

// started is the server, if a test has asked for it.
var started *apiServer

func (s *apiServer) connect() error {
	c, err := client.New(s.env.Config, client.Options{Scheme: scheme()})
	if err != nil {
		return fmt.Errorf("client: %w", err)
	}
	s.Client = client.WithFieldValidation(c, metav1.FieldValidationStrict)
	dir, err := os.MkdirTemp("", "okr-api-")
	if err != nil {
		return fmt.Errorf("directory of the kubeconfig: %w", err)
	}
	s.kubeconfig = filepath.Join(dir, "kubeconfig")
	if err := os.WriteFile(s.kubeconfig, s.env.KubeConfig, 0o600); err != nil {
		return fmt.Errorf("kubeconfig: %w", err)
	}
	return nil
}

func scheme() *runtime.Scheme {
	s := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(s); err != nil {
		panic(err) // a mistake in the code, not in its surroundings
	}
	return s
}

// server returns the server, and fails the test without one.
func server(t *testing.T) *apiServer {
	t.Helper()
	s, err := start()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// try runs kubectl against the server, and returns what it prints.
func (s *apiServer) try(t *testing.T, args ...string) (string, error) {
	t.Helper()
	command := exec.Command(s.kubectl, args...)
	command.Env = append(os.Environ(), "KUBECONFIG="+s.kubeconfig, "HOME="+filepath.Dir(s.kubeconfig))
	out, err := command.CombinedOutput()
	return string(out), err
}

// run is try for what must work.
func (s *apiServer) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := s.try(t, args...)
	if err != nil {
		t.Fatalf("kubectl %q: %v\n%s", args, err, out)
	}
	return out
}

// namespace makes an empty namespace of a test's own.
func (s *apiServer) namespace(t *testing.T, name string) {
	t.Helper()
	s.run(t, "create", "namespace", name)
}

func TestMain(m *testing.M) {
	code := m.Run()
	if started != nil {
		if err := errors.Join(started.env.Stop(), os.RemoveAll(filepath.Dir(started.kubeconfig))); err != nil {
			fmt.Fprintln(os.Stderr, "stop kube-apiserver:", err)
			code = 1
		}
	}
	os.Exit(code)
}
