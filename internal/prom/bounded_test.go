package prom

import (
	"context"
	"net/http"
	"runtime"
	"testing"
	"time"

	"okr.dev/controller/internal/sample"
)

// An endless stream and a bomb are read up to the limit, and no memory is taken for the rest.
func TestHugeBodyIsReadInBoundedMemory(t *testing.T) {
	const limit = 1 << 20
	for name, handler := range map[string]http.HandlerFunc{"endless": flood, "gzip bomb": bomb} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, Options{URL: serve(t, handler), Timeout: 30 * time.Second, MaxResponseBytes: limit})
			ask := func() {
				t.Helper()
				if got := c.Ask(context.Background(), sample.Question{Query: "up"}, asked); got.Reason != sample.ResponseTooLarge {
					t.Fatalf("got %s: %s", got.Reason, got.Message)
				}
			}
			ask() // connections and pools
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			ask()
			runtime.ReadMemStats(&after)
			// A growing buffer allocates less than 6 times what it ends with; client_golang may ask twice, and the
			// server is in this process. 100 MiB and more, were it not bounded.
			if took := after.TotalAlloc - before.TotalAlloc; took > 24*limit {
				t.Errorf("one answer allocated %d KiB, with a limit of %d KiB", took>>10, limit>>10)
			}
		})
	}
}
