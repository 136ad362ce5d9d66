package install_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"okr.dev/controller/hack/artifacts/chart"
	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/servers"
)

// What a Prometheus wants of whom, and what it knows of the password.
const (
	user         = "okr"
	password     = "canary-old-password"
	passwordHash = "$2a$04$.snwZ98E6dlNidK7BUGxd.FMlgoQuN2fYFUTWDUMjfMUFs6QFQ1JO"
)

// releaseAsksWithAPassword gives the release a Prometheus that wants a password, behind a certificate of an authority that nobody
// knows: what it takes is in a Secret and a ConfigMap, and no value holds it.
func releaseAsksWithAPassword(t *testing.T, s *shop) {
	guarded, authority := guardedPrometheus(t)
	s.Controller(t, servers.ControllerOptions{})
	s.Kubectl(t, "create", "secret", "generic", "prometheus", "-n", chart.Namespace, "--from-literal=password="+password)
	s.Kubectl(t, "create", "configmap", "prometheus-ca", "-n", chart.Namespace, "--from-file=ca.crt="+authority)
	s.helm(t, "upgrade", chart.Release, chart.Dir, "-n", chart.Namespace, "--set", "prometheus.url="+guarded.URL,
		"--set", "prometheus.basicAuth.username="+user, "--set", "prometheus.basicAuth.passwordSecretRef.name=prometheus",
		"--set", "prometheus.basicAuth.passwordSecretRef.key=password", "--set", "prometheus.tls.ca.configMapRef.name=prometheus-ca",
		"--set", "prometheus.tls.ca.configMapRef.key=ca.crt")
	notes := s.helm(t, "get", "notes", chart.Release, "-n", chart.Namespace)
	if want := "carry the label\ngoals.okr.dev/metric-source"; !strings.Contains(notes, want) {
		t.Errorf("want NOTES to say %q, they say\n%s", want, notes)
	}
	s.Kubectl(t, "wait", "metricsource/default", "--for=condition=Ready=False", "--timeout=2m") // there is no label yet
	for _, object := range []string{"secret/prometheus", "configmap/prometheus-ca"} {
		s.Kubectl(t, "label", object, "-n", chart.Namespace, "goals.okr.dev/metric-source=")
	}
	s.Kubectl(t, "wait", "metricsource/default", "--for=condition=Reachable", "--timeout=2m")
	if values := s.helm(t, "get", "all", chart.Release, "-n", chart.Namespace); strings.Contains(values, password) {
		t.Error("the release holds the password")
	}
}

// guardedPrometheus is a Prometheus that lets in who has the password, and the file of the authority that vouches for it.
func guardedPrometheus(t *testing.T) (prometheus *servers.Prometheus, authorityFile string) {
	t.Helper()
	authority, err := servers.NewAuthority("tests")
	if err != nil {
		t.Fatal(err)
	}
	certificate, key, err := authority.Issue("prometheus")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority.PEM)
	prometheus = cluster.Prometheus(t, servers.PrometheusOptions{Web: &servers.WebOptions{
		CertFile: file("server.crt", certificate), KeyFile: file("server.key", key), Users: map[string]string{user: passwordHash},
		Client: &http.Client{Transport: withPassword{&http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}},
	}})
	return prometheus, file("ca.crt", authority.PEM)
}

// withPassword adds the password.
type withPassword struct{ next http.RoundTripper }

func (w withPassword) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.SetBasicAuth(user, password)
	return w.next.RoundTrip(req)
}
