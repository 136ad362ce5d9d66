package evaluate

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// milestones are steps of work: a shape, and a source of its own, for they are done or not and nothing is asked. The
// value is how many are done.
type milestones struct {
	*keyResult
	steps okr.Milestones
}

// milestones reads the steps of a key result that consists of them, and bends its pace by their due dates.
func (k *keyResult) milestones() (*milestones, *problem) {
	first, err := okr.ParseDate(k.pace.Start.Format(time.DateOnly))
	if err != nil {
		return nil, stalled(v1alpha1.ReasonInvalidDates, "spec.startOn: "+err.Error())
	}
	m := &milestones{keyResult: k}
	for i := range k.in.KeyResult.Spec.Milestones {
		spec := &k.in.KeyResult.Spec.Milestones[i]
		step := okr.Milestone{Weight: 1, Due: k.pace.End}
		if spec.Weight != nil {
			step.Weight = float64(*spec.Weight)
		}
		if spec.DueOn != "" {
			day, err := okr.ParseDate(spec.DueOn.String())
			if err != nil {
				return nil, stalled(v1alpha1.ReasonInvalidDates, fmt.Sprintf("spec.milestones[%d].dueOn: %s", i, err))
			}
			step.Due = day.End(k.days.zone)
		}
		if spec.DoneOn != "" {
			day, err := okr.ParseDate(spec.DoneOn.String())
			if err != nil {
				return nil, stalled(v1alpha1.ReasonInvalidDates, fmt.Sprintf("spec.milestones[%d].doneOn: %s", i, err))
			}
			step.Done = day.Start(k.days.zone)
		}
		// Nothing is due before the key result has lasted a day, nor after its end.
		if day := first.End(k.days.zone); step.Due.Before(day) {
			step.Due = day
		}
		if step.Due.After(k.pace.End) {
			step.Due = k.pace.End
		}
		m.steps = append(m.steps, step)
	}
	k.pace = m.steps.Pace(k.pace.Span, k.pace.Pass)
	return m, nil
}

// upTo is the instant up to which what is done counts at t: what is done after the end is not done in time.
func upTo(t time.Time, span okr.Span) time.Time {
	if t.Before(span.End) {
		return t
	}
	return span.End.Add(-time.Second)
}

func (m *milestones) done() int { return m.steps.Count(upTo(m.now, m.pace.Span)) }

// lastDone is when the newest of what is done was done; the start where that is nothing, or was done before.
func (m *milestones) lastDone() time.Time {
	last := m.pace.Start
	for _, step := range m.steps {
		if !step.Done.IsZero() && !step.Done.After(upTo(m.now, m.pace.Span)) && step.Done.After(last) {
			last = step.Done
		}
	}
	return last
}

func (m *milestones) present() measured {
	m.next = append(m.next, m.steps.Next(m.now))
	return measured{
		value: pointer(float64(m.done())), time: m.lastDone(), usable: true,
		status: metav1.ConditionTrue, reason: v1alpha1.ReasonMilestones, message: "nothing is measured: milestones are done or not",
	}
}

// past are the days so far on which steps were done, and how many were done by then.
func (m *milestones) past() []v1alpha1.HistoryPoint {
	days := make([]time.Time, 0, len(m.steps))
	for _, step := range m.steps {
		days = append(days, step.Done)
	}
	slices.SortFunc(days, time.Time.Compare)
	var history []v1alpha1.HistoryPoint
	for _, day := range slices.CompactFunc(days, time.Time.Equal) {
		if m.during(day) && !day.After(m.now) {
			history = append(history, v1alpha1.HistoryPoint{Time: second(day), Value: sample.Display(float64(m.steps.Count(day)))})
		}
	}
	return history
}

// last is how many were done in time, once nobody will write down one more.
func (m *milestones) last() sample.Sample {
	if m.now.Before(m.pace.End.Add(Closing)) {
		return sample.Sample{}
	}
	return sample.Good(float64(m.done()), m.pace.End)
}

// entered is nothing: what decides stands in the spec itself.
func (m *milestones) entered() []string { return nil }

// every is one check-in: nobody is behind for a step that was due since the last one, and may have been done then.
func (m *milestones) every() time.Duration { return checkInEvery(m.in.Objective) }

// problem and resolve find nothing: there is no more to know than the spec says.
func (m *milestones) problem() *problem      { return nil }
func (m *milestones) resolve(bool) *obstacle { return nil }

func (m *milestones) show() {
	m.status.Target = fmt.Sprintf("%d milestones", len(m.steps))
	if len(m.steps) == 1 {
		m.status.Target = "1 milestone"
	}
	m.status.Baseline = ""
}

func (m *milestones) stand(float64) (running, bool) { return delivery{m.running(), m.steps}, true }

// explain names what is overdue.
func (m *milestones) explain(_ okr.Verdict, progress int64) string {
	message := fmt.Sprintf("%s, %s of the weight; %s is expected by now", m.status.Value, percent(progress), percent(*m.status.ExpectedPercent))
	var overdue []string
	for i, step := range m.steps {
		if !step.Due.After(m.now) && (step.Done.IsZero() || step.Done.After(m.now)) {
			overdue = append(overdue, m.in.KeyResult.Spec.Milestones[i].Title)
		}
	}
	if len(overdue) > 0 {
		message += "; overdue: " + enumerate(overdue)
	}
	return message
}

// No value is watched, and no question asked.
func (m *milestones) scale() sample.Scale            { return sample.Scale{} }
func (m *milestones) bounds(float64) []float64       { return nil }
func (m *milestones) finalQuestion() sample.Question { return sample.Question{} }

// final is the weight of those that were done in time.
func (m *milestones) final(sample.Sample) (float64, bool) {
	return m.steps.Percent(upTo(m.now, m.pace.Span)), true
}

// decides are the steps, and which of them were done in time.
func (m *milestones) decides() []string {
	parts := make([]string, 0, 3*len(m.steps))
	for i, step := range m.steps {
		inTime := !step.Done.IsZero() && step.Done.Before(m.pace.End)
		parts = append(parts, m.in.KeyResult.Spec.Milestones[i].Title, exact(step.Weight), strconv.FormatBool(inTime))
	}
	return parts
}

// delivery is how steps of work stand while time goes on.
type delivery struct {
	okr.KeyResult
	steps okr.Milestones
}

func (d delivery) Percent(t time.Time) float64 { return d.steps.Percent(upTo(t, d.Pace.Span)) }
func (d delivery) Verdict(t time.Time) okr.Verdict {
	return d.KeyResult.Verdict(d.Percent(t), t)
}

// NextChange is when the next step becomes due or done, if nothing changes before.
func (d delivery) NextChange(now, until time.Time) (time.Time, bool) {
	change, found := d.KeyResult.NextChange(d.Percent(now), now, until)
	if next := d.steps.Next(now); !next.IsZero() && !next.After(until) && (!found || next.Before(change)) {
		return next, true
	}
	return change, found
}
