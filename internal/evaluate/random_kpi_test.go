package evaluate_test

import (
	"fmt"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// kpi is a random KPI: of now, of the last complete span of the calendar, or kept by hand.
func (d dice) kpi() *v1alpha1.KPI {
	return newKPI(func(k *v1alpha1.KPI) {
		k.Spec.TimeZone = pick(d, v1alpha1.TimeZone(""), "Europe/Berlin", "America/Santiago")
		k.Spec.ObjectiveAfter = pick(d, v1alpha1.Duration(""), "1h", "10m")
		k.Spec.CompareTo = pick(d, v1alpha1.Duration(""), "7d", "1h")
		k.Spec.Metric.StaleAfter = pick(d, v1alpha1.Duration(""), "3h")
		if d.chance(30) {
			k.Spec.StretchTarget = pointer(v1alpha1.Decimal("99.95"))
		}
		if d.chance(30) {
			k.Spec.Accepted = &v1alpha1.Acceptance{Until: pick(d, v1alpha1.Date("2026-10-10"), "2026-11-30"), Reason: "so be it"}
		}
		switch d.IntN(3) {
		case 0:
			k.Spec.CalendarWindow = pick(d, v1alpha1.CalendarWeek, v1alpha1.CalendarMonth, v1alpha1.CalendarQuarter)
		case 1:
			k.Spec.Metric, k.Spec.ReadEvery = nil, pick(d, v1alpha1.Duration(""), "1d", "31d")
			for _, day := range d.Perm(120)[:1+d.IntN(20)] {
				value := fmt.Sprintf("%.2f", 99.85+0.15*d.Float64())
				on := begin.AddDate(0, 0, day-20).Format(time.DateOnly)
				k.Spec.Readings = append(k.Spec.Readings, v1alpha1.Reading{Date: v1alpha1.Date(on), Value: pointer(v1alpha1.Decimal(value))})
			}
		}
	})
}

func (d dice) kpiSubject() subject {
	one, two := d.objective(), d.objective()
	two.Name = "other"
	in := evaluate.KPIInput{KPI: d.kpi(), Objectives: []*v1alpha1.Objective{one, two}, Grace: grace}
	live := in.KPI.Spec.CalendarWindow == "" && in.KPI.Spec.Metric != nil
	if spec := in.KPI.Spec.Metric; spec != nil {
		in.Metric = pointer(newMetric(*spec))
	}
	return subject{
		evaluate: func(a answers, now time.Time) (any, evaluate.Change, time.Time) {
			result := evaluate.KPI(in, a.samples, now)
			return result.Status, result.Change, result.Next
		},
		explain: func(a answers, now time.Time) (any, string) { return explainedKPI(in, a, now) },
		keep:    func(s any) { in.KPI.Status = s.(v1alpha1.KPIStatus) },
		reload:  func() { reload(in.KPI) },
		health:  func() string { return string(in.KPI.Status.Health) },
		heard:   func() bool { return live && in.Metric.SourceFound && in.Metric.Refusal == evaluate.Refusal{} },
		lo:      99.85, hi: 100,
		disturb: func(d dice) { d.disturbKPI(&in, one, two) },
	}
}

func (d dice) disturbKPI(in *evaluate.KPIInput, one, two *v1alpha1.Objective) {
	switch roll := d.IntN(8); {
	case roll == 0:
		in.Objectives = pick(d, []*v1alpha1.Objective{one, two}, nil, []*v1alpha1.Objective{two})
	case roll == 1:
		in.KPI.Generation++
		in.KPI.Spec.Target = pick(d, newKPI().Spec.Target, nil)
	case roll == 2:
		in.KPI.Generation++
		in.KPI.Spec.ParentRef = pick(d, nil, &v1alpha1.KPIReference{Name: "store"})
		in.ParentMissing, in.Cycle = d.chance(50), pick(d, nil, []string{"shop/availability", "shop/store"})
	case in.Metric == nil:
	case roll == 3:
		in.Metric.SourceFound = !in.Metric.SourceFound
	case roll == 4:
		in.Metric.Refusal = pick(d, denied, unknown, evaluate.Refusal{})
		in.Metric.Tenant.LabelValue = pick(d, "one", "two")
	}
}
