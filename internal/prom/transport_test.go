package prom

import (
	"compress/gzip"
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/sample"
)

var good = data("scalar", "[1790000000,\"1\"]")

// serve answers with h until the test ends. Handlers that hang end with their request.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // a server notices that its client left only once the body is read
		h(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// What the bodies of answers may be.
var (
	hang  = http.HandlerFunc(servers.Hang())
	drip  = http.HandlerFunc(servers.Drip(5 * time.Millisecond))
	flood = http.HandlerFunc(servers.Endless())
	bomb  = http.HandlerFunc(servers.Bomb())
)

func truncated(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(good))
}

func TestTransport(t *testing.T) {
	const late = "no complete answer within the source's timeout"
	const large = "the answer is larger than the source's maxResponseBytes: aggregate in the query, or raise the limit"
	cases := map[string]struct {
		reason  string
		handler http.HandlerFunc
		timeout time.Duration
		want    sample.Reason
		message string
	}{
		"hanging":   {reason: "the deadline covers the headers", handler: hang, timeout: 100 * time.Millisecond, want: sample.Timeout, message: late},
		"dripping":  {reason: "the deadline covers the body", handler: drip, timeout: 100 * time.Millisecond, want: sample.Timeout, message: late},
		"endless":   {reason: "the body is bounded", handler: flood, want: sample.ResponseTooLarge, message: large},
		"gzip bomb": {reason: "what counts is the decoded body", handler: bomb, want: sample.ResponseTooLarge, message: large},
		"truncated": {reason: "half an answer is none", handler: truncated, want: sample.SourceUnavailable, message: "no complete answer came from the source"},
		"gzip": {reason: "compressed answers are read", want: sample.Sampled, handler: func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "gzip" || r.UserAgent() != "okr-controller" {
				http.Error(w, "no gzip, or somebody else", http.StatusBadRequest)
				return
			}
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			_, _ = packed.Write([]byte(good))
			_ = packed.Close()
		}},
		"only GET": {reason: "client_golang falls back to GET", want: sample.Sampled, handler: func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				http.Error(w, "no", http.StatusMethodNotAllowed)
				return
			}
			_, _ = w.Write([]byte(good))
		}},
		"explicit time": {reason: "time and a readable timeout are sent", want: sample.Sampled, timeout: 1500 * time.Millisecond, handler: func(w http.ResponseWriter, r *http.Request) {
			if r.FormValue("time") != "1790000000" || r.FormValue("timeout") != "2s" || r.FormValue("query") != "up" {
				http.Error(w, r.Form.Encode(), http.StatusTeapot)
				return
			}
			_, _ = w.Write([]byte(good))
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.timeout == 0 {
				tc.timeout = 10 * time.Second
			}
			c := newClient(t, Options{URL: serve(t, tc.handler), Timeout: tc.timeout})
			got := c.Ask(context.Background(), sample.Question{Query: "up"}, asked)
			if diff := cmp.Diff([]string{string(tc.want), tc.message}, []string{string(got.Reason), got.Message}); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		var visits atomic.Int32
		elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { visits.Add(1) })
		from := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, status) })
		got := newClient(t, Options{URL: from}).Ask(context.Background(), sample.Question{Query: "up"}, asked)
		if got.Reason != sample.SourceUnavailable || !strings.Contains(got.Message, "redirect") || visits.Load() != 0 {
			t.Errorf("%d: got %+v and %d visits, want a refusal and none", status, got, visits.Load())
		}
	}
}

func TestUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	plain := serve(t, http.NotFound)
	cases := map[string]struct{ reason, url, message string }{
		"refused":            {"nobody listens", "http://" + closed, "the source refused the connection"},
		"certificate":        {"nobody vouches for it", secure.URL, "no TLS connection to the source: no authority that is trusted vouches for its certificate: write the one that signed it in tls.ca"},
		"no TLS":             {"https to an http port", strings.Replace(plain, "http:", "https:", 1), "no TLS connection to the source: it answers without TLS: is the port right, or does the address begin with http://?"},
		"metadata service":   {"link-local is refused", "http://169.254.169.254", "the source's address is link-local, which is refused"},
		"mapped":             {"in any notation", "http://[::ffff:169.254.169.254]", "the source's address is link-local, which is refused"},
		"translated":         {"behind NAT64", "http://[64:ff9b::169.254.169.254]", "the source's address is link-local, which is refused"},
		"of AWS":             {"a metadata service in another range", "http://[fd00:ec2::254]", "the source's address is link-local, which is refused"},
		"link-local of IPv6": {"of both families", "http://[fe80::1]", "the source's address is link-local, which is refused"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := newClient(t, Options{URL: tc.url}).Ask(context.Background(), sample.Question{Query: "up"}, asked)
			want := sample.Sample{Time: asked, Reason: sample.SourceUnavailable, Message: tc.message}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestNoTLSSaysWhatToMend(t *testing.T) {
	cases := []struct {
		reason, says string
		err          error
	}{
		{"url and tls.serverName are where the name is written", "write a name that it is for in url, or in tls.serverName",
			x509.HostnameError{Certificate: &x509.Certificate{}, Host: "here"}},
		{"tls.serverName is not for the token endpoint", "its certificate is for another name than the host of oauth2.tokenURL",
			endpointError{x509.HostnameError{Certificate: &x509.Certificate{}, Host: "here"}}},
		{"no other authority will help", "has expired or is not valid yet", x509.CertificateInvalidError{Reason: x509.Expired}},
		{"nothing better is known", "its certificate cannot be accepted", x509.CertificateInvalidError{Reason: x509.NameMismatch}},
	}
	for _, tc := range cases {
		got := unanswered(fmt.Errorf("ask: %w", tc.err), asked)
		if got.Reason != sample.SourceUnavailable || !strings.HasPrefix(got.Message, "no TLS connection to the ") || !strings.HasSuffix(got.Message, tc.says) {
			t.Errorf("%s: got %+v, want %q", tc.reason, got, tc.says)
		}
	}
}

func TestUnresolvableAndCancelled(t *testing.T) {
	dns := &net.DNSError{Err: "no such host", Name: "secret.internal", IsNotFound: true}
	if got := unanswered(dns, asked); got.Reason != sample.SourceUnavailable || got.Message != "the source's host name cannot be resolved" {
		t.Errorf("a name that does not resolve: %+v", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	got := newClient(t, Options{URL: serve(t, hang)}).Ask(ctx, sample.Question{Query: "up"}, asked)
	if got.Reason != sample.SourceUnavailable || got.Message != "the question was cancelled before an answer came" {
		t.Errorf("a question cancelled: %+v", got)
	}
}

func TestNew(t *testing.T) {
	cases := map[string]struct{ reason, url, want string }{
		"http":      {"plain", "http://prometheus:9090", ""},
		"prefix":    {"behind a path", "https://host/prometheus/", ""},
		"ftp":       {"scheme", "ftp://host", `the url's scheme is "ftp": write http or https`},
		"file":      {"no files", "file:///etc/passwd", `the url's scheme is "file": write http or https`},
		"relative":  {"no scheme", "host:9090", `the url's scheme is "host": write http or https`},
		"userinfo":  {"credentials live elsewhere, and are not repeated", "http://me:secret@host", "the url holds a user or password: leave them out"},
		"broken":    {"not repeated either", "http://me:sec ret@ho st", "the url does not parse: write it as https://host:9090"},
		"no host":   {"nowhere to go", "http://", "the url has no host: write it as https://host:9090"},
		"only port": {"nowhere to go", "http://:9090", "the url has no host: write it as https://host:9090"},
		"query":     {"parameters are ours", "http://host?a=b", "the url has a query or fragment: write it as https://host:9090/prefix"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c, err := New(Options{URL: tc.url})
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				c.Close()
			}
			if got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}
