package practice

import (
	"fmt"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

var lifeRules = []Rule{
	{
		ID: "OKR009", Severity: Warning, stages: running, objective: planOfAction,
		Title: "An action plan exists once the period has begun",
		Why: "Key results do not move by being written down. What is going to be done, by whom and until when, is what the team " +
			"talks about every week; without it the goal is remembered at the end of the quarter.",
		Example: "The period has begun, and `spec.actions` is empty. An objective that is made of its children has its plan there.",
		Fix:     "Write `spec.actions: [{title: Cache the price lookup, owner: mei, dueOn: 2026-10-31}]`. Actions are shown, and never counted.",
	},
	{
		ID: "OKR010", Severity: Warning, stages: running, objective: checkedIn,
		Title:   "Checked in within checkInEvery, where it is set",
		Why:     "Set and forget is the commonest way to fail: a goal that nobody looks at is not steered.",
		Example: "`checkInEvery: 7d`, and the newest of `spec.checkIns` is nine days old. It is counted from the start where there is none.",
		Fix:     "Add a check-in: `{date: 2026-10-12, confidence: 7, note: First cache is live}`. If the rhythm is wrong, change `checkInEvery`.",
	},
	{
		ID: "OKR011", Severity: Warning, stages: over, objective: reviewed,
		Title:   "A period that is over has a review",
		Why:     "What was learned is worth more than the score, and is forgotten within weeks.",
		Example: "The period has ended, and there is no `spec.review`. Drafts and cancelled objectives need none.",
		Fix:     "Write `spec.review: {outcome: \"…\", learned: \"…\", score: \"0.8\"}`. The measured score stays beside it.",
	},
	{
		ID: "OKR019", Severity: Warning, stages: running, objective: objectiveBornLate, keyResult: keyResultBornLate,
		Title: "A goal first seen more than two weeks into its period says startOn; a goal to maintain begins inside its band",
		Why: "Pace is counted from the start. A goal that is written in week six is behind from its first minute, red at birth, and its " +
			"colour says nothing about the work. The same holds for a band to be kept that is not reached yet.",
		Example: "An objective of `2026-Q4` that is created on 12 November without `startOn`; `maintain: {atLeast: \"99.9\"}` at 99.2.",
		Fix:     "Write `spec.startOn` with the day on which work really began; write `reach` towards the band first, and `maintain` in the next period.",
	},
	{
		ID: "OKR020", Severity: Advice, stages: committed, objective: usedCheckIns,
		Title: "A check-in is used: its date lies in the period, and its values are of key results that are kept by hand",
		Why: "A number typed in beside a measured one is not used, and people are surprised that it is not. The same holds for a check-in " +
			"about a key result that there is not, and for one outside the period.",
		Example: "`checkIns: [{date: 2026-10-12, keyResults: [{name: latency, value: 450}]}]`, where latency has a `metric`.",
		Fix:     "Remove `value` (confidence stays useful), correct the name or the date, or remove `metric` from the key result and keep it by hand.",
	},
}

// dateOf reads a date; false if it is empty or no date.
func dateOf(d v1alpha1.Date) (okr.Date, bool) {
	if d == "" {
		return okr.Date{}, false
	}
	date, err := okr.ParseDate(d.String())
	return date, err == nil
}

func planOfAction(o *Objective, _ look) outcome {
	if len(o.Object.Spec.Actions) > 0 || o.Time == nil || o.madeOfChildren() || len(o.Children) > 0 { // children are a plan
		return outcome{}
	}
	return broken("spec.actions", "the period has begun and there is no plan: write in spec.actions what is going to be done, and by whom")
}

func checkedIn(o *Objective, in look) outcome {
	every := o.Object.Spec.CheckInEvery.Duration()
	if every <= 0 || o.Time == nil {
		return outcome{}
	}
	newest, _ := okr.ParseDate(o.Time.Start.In(o.Time.Zone).Format(time.DateOnly))
	var waiting time.Time
	for _, c := range o.Object.Spec.CheckIns {
		date, ok := dateOf(c.Date)
		if !ok {
			continue
		}
		switch at := date.Start(o.Time.Zone); {
		case at.After(in.now): // it waits for its date
			waiting = earliest(in.now, waiting, at)
		case newest.Before(date):
			newest = date
		}
	}
	due := okr.CheckInDue(newest, every)
	if ends := due.End(o.Time.Zone); in.now.Before(ends) {
		return outcome{next: earliest(in.now, ends, waiting)}
	}
	found := broken("spec.checkIns", "the last check-in was due by %s (every %s): add one with confidence and a note",
		due, o.Object.Spec.CheckInEvery)
	found.next = waiting
	return found
}

func reviewed(o *Objective, _ look) outcome {
	if o.Object.Spec.Review != nil {
		return outcome{}
	}
	return broken("spec.review", "it is over: write in spec.review what came of it and what was learned")
}

func objectiveBornLate(o *Objective, in look) outcome {
	if o.Object.Spec.StartOn != "" || !bornLate(o.Object.CreationTimestamp.Time, o.Time, in) {
		return outcome{}
	}
	return broken("spec.startOn", "first seen on %s, long after its period began on %s: write spec.startOn with the day on which work began, so that it is not behind from birth",
		o.Object.CreationTimestamp.In(o.Time.Zone).Format(time.DateOnly), o.Time.First)
}

// bornLate reports whether a goal was first seen too far into its time. When a goal in a file is first seen is not known.
func bornLate(created time.Time, t *Time, in look) bool {
	return t != nil && !created.IsZero() && created.After(t.Start.Add(in.LateStart))
}

func keyResultBornLate(k *KeyResult, in look) outcome {
	spec := &k.Object.Spec
	var found outcome
	// Where the objective is late itself, it is told there, once.
	if created := k.Object.CreationTimestamp.Time; spec.StartOn == "" && bornLate(created, k.Time, in) &&
		!bornLate(k.Objective.Object.CreationTimestamp.Time, k.Objective.Time, in) {
		found = broken("spec.startOn", "first seen on %s, long after %s when its pace begins: write spec.startOn with the day on which work began, so that it is not behind from birth",
			created.In(k.Time.Zone).Format(time.DateOnly), k.Time.First)
	}
	if v, known := k.atStart(); known && spec.Maintain != nil && !inside(spec.Maintain, v) {
		found = found.and(broken("spec.maintain", "it began at %s, outside its band: write reach towards the band first, and maintain it in the next period", v))
	}
	return found
}

// atStart is the value with which a key result began, as far as its history tells: it holds a value a week.
func (k *KeyResult) atStart() (v1alpha1.Decimal, bool) {
	if k.Time == nil {
		return "", false
	}
	for _, p := range k.Object.Status.History { // the oldest first
		if !p.Time.Time.Before(k.Time.Start) {
			return v1alpha1.Decimal(p.Value), p.Time.Time.Before(k.Time.Start.Add(8 * day))
		}
	}
	return "", false
}

func inside(band *v1alpha1.Maintain, value v1alpha1.Decimal) bool {
	v := value.Float64()
	return (band.AtLeast == nil || v >= band.AtLeast.Float64()) && (band.AtMost == nil || v <= band.AtMost.Float64())
}

func usedCheckIns(o *Objective, _ look) outcome {
	if len(o.Object.Spec.CheckIns) == 0 {
		return outcome{}
	}
	members := make(map[string]*KeyResult, len(o.KeyResults))
	for _, k := range o.KeyResults {
		members[k.Object.Name] = k
	}
	var found outcome
	for _, c := range o.Object.Spec.CheckIns {
		field := fmt.Sprintf("spec.checkIns[%s]", brief(c.Date.String(), 32))
		if date, ok := dateOf(c.Date); ok && o.Time != nil && (date.Before(o.Time.First) || o.Time.Last.Before(date)) {
			found = found.and(broken(field, "the check-in of %s is outside the period, %s to %s: correct its date", date, o.Time.First, o.Time.Last))
		}
		for _, said := range c.KeyResults {
			member, there := members[said.Name]
			switch {
			case o.KeyResults == nil:
			case !there:
				found = found.and(broken(field, "the check-in of %s is about a key result %s that there is not: correct the name", c.Date, brief(said.Name, maxQuoted)))
			case said.Value != nil && (member.measured() || len(member.Object.Spec.Milestones) > 0):
				found = found.and(broken(field, "the check-in of %s gives a value of %s, which is not kept by hand: it is not used, remove it", c.Date, brief(said.Name, maxQuoted)))
			}
		}
	}
	return found
}
