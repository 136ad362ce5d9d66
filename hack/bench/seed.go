package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/prom"
	"okr.dev/controller/internal/sample"
)

// seeder writes KPIs into etcd as kube-apiserver stores them, the way a backup is restored: creating them one by one
// and having each status written takes kube-apiserver so long that nobody would measure 100,000.
type seeder struct {
	etcd string // http://host:port
	// stored is a KPI that was created and measured the long way.
	stored v1alpha1.KPI
	client *http.Client
}

// registry is where kube-apiserver keeps an object.
func registry(key client.ObjectKey) []byte {
	return []byte("/registry/" + v1alpha1.GroupVersion.Group + "/kpis/" + key.Namespace + "/" + key.Name)
}

// newSeeder reads how a KPI is stored.
func newSeeder(ctx context.Context, etcd string, key client.ObjectKey) (*seeder, error) {
	s := &seeder{etcd: etcd, client: &http.Client{Timeout: time.Minute}}
	s.client.Transport = &http.Transport{MaxIdleConnsPerHost: creators}
	var answer struct {
		KVs []struct{ Value []byte }
	}
	if err := s.call(ctx, "range", map[string]any{"key": registry(key)}, &answer); err != nil {
		return nil, err
	}
	if len(answer.KVs) != 1 {
		return nil, fmt.Errorf("etcd holds %d values under %s, want one", len(answer.KVs), registry(key))
	}
	if err := json.Unmarshal(answer.KVs[0].Value, &s.stored); err != nil {
		return nil, fmt.Errorf("reading how KPI %s is stored: %w", key, err)
	}
	return s, nil
}

// call calls etcd's API in JSON, where bytes are base64.
func (s *seeder) call(ctx context.Context, what string, message, answer any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.etcd+"/v3/kv/"+what, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("etcd: %s: %s", what, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// write writes a KPI. Each has a revision of its own, which kube-apiserver relies on: no transaction of several.
func (s *seeder) write(ctx context.Context, kpi *v1alpha1.KPI) error {
	value, err := json.Marshal(kpi)
	if err != nil {
		return err
	}
	var answer struct{}
	return s.call(ctx, "put", map[string]any{"key": registry(client.ObjectKeyFromObject(kpi)), "value": value}, &answer)
}

// measuredKPI is a KPI as it is stored once it has been measured and its alignment has settled.
func (s *seeder) measuredKPI(kpi *v1alpha1.KPI) *v1alpha1.KPI {
	made := s.stored.DeepCopy()
	made.Name, made.Namespace, made.Labels, made.UID = kpi.Name, kpi.Namespace, kpi.Labels, uuid.NewUUID()
	defaulted := made.Spec
	made.Spec = kpi.Spec
	made.Spec.Metric.SourceRef = defaulted.Metric.SourceRef
	made.Status = v1alpha1.KPIStatus{ObservedGeneration: -1}

	in := evaluate.KPIInput{KPI: made, Metric: &evaluate.Metric{
		Spec: *made.Spec.Metric, Namespace: made.Namespace, SourceFound: true, MinInterval: time.Second,
		Expression: prom.Analyze(made.Spec.Metric.Query, 0),
	}}
	// Born ten minutes ago; a minute is enough to be sure that nobody looks after it.
	now := time.Now()
	for _, at := range []time.Time{now.Add(-10 * time.Minute), now.Add(-5 * time.Minute)} {
		answer := sample.Good(valueOf(made.Spec.Metric.Query, 0), at)
		held := func(sample.Question) (sample.Held, bool) {
			return sample.Held{Last: answer, Good: answer, Since: at}, true
		}
		made.Status = evaluate.KPI(in, held, at).Status
	}
	made.CreationTimestamp = metav1.NewTime(now.Add(-10 * time.Minute).Truncate(time.Second))
	return made
}

// seed writes the KPIs from first to n, not included.
func (b *bench) seed(ctx context.Context, s *seeder, first, n int) error {
	defer s.client.CloseIdleConnections()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var done atomic.Int64
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		workqueue.ParallelizeUntil(ctx, creators, n-first, func(i int) {
			if err := s.write(ctx, s.measuredKPI(b.kpi(first+i))); err != nil {
				cancel(err)
				return
			}
			done.Add(1)
		})
	}()
	for {
		select {
		case <-finished:
			return context.Cause(ctx)
		case <-time.After(5 * time.Second):
			b.Note("%d of %d are written", done.Load(), n)
		}
	}
}
