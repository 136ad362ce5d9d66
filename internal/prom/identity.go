package prom

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	// identifyEvery is how often a server is asked what it is, at most.
	identifyEvery = time.Hour
	// skewSaid and skewGone are how far the server's clock lies from ours when that begins to be told, and when it
	// ends: at the edge it would come and go.
	skewSaid = 30 * time.Second
	skewGone = 20 * time.Second
	maxTold  = 64
)

// The flavours of servers.
const (
	Prometheus      = "Prometheus"
	Thanos          = "Thanos"
	Mimir           = "Mimir"
	VictoriaMetrics = "VictoriaMetrics"
	// UnknownServer answers queries and does not tell what it is.
	UnknownServer = "Unknown"
)

// Facts are what was found out about an endpoint beside the answers to questions.
type Facts struct {
	// Flavour is one of the flavours; empty before the endpoint has been asked.
	Flavour string
	// Version and Retention are as the server writes them, printable and at most 64 bytes; empty where it does
	// not tell.
	Version, Retention string
	// Skewed says that the server's clock and ours differ by more than 30 s.
	Skewed bool
}

// notebook holds the facts.
type notebook struct {
	mu         sync.Mutex
	facts      Facts
	identified time.Time
	// changed is called after the facts have changed, without the lock.
	changed func()
}

func (n *notebook) read() Facts {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.facts
}

func (n *notebook) write(change func(*Facts)) {
	n.mu.Lock()
	before := n.facts
	change(&n.facts)
	changed := n.facts != before
	n.mu.Unlock()
	if changed && n.changed != nil {
		n.changed()
	}
}

// due reports whether it is time to identify the server, and takes note that somebody does.
func (n *notebook) due(now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.identified.IsZero() && now.Sub(n.identified).Abs() < identifyEvery {
		return false
	}
	n.identified = now
	return true
}

// compareClocks takes note of how far the server's clock lies from ours. Its Date header is in whole seconds.
func (n *notebook) compareClocks(seen *exchange) {
	date, err := http.ParseTime(seen.header.Get("Date"))
	if err != nil {
		return
	}
	apart := max(seen.sent.Sub(date)-time.Second, date.Sub(seen.received))
	n.write(func(f *Facts) {
		if f.Skewed {
			f.Skewed = apart > skewGone
		} else {
			f.Skewed = apart > skewSaid
		}
	})
}

// identify asks the server what it is. What it does not tell, or not in time, stays as it was.
func (c *Client) identify(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var build struct {
		Application, Version, GoVersion string
	}
	seen := c.tell(ctx, "/api/v1/status/buildinfo", &build)
	if seen.status == 0 || seen.status/100 == 5 || seen.status == http.StatusTooManyRequests {
		return
	}
	told := Facts{Flavour: UnknownServer, Version: plain(build.Version, seen.secrets)}
	major, _, _ := strings.Cut(strings.TrimPrefix(build.Version, "v"), ".")
	switch {
	case seen.header.Get("X-Server-Hostname") != "":
		// VictoriaMetrics tells the version of Prometheus that it is compatible with, not its own.
		told = Facts{Flavour: VictoriaMetrics}
	case strings.Contains(build.Application, Mimir):
		told.Flavour = Mimir
	case build.Application != "" || build.GoVersion == "":
		// Somebody else, or one that does not tell.
	case major == "0":
		told.Flavour = Thanos // Prometheus left 0 behind in 2016; Thanos has not
	default:
		var running struct{ StorageRetention string }
		seen = c.tell(ctx, "/api/v1/status/runtimeinfo", &running)
		told.Retention = plain(running.StorageRetention, seen.secrets)
		if told.Version != "" || told.Retention != "" {
			told.Flavour = Prometheus
		}
	}
	c.notes.write(func(f *Facts) { told.Skewed = f.Skewed; *f = told })
}

// tell reads what the server tells at path into data, as far as it does.
func (c *Client) tell(ctx context.Context, path string, data any) *exchange {
	seen := &exchange{}
	ctx = context.WithValue(ctx, exchangeKey{}, seen)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.http.URL(path, nil).String(), http.NoBody)
	if err != nil {
		return seen
	}
	resp, body, err := c.http.Do(ctx, req) //nolint:bodyclose // the client has read and closed it
	if err != nil || resp.StatusCode/100 != 2 {
		return seen
	}
	var frame envelope
	if json.Unmarshal(body, &frame) == nil && frame.Status == "success" {
		_ = json.Unmarshal(frame.Data, data) // a field of another type is one that it does not tell
	}
	return seen
}

// unprintable is what has no place in a status: all but printable ASCII.
var unprintable = regexp.MustCompile(`[^[:print:]]+`)

// plain returns what a server told of itself: one line, bounded, and none of the secrets that it was sent.
func plain(text string, secrets []string) string {
	return brief(unprintable.ReplaceAllString(scrub(text, secrets), "?"), maxTold)
}
