// Package company plays the business numbers of the organisations of config/samples, for the demo: what their billing,
// web analytics and help desks would export. Every number is a function of time alone, so that the history written for
// the past and the values served from now on are one line.
package company

import (
	"fmt"
	"maps"
	"math"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Job and Instance are the labels that Prometheus puts on the exporter's series. The history carries the same.
const (
	Job      = "company"
	Instance = "company"
)

// Metric is one number of the company.
type Metric struct {
	// Name is the metric's name in Prometheus.
	Name string
	// Help says what it is.
	Help string
	// Team is its label "team": who works on it.
	Team string
	// Counter is true for a number that only grows; its path is then the growth per day.
	Counter bool

	path  path
	noise float64 // how far the number swings within a day, as a share of itself
	dips  []dip
}

// Company is the numbers of one run of the demo. All are anchored at its start, so that every run shows the same.
type Company struct {
	start time.Time

	mu        sync.Mutex
	overrides map[string]float64
}

// New is a company whose "now" is the given time.
func New(start time.Time) *Company {
	return &Company{start: start, overrides: make(map[string]float64)}
}

// Start is the anchor.
func (c *Company) Start() time.Time { return c.start }

// Value is the number at a time, without overrides. It is NaN for a name that is not in Metrics.
func (c *Company) Value(name string, at time.Time) float64 {
	metric, ok := byName[name]
	if !ok {
		return math.NaN()
	}
	return metric.value(c.day(at))
}

// Pace is how much a counter grows per day at a time. It is NaN for everything else.
func (c *Company) Pace(name string, at time.Time) float64 {
	metric, ok := byName[name]
	if !ok || !metric.Counter {
		return math.NaN()
	}
	return metric.path.at(c.day(at))
}

// day is the time in days since the start, negative before it.
func (c *Company) day(at time.Time) float64 { return at.Sub(c.start).Hours() / 24 }

func (m *Metric) value(day float64) float64 {
	if m.Counter {
		return math.Floor(m.path.total(day))
	}
	value := m.path.at(day) * (1 + m.noise*swing(day))
	for _, d := range m.dips {
		if d.covers(day) {
			value = d.to
		}
	}
	return value
}

// SetOverride makes a number stay at a value from now on, as far as scrapes see. Counters cannot be overridden:
// they would have to run backwards.
func (c *Company) SetOverride(name string, value float64) error {
	metric, ok := byName[name]
	if !ok {
		return fmt.Errorf("the company has no number %q", name)
	}
	if metric.Counter {
		return fmt.Errorf("%q is a counter: it only grows", name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.overrides[name] = value
	return nil
}

// ClearOverride lets a number follow its own course again.
func (c *Company) ClearOverride(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.overrides, name)
}

// Describe sends nothing: what is collected describes itself.
func (c *Company) Describe(chan<- *prometheus.Desc) {}

// Collect sends every number as it is now.
func (c *Company) Collect(out chan<- prometheus.Metric) {
	c.mu.Lock()
	overrides := maps.Clone(c.overrides)
	c.mu.Unlock()

	now := time.Now()
	for i := range metrics {
		metric := &metrics[i]
		value, overridden := overrides[metric.Name]
		if !overridden {
			value = metric.value(c.day(now))
		}
		kind := prometheus.GaugeValue
		if metric.Counter {
			kind = prometheus.CounterValue
		}
		description := prometheus.NewDesc(metric.Name, metric.Help, nil, prometheus.Labels{"team": metric.Team})
		out <- prometheus.MustNewConstMetric(description, kind, value)
	}
}
