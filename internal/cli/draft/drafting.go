package draft

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/practice"
	"okr.dev/controller/internal/prom"
	"okr.dev/controller/internal/sample"
)

// drafting is a goal in the making: what has been said, and what is known besides.
type drafting struct {
	answers
	name, namespace string
	now             time.Time
	// set is what was read from the cluster; nil if nothing was.
	set *goals.Set
	// kpi is what the objective answers; nil for none.
	kpi *v1alpha1.KPI
	// ask asks a Prometheus server for a query's number; nil if there is none to ask.
	ask func(measure) present
}

func (d *drafting) owner() v1alpha1.Owner {
	if d.kpi == nil || d.kpi.Spec.Owner == nil {
		return v1alpha1.Owner{}
	}
	return *d.kpi.Spec.Owner
}

func (d *drafting) levelOfKPI() string {
	if d.kpi == nil {
		return ""
	}
	return string(d.kpi.Spec.Level)
}

func (d *drafting) titleByKPI() string {
	if d.kpi == nil {
		return ""
	}
	return titleFrom(d.kpi)
}

// nameByKPI is the name that goes with the working title: the KPI's own is shorter than its title. Empty for a title of one's own.
func (d *drafting) nameByKPI() string {
	if d.kpi == nil || d.title != titleFrom(d.kpi) {
		return ""
	}
	return nameOf(turn(d.kpi) + d.kpi.Name)
}

func (d *drafting) rationaleByKPI() string {
	if d.kpi == nil {
		return ""
	}
	return rationaleOf(d.kpi, d.zone())
}

func (d *drafting) zoneByKPI() string {
	if d.kpi == nil || d.kpi.Spec.TimeZone == "UTC" {
		return ""
	}
	return string(d.kpi.Spec.TimeZone)
}

// zone is where its days begin; UTC as long as nothing else is known.
func (d *drafting) zone() *time.Location {
	zone := evaluate.Zone(v1alpha1.TimeZone(cmp.Or(d.timeZone, d.zoneByKPI())))
	if zone == nil {
		return time.UTC
	}
	return zone
}

func (d *drafting) presentQuarter() string {
	now := d.now.In(d.zone())
	return fmt.Sprintf("%d-Q%d", now.Year(), (int(now.Month())+2)/3)
}

// lateStart is today, where the period began so long ago that a goal without startOn would be behind from birth (OKR019).
func (d *drafting) lateStart() string {
	period, err := okr.ParsePeriod(d.period)
	if err != nil {
		return ""
	}
	if !d.now.After(period.First.Start(d.zone()).Add(practice.Defaults().LateStart)) || !d.now.Before(period.Last.End(d.zone())) {
		return ""
	}
	return string(dateIn(d.now, d.zone()))
}

// begun reports whether its time has begun, so that where a number stands now is where it starts from.
func (d *drafting) begun() bool {
	period, err := okr.ParsePeriod(d.period)
	if err != nil {
		return false
	}
	first := period.First
	if start, err := okr.ParseDate(d.startOn); err == nil {
		first = start
	}
	return !d.now.Before(first.Start(d.zone()))
}

// presentOf is where the number of a key result stands now, as far as that is known.
func (d *drafting) presentOf(m measure) present {
	ref, byKPI := m.kpi()
	switch {
	case byKPI && d.set == nil:
		return present{why: "the cluster was not read"}
	case byKPI:
		namespace := cmp.Or(ref.Namespace, d.namespace)
		kpi := d.set.KPI(namespace, ref.Name)
		if kpi == nil || !(consents{d.set}).shared(kpi.Spec.AllowedNamespaces, kpi.Namespace, d.namespace) {
			return present{why: fmt.Sprintf("the KPI %s/%s is not found, or not shared with namespace %s", namespace, ref.Name, d.namespace)}
		}
		value, known := valueOf(kpi)
		if !known {
			return present{why: "the KPI has no value: " + condition(kpi, v1alpha1.MeasuredCondition).Message}
		}
		return present{value: value, known: true, from: "the KPI's value on " + string(dateIn(d.now, d.zone()))}
	case d.ask == nil:
		return present{why: "with --prometheus URL it would be asked"}
	default:
		return d.ask(m)
	}
}

// asking asks a Prometheus server about a query, now.
func asking(ctx context.Context, c *prom.Client, d *drafting) func(measure) present {
	return func(m measure) present {
		metric := m.metric()
		q := sample.Question{Query: metric.Query, Window: metric.Window.Duration()}
		if prom.Analyze(q.Query, q.Window).Namespaced {
			q.Namespace = d.namespace
		}
		s := c.Ask(ctx, q, d.now)
		if !s.OK() {
			return present{why: fmt.Sprintf("%s: %s", s.Reason, s.Message)}
		}
		return present{value: s.Value, known: true, from: "what Prometheus said on " + string(dateIn(d.now, d.zone()))}
	}
}
