package prom

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/common/config"
)

// Access is what an endpoint wants to be asked with. The zero Access asks as nobody, and trusts the authorities that
// the system trusts.
type Access struct {
	// At most one of BasicAuth, Bearer, Token and OAuth2.
	BasicAuth *BasicAuth
	// Bearer is a bearer token.
	Bearer Secret
	// Token gets bearer tokens that end. It is called when one is needed, never twice at once, and should return
	// soon after its context ends. Its errors should be TokenErrors.
	Token TokenSource
	// OAuth2 gets tokens from a token endpoint.
	OAuth2 *OAuth2

	// TLS is how the connection is secured.
	TLS TLS
	// Headers are sent with every request. Names as net/http writes them.
	Headers map[string]string
	// AllowHTTP lets credentials travel over plain http.
	AllowHTTP bool
}

// Format writes a stand-in, whatever the verb: where a verb does not fit a pointer, fmt looks past the Format of what it
// points to.
func (Access) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// BasicAuth is a user name and a password.
type BasicAuth struct {
	Username string
	Password Secret
}

// OAuth2 is a client at a token endpoint.
type OAuth2 struct {
	ClientID     string
	ClientSecret Secret
	// TokenURL is the token endpoint, http or https.
	TokenURL string
	Scopes   []string
	// Params are further parameters of the token request.
	Params url.Values
}

// TLS is how a connection is secured. All of it is PEM.
type TLS struct {
	// CA are the authorities that must vouch for the server; empty: those that the system trusts.
	CA string
	// Cert and Key are shown to the server; both or neither.
	Cert string
	Key  Secret
	// ServerName is whom the server's certificate must be for; empty: the URL's host.
	ServerName string
	// InsecureSkipVerify accepts any certificate.
	InsecureSkipVerify bool
}

func (a Access) authenticates() bool {
	return a.BasicAuth != nil || a.Bearer != "" || a.Token != nil || a.OAuth2 != nil
}

// ErrPlainHTTP is the error of New for credentials that would travel over plain http.
var ErrPlainHTTP = errors.New("credentials would travel over plain http: write an address that begins with https://, " +
	"or insecureAllowHTTP: true")

// ErrContent is wrapped by the errors of New about what the credentials hold: a certificate that cannot be read, or a
// token that cannot be sent. They begin with the field that refers to it. The spec may be fine.
var ErrContent = errors.New("what it refers to cannot be used")

// check returns why credentials are not sent to an address.
func (a Access) check(address string) error {
	plain := func(address string) bool { return !strings.HasPrefix(strings.ToLower(address), "https://") }
	switch {
	case !a.authenticates() || a.AllowHTTP:
	case plain(address), a.OAuth2 != nil && plain(a.OAuth2.TokenURL):
		return ErrPlainHTTP
	}
	if strings.ContainsFunc(string(a.Bearer), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("bearerTokenSecretRef: %w: the token has a line break or another control character in it", ErrContent)
	}
	return nil
}

// config returns what crypto/tls makes of it. Whether a server asked for a certificate is noted in wanted: one that
// does not like what it gets hangs up, and what is seen of that differs from one time to the next.
func (t TLS) config(wanted *atomic.Bool) (*tls.Config, error) {
	if t.CA != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(t.CA)) {
		return nil, fmt.Errorf("tls.ca: %w: it holds no certificate; write PEM, which begins with -----BEGIN CERTIFICATE-----", ErrContent)
	}
	if t.Cert != "" || t.Key != "" {
		// Errors of crypto/tls tell what a key is made of.
		if _, err := tls.X509KeyPair([]byte(t.Cert), []byte(t.Key)); err != nil {
			return nil, fmt.Errorf("tls.certSecretRef: %w: the certificate and its key cannot be read (PEM), or do not belong together", ErrContent)
		}
	}
	made, err := config.NewTLSConfig(&config.TLSConfig{
		CA: t.CA, Cert: t.Cert, Key: config.Secret(t.Key), ServerName: t.ServerName, InsecureSkipVerify: t.InsecureSkipVerify,
	})
	if err != nil {
		return nil, fmt.Errorf("tls: %w: the settings contradict each other", ErrContent)
	}
	show := made.GetClientCertificate
	made.GetClientCertificate = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		wanted.Store(true)
		if show == nil {
			return &tls.Certificate{}, nil // none
		}
		return show(info)
	}
	return made, nil
}

// ofTokenEndpoint is how the connection to a token endpoint is secured: it is another server, often one that all
// the world knows, so the source's authorities are added to the system's.
func (t TLS) ofTokenEndpoint() *tls.Config {
	if t.CA == "" {
		return &tls.Config{MinVersion: tls.VersionTLS12}
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pool.AppendCertsFromPEM([]byte(t.CA))
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// authenticate puts what says who asks around next. It uses the round trippers of prometheus/common, but not its
// HTTPClientConfig as a whole: the transport of that has no bound on headers, and its OAuth2 client follows
// redirects with the client's secret and knows no deadline.
func (a Access) authenticate(next http.RoundTripper, timeout time.Duration) (rt http.RoundTripper, closeIdle func()) {
	switch {
	case a.BasicAuth != nil:
		return config.NewBasicAuthRoundTripper(config.NewInlineSecret(a.BasicAuth.Username),
			config.NewInlineSecret(string(a.BasicAuth.Password)), next), func() {}
	case a.Bearer != "":
		return config.NewAuthorizationCredentialsRoundTripper("Bearer", config.NewInlineSecret(string(a.Bearer)), next), func() {}
	case a.Token != nil:
		return newBearer(next, a.Token), func() {}
	case a.OAuth2 != nil:
		transport := newTransport(a.TLS.ofTokenEndpoint(), timeout)
		return newBearer(next, a.OAuth2.tokens(&guard{next: transport, limit: maxTokenBytes})), transport.CloseIdleConnections
	default:
		return next, func() {}
	}
}
