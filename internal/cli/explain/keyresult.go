package explain

import (
	"fmt"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// keyResultParts are a key result, and how its evaluation came about.
type keyResultParts struct {
	*explaining
	kr *v1alpha1.KeyResult
	in evaluate.KeyResultInput
	e  evaluate.KeyResultExplanation
	// status is what is computed now.
	status *v1alpha1.KeyResultStatus
}

func (x *explaining) keyResult(kr *v1alpha1.KeyResult) error {
	x.Title = kr.Spec.Title
	in, err := x.reader.world().KeyResult(x.ctx, kr)
	if err != nil {
		return err
	}
	e := evaluate.ExplainKeyResult(in, none, x.now)
	k := &keyResultParts{explaining: x, kr: kr, in: in, e: e, status: &e.Result.Status}
	x.zone = e.Calendar.Zone
	x.compare(&kr.ObjectMeta, &kr.Status, &e.Result.Status, e.Result.Change)
	if x.untrusted(e.Result.Change) {
		k.status = &kr.Status
		x.verdict(string(kr.Status.Health), kr.Status.Conditions, v1alpha1.OnTrackCondition)
		x.Summary = x.unreadSummary()
		x.put(k.shown())
		x.put(k.time())
		x.put(k.remembered())
		return nil
	}
	x.verdict(string(e.Result.Status.Health), e.Result.Status.Conditions, v1alpha1.OnTrackCondition)
	x.Summary = k.summary()
	for _, part := range []*Section{k.value(), k.progress(), k.guard(), k.time(), k.judgement(), k.remembered()} {
		x.put(part)
	}
	x.Next = k.next()
	return nil
}

// unit is that of its values.
func (k *keyResultParts) unit() string { return k.kr.Spec.Unit }

// value tells where the value comes from.
func (k *keyResultParts) value() *Section {
	s := &Section{Name: "value", Title: "The value"}
	if len(k.kr.Spec.Milestones) > 0 {
		return k.steps(s)
	}
	if k.e.Phase == evaluate.PhaseScored || k.e.Phase == evaluate.PhaseClosing {
		return k.final(s)
	}
	k.questions(s, evaluate.ForValue)
	if k.in.KPI != nil {
		s.add("kpi", "measured by KPI %s", nameFrom(k.kr.Namespace, k.in.KPI.Namespace, k.in.KPI.Name))
	}
	v := k.e.Value
	if v.Value != nil {
		text := exactly(*v.Value, k.unit()) + ", at " + k.when(v.Time)
		switch {
		case k.e.Kept != "":
			text += ", written down in a " + k.e.Kept
		case k.e.CalendarSpan != "":
			text += ", the end of " + k.e.CalendarSpan + ", the span of the calendar that it is about"
		default:
			text += "; newer ones that read the same are not written down"
		}
		s.add("value", "%s", text).is(*v.Value, k.unit()).of(v.Time)
	} else if k.e.Phase == evaluate.PhaseRunning || k.e.Phase == evaluate.PhasePending || k.e.Phase == evaluate.PhaseDraft {
		s.add("value", "none is known")
	}
	if v.Status != "" {
		s.add("measured", "Measured is %s, %s: %s", v.Status, v.Reason, v.Message)
	}
	k.stale(s)
	return s
}

// stale tells until when a value stands.
func (k *keyResultParts) stale(s *Section) {
	v := k.e.Value
	switch {
	case v.Value == nil || !v.Usable:
	case k.e.Kept != "" && !v.StaleAt.IsZero():
		s.add("stands", "until %s, if no newer one is written down; then the verdict is Unknown", k.when(v.StaleAt)).of(v.StaleAt)
	case len(k.e.Questions) > 0 && k.e.CalendarSpan == "" && k.e.Kept == "":
		after := k.e.Questions[0].StaleAfter(false)
		text := "for %s after the last answer; then the verdict is Unknown"
		if v.Status != "True" {
			text = "no answer comes; it stands in for %s after the last one, and then the verdict is Unknown"
		}
		s.add("stands", text, prometheusDuration(after))
	}
}

// steps are its milestones.
func (k *keyResultParts) steps(s *Section) *Section {
	s.Title = "The milestones"
	var total float64
	for _, m := range k.e.Milestones {
		total += m.Weight
	}
	table := s.add("milestones", "%s; what counts is the share of their weight", k.status.Value)
	table.Columns = []string{"MILESTONE", "WEIGHT", "DUE", "DONE", "COUNTS AS"}
	for _, m := range k.e.Milestones {
		done, counts := "-", "open"
		switch {
		case !m.Done.IsZero() && !m.Done.After(k.now):
			done, counts = m.Done.In(k.zone).Format("2006-01-02"), "done"
		case !m.Done.IsZero():
			done, counts = m.Done.In(k.zone).Format("2006-01-02"), "open until that day"
		case !m.Due.After(k.now):
			counts = "overdue"
		}
		due := m.Due.In(k.zone).AddDate(0, 0, -1).Format("2006-01-02")
		table.Rows = append(table.Rows, []string{m.Title, exact(m.Weight) + " of " + exact(total), due, done, counts})
	}
	return s
}

// final tells of the value at the end.
func (k *keyResultParts) final(s *Section) *Section {
	s.Title = "The value at the end"
	if k.e.Phase == evaluate.PhaseClosing {
		k.questions(s, evaluate.ForEnd)
		if q := k.question(evaluate.ForEnd); q != nil {
			s.add("asked", "from %s on, and until %s, seven days after the end", k.instant(k.e.Calendar.End.Add(q.Settles())), k.when(k.e.Calendar.End.AddDate(0, 0, 7)))
		}
		measured := conditionOf(k.status.Conditions, v1alpha1.MeasuredCondition)
		s.add("measured", "Measured is %s, %s: %s", measured.Status, measured.Reason, measured.Message)
		return s
	}
	final := k.status.Frozen.Final
	k.questions(s, evaluate.ForEnd)
	if final.Value != "" {
		s.add("value", "%s, of %s; frozen: neither later answers nor edits change it", k.status.Value, k.instant(final.Time.Time)).of(final.Time.Time)
	}
	if measured := conditionOf(k.status.Conditions, v1alpha1.MeasuredCondition); measured.Reason == v1alpha1.ReasonRecorded {
		s.add("record", "spec.final says so, the record in Git: it is used in place of a measurement")
	}
	return s
}

// progress tells how far it has come.
func (k *keyResultParts) progress() *Section {
	s := &Section{Name: "progress", Title: "Progress"}
	switch {
	case k.e.Phase == evaluate.PhaseBlocked || k.e.Phase == evaluate.PhaseCancelled:
		return s
	case k.e.Phase == evaluate.PhaseScored:
		return k.score(s)
	case k.e.Reach != nil:
		k.reach(s)
	case k.e.Maintain != nil:
		k.maintain(s)
	case len(k.e.Milestones) > 0 && k.e.Newest != nil:
		var done, total float64
		for _, m := range k.e.Milestones {
			if total += m.Weight; !m.Done.IsZero() && !m.Done.After(k.now) {
				done += m.Weight
			}
		}
		s.add("progress", "weight done / all weight = %s / %s = %s %%", exact(done), exact(total), points(k.e.Newest.Unguarded)).is(k.e.Newest.Unguarded, "%")
	}
	k.published(s)
	return s
}

// published is what the status says of progress.
func (k *keyResultParts) published(s *Section) {
	st := k.status
	if st.ProgressPercent == nil || st.AttainmentPercent == nil {
		return
	}
	text := fmt.Sprintf("progressPercent %d: rounded down", *st.ProgressPercent)
	if int64(*st.ProgressPercent) != *st.AttainmentPercent {
		text = fmt.Sprintf("progressPercent %d, attainmentPercent %d: both rounded down, the first within 0 to 100", *st.ProgressPercent, *st.AttainmentPercent)
	}
	s.add("shown", "%s", text).is(float64(*st.ProgressPercent), "%")
}

func (k *keyResultParts) reach(s *Section) {
	spec, r := k.kr.Spec.Reach, k.e.Reach
	b, t := r.Baseline, r.Target
	switch frozen := k.status.Frozen; {
	case b == nil:
		s.add("baseline", "not known: %s", conditionOf(k.status.Conditions, v1alpha1.MeasuredCondition).Message)
		if a := k.question(evaluate.ForBaseline); a != nil && a.May() && !k.now.Before(k.e.Calendar.Start) {
			s.add("asked", "the same query about %s, the start, until it is answered; or write spec.reach.baseline", k.instant(k.e.Calendar.Start)).of(k.e.Calendar.Start)
		}
	case spec.Baseline != nil:
		s.add("baseline", "b = %s, written in spec.reach.baseline", exactly(*b, k.unit())).is(*b, k.unit())
	case frozen != nil && frozen.Baseline != nil:
		s.add("baseline", "b = %s, measured at %s and frozen: the source forgets, and the start of the way must not move",
			exactly(*b, k.unit()), k.instant(frozen.Baseline.Time.Time)).is(*b, k.unit()).of(frozen.Baseline.Time.Time)
	default:
		s.add("baseline", "b = %s, for the query counts from the start ($__elapsed)", exactly(*b, k.unit())).is(*b, k.unit())
	}
	switch {
	case t == nil:
		if spec.Target != nil {
			s.add("target", "t = %s, written in spec.reach.target", exactly(spec.Target.Float64(), k.unit())).is(spec.Target.Float64(), k.unit())
		} else {
			s.add("target", "%s from the baseline", spec.Change)
		}
		return
	case spec.Target != nil:
		s.add("target", "t = %s, written in spec.reach.target", exactly(*t, k.unit())).is(*t, k.unit())
	case strings.HasSuffix(string(spec.Change), "%"):
		s.add("target", "t = b %s of |b| = %s, by spec.reach.change", signed(string(spec.Change)), exactly(*t, k.unit())).is(*t, k.unit())
	default:
		s.add("target", "t = b %s = %s, by spec.reach.change", signed(string(spec.Change)), exactly(*t, k.unit())).is(*t, k.unit())
	}
	if k.e.Newest == nil {
		return
	}
	v := k.e.Newest.Value
	s.add("progress", "100 × (v − b) / (t − b) = 100 × (%s − %s) / (%s − %s) = %s %%",
		exact(v), minus(exact(*b)), exact(*t), minus(exact(*b)), points(k.e.Newest.Unguarded)).is(k.e.Newest.Unguarded, "%")
}

// signed puts a space behind the sign of a change.
func signed(change string) string {
	sign, rest := change[:1], change[1:]
	if sign == "-" {
		sign = "−"
	}
	if digits, percent := strings.CutSuffix(rest, "%"); percent {
		rest = digits + " %"
	}
	return sign + " " + rest
}

func (k *keyResultParts) maintain(s *Section) {
	m := k.e.Maintain
	s.add("band", "%s, both bounds included", bandText(m.Band, k.unit()))
	if v := k.e.Value.Value; v != nil {
		where := "outside"
		if m.Band.Contains(*v) {
			where = "inside"
		}
		s.add("position", "%s is %s", exactly(*v, k.unit()), where)
	}
	share := k.e.Pace.Elapsed(k.now)
	if b := m.Budget; b != nil {
		k.budget(s, b, share)
		return
	}
	if k.e.Shown == nil {
		return
	}
	if k.e.Shown.Percent == 0 && share > 0 {
		s.add("progress", "0 %% while the value is outside").is(0, "%")
		return
	}
	s.add("progress", "the share of the time that has passed, while it is inside: %s %%", points(k.e.Shown.Unguarded)).is(k.e.Shown.Unguarded, "%")
}

// budget tells how much of a budget is spent.
func (k *keyResultParts) budget(s *Section, b *evaluate.BudgetParts, share float64) {
	percent := func(share float64) string { return points(100*share) + " %" }
	s.add("allowed", "%s of the whole time, which is counted on %d points, one every %s", percent(b.Allowed), b.Grid.Points, prometheusDuration(b.Grid.Step)).
		is(100*b.Allowed, "%")
	if a := k.question(evaluate.ForBudget); a != nil && a.May() {
		s.add("asked", "the same query as a range from %s on, a value every %s, asked every %s", k.instant(unix(a.Question.From)),
			prometheusDuration(a.Question.Step), prometheusDuration(a.Rhythm()))
	}
	if b.Count.Points > 0 {
		s.add("counted", "%d points up to %s; %d of them are settled, whole days that are not asked for again",
			b.Count.Points, k.instant(b.Grid.At(b.Count.Points-1)), b.Settled.Points).is(float64(b.Count.Points), "points")
	}
	s.add("outside", "%d points, %s of the whole time", b.Count.Outside, percent(b.Grid.Share(b.Count.Outside))).is(100*b.Grid.Share(b.Count.Outside), "%")
	if b.Count.Missing > 0 {
		s.add("missing", "%d points, %s of the whole time, have no number: the verdict is computed with them inside and outside", b.Count.Missing,
			percent(b.Grid.Share(b.Count.Missing))).is(100*b.Grid.Share(b.Count.Missing), "%")
	}
	if left := b.Allowed - b.Grid.Share(b.Count.Outside); left >= 0 {
		whole := k.e.Pace.End.Sub(k.e.Pace.Start)
		s.add("left", "%s of the whole time, which is about %s", percent(left), lasts(roundSeconds(left*whole.Seconds()))).is(100*left, "%")
	}
	score := b.Spent.Score(b.Spent.Outside)
	s.add("score", "%s so far: 1 up to what is allowed, 0 from twice that on", points(score/100)).is(score/100, "")
	if k.e.Phase == evaluate.PhaseRunning {
		p := b.Spent.Percent(k.now)
		s.add("progress", "s × score = %s × %s = %s %%", points(100*share)+" %", points(score/100), points(p)).is(p, "%")
	}
}

// score is the final one.
func (k *keyResultParts) score(s *Section) *Section {
	s.Name, s.Title = "score", "The score"
	if k.e.Reach != nil {
		k.reach(s)
	}
	final := k.status.Frozen.Final
	if v, ok := float(final.Value); ok && k.e.Reach != nil && k.e.Reach.Baseline != nil && k.e.Reach.Target != nil {
		b, t := *k.e.Reach.Baseline, *k.e.Reach.Target
		p := okr.Percent(b, t, v)
		s.add("progress", "100 × (v − b) / (t − b) = 100 × (%s − %s) / (%s − %s) = %s %%", exact(v), minus(exact(b)), exact(t), minus(exact(b)), points(p)).is(p, "%")
	}
	if k.e.Maintain != nil {
		s.add("band", "%s, both bounds included", k.status.Target)
	}
	score, _ := float(final.Score)
	s.add("score", "%s: progress within 0 to 100 %%, as a share, rounded down to two decimals", final.Score).is(score, "")
	s.add("grade", "%s. %s", final.Grade, gradesOf(k.e.Ambition))
	if k.status.Guard != "" {
		s.add("guard", "%s at the end", k.status.Guard)
	}
	return s
}

// gradesOf says where the grades lie.
func gradesOf(a okr.Ambition) string {
	if a == okr.Aspirational {
		return "Aspirational: Green (Achieved) from 0.70, Amber from 0.40, else Red"
	}
	return "Committed: Green (Achieved) at 1.00, Amber from 0.70, else Red"
}

// guard tells how far the guard lets progress come.
func (k *keyResultParts) guard() *Section {
	s := &Section{Name: "guard", Title: "The guard"}
	g := k.e.Guard
	if g == nil || k.e.Phase != evaluate.PhaseRunning && k.e.Phase != evaluate.PhasePending {
		return s
	}
	k.questions(s, evaluate.ForGuard)
	if g.Value == nil {
		s.add("value", "none is known: %s", g.Message)
		return s
	}
	s.add("value", "%s, at %s; at least %s is wanted", exact(*g.Value), k.when(g.Time), exact(g.AtLeast)).is(*g.Value, "").of(g.Time)
	if g.Met {
		s.add("limit", "met: it takes nothing away").is(100, "%")
		return s
	}
	s.add("limit", "not met: progress counts up to 100 × %s / %s = %s %%", exact(*g.Value), exact(g.AtLeast), points(g.Limit)).is(g.Limit, "%")
	if st := k.e.Newest; st != nil {
		s.add("counts", "min(%s, %s) = %s %%", points(st.Unguarded), points(g.Limit), points(st.Percent)).is(st.Percent, "%")
	}
	return s
}
