package controllers

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"okr.dev/controller/internal/sample"
)

// instruments are the metrics about the controller's own work. Those about goals are in goals.
type instruments struct {
	reconciles  *prometheus.CounterVec
	writes      *prometheus.CounterVec
	queries     *prometheus.CounterVec
	duration    *prometheus.HistogramVec
	lastSuccess *prometheus.GaugeVec
	interval    prometheus.Gauge
}

func newInstruments(statusInterval time.Duration) *instruments {
	i := &instruments{
		reconciles: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okr_reconciles_total", Help: "Evaluations of objects, by kind.",
		}, []string{"kind"}),
		writes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okr_status_writes_total",
			Help: "Status writes by kind and reason: First, Transition, Edit, Memory, or Value for numbers and texts that have merely moved.",
		}, []string{"kind", "reason"}),
		queries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okr_source_queries_total", Help: "Queries sent to a source, by outcome: Sampled, or why there was no value.",
		}, []string{"source", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "okr_source_query_duration_seconds", Help: "How long a source took to answer.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2.5, 10),
		}, []string{"source"}),
		lastSuccess: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "okr_source_last_success_timestamp_seconds", Help: "When a source last gave a complete answer, in Unix seconds.",
		}, []string{"source"}),
		interval: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "okr_status_interval_seconds", Help: "--status-interval: what has merely moved is written once in it, per object.",
		}),
	}
	i.interval.Set(statusInterval.Seconds())
	return i
}

// register adds the instruments and the collector of goals to a registry.
func (i *instruments) register(registry metrics.RegistererGatherer, goals prometheus.Collector) error {
	for _, c := range []prometheus.Collector{i.reconciles, i.writes, i.queries, i.duration, i.lastSuccess, i.interval, goals} {
		if err := registry.Register(c); err != nil {
			return err
		}
	}
	return nil
}

// observe counts one answer of a source.
func (i *instruments) observe(source string, answer sample.Sample, took time.Duration) {
	i.queries.WithLabelValues(source, string(answer.Reason)).Inc()
	i.duration.WithLabelValues(source).Observe(took.Seconds())
	if answer.Reason.Answered() {
		i.lastSuccess.WithLabelValues(source).SetToCurrentTime()
	}
}

// forget drops the series of a source that is gone.
func (i *instruments) forget(source string) {
	labels := prometheus.Labels{"source": source}
	i.queries.DeletePartialMatch(labels)
	i.duration.DeletePartialMatch(labels)
	i.lastSuccess.DeletePartialMatch(labels)
}
