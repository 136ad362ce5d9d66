package evaluate_test

import (
	"math"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// archive is what is held of an object's present value, and of the range that its history is asked for by.
type archive struct {
	live   sample.Held
	series sample.Sample
	// asked is the range that was looked up last.
	asked sample.Question
}

func (a *archive) samples(q sample.Question) (sample.Held, bool) {
	if q.Step == 0 {
		return a.live, true
	}
	a.asked = q
	return sample.Held{Last: a.series}, true
}

// ranged is the answer to the range that was asked for.
func (a *archive) ranged(values ...float64) {
	a.series = sample.Sample{Reason: sample.Sampled, Series: &sample.Series{From: a.asked.From, Step: a.asked.Step, Values: values}}
}

// rangesAmong are the questions about ranges among watches.
func rangesAmong(watches []sample.Watch) []sample.Question {
	var all []sample.Question
	for _, w := range watches {
		if w.Question.Step > 0 {
			all = append(all, w.Question)
		}
	}
	return all
}

// told is a history in one line each.
func told(history []v1alpha1.HistoryPoint) []string {
	var lines []string
	for _, p := range history {
		lines = append(lines, p.Time.UTC().Format("01-02 15:04:05")+" "+p.Value)
	}
	return lines
}

func TestKPIHistory(t *testing.T) {
	in := kpiInput()
	in.KPI.Spec.TimeZone = "Europe/Berlin"
	a := &archive{}
	look := func(text string, v float64, at time.Time) evaluate.Result[v1alpha1.KPIStatus] {
		t.Helper()
		a.live = good(v, at)
		result := evaluate.KPI(in, a.samples, at)
		in.KPI.Status = *result.Status.DeepCopy()
		if !result.Next.After(at) {
			t.Errorf("%s: the next look is at %s", text, result.Next)
		}
		return result
	}
	midnight := at("2026-11-15T23:00:00") // in Berlin

	first := look("no answer about the past yet", 99.95, midnight.Add(10*time.Hour))
	same(t, "the last 31 days are asked for, once", []sample.Question{{
		Source: "default", Query: "availability", At: midnight.Unix(), Step: quarterDay, From: midnight.Add(-31 * quarterDay).Unix(),
	}}, rangesAmong(first.Watches))
	same(t, "the present value comes first", sample.Question{Source: "default", Query: "availability", Interval: time.Minute}, first.Watches[0].Question)
	same(t, "nothing to show while the past is asked for", []string(nil), told(first.Status.History))

	a.ranged(append(make([]float64, 29), math.NaN(), 99.97, 99.98765)...)
	filled := look("the past", 99.95, midnight.Add(10*time.Hour+10*time.Second))
	history := told(filled.Status.History)
	same(t, "31 points", 31, len(history))
	same(t, "what is not known is left out", []string{"11-12 23:00:00 0", "11-14 23:00:00 99.97", "11-15 23:00:00 99.99"}, history[28:])
	same(t, "it is written, so that the past is not asked for again", evaluate.Memory, filled.Change)
	same(t, "and the answer is not kept", 0, len(rangesAmong(filled.Watches)))

	later := look("later that day", 99.91, midnight.Add(20*time.Hour))
	same(t, "one point a day", history, told(later.Status.History))
	same(t, "the past is not asked for again", 0, len(rangesAmong(later.Watches)))
	evening := look("before midnight", 99.91, midnight.Add(quarterDay-time.Minute))
	same(t, "the next day is looked at as it begins", midnight.Add(quarterDay), evening.Next)

	a.live = good(99.91, midnight.Add(quarterDay-20*time.Second))
	result := evaluate.KPI(in, a.samples, midnight.Add(quarterDay))
	same(t, "what is known then is its point", append(history, "11-16 23:00:00 99.91"), told(result.Status.History))
	same(t, "it is merely shown", evaluate.Value, result.Change)

	a.live = then(a.live, sample.Timeout, midnight.Add(quarterDay))
	result = evaluate.KPI(in, a.samples, midnight.Add(quarterDay+time.Minute))
	same(t, "a value that stands in is none", history, told(result.Status.History))
}

func TestKPIHistoryThatCannotBeHad(t *testing.T) {
	now := at("2026-11-16T10:00:00")
	point := []string{"11-16 10:00:00 99.95"}
	none := sample.Sample{Reason: sample.Sampled, Series: &sample.Series{}}
	cases := []struct {
		reason string
		edit   func(*evaluate.KPIInput, *archive)
		want   []string
		asked  int
	}{
		{"the source has nothing", func(_ *evaluate.KPIInput, a *archive) { a.series = none }, point, 0},
		{"a source that is down is waited for", func(_ *evaluate.KPIInput, a *archive) { a.series.Reason = sample.SourceUnavailable }, nil, 1},
		{"a source that refuses, too", func(_ *evaluate.KPIInput, a *archive) { a.series.Reason = sample.AuthenticationFailed }, nil, 1},
		{"no room for another question, too", func(_ *evaluate.KPIInput, a *archive) { a.series.Reason = sample.SourceDenied }, nil, 1},
		{"too dear a question is not asked for ever", func(_ *evaluate.KPIInput, a *archive) { a.series.Reason = sample.Timeout }, point, 0},
		{"nor one that fails", func(_ *evaluate.KPIInput, a *archive) { a.series.Reason = sample.QueryFailed }, point, 0},
		{"nor one that cannot be asked", func(_ *evaluate.KPIInput, a *archive) { a.series.Reason = sample.InvalidQuery }, point, 0},
		{"without a value now there is no point", func(_ *evaluate.KPIInput, a *archive) { a.live = bad(sample.NoData, now) }, nil, 0},
		{"nor while one stands in", func(_ *evaluate.KPIInput, a *archive) { a.live = then(a.live, sample.Timeout, now) }, nil, 0},
		{"nor where nothing may be asked", func(in *evaluate.KPIInput, _ *archive) { in.Metric.Refusal = denied }, nil, 0},
		{"nor where the query is wrong", func(in *evaluate.KPIInput, _ *archive) { in.Metric.Expression.Problem = "it does not parse" }, nil, 0},
		{"nor in a zone that is none", func(in *evaluate.KPIInput, _ *archive) { in.KPI.Spec.TimeZone = "Local" }, nil, 0},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in, a := kpiInput(), &archive{live: good(99.95, now)}
			c.edit(&in, a)
			result := evaluate.KPI(in, a.samples, now)
			same(t, "history", c.want, told(result.Status.History))
			same(t, "ranges asked for", c.asked, len(rangesAmong(result.Watches)))
		})
	}
}

func TestKeyResultHistory(t *testing.T) {
	const week = 7 * quarterDay
	visits := []struct {
		reason string
		now    time.Time
		value  float64
		// past answers the range that was asked for before.
		past  []float64
		want  []string
		asked []sample.Question
	}{
		{"not before it begins", begin.Add(-quarterDay), 810, nil, nil, nil},
		{"its first value, and nothing to ask", begin.Add(time.Hour), 800, nil, []string{"10-01 01:00:00 800"}, nil},
		{"one a week", begin.Add(6 * quarterDay), 700, nil, []string{"10-01 01:00:00 800"}, nil},
		{"the next week", begin.Add(week), 650, nil, []string{"10-01 01:00:00 800", "10-08 00:00:00 650"}, nil},
	}
	in, a := inputOf(newKeyResult(), newObjective()), &archive{}
	for _, v := range visits {
		a.live = good(v.value, v.now)
		result := evaluate.KeyResult(in, a.samples, v.now)
		in.KeyResult.Status = *result.Status.DeepCopy()
		same(t, v.reason, v.want, told(result.Status.History))
		same(t, v.reason, v.asked, rangesAmong(result.Watches))
	}
	a.live = good(650, begin.Add(2*week-time.Hour))
	same(t, "the next week is looked at as it begins", begin.Add(2*week), evaluate.KeyResult(in, a.samples, begin.Add(2*week-time.Minute)).Next)

	// A controller that comes late: three weeks and a bit.
	now := begin.Add(3*week + quarterDay)
	in, a = inputOf(newKeyResult(), newObjective()), &archive{live: good(500, now)}
	result := evaluate.KeyResult(in, a.samples, now)
	same(t, "its weeks are asked for", []sample.Question{
		{Source: "default", Query: "latency", At: begin.Add(3 * week).Unix(), Step: week, From: begin.Unix()},
	}, rangesAmong(result.Watches))
	a.ranged(math.NaN(), 700, 600, math.NaN())
	result = evaluate.KeyResult(in, a.samples, now)
	same(t, "and go before the present one", []string{"10-08 00:00:00 700", "10-15 00:00:00 600", "10-23 00:00:00 500"}, told(result.Status.History))
	same(t, "which is merely shown", evaluate.First, result.Change)

	// A year has more weeks than a history has room for.
	now = begin.Add(40*week + quarterDay)
	in = inputOf(newKeyResult(), newObjective(func(o *v1alpha1.Objective) { o.Spec.Period = "2026-10-01/2027-09-30" }))
	a = &archive{live: good(500, now)}
	result = evaluate.KeyResult(in, a.samples, now)
	same(t, "the newest are asked for", begin.Add(9*week).Unix(), rangesAmong(result.Watches)[0].From)

	// What counts from the start is another question each week.
	in = inputOf(newKeyResult(func(kr *v1alpha1.KeyResult) {
		kr.Spec.Reach = &v1alpha1.Reach{Target: pointer(v1alpha1.Decimal("300"))}
		kr.Spec.Metric.Query = "sum(increase(views[$__elapsed]))"
	}), newObjective())
	now = begin.Add(3 * week)
	a = &archive{live: good(50, now)}
	result = evaluate.KeyResult(in, a.samples, now)
	same(t, "only what is seen is kept", []string{"10-22 00:00:00 50"}, told(result.Status.History))
	same(t, "and nothing asked", 0, len(rangesAmong(result.Watches)))
}

func TestMilestonesHistory(t *testing.T) {
	steps := []v1alpha1.Milestone{milestone("a", 1, "", ""), milestone("b", 1, "", ""), milestone("c", 1, "", "")}
	in := inputOf(newKeyResult(ofSteps(steps...)), newObjective())
	for _, v := range []struct {
		reason string
		now    time.Time
		// done are the days on which steps were done.
		done []v1alpha1.Date
		want []string
	}{
		{"none at the start", begin.Add(time.Hour), nil, []string{"10-01 00:00:00 0"}},
		{"one that was done before", begin.Add(2 * time.Hour), []v1alpha1.Date{"2026-09-20"}, []string{"10-01 00:00:00 0"}},
		{"the day on which one was done", begin.Add(14 * quarterDay), []v1alpha1.Date{"2026-09-20", "2026-10-14"},
			[]string{"10-01 00:00:00 0", "10-14 00:00:00 2"}},
		{"one that is to come is not", middle, []v1alpha1.Date{"2026-09-20", "2026-10-14", "2026-12-01"},
			[]string{"10-01 00:00:00 0", "10-14 00:00:00 2"}},
	} {
		for i, day := range v.done {
			in.KeyResult.Spec.Milestones[i].DoneOn = day
		}
		result := evaluate.KeyResult(in, answers{}.samples, v.now)
		in.KeyResult.Status = *result.Status.DeepCopy()
		same(t, v.reason, v.want, told(result.Status.History))
	}
}

// What was written down before the controller first looked is not lost.
func TestHistoryOfWhatPeopleWroteDown(t *testing.T) {
	hand := inputOf(newKeyResult(keptByHand), newObjective(checkingIn(
		said("2026-11-14", "550"), said("2026-10-02", "800"), said("2026-09-30", "810"), said("2026-11-20", "500"), said("2026-10-10", "700"))))
	steps := inputOf(newKeyResult(ofSteps(milestone("a", 3, "", "2026-11-02"), milestone("b", 1, "", "2026-09-20"), milestone("c", 1, "", "2026-11-02"),
		milestone("d", 1, "", "2026-10-05"), milestone("e", 1, "", "2026-12-01"), milestone("f", 1, "", ""))), newObjective())
	for _, c := range []struct {
		reason string
		in     evaluate.KeyResultInput
		want   []string
	}{
		{"check-ins in the key result's time, up to now", hand, []string{"10-02 00:00:00 800", "10-10 00:00:00 700", "11-14 00:00:00 550"}},
		{"how many steps were done by each day", steps, []string{"10-05 00:00:00 2", "11-02 00:00:00 4"}},
	} {
		got := evaluate.KeyResult(c.in, answers{}.samples, middle).Status
		same(t, c.reason, c.want, told(got.History))
		c.in.KeyResult.Status = got
		same(t, "and no more later", c.want, told(evaluate.KeyResult(c.in, answers{}.samples, middle.Add(time.Hour)).Status.History))
	}
}
