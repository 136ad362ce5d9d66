package report

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/practice"
)

// keyResult is the part of a section about one key result.
func (b *builder) keyResult(kr *v1alpha1.KeyResult, o *v1alpha1.Objective, found findings) KeyResult {
	status := &kr.Status
	ref := practice.Ref{Kind: "KeyResult", Namespace: kr.Namespace, Name: kr.Name}
	part := KeyResult{
		Goal: goalOf(&kr.ObjectMeta, kr.Spec.Title, status.Conditions, status.Health, status.ObservedGeneration, status.Final),
		Unit: line(kr.Spec.Unit), Weight: 1, Baseline: line(status.Baseline), Value: line(status.Value), Target: targetOf(status.Target),
		Guard: line(status.Guard), Forecast: forecastOf(status.Forecast),
	}
	part.asWritten(kr)
	if kr.Spec.Weight != nil {
		part.Weight = *kr.Spec.Weight
	}
	part.Owner = ownerOf(kr.Spec.Owner)
	part.Progress, part.Expected = status.ProgressPercent, status.ExpectedPercent
	part.Moved = movesOf(kr, found.moved[ref])
	t := practice.NewKeyResult(kr, practice.NewObjective(o, evaluate.Zone(o.Spec.TimeZone))).Time
	zone := time.UTC
	if t != nil {
		zone = t.Zone
	}
	for _, m := range kr.Spec.Milestones {
		done := begun(m.DoneOn, zone, b.now)
		part.Milestones = append(part.Milestones, Action{
			Title: line(m.Title), DueOn: dayOf(m.DueOn), DoneOn: dayOf(m.DoneOn), Done: done, Late: !done && ended(m.DueOn, zone, b.now),
		})
	}
	part.Trend = keyResultTrend(kr, o, t)
	return part
}

// asWritten fills in what the status leaves out of a key result that is not judged: what was to be reached.
func (k *KeyResult) asWritten(kr *v1alpha1.KeyResult) {
	if k.Target != "" {
		return
	}
	switch reach, band := kr.Spec.Reach, kr.Spec.Maintain; {
	case reach != nil:
		k.Baseline = cmp.Or(k.Baseline, withUnit(decimal(reach.Baseline), k.Unit))
		k.Target = cmp.Or(withUnit(decimal(reach.Target), k.Unit), line(string(reach.Change)))
	case band != nil && band.AtLeast != nil && band.AtMost != nil:
		k.Target = withUnit(decimal(band.AtLeast)+"–"+decimal(band.AtMost), k.Unit)
	case band != nil && band.AtLeast != nil:
		k.Target = withUnit("≥ "+decimal(band.AtLeast), k.Unit)
	case band != nil:
		k.Target = withUnit("≤ "+decimal(band.AtMost), k.Unit)
	case len(kr.Spec.Milestones) > 0:
		k.Target = plural(len(kr.Spec.Milestones), "milestone", "milestones")
	}
}

// targetOf is where the way of a target leads: "300 ms" of "800 → 300 ms". A band stays what it is.
func targetOf(target string) string {
	target = line(target)
	if _, to, way := strings.Cut(target, "→ "); way {
		return to
	}
	return target
}

// forecastOf is a forecast in words.
func forecastOf(f *v1alpha1.Forecast) string {
	if f == nil || f.Value == "" {
		return ""
	}
	text := line(f.Value) + " at the end"
	if f.ReachesTargetOn != "" {
		return text + ", the target on " + dayOf(f.ReachesTargetOn)
	}
	return text + ", the target not in sight"
}

// keyResultTrend is a key result's number over its time, with what it should have been.
func keyResultTrend(kr *v1alpha1.KeyResult, o *v1alpha1.Objective, t *practice.Time) Trend {
	status := &kr.Status
	var trend Trend
	if frozen := status.Frozen; frozen != nil && frozen.Baseline != nil && len(status.History) == 0 {
		trend.add(frozen.Baseline.Value, frozen.Baseline.Time.Time)
	}
	trend.Points = append(trend.Points, pointsOf(status.History)...)
	switch final, m := status.Final, status.Measurement; {
	case final != nil:
		trend.add(final.Value, final.Time.Time)
	case m != nil:
		trend.add(m.Value, m.Time.Time)
	}
	if band := kr.Spec.Maintain; band != nil {
		trend.AtLeast, trend.AtMost = numberOf(band.AtLeast), numberOf(band.AtMost)
	}
	pace, known := paceOf(kr, o, t)
	if !known {
		return trend
	}
	trend.Start, trend.End = pace.Start, pace.End
	from, to, known := wayOf(kr)
	if !known || math.IsInf(to-from, 0) {
		return trend
	}
	trend.Target = &to
	expected := func(at time.Time) {
		trend.Expected = append(trend.Expected, Point{at, from + (to-from)*pace.Expected(at)/100})
	}
	expected(pace.Start)
	for _, c := range pace.Checkpoints {
		if c.At.After(pace.Start) && c.At.Before(pace.End) {
			expected(c.At)
		}
	}
	expected(pace.End)
	return trend
}

// wayOf is from where to where a reach leads, as far as that is known by now.
func wayOf(kr *v1alpha1.KeyResult) (from, to float64, known bool) {
	reach := kr.Spec.Reach
	if reach == nil {
		return 0, 0, false
	}
	text, _, _ := strings.Cut(kr.Status.Baseline, " ")
	if from, known = finite(text); !known {
		return 0, 0, false
	}
	if reach.Target != nil {
		to, known = finite(string(*reach.Target))
		return from, to, known
	}
	change, err := okr.ParseChange(string(reach.Change))
	if err != nil {
		return 0, 0, false
	}
	to, known = change.Target(from)
	return from, to, known
}

// finite reads a number; false for what is none.
func finite(text string) (float64, bool) {
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

func numberOf(d *v1alpha1.Decimal) *float64 {
	if d == nil {
		return nil
	}
	if v, ok := finite(string(*d)); ok {
		return &v
	}
	return nil
}

// pointsOf are the values of a history that are numbers.
func pointsOf(history []v1alpha1.HistoryPoint) []Point {
	var trend Trend
	for _, p := range history {
		trend.add(p.Value, p.Time.Time)
	}
	return trend.Points
}

// add adds a value, if it is newer than those that are there.
func (t *Trend) add(value string, at time.Time) {
	v, ok := finite(value)
	if n := len(t.Points); !ok || at.IsZero() || n > 0 && !at.After(t.Points[n-1].Time) {
		return
	}
	t.Points = append(t.Points, Point{at.UTC(), v})
}

// values of a trend, for a sparkline.
func (t *Trend) values() []float64 {
	values := make([]float64, 0, len(t.Points))
	for _, p := range t.Points {
		values = append(values, p.Value)
	}
	return values
}

// ProgressText is "55 % (49 % expected)".
func (g *Goal) ProgressText() string {
	if g.Progress == nil || g.Expected == nil || g.Score != "" {
		return percent(g.Progress)
	}
	return percent(g.Progress) + " (" + percent(g.Expected) + " expected)"
}

// scoreText is "0.78 Green".
func (g *Goal) scoreText() string {
	if g.Score == "" {
		return "–"
	}
	return g.Score + " " + cmp.Or(g.Grade, "without grade")
}

// good reports whether a verdict needs no explanation.
func (g *Goal) good() bool {
	return g.Health == string(v1alpha1.HealthOnTrack) || g.Health == string(v1alpha1.HealthAchieved)
}
