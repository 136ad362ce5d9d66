package prom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

const (
	userAgent = "okr-controller"
	// maxHeaderBytes bounds the header of an answer; Prometheus sends less than 1 KiB.
	maxHeaderBytes = 64 << 10
	idleTimeout    = 90 * time.Second
	// maxIdle is how many connections wait for the next request: as many as a source may be asked at once, for what is
	// due together would else be dialled anew each time, with a TLS handshake for each.
	maxIdle = 256
)

var (
	errTooLarge  = errors.New("the answer is larger than the limit")
	errRedirect  = errors.New("redirects are not followed")
	errLinkLocal = errors.New("link-local addresses are refused")
)

// exchange carries what the transport saw to the one who asked, past client_golang, which drops it.
type exchange struct {
	// status is zero while no complete answer has come.
	status int
	body   []byte
}

type exchangeKey struct{}

// guard is the round tripper that every exchange passes: it reads the body itself, bounded, under the request's
// deadline, and lets no redirect through.
type guard struct {
	next  http.RoundTripper
	limit int64
}

// RoundTrip returns an answer whose body is already in memory, at most limit bytes after decompression.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", userAgent)
	resp, err := g.next.RoundTrip(req)
	if err != nil {
		return nil, err
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
		*seen = exchange{status: resp.StatusCode, body: body}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	return resp, nil
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

// newTransport returns the pooled transport of one endpoint. It takes no proxy from the environment: where the
// controller connects is what the MetricSource says, and a proxy would dial past the link-local check. There are
// no partial timeouts, for the request's own deadline covers the whole exchange.
func newTransport() *http.Transport {
	dialer := &net.Dialer{ControlContext: refuseLinkLocal, KeepAlive: 30 * time.Second}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    maxIdle,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// refuseLinkLocal runs after the name is resolved and before the connection is made, so that no DNS answer leads
// to a cloud's metadata service.
func refuseLinkLocal(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address to connect to: %w", err)
	}
	ip := to.Addr().Unmap()
	if ip.IsLinkLocalUnicast() || ip.IsLinkLocalMulticast() {
		return errLinkLocal
	}
	return nil
}
