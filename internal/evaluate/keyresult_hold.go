package evaluate

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// hold decides by which value the verdict is given: by the newest one, or by an earlier one while spec.holdFor has not
// passed. A verdict is then that of this value at any time, so that what time alone changes is changed at once; what
// the values change is found by judging both at the instant of the newest one.
//
// It is the newest after an edit, and where there is no verdict before or now. A value that is kept by hand is what
// people have decided, and is not held; nor is a guard. HoldFor is 6h where the API server has written its default; what
// it has never seen is not held.
func (k *keyResult) hold(value measured) {
	k.newest, k.shown = value.value, value.value
	holdFor, before := k.in.KeyResult.Spec.HoldFor.Duration(), k.before.Frozen
	last, _ := k.remembered(value)
	if !value.usable || holdFor <= 0 || k.kept != nil || k.now.Before(k.pace.Start) || !k.current() || !k.judged() || last == nil ||
		!sameKey(before.LastGood, k.status.Frozen.LastGood) {
		return
	}
	newest := *value.value
	guard := k.guardValue()
	latest, known := k.stand(&newest, guard)
	if !known || latest.Verdict(k.now).Health == k.undoubted() {
		return // it says what is shown, whatever has not been looked at in between
	}
	at := second(value.time).Time
	health := func(v float64) okr.Health {
		if stand, known := k.stand(&v, guard); known {
			return stand.Verdict(at).Health
		}
		return okr.Unknown
	}
	shown, nearest, waiting := *last, newest, okr.Waiting[okr.Health]{}
	if p := before.PendingHealth; p != nil {
		from, known := number(p.ShownValue)
		to, also := number(p.Value)
		if known && also {
			shown, nearest, waiting = from, to, okr.Waiting[okr.Health]{Health: health(to), Since: p.Since.Time}
		}
	}
	was := health(shown)
	follows, waiting := okr.HoldGoal(was, health(newest), at, holdFor, waiting)
	switch {
	case waiting == (okr.Waiting[okr.Health]{}):
		return
	case follows != was:
		shown, nearest = nearest, newest
	case waiting.Since.Equal(at) || k.between(shown, newest, nearest, at):
		nearest = newest
	}
	stand, known := k.stand(&shown, guard)
	if !known || stand.Verdict(k.now).Health == okr.Unknown || stand.Verdict(k.now).Health == latest.Verdict(k.now).Health {
		return // time has made it say what the newest says
	}
	k.shown = &shown
	k.status.Frozen.PendingHealth = &v1alpha1.PendingGoalHealth{
		Health: v1alpha1.Health(waiting.Health), Since: second(waiting.Since), Value: exact(nearest), ShownValue: exact(shown),
	}
}

// undoubted is the verdict in the status before, as it was before people doubted it.
func (k *keyResult) undoubted() okr.Health {
	c := meta.FindStatusCondition(k.before.Conditions, v1alpha1.OnTrackCondition)
	if c != nil && c.Reason == v1alpha1.ReasonLowConfidence {
		return okr.OnTrack
	}
	return okr.Health(k.before.Health)
}

// between reports whether b lies between a and c in progress at an instant.
func (k *keyResult) between(a, b, c float64, at time.Time) bool {
	progress := func(v float64) float64 {
		if stand, known := k.shape.stand(v); known {
			return stand.Percent(at)
		}
		return 0
	}
	return (progress(b)-progress(c))*(progress(a)-progress(c)) > 0
}

// awaited is the instant of the value by which a verdict that waits may be shown; zero if none waits.
func (k *keyResult) awaited() time.Time {
	if k.status.Frozen.PendingHealth == nil {
		return time.Time{}
	}
	return whole(k.status.Frozen.PendingHealth.Since.Add(k.in.KeyResult.Spec.HoldFor.Duration() + time.Second - 1))
}

// verdictBy is the verdict by the value that decides, and what the newest value says of it in words. Where both say the
// same, the reason is the newest one's.
func (k *keyResult) verdictBy(shown, newest running) (okr.Verdict, string) {
	verdict, latest := shown.Verdict(k.now), newest.Verdict(k.now)
	text := k.explain(latest, newest)
	if verdict.Health == latest.Health {
		return latest, text
	}
	return verdict, text + fmt.Sprintf("; %s until every value for %s says otherwise", verdict.Health, k.in.KeyResult.Spec.HoldFor)
}

// recall finds out whether what is remembered gives another verdict than what is known now, and has it looked at when
// it will: it is written then. A verdict that may have to wait goes by the value before, and a count is not asked for
// before a restart judges by it: what they hang on is written one look ahead.
func (k *keyResult) recall(value measured, shown, newest running) {
	last, guard := k.remembered(value)
	old, known := k.standRemembered(last, guard)
	if !known {
		return
	}
	k.moved = k.parts(old, newest)
	k.lookAtChangeOf(old)
	if k.status.Frozen.PendingHealth != nil {
		k.lookAtChangeOf(newest)
		if old, known := k.standRemembered(k.shown, guard); known {
			k.moved = k.moved || k.parts(old, shown)
			k.lookAtChangeOf(old)
		}
	}
}

// standRemembered is how the key result would stand by a value if nothing were known but the status before.
func (k *keyResult) standRemembered(value, guard *float64) (running, bool) {
	stand, known := k.stand(value, guard)
	b, counts := k.shape.(*budget)
	if !counts || !known {
		return stand, known
	}
	recorded := b.running(b.recorded, b.band().Contains(*value))
	if k.guard == nil {
		return recorded, true
	}
	return k.guard.limit(recorded, guard)
}

// parts reports whether two ways to stand give other verdicts now; or, where it must be known ahead, at the next look.
func (k *keyResult) parts(a, b running) bool {
	_, counts := k.shape.(*budget)
	differ := func(t time.Time) bool {
		return a.Verdict(t) != b.Verdict(t) || counts && okr.Whole(a.Percent(t)) != okr.Whole(b.Percent(t))
	}
	if differ(k.now) {
		return true
	}
	if !counts && k.in.KeyResult.Spec.HoldFor.Duration() <= 0 {
		return false
	}
	for _, stand := range []running{a, b} {
		if change, found := stand.NextChange(k.now, k.now.Add(horizon)); found && differ(change) {
			return true
		}
	}
	return false
}

// shownBy is the value by which progress is shown: that of the verdict where the number is to stay where it is.
func (k *keyResult) shownBy(newest *float64) *float64 {
	switch k.shape.(type) {
	case *maintain, *budget:
		if k.shown != nil {
			return k.shown
		}
	}
	return newest
}
