package evaluate

import (
	"fmt"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// maintain is a band that the value should be inside until the end.
type maintain struct {
	*keyResult
	spec v1alpha1.Maintain
}

// maintainOf is a band, with a budget if it has one.
func maintainOf(k *keyResult, spec v1alpha1.Maintain) shape {
	m := maintain{k, spec}
	if spec.AllowedBreach == "" {
		return &m
	}
	return &budget{maintain: m, allowed: spec.AllowedBreach.Percent() / 100, grid: okr.GridOf(k.pace.Span)}
}

func (m *maintain) written() *v1alpha1.Band {
	return &v1alpha1.Band{AtLeast: m.spec.AtLeast, AtMost: m.spec.AtMost}
}

func (m *maintain) band() okr.Band { return band(m.written()) }

func (m *maintain) problem() *problem {
	switch {
	case m.spec.AllowedBreach == "":
		return nil
	case m.kept != nil:
		return stalled(v1alpha1.ReasonInvalidQuery, "spec.maintain.allowedBreach: how long a number that is kept by hand was outside is "+
			"not known: remove allowedBreach, or write metric")
	case m.spans != nil:
		return stalled(v1alpha1.ReasonInvalidQuery, "spec.maintain.allowedBreach: the KPI has one number for each span of the calendar: "+
			"remove allowedBreach, or write metric")
	default:
		return nil
	}
}

func (m *maintain) resolve(bool) *obstacle { return nil }

func (m *maintain) show() {
	m.status.Baseline = ""
	m.status.Target = bandText(m.written(), m.in.KeyResult.Spec.Unit)
}

func (m *maintain) stand(value float64) (running, bool) {
	return okr.Maintain{Pace: m.pace, Inside: m.band().Contains(value)}, true
}

func (m *maintain) explain(okr.Verdict, int64) string { return m.where() }

// where says in words where the newest value lies.
func (m *maintain) where() string {
	where := "inside"
	if m.newest != nil && !m.band().Contains(*m.newest) {
		where = "outside"
	}
	return fmt.Sprintf("%s is %s the band of %s", m.status.Value, where, m.status.Target)
}

func (m *maintain) scale() sample.Scale { return sample.Scale{} }

func (m *maintain) bounds(float64) []float64 { return m.band().Bounds() }

func (m *maintain) finalQuestion() sample.Question {
	if m.kept != nil {
		return sample.Question{}
	}
	return m.valueAtEnd()
}

func (m *maintain) final(last sample.Sample) (float64, bool) {
	if m.band().Contains(last.Value) {
		return 100, true
	}
	return 0, true
}

func (m *maintain) decides() []string {
	bounds := []string{"maintain", "", ""}
	for i, d := range []*v1alpha1.Decimal{m.spec.AtLeast, m.spec.AtMost} {
		if d != nil {
			bounds[i+1] = exact(d.Float64())
		}
	}
	return bounds
}
