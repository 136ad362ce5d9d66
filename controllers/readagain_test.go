package controllers

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/sample"
	"okr.dev/controller/internal/sampler"
)

// counting counts what is read live.
type counting struct {
	client.Reader
	reads *atomic.Int32
}

func (c counting) Get(ctx context.Context, key client.ObjectKey, o client.Object, options ...client.GetOption) error {
	c.reads.Add(1)
	return c.Reader.Get(ctx, key, o, options...)
}

// late is a cache whose watch hears of nothing.
type late struct{ client.Reader }

func (late) Get(_ context.Context, _ client.ObjectKey, o client.Object, _ ...client.GetOption) error {
	o.(*metav1.PartialObjectMetadata).ResourceVersion = "1"
	return nil
}

// docs/faults.md: "401, 403": the Secret is read again once, although no watch tells of a change, and another client is
// made only if it did change.
func TestSecretIsReadAgainOnceWhenTheSourceBeginsToRefuseIt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var accepted atomic.Value
	accepted.Store("first")
	url := r.serve(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Bearer "+accepted.Load().(string) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answering(w, req)
	})
	token := r.secret("token", map[string]string{"token": "first"})
	r.create(token)
	ref := r.key(token, "token")
	source := r.use(v1alpha1.PrometheusEndpoint{URL: url, BearerTokenSecretRef: &ref, InsecureAllowHTTP: new(true)})
	asking := sampler.New(sampler.Config{})
	reads := &atomic.Int32{}
	c := &clients{
		sampler: asking, cached: gather.World{Reader: late{}}, alarm: &alarm{queues: map[string]queue{}}, known: map[string]sourceClient{},
		vault: vault{live: counting{admin, reads}, namespace: ownNamespace},
	}
	asking.Register(sample.Owner{Kind: kindMetricSource, Name: source.Name}, []sample.Watch{{Question: evaluate.Ping(source)}})
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- asking.Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		c.drop(source.Name)
	})
	connect := func(reason string, wantReads int32) *sourceClient {
		t.Helper()
		for range 3 {
			if _, err := c.connect(t.Context(), source); err != nil {
				t.Fatal(err)
			}
		}
		if got := reads.Load(); got != wantReads {
			t.Errorf("%s: the Secret was read %d times, want %d", reason, got, wantReads)
		}
		known := c.known[source.Name]
		return &known
	}
	holds := func(reason sample.Reason) {
		t.Helper()
		r.soon(func() error {
			if held, _ := asking.Held(evaluate.Ping(source)); held.Last.Reason != reason {
				return fmt.Errorf("the source answers %q, want %q", held.Last.Reason, reason)
			}
			return nil
		})
	}
	// again has the source asked now: its next regular ping is a minute away.
	again := func() {
		limits := sampler.Source{Asker: refreshed{c.known[source.Name].client, time.Now()}, MaxConcurrent: 1, QueriesPerSecond: 50, MinInterval: time.Second}
		asking.SetSource(source.Name, limits)
	}
	first := connect("new", 1)
	holds(sample.Sampled)
	accepted.Store("second")
	again()
	holds(sample.AuthenticationFailed)
	if same := connect("refused, and unchanged", 2); same.client != first.client {
		t.Error("an equal Secret made another client")
	}
	accepted.Store("first")
	again()
	holds(sample.Sampled)
	connect("accepted", 2)
	accepted.Store("second")
	again()
	holds(sample.AuthenticationFailed)
	r.edit(token, func() { token.Data = map[string][]byte{"token": []byte("second")} })
	if other := connect("refused, and changed", 3); other.client == first.client {
		t.Error("the changed Secret made no other client")
	}
	holds(sample.Sampled)
}

// refreshed is a client that the sampler takes for another one.
type refreshed struct {
	sampler.Asker
	at time.Time
}
