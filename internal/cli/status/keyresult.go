package status

import (
	"fmt"
	"math"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/okr"
)

// keyResultOf is how a key result of an objective stands, whose time is t.
func keyResultOf(kr *v1alpha1.KeyResult, t Time) KeyResult {
	s := &kr.Status
	v := KeyResult{
		Name: kr.Name, Title: kr.Spec.Title, Verdict: verdictOfKeyResult(kr), Weight: 1, Value: s.Value, Target: s.Target,
		OriginalTarget: s.OriginalTarget, Guard: s.Guard,
	}
	if kr.Spec.Weight != nil {
		v.Weight = *kr.Spec.Weight
	}
	v.NotMeasured = notMeasured(s.Conditions)
	if s.Final != nil {
		v.Score, v.Grade = s.Final.Score, string(s.Final.Grade)
	}
	if f := s.Forecast; f != nil && s.Final == nil {
		v.Forecast = &Forecast{Value: f.Value, ProgressPercent: f.ProgressPercent, ReachesTargetOn: f.ReachesTargetOn.String()}
		_, due := daysOf(kr, t)
		if day, known := read(f.ReachesTargetOn); known && t.From != "" {
			late := due.DaysUntil(day)
			v.Forecast.DaysLate = &late
		}
	}
	for _, point := range s.History {
		value, err := strconv.ParseFloat(point.Value, 64)
		if err != nil {
			value = math.NaN()
		}
		v.history = append(v.history, value)
	}
	return v
}

// notMeasured is why no fresh value is held; nil if one is, or none is needed yet.
func notMeasured(conditions []metav1.Condition) *NotMeasured {
	c := unmeasured(conditions)
	if c == nil {
		return nil
	}
	return &NotMeasured{Reason: c.Reason, Because: because(c.Reason), Message: c.Message}
}

// daysOf are a key result's first and last day in its objective's time.
func daysOf(kr *v1alpha1.KeyResult, t Time) (first, last okr.Date) {
	first, last = t.days.First, t.days.Last
	if day, written := read(kr.Spec.StartOn); written {
		first = day
	}
	if day, written := read(kr.Spec.DueOn); written && day.Before(last) {
		last = day
	}
	return first, last
}

// text says where the line leads, and whether that is in time.
func (f *Forecast) text() string {
	text := "leads to " + f.Value
	if f.ProgressPercent != nil {
		text += fmt.Sprintf(" (%d %%)", *f.ProgressPercent)
	}
	text += " at the end"
	switch {
	case f.ReachesTargetOn == "":
		return text + ", and never to the target"
	case f.DaysLate != nil && *f.DaysLate > 0:
		return text + "; the target on " + f.ReachesTargetOn + ", " + terminal.Count(*f.DaysLate, "day") + " late"
	default:
		return text + "; the target on " + f.ReachesTargetOn
	}
}
