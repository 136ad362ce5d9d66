package prom

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"okr.dev/controller/internal/sample"
)

const (
	userAgent = "okr-controller"
	// maxHeaderBytes bounds the header of an answer; Prometheus sends less than 1 KiB.
	maxHeaderBytes = 64 << 10
	// maxTokenBytes bounds the answer of a token endpoint.
	maxTokenBytes = 1 << 20
	idleTimeout   = 90 * time.Second
	// maxIdle is how many connections wait for the next request: as many as a source may be asked at once, for what is
	// due together would else be dialled anew each time, with a TLS handshake for each.
	maxIdle = 256
)

var (
	errTooLarge  = errors.New("the answer is larger than the limit")
	errRedirect  = errors.New("redirects are not followed")
	errLinkLocal = errors.New("link-local addresses are refused")
	// errCertificate is an exchange that failed after the server asked for a client certificate.
	errCertificate = errors.New("a client certificate is wanted")
)

// exchange carries what the transport saw to the one who asked, past client_golang, which drops it.
type exchange struct {
	// status is zero while no complete answer has come.
	status int
	header http.Header
	body   []byte
	// sent and received are when the request left and the answer was complete.
	sent, received time.Time
	// secrets are what the request was authenticated with.
	secrets []string
}

type exchangeKey struct{}

// outgoing gives every request of a source what all of them have. What differs from one request to the next comes
// after the headers of the spec, so that those cannot stand in for it.
type outgoing struct {
	next    http.RoundTripper
	headers map[string]string
}

// always is for Thanos and Mimir: replicas are one series, and part of an answer is none. Others do not know these
// parameters.
const always = "dedup=true&partial_response=false"

// RoundTrip sends the request with the headers and parameters.
func (o *outgoing) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	for name, value := range o.headers {
		req.Header.Set(name, value)
	}
	if t, ok := req.Context().Value(tenantKey{}).(sample.Tenant); ok && t.Header != "" {
		req.Header.Set(t.Header, t.HeaderValue)
	}
	if req.URL.RawQuery != "" {
		req.URL.RawQuery += "&"
	}
	req.URL.RawQuery += always
	return o.next.RoundTrip(req)
}

// guard is the round tripper that every exchange passes, those with token endpoints too: it reads the body itself,
// bounded, under the request's deadline, and lets no redirect through.
type guard struct {
	next  http.RoundTripper
	limit int64
	// wanted is set when the server asks for a client certificate, until it has answered; nil where nobody notes it.
	wanted *atomic.Bool
}

// RoundTrip returns an answer whose body is already in memory, at most limit bytes after decompression.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", userAgent)
	sent := time.Now()
	resp, err := g.next.RoundTrip(req)
	if err != nil {
		if g.wanted != nil && g.wanted.Load() {
			err = fmt.Errorf("%w: %w", errCertificate, err)
		}
		return nil, err
	}
	if g.wanted != nil {
		g.wanted.Store(false)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 == 3 {
		return nil, errRedirect
	}
	body, err := g.read(resp)
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if seen, ok := req.Context().Value(exchangeKey{}).(*exchange); ok {
		*seen = exchange{resp.StatusCode, resp.Header, body, sent, time.Now(), secretsOf(req)}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	return resp, nil
}

// secretsOf returns what a request is authenticated with, in each form in which a server could repeat it.
func secretsOf(req *http.Request) []string {
	_, credentials, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	_, password, _ := req.BasicAuth()
	return []string{credentials, password}
}

// scrub removes secrets from a text. What is shorter than four characters is none, and would hit everything.
func scrub(text string, secrets []string) string {
	for _, secret := range secrets {
		if len(secret) >= 4 {
			text = strings.ReplaceAll(text, secret, redacted)
		}
	}
	return text
}

// read returns the decoded body, or errTooLarge. What comes with 401 and 403 is not read: the status says all.
func (g *guard) read(resp *http.Response) ([]byte, error) {
	if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, g.limit+1))
	if int64(len(body)) > g.limit {
		return nil, errTooLarge
	}
	return body, err
}

// newTransport returns a pooled transport for one endpoint. It takes no proxy from the environment: where the
// controller connects is what the MetricSource says, and a proxy would dial past the link-local check. The request's
// own deadline covers the whole exchange; but net/http goes on connecting after it, so connecting has the same timeout.
func newTransport(secure *tls.Config, timeout time.Duration) *http.Transport {
	dialer := &net.Dialer{ControlContext: refuseLinkLocal, KeepAlive: 30 * time.Second, Timeout: timeout}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        secure,
		TLSHandshakeTimeout:    timeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    maxIdle,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// Addresses of clouds' metadata services that are not link-local by their form.
var (
	// nat64 holds IPv4 addresses in its last 32 bits (RFC 6052).
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
	// metadataOfAWS is the IPv6 address of its instance metadata service.
	metadataOfAWS = netip.MustParseAddr("fd00:ec2::254")
)

// refuseLinkLocal runs after the name is resolved and before the connection is made, so that no DNS answer leads
// to a cloud's metadata service.
func refuseLinkLocal(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address to connect to: %w", err)
	}
	ip := to.Addr().Unmap().WithZone("")
	if nat64.Contains(ip) {
		bytes := ip.As16()
		ip = netip.AddrFrom4([4]byte(bytes[12:]))
	}
	if ip.IsLinkLocalUnicast() || ip.IsLinkLocalMulticast() || ip == metadataOfAWS {
		return errLinkLocal
	}
	return nil
}
