package prom

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/sample"
)

// canaryHash is what Prometheus knows of the password "canary-old-password".
const canaryHash = "$2a$04$.snwZ98E6dlNidK7BUGxd.FMlgoQuN2fYFUTWDUMjfMUFs6QFQ1JO"

// A real Prometheus wants a password and a client certificate, and shows one of its own.
func TestRealPrometheusBehindTLSAndAPassword(t *testing.T) {
	authority, err := servers.NewAuthority("tests")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	issue := func(name string) (certificate, key string) {
		cert, secret, err := authority.Issue(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(cert), string(secret)
	}
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	serverCert, serverKey := issue("prometheus")
	cert, key := issue("okr")
	me, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority.PEM)
	url := startPrometheus(t, &servers.WebOptions{
		CertFile: file("server.crt", serverCert), KeyFile: file("server.key", serverKey), ClientCAFile: file("ca.crt", string(authority.PEM)),
		Users: map[string]string{"okr": canaryHash},
		Client: &http.Client{Transport: asOKR{&http.Transport{TLSClientConfig: &tls.Config{
			Certificates: []tls.Certificate{me}, RootCAs: pool, MinVersion: tls.VersionTLS12,
		}}}},
	})
	stranger, err := servers.NewAuthority("somebody else")
	if err != nil {
		t.Fatal(err)
	}
	strange, strangeKey, err := stranger.Issue("okr")
	if err != nil {
		t.Fatal(err)
	}
	foreignCert, foreignKey := string(strange), Secret(strangeKey)
	full := TLS{CA: string(authority.PEM), Cert: cert, Key: Secret(key)}
	password := &BasicAuth{"okr", "canary-old-password"}
	cases := []struct {
		reason string
		access Access
		want   sample.Reason
		says   string
	}{
		{"all that it wants", Access{BasicAuth: password, TLS: full}, sample.Sampled, ""},
		{"no password", Access{TLS: full}, sample.AuthenticationFailed, "HTTP status 401"},
		{"another password", Access{BasicAuth: &BasicAuth{"okr", canary}, TLS: full}, sample.AuthenticationFailed, "HTTP status 401"},
		{"a token instead", Access{Bearer: canary, TLS: full}, sample.AuthenticationFailed, "HTTP status 401"},
		{"no client certificate", Access{BasicAuth: password, TLS: TLS{CA: full.CA}}, sample.SourceUnavailable, "the source wants a client certificate"},
		{"a stranger's client certificate", Access{BasicAuth: password, TLS: TLS{CA: full.CA, Cert: foreignCert, Key: foreignKey}},
			sample.SourceUnavailable, "the source wants a client certificate, or another one"},
		{"no authority", Access{BasicAuth: password, TLS: TLS{Cert: cert, Key: Secret(key)}}, sample.SourceUnavailable, "no authority that is trusted vouches for its certificate"},
	}
	for _, tc := range cases {
		c := newClient(t, Options{URL: url, Access: tc.access})
		got := c.Ask(t.Context(), ping, asked)
		if got.Reason != tc.want || !strings.Contains(got.Message, tc.says) {
			t.Errorf("%s: got %+v, want %s %q", tc.reason, got, tc.want, tc.says)
		}
		if f := c.Facts(); got.OK() && (f != Facts{Flavour: Prometheus, Version: f.Version, Retention: "400d"}) {
			t.Errorf("%s: it tells %+v", tc.reason, f)
		}
	}
}

// asOKR adds the password.
type asOKR struct{ next http.RoundTripper }

func (a asOKR) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.SetBasicAuth("okr", "canary-old-password")
	return a.next.RoundTrip(req)
}
