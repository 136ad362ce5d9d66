package company

import (
	"iter"
	"time"

	"okr.dev/controller/hack/servers"
)

// HistoryDays is how far back History goes: to a quarter before the last complete one, for windows that end with the
// one before.
const HistoryDays = 190

// Prometheus looks back 5 minutes from the instant it is asked about: a wider step would leave gaps.
const historyStep = 5 * time.Minute

// History are the series of the past, up to the start, one by one. They carry the labels of the exporter's scrape,
// which continues them.
func (c *Company) History() iter.Seq[servers.Series] {
	return func(yield func(servers.Series) bool) {
		for i := range metrics {
			if !yield(c.history(&metrics[i])) {
				return
			}
		}
	}
}

func (c *Company) history(m *Metric) servers.Series {
	series := servers.Series{
		Name:   m.Name,
		Labels: map[string]string{"job": Job, "instance": Instance, "team": m.Team},
		Points: make([]servers.Point, 0, HistoryDays*24*60/5+1),
	}
	for at := c.start.AddDate(0, 0, -HistoryDays); !at.After(c.start); at = at.Add(historyStep) {
		series.Points = append(series.Points, servers.Point{Time: at, Value: m.value(c.day(at))})
	}
	return series
}

// Scrape is how Prometheus reads the exporter, so that its series continue the history.
func (e *Exporter) Scrape() servers.Scrape {
	return servers.Scrape{Job: Job, Target: e.Address, Labels: map[string]string{"instance": Instance}}
}
