package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"okr.dev/controller/hack/artifacts/grafana"
)

// chosen is what somebody who looks at the dashboards of the demo has chosen: a team that has a quarter behind it too, and a
// number with two bounds.
var chosen = grafana.Chosen{"owner": {"platform"}, "kpi": {"headcount-utilisation"}}

// shownFor is how far the panels that show a course look back: the demo is some minutes old.
const shownFor = 2 * time.Minute

// waitDashboards waits until every panel of every dashboard shows data, as Grafana would ask for it.
func (d *demo) waitDashboards(ctx context.Context) error {
	prometheus, err := d.ask()
	if err != nil {
		return err
	}
	return d.until(ctx, func(ctx context.Context) (string, error) {
		var empty []string
		for _, dashboard := range grafana.Dashboards() {
			without, err := emptyPanels(ctx, prometheus, dashboard)
			if err != nil {
				return "", err
			}
			empty = append(empty, without...)
		}
		if len(empty) == 0 {
			return "", nil
		}
		return fmt.Sprintf("%d queries of panels have no answer: %s", len(empty), strings.Join(empty, "; ")), nil
	})
}

// emptyPanels names the panels of a dashboard that lack something to show, and the variables that nothing can be chosen of.
func emptyPanels(ctx context.Context, prometheus promv1.API, dashboard grafana.Dashboard) (empty []string, err error) {
	choices, empty, err := choose(ctx, prometheus, dashboard)
	if err != nil {
		return nil, err
	}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			query, missing := dashboard.Interpolate(target.Expr, choices)
			shows := false
			if len(missing) == 0 {
				if shows, err = answered(ctx, prometheus, query, target.Instant); err != nil {
					return nil, fmt.Errorf("%s, panel %q, query %s: %w", dashboard.UID, panel.Title, target.RefID, err)
				}
			}
			if !shows {
				empty = append(empty, fmt.Sprintf("%s, %q, %s", dashboard.UID, panel.Title, target.RefID))
			}
		}
	}
	return empty, nil
}

// choose gives each variable of which one must be chosen its value, as Grafana does: the first that there is.
func choose(ctx context.Context, prometheus promv1.API, dashboard grafana.Dashboard) (choices grafana.Chosen, empty []string, err error) {
	choices = grafana.Chosen{}
	for _, variable := range dashboard.Templating.List {
		series, label, of := variable.Values()
		if !of {
			continue
		}
		series, _ = dashboard.Interpolate(series, choices)
		found, _, _, err := prometheus.LabelValues(ctx, label, []string{series}, time.Now().Add(-shownFor), time.Now())
		if err != nil {
			return nil, nil, fmt.Errorf("%s, variable %s: %w", dashboard.UID, variable.Name, err)
		}
		wanted := chosen[variable.Name]
		switch {
		case label == "cluster": // of one cluster there is no such label
		case len(found) == 0 || len(wanted) > 0 && !slices.Contains(found, model.LabelValue(wanted[0])):
			empty = append(empty, fmt.Sprintf("%s, variable %s %v", dashboard.UID, variable.Name, wanted))
		case variable.IncludeAll && variable.AllValue != "":
		case variable.IncludeAll:
			for _, value := range found {
				choices[variable.Name] = append(choices[variable.Name], string(value))
			}
		case len(wanted) > 0:
			choices[variable.Name] = wanted
		default:
			choices[variable.Name] = []string{string(found[0])}
		}
	}
	return choices, empty, nil
}

// answered reports whether a query gives at least one number.
func answered(ctx context.Context, prometheus promv1.API, query string, instant bool) (bool, error) {
	var answer model.Value
	var err error
	if now := time.Now(); instant {
		answer, _, _, err = prometheus.Query(ctx, query, now)
	} else {
		answer, _, _, err = prometheus.QueryRange(ctx, query, promv1.Range{Start: now.Add(-shownFor), End: now, Step: 5 * time.Second})
	}
	if err != nil {
		return false, err
	}
	isNumber := func(v model.SampleValue) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }
	switch answer := answer.(type) {
	case model.Vector:
		return slices.ContainsFunc(answer, func(s *model.Sample) bool { return isNumber(s.Value) }), nil
	case model.Matrix:
		return slices.ContainsFunc(answer, func(s *model.SampleStream) bool {
			return slices.ContainsFunc(s.Values, func(p model.SamplePair) bool { return isNumber(p.Value) })
		}), nil
	}
	return false, fmt.Errorf("%s gives a %s, which no panel shows", query, answer.Type())
}
