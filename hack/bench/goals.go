package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
)

const (
	// perNamespace is how many KPIs a namespace has: fewer than a source allows it.
	perNamespace = 400
	// creators is how many write KPIs at once.
	creators = 16
	// benchLabel tells the KPIs that are measured from those of the source that hangs.
	benchLabel       = "bench"
	measured, hangs  = "measured", "hangs"
	hungNamespace    = "bench-hung"
	healthyUpTo      = 1000 // No value reaches it.
	unhealthyFrom    = 1    // Every value exceeds it.
	sourceName       = "default"
	hungName         = "hung"
	noLimitPerSecond = 10_000
	noLimitAtOnce    = 256
)

// administrator is a client without limits of its own.
func administrator(plane *servers.ControlPlane) (client.WithWatch, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	config := plane.Config()
	config.QPS = -1
	return client.NewWithWatch(config, client.Options{Scheme: scheme})
}

// metricSource has limits that brake nothing.
func metricSource(name, url string) *v1alpha1.MetricSource {
	perSecond, atOnce := int32(noLimitPerSecond), int32(noLimitAtOnce)
	return &v1alpha1.MetricSource{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.MetricSourceSpec{
			Prometheus:        v1alpha1.PrometheusEndpoint{URL: url},
			AllowedNamespaces: v1alpha1.SourceNamespaces{From: v1alpha1.NamespacesFromAll},
			Limits: &v1alpha1.SourceLimits{
				Timeout: "10s", MaxConcurrent: &atOnce, QueriesPerSecond: &perSecond, MinInterval: "1s",
			},
		},
	}
}

// kpi is the KPI of a number, healthy whatever its value is.
func (b *bench) kpi(i int) *v1alpha1.KPI {
	query := i % b.distinct()
	return &v1alpha1.KPI{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespaceOf(i), Name: fmt.Sprintf("kpi-%06d", i), Labels: map[string]string{benchLabel: measured},
		},
		Spec: v1alpha1.KPISpec{
			Title: fmt.Sprintf("Requests to service %06d", i),
			Owner: &v1alpha1.Owner{Team: fmt.Sprintf("team-%03d", i/perNamespace)},
			Unit:  "req/s",
			Metric: &v1alpha1.Metric{
				SourceRef: v1alpha1.SourceReference{Name: sourceName},
				Query:     fmt.Sprintf(`sum(rate(http_requests_total{service="%06d"}[5m]))`, query),
				Interval:  v1alpha1.Duration(b.interval.String()),
			},
			Target: atMost(healthyUpTo),
		},
	}
}

func namespaceOf(i int) string { return fmt.Sprintf("bench-%04d", i/perNamespace) }

func atMost(limit int) *v1alpha1.Band {
	bound := v1alpha1.Decimal(fmt.Sprint(limit))
	return &v1alpha1.Band{AtMost: &bound}
}

// createKPIs creates the source, the namespaces and the KPIs, and begins to watch them. The first KPI goes the way of
// every KPI; the others are written as that one is stored in the end.
func (b *bench) createKPIs(ctx context.Context) error {
	if err := b.api.Create(ctx, metricSource(sourceName, b.source.URL())); err != nil {
		return fmt.Errorf("creating the source: %w", err)
	}
	for i := 0; i < b.kpis; i += perNamespace {
		if err := b.createNamespace(ctx, namespaceOf(i)); err != nil {
			return err
		}
	}
	watching, stop := context.WithCancel(context.Background())
	b.watched = watchKPIs(watching, b.api, client.MatchingLabels{benchLabel: measured})
	b.keep(func() error { stop(); return nil })
	first := b.kpi(0)
	if err := b.api.Create(ctx, first); err != nil {
		return fmt.Errorf("creating the first KPI: %w", err)
	}
	if err := b.until(ctx, time.Minute, func(context.Context) (string, error) {
		if _, measured, _ := b.watched.progress(); measured == 0 {
			return "the first KPI is being measured", nil
		}
		return "", nil
	}); err != nil {
		return err
	}
	s, err := newSeeder(ctx, "http://"+b.plane.EtcdAddress(), client.ObjectKeyFromObject(first))
	if err != nil {
		return err
	}
	return b.seed(ctx, s, 1, b.kpis)
}

func (b *bench) createNamespace(ctx context.Context, name string) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if err := b.api.Create(ctx, namespace); err != nil {
		return fmt.Errorf("creating namespace %s: %w", name, err)
	}
	return nil
}

// waitSettled waits until every query has been asked, every KPI is measured and none has more to say by itself: the
// first one says a minute after its birth that nobody looks after it.
func (b *bench) waitSettled(ctx context.Context) error {
	patience := 5*time.Minute + b.interval + time.Duration(b.kpis)*10*time.Millisecond
	return b.until(ctx, patience, func(context.Context) (string, error) {
		exist, measured, settled := b.watched.progress()
		asked := b.source.askedSince(time.Time{})
		if exist == b.kpis && settled == b.kpis && asked == b.distinct() {
			return "", nil
		}
		return fmt.Sprintf("%d of %d are measured, %d settled (the last one takes a minute); %d of %d queries were asked", measured, b.kpis, settled, asked, b.distinct()), nil
	})
}
