package prom

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/sample"
)

// canary is the secret of every test: it must turn up where it belongs, and nowhere else.
const canary = "canary-4711-secret"

var up = sample.Question{Query: "up"}

// serveTLS answers with h over TLS until the test ends, and returns the address and the authority.
func serveTLS(t *testing.T, h http.HandlerFunc) (address, authority string) {
	t.Helper()
	server := httptest.NewTLSServer(h)
	server.Config.ErrorLog = nil
	t.Cleanup(server.Close)
	return server.URL, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}

// tokenEndpoint gives out the token to the client that knows the canary.
func tokenEndpoint(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if !basic || id != "okr" || secret != canary || r.FormValue("grant_type") != "client_credentials" ||
		r.FormValue("scope") != "read write" || r.FormValue("audience") != "metrics" || r.URL.Query().Has("dedup") || r.Header.Get("X-Team") != "" {
		http.Error(w, "no", http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprint(w, `{"access_token":"token-of-okr","token_type":"Bearer","expires_in":3600}`)
}

func clientOf(tokenURL string) *OAuth2 {
	return &OAuth2{ClientID: "okr", ClientSecret: canary, TokenURL: tokenURL, Scopes: []string{"read", "write"}, Params: url.Values{"audience": {"metrics"}}}
}

func always200(context.Context) (Token, error) { return Token{Value: canary}, nil }

func TestAccess(t *testing.T) {
	login, authority := serveTLS(t, tokenEndpoint)
	cases := map[string]struct {
		reason string
		access Access
		want   string // the Authorization header
	}{
		"nobody":  {"nothing is sent that was not asked for", Access{}, ""},
		"basic":   {"user and password", Access{BasicAuth: &BasicAuth{"okr", canary}}, "Basic b2tyOmNhbmFyeS00NzExLXNlY3JldA=="},
		"bearer":  {"a token from a Secret", Access{Bearer: canary}, "Bearer " + canary},
		"account": {"a token that ends", Access{Token: always200}, "Bearer " + canary},
		"oauth2":  {"a token from an endpoint with another authority's certificate", Access{OAuth2: clientOf(login), TLS: TLS{CA: authority}}, "Bearer token-of-okr"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got, team, parameters atomic.Value
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				got.Store(r.Header.Get("Authorization"))
				team.Store(r.Header.Get("X-Team"))
				parameters.Store(r.FormValue("dedup") + r.FormValue("partial_response") + r.FormValue("query"))
				_, _ = w.Write([]byte(good))
			})
			tc.access.AllowHTTP, tc.access.Headers = true, map[string]string{"X-Team": "okr"}
			s := newClient(t, Options{URL: address, Access: tc.access}).Ask(t.Context(), up, asked)
			if !s.OK() || got.Load() != tc.want || team.Load() != "okr" || parameters.Load() != "truefalseup" {
				t.Errorf("%s: got %+v, Authorization %q, X-Team %q, parameters %q", tc.reason, s, got.Load(), team.Load(), parameters.Load())
			}
		})
	}
}

// docs/faults.md: "Credentials over plain http".
func TestPlainHTTPIsRefused(t *testing.T) {
	for reason, o := range map[string]Options{
		"password":                 {URL: "http://host", Access: Access{BasicAuth: &BasicAuth{"okr", canary}}},
		"token":                    {URL: "http://host", Access: Access{Bearer: canary}},
		"token of an account":      {URL: "HTTP://host", Access: Access{Token: always200}},
		"token of a client":        {URL: "http://host", Access: Access{OAuth2: clientOf("https://login")}},
		"the secret of the client": {URL: "https://host", Access: Access{OAuth2: clientOf("http://login")}},
	} {
		if _, err := New(o); !errors.Is(err, ErrPlainHTTP) {
			t.Errorf("%s: got %v, want a refusal", reason, err)
		}
		o.Access.AllowHTTP = true
		if c, err := New(o); err != nil {
			t.Errorf("%s, allowed: %v", reason, err)
		} else {
			c.Close()
		}
	}
}

// docs/faults.md: "Redirect": credentials never follow, not those of the token request either.
func TestCredentialsNeverFollowARedirect(t *testing.T) {
	var visits atomic.Int32
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { visits.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		away := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, status) })
		home := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(good)) })
		for kind, o := range map[string]Options{
			"basic":          {URL: away, Access: Access{BasicAuth: &BasicAuth{"okr", canary}}},
			"bearer":         {URL: away, Access: Access{Bearer: canary}},
			"account":        {URL: away, Access: Access{Token: always200}},
			"header":         {URL: away, Access: Access{Headers: map[string]string{"X-Team": canary}}},
			"token endpoint": {URL: home, Access: Access{OAuth2: clientOf(away)}},
		} {
			o.Access.AllowHTTP = true
			got := newClient(t, o).Ask(t.Context(), up, asked)
			if got.Reason != sample.SourceUnavailable || !strings.Contains(got.Message, "answered with a redirect, which is not followed") {
				t.Errorf("%s, %d: got %+v, want a refusal", kind, status, got)
			}
		}
	}
	if visits.Load() != 0 {
		t.Errorf("%d requests followed a redirect, want none", visits.Load())
	}
}

func TestTLS(t *testing.T) {
	address, authority := serveTLS(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(good)) })
	other, err := servers.NewAuthority("somebody else")
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err := other.Issue("okr")
	if err != nil {
		t.Fatal(err)
	}
	_, wrongKey, err := other.Issue("okr")
	if err != nil {
		t.Fatal(err)
	}
	const noAuthority = "no authority that is trusted vouches for its certificate: write the one that signed it in tls.ca"
	cases := []struct {
		reason string
		tls    TLS
		says   string // of the error of New, or of the sample; empty: an answer
	}{
		{"its authority", TLS{CA: authority}, ""},
		{"a name that the certificate has too", TLS{CA: authority, ServerName: "example.com"}, ""},
		{"a name that it has not", TLS{CA: authority, ServerName: "prometheus.monitoring.svc"}, "is for another name than the host of url: write a name that it is for in url, or in tls.serverName"},
		{"another authority", TLS{CA: string(other.PEM)}, noAuthority},
		{"no authority", TLS{}, noAuthority},
		{"any certificate will do", TLS{InsecureSkipVerify: true}, ""},
		{"a certificate that nobody wants", TLS{CA: authority, Cert: string(cert), Key: Secret(key)}, ""},
		{"an authority that is none", TLS{CA: canary}, "tls.ca: what it refers to cannot be used: it holds no certificate"},
		{"a certificate without its key", TLS{CA: authority, Cert: string(cert)}, "tls.certSecretRef: what it refers to cannot be used: the certificate and its key cannot be read"},
		{"another certificate's key", TLS{CA: authority, Cert: string(cert), Key: Secret(wrongKey)}, "do not belong together"},
		{"a key that is none", TLS{CA: authority, Cert: string(cert), Key: canary}, "cannot be read (PEM)"},
	}
	for _, tc := range cases {
		t.Run(tc.reason, func(t *testing.T) {
			says := ""
			c, err := New(Options{URL: address, Access: Access{TLS: tc.tls}})
			if err != nil {
				says = err.Error()
				if !errors.Is(err, ErrContent) {
					t.Errorf("%v is not said to be about the content", err)
				}
			} else {
				t.Cleanup(c.Close)
				says = c.Ask(t.Context(), up, asked).Message
			}
			if (says == "") != (tc.says == "") || !strings.Contains(says, tc.says) || strings.Contains(says, canary) {
				t.Errorf("got %q, want %q", says, tc.says)
			}
		})
	}
}

// resolve answers every name with a link-local address, until the test ends.
func resolve(t *testing.T) {
	t.Helper()
	listener, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		buffer := make([]byte, 512)
		for {
			n, from, err := listener.ReadFrom(buffer)
			if err != nil {
				return
			}
			end := 12 // the question follows the header: a name, a type and a class
			for end < n && buffer[end] != 0 {
				end += int(buffer[end]) + 1
			}
			answer := append([]byte{}, buffer[:end+5]...)
			kind := int(answer[end+1])<<8 | int(answer[end+2])
			copy(answer[2:12], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
			if kind == 1 {
				answer[7] = 1
				answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 169, 254, 169, 254)
			}
			_, _ = listener.WriteTo(answer, from)
		}
	}()
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", listener.LocalAddr().String())
	}}
}

// docs/faults.md: "SSRF by a tenant's URL": link-local is refused at dial time, whatever leads there.
func TestLinkLocalIsRefusedBehindANameAndAtTheTokenEndpoint(t *testing.T) {
	resolve(t)
	home := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(good)) })
	for reason, tc := range map[string]struct {
		options Options
		message string
	}{
		"a name":                    {Options{URL: "http://metadata.example:80"}, "the source's address is link-local, which is refused"},
		"the token endpoint":        {Options{URL: home, Access: Access{OAuth2: clientOf("http://169.254.169.254/token")}}, "the token endpoint's address is link-local, which is refused"},
		"the token endpoint's name": {Options{URL: home, Access: Access{OAuth2: clientOf("http://login.example/token")}}, "the token endpoint's address is link-local, which is refused"},
	} {
		tc.options.Access.AllowHTTP = true
		got := newClient(t, tc.options).Ask(t.Context(), up, asked)
		if got.Reason != sample.SourceUnavailable || got.Message != tc.message {
			t.Errorf("%s: got %+v, want %q", reason, got, tc.message)
		}
	}
}

func TestNoProxyIsTakenFromTheEnvironment(t *testing.T) {
	for _, transport := range []*http.Transport{newTransport(nil, time.Second), newTransport(TLS{}.ofTokenEndpoint(), time.Second)} {
		if transport.Proxy != nil {
			t.Error("a proxy would dial past the link-local check")
		}
	}
}

// docs/faults.md: "Slow, hanging or dripping body": the deadline is over the whole exchange, the token's included.
func TestTokenEndpointThatDoesNotEnd(t *testing.T) {
	home := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(good)) })
	endless := newClient(t, Options{URL: home, MaxResponseBytes: 1024, Access: Access{OAuth2: clientOf(serve(t, flood)), AllowHTTP: true}})
	if got := endless.Ask(t.Context(), up, asked); got.Reason != sample.SourceUnavailable || got.Message != "no complete answer came from the token endpoint" {
		t.Errorf("endless: got %+v", got)
	}
	for name, handler := range map[string]http.HandlerFunc{"hanging": hang, "dripping": drip} {
		c := newClient(t, Options{URL: home, Timeout: 100 * time.Millisecond, Access: Access{OAuth2: clientOf(serve(t, handler)), AllowHTTP: true}})
		got := c.Ask(t.Context(), up, asked)
		if got.Reason != sample.Timeout || got.Message != "no complete answer from the token endpoint within the source's timeout" {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// docs/faults.md: "Slow, hanging or dripping body" and "Leaks": a handshake that nobody answers ends with the question.
func TestHandshakeThatHangsLeavesNothingBehind(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	ended := make(chan error)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, err := io.Copy(io.Discard, conn) // until the client hangs up
				_ = conn.Close()
				ended <- err
			}()
		}
	}()
	c := newClient(t, Options{URL: "https://" + listener.Addr().String(), Timeout: 50 * time.Millisecond})
	for range 3 {
		if got := c.Ask(t.Context(), up, asked); got.Reason != sample.Timeout {
			t.Errorf("got %+v, want Timeout", got)
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Log("the client hung up:", err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("the connection outlives the question")
		}
	}
}
