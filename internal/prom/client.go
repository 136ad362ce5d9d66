package prom

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"okr.dev/controller/internal/sample"
)

const (
	defaultTimeout          = 10 * time.Second
	defaultMaxResponseBytes = 1 << 20
)

// Options say how to reach one endpoint.
type Options struct {
	// URL is the endpoint's address, http or https, without userinfo, query and fragment. A path is a prefix.
	URL string
	// Timeout is the deadline of one whole exchange: connect, headers and body. Zero: 10 s. A question that
	// needs several exchanges (history, look back) has it for each.
	Timeout time.Duration
	// MaxResponseBytes bounds the decompressed body of one answer. Zero: 1 MiB.
	MaxResponseBytes int64
	// Access is what the endpoint wants to be asked with.
	Access Access
	// Changed, if set, is called after the Facts have changed. It must only take note.
	Changed func()
	// wrap puts something around the pooled transport; tests answer in its stead.
	wrap func(http.RoundTripper) http.RoundTripper
}

// Client asks one endpoint. It is safe for concurrent use. Close it when the endpoint is no longer needed.
type Client struct {
	http     api.Client
	api      v1.API
	timeout  time.Duration
	coverage *coverage
	notes    *notebook
	// closeIdle closes idle connections.
	closeIdle func()
}

// New returns a Client for the endpoint, without connecting. It returns an error that says what to write instead
// where the URL is not acceptable, ErrPlainHTTP, or one that wraps ErrContent. No error holds a secret.
func New(o Options) (*Client, error) {
	address, err := endpoint(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Timeout < 0 || o.MaxResponseBytes < 0 {
		return nil, errors.New("timeout and maxResponseBytes must not be negative")
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxResponseBytes == 0 {
		o.MaxResponseBytes = defaultMaxResponseBytes
	}
	if err := o.Access.check(address); err != nil {
		return nil, err
	}
	wanted := &atomic.Bool{}
	secure, err := o.Access.TLS.config(wanted)
	if err != nil {
		return nil, err
	}
	transport := newTransport(secure, o.Timeout)
	next := http.RoundTripper(transport)
	if o.wrap != nil {
		next = o.wrap(next)
	}
	next, closeTokens := o.Access.authenticate(&guard{next: next, limit: o.MaxResponseBytes, wanted: wanted}, o.Timeout)
	client, err := api.NewClient(api.Config{Address: address, RoundTripper: &outgoing{next: next, headers: o.Access.Headers}})
	if err != nil {
		return nil, fmt.Errorf("client of the endpoint: %w", err)
	}
	return &Client{
		http: client, api: v1.NewAPI(client), timeout: o.Timeout, coverage: newCoverage(), notes: &notebook{changed: o.Changed},
		closeIdle: func() { transport.CloseIdleConnections(); closeTokens() },
	}, nil
}

// endpoint checks an address. Its errors never repeat the address, which may hold a password.
func endpoint(address string) (string, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return "", errors.New("the url does not parse: write it as https://host:9090")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("the url's scheme is %q: write http or https", brief(u.Scheme, 20))
	case u.User != nil:
		return "", errors.New("the url holds a user or password: leave them out")
	case u.Hostname() == "":
		return "", errors.New("the url has no host: write it as https://host:9090")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", errors.New("the url has a query or fragment: write it as https://host:9090/prefix")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// Close closes idle connections. Questions under way end by themselves.
func (c *Client) Close() { c.closeIdle() }

// Facts returns what was found out about the endpoint, as of the last sample.Ping that was asked.
func (c *Client) Facts() Facts { return c.notes.read() }

// Ask asks a question and returns the answer; whatever goes wrong is the sample's Reason and Message. A live
// question is asked for the instant at, which is the sample's time. A question about a past instant is asked for
// q.At and, if there is no number, for the last one within q.Lookback before it; the sample then has the time of
// that number. A question about a range ends there, or at the instant at if it is live. Values that rest on data the
// source no longer holds are HistoryUnavailable, in a range NaN. Everything that is sent is confined to q.Tenant. The
// answer to sample.Ping waits for the server to tell what it is, about once an hour.
func (c *Client) Ask(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
	if !q.Live() {
		at = time.Unix(q.At, 0)
	}
	at = at.UTC()
	if err := checkTenant(q.Tenant); err != nil {
		return failure(sample.SourceDenied, at, "%v", err)
	}
	ctx = context.WithValue(ctx, tenantKey{}, q.Tenant)
	switch {
	case q.Step > 0:
		return c.askRange(ctx, q, at)
	case !q.Live() || q.Offset > 0:
		return c.askPast(ctx, q, at)
	}
	s := c.askLive(ctx, q, at)
	if q.Query == sample.Ping && s.OK() && c.notes.due(time.Now()) {
		c.identify(ctx)
	}
	return s
}

// rendered returns q's query as it is sent for the instant at, confined to its tenant, or the sample that says why it
// is not sent. All that is sent about q is made of this text.
func rendered(q sample.Question, at time.Time) (string, sample.Sample) {
	text, err := Sent(q, at)
	switch {
	case errors.Is(err, ErrTooEarly):
		return "", failure(sample.NoData, at, "%v", ErrTooEarly)
	case err != nil:
		return "", failure(sample.InvalidQuery, at, "%s", problem(err))
	}
	return text, sample.Sample{}
}

// Sent returns the text that is sent for q at the instant at: Render's, with the tenant's matcher in every selector where
// q is confined to one. Its errors are Render's, and why the query cannot be confined.
func Sent(q sample.Question, at time.Time) (string, error) {
	if err := checkTenant(q.Tenant); err != nil {
		return "", err
	}
	text, err := Render(q, at)
	if err != nil || q.Tenant.Label == "" {
		return text, err
	}
	return confine(text, q.Tenant)
}

// instant asks for the value of a rendered query at one instant.
func (c *Client) instant(ctx context.Context, text string, at time.Time) sample.Sample {
	seen := &exchange{}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, exchangeKey{}, seen), c.timeout)
	defer cancel()
	value, warnings, _, err := c.api.Query(ctx, text, at, c.giveUp())
	if text == sample.Ping {
		c.notes.compareClocks(seen)
	}
	return decode(answer{seen, value, warnings, err}, at)
}

// giveUp tells the server when nobody waits any more. In whole seconds, rounded up: Prometheus does not read "1.5s".
func (c *Client) giveUp() v1.Option {
	return v1.WithTimeout((c.timeout + time.Second - 1).Truncate(time.Second))
}
