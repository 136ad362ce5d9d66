package explain

import (
	"fmt"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/evaluate"
)

// remembered tells what is frozen, and why; and what was promised.
func (k *keyResultParts) remembered() *Section {
	s := &Section{Name: "frozen", Title: "What is remembered, and why"}
	frozen := k.status.Frozen
	if frozen == nil {
		return s
	}
	if b := frozen.Baseline; b != nil {
		s.add("baseline", "%s, at %s: measured once, for the source forgets it", withUnit(b.Value, k.unit()), k.instant(b.Time.Time)).of(b.Time.Time)
	}
	if v := frozen.LastGood; v != nil {
		s.add("lastGood", "%s, at %s: stands in while no answer comes, and after a restart", withUnit(v.Value, k.unit()), k.instant(v.Time.Time)).of(v.Time.Time)
	}
	if v := frozen.Guard; v != nil {
		s.add("guard", "%s, at %s: the same, of the guard", v.Value, k.instant(v.Time.Time)).of(v.Time.Time)
	}
	if b := frozen.Breach; b != nil {
		s.add("breach", "%d outside and %d missing of the points up to %s: asked for once, so that it does not matter how long the source remembers",
			orZero(b.Outside), orZero(b.Missing), k.instant(b.CountedUntil.Time)).of(b.CountedUntil.Time)
	}
	if p := frozen.PendingHealth; p != nil {
		s.add("pendingHealth", "%s since %s: waits until it has lasted for %s", p.Health, k.instant(p.Since.Time), k.kr.Spec.HoldFor).of(p.Since.Time)
	}
	if f := frozen.Final; f != nil {
		s.add("final", "score %s (%s): what a quarter ended with must not change when data ages or files are edited", f.Score, f.Grade)
		if k.e.Phase == evaluate.PhaseScored && conditionOf(k.status.Conditions, v1alpha1.ReopenedCondition).Status == "True" {
			s.add("reopened", "what decides the score was edited after the end; the score stays")
		}
	}
	if c := frozen.Commitment; c != nil {
		k.promise(s, c)
	}
	return s
}

// promise compares what was promised with what is written now.
func (k *keyResultParts) promise(s *Section, c *v1alpha1.Commitment) {
	parts := []string{fmt.Sprintf("%s, from %s to %s", c.Target, c.StartOn, c.DueOn)}
	if c.AllowedBreach != "" {
		parts = append(parts, string(c.AllowedBreach)+" outside allowed")
	}
	if c.Guard != nil {
		parts = append(parts, "guard at least "+string(*c.Guard))
	}
	if c.Weight != nil {
		parts = append(parts, fmt.Sprintf("weight %d", *c.Weight))
	}
	if n := len(c.Checkpoints); n > 0 {
		parts = append(parts, plural(n, "checkpoint", "checkpoints"))
	}
	s.add("commitment", "%s: what was promised at the first look after the start; it is never written again", strings.Join(parts, ", "))
	moved := k.moved(c)
	if len(moved) == 0 {
		s.add("promise", "kept as it was promised: nothing has been moved since")
		return
	}
	s.add("promise", "moved since: %s", strings.Join(moved, "; "))
	if reach := k.kr.Spec.Reach; reach != nil {
		for _, r := range reach.Replanned {
			s.add("replanned", "on %s from %s to %s: %s", r.Date, *r.From, *r.To, terminal.OneLine(r.Reason))
		}
	}
}

// moved says what is written otherwise than it was promised.
func (k *keyResultParts) moved(c *v1alpha1.Commitment) []string {
	var moved []string
	differs := func(what, then, now string) {
		if then != now {
			moved = append(moved, fmt.Sprintf("%s %s, now %s", what, orNone(then), orNone(now)))
		}
	}
	if text := k.status.OriginalTarget; text != "" {
		now := k.status.Target
		if first, last := k.e.Calendar.First.String(), k.e.Calendar.Last.String(); c.StartOn.String() != first || c.DueOn.String() != last {
			now += fmt.Sprintf(", %s to %s", first, last)
		}
		moved = append(moved, fmt.Sprintf("the target %s, now %s", text, now))
	}
	spec := &k.kr.Spec
	if spec.Maintain != nil {
		differs("the allowed breach", string(c.AllowedBreach), string(spec.Maintain.AllowedBreach))
	}
	weight := int32(1)
	if spec.Weight != nil {
		weight = *spec.Weight
	}
	if c.Weight != nil {
		differs("the weight", fmt.Sprint(*c.Weight), fmt.Sprint(weight))
	}
	var then, now string
	if c.Guard != nil {
		then = string(*c.Guard)
	}
	if spec.Guard != nil && spec.Guard.AtLeast != nil {
		now = string(*spec.Guard.AtLeast)
	}
	differs("the guard", then, now)
	var checkpoints []v1alpha1.Checkpoint
	if spec.Pace != nil {
		checkpoints = spec.Pace.Checkpoints
	}
	differs("the checkpoints", checkpointsText(c.Checkpoints), checkpointsText(checkpoints))
	var titles []string
	for _, m := range spec.Milestones {
		titles = append(titles, m.Title)
	}
	differs("the milestones", strings.Join(c.Milestones, ", "), strings.Join(titles, ", "))
	return moved
}

func checkpointsText(all []v1alpha1.Checkpoint) string {
	texts := make([]string, 0, len(all))
	for _, c := range all {
		texts = append(texts, fmt.Sprintf("%s: %d %%", c.Date, orZero(c.Percent)))
	}
	return strings.Join(texts, ", ")
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func orZero(n *int32) int32 {
	if n == nil {
		return 0
	}
	return *n
}

// shown is what the status says, where nothing is computed.
func (k *keyResultParts) shown() *Section {
	s := &Section{Name: "status", Title: "What the status says"}
	st := k.status
	texts(s, "value", st.Value, "target", st.Target, "baseline", st.Baseline, "guard", st.Guard)
	percents(s, st.ProgressPercent, st.ExpectedPercent)
	if m := st.Measurement; m != nil {
		k.measurement(s, m)
	}
	k.conditions(s, st.Conditions)
	return s
}

// texts adds the texts that there are.
func texts(s *Section, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			s.add(pairs[i], "%s", pairs[i+1])
		}
	}
}

func percents(s *Section, progress, expected *int32) {
	if progress != nil {
		s.add("progress", "%d %%", *progress).is(float64(*progress), "%")
	}
	if expected != nil {
		s.add("expected", "%d %% by now", *expected).is(float64(*expected), "%")
	}
}
