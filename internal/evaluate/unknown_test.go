package evaluate_test

import (
	"strings"
	"testing"
	"time"

	apiequality "k8s.io/apimachinery/pkg/api/equality"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// step is what is held at an instant and what is to be seen then. A zero Held is a controller that has just
// started: nothing has been asked.
type step struct {
	after    time.Duration // since the first step
	held     sample.Held
	health   string
	measured string
}

var (
	noNumber = []sample.Reason{
		sample.NoData, sample.NotANumber, sample.Infinite, sample.MultipleSeries, sample.NotAScalar,
		sample.HistoryUnavailable, sample.InvalidQuery,
	}
	noAnswer = []sample.Reason{
		sample.QueryFailed, sample.AuthenticationFailed, sample.SourceUnavailable, sample.Timeout,
		sample.PartialResponse, sample.ResponseTooLarge, sample.SourceDenied,
	}
)

// sequences of what a sampler holds, for a value that is fine at first and stale after a day.
func sequences() map[string][]step {
	const hour = time.Hour
	first := good(99.95, middle)
	all := map[string][]step{
		"a restart changes nothing, and nothing is stale for it": {
			{0, first, "fine", "True Sampled"},
			{72 * hour, sample.Held{}, "fine", "True Sampled"},
		},
		"nothing is asked for ever: stale in the end": {
			{0, first, "fine", "True Sampled"},
			{hour, sample.Held{Since: middle.Add(hour)}, "fine", "True Sampled"},
			{25*hour - time.Second, sample.Held{Since: middle.Add(hour)}, "fine", "True Sampled"},
			{25 * hour, sample.Held{Since: middle.Add(hour)}, "Unknown", "False Stale"},
		},
		"a sampler that has stopped": {
			{0, first, "fine", "True Sampled"},
			{24*hour - time.Second, first, "fine", "True Sampled"},
			{24 * hour, first, "Unknown", "False Stale"},
		},
		"down before the restart, Unknown after it until a good sample": {
			{0, first, "fine", "True Sampled"},
			{hour, then(first, sample.Timeout, middle.Add(hour)), "fine", "False Timeout"},
			{24 * hour, then(first, sample.Timeout, middle.Add(hour)), "Unknown", "False Timeout"},
			{25 * hour, sample.Held{}, "Unknown", "False Timeout"},
			{26 * hour, bad(sample.SourceUnavailable, middle.Add(26*hour)), "Unknown", "False SourceUnavailable"},
			{27 * hour, good(99.95, middle.Add(27*hour)), "fine", "True Sampled"},
		},
		"down across a restart: the time begins anew": {
			{0, first, "fine", "True Sampled"},
			{hour, then(first, sample.Timeout, middle.Add(hour)), "fine", "False Timeout"},
			{40 * hour, sample.Held{}, "fine", "False Timeout"},
			{40 * hour, bad(sample.Timeout, middle.Add(40*hour)), "fine", "False Timeout"},
			{64*hour - time.Second, bad(sample.Timeout, middle.Add(40*hour)), "fine", "False Timeout"},
			{64 * hour, bad(sample.Timeout, middle.Add(40*hour)), "Unknown", "False Timeout"},
		},
		"no answer at the first visit, and a good one before it": {
			{hour, then(first, sample.Timeout, middle.Add(hour)), "fine", "False Timeout"},
		},
		"NoData and then a Timeout between two evaluations: the second does not hide the first": {
			{0, first, "fine", "True Sampled"},
			{hour, then(then(first, sample.NoData, middle.Add(hour)), sample.Timeout, middle.Add(hour)), "Unknown", "False Timeout"},
		},
		"no answer, and never a good one": {{0, bad(sample.Timeout, middle), "Unknown", "False Timeout"}},
	}
	for _, reason := range noNumber {
		all["no number at once, and no failure or restart brings the verdict back: "+string(reason)] = []step{
			{0, first, "fine", "True Sampled"},
			{60 * time.Second, then(first, reason, middle.Add(time.Minute)), "Unknown", "False " + string(reason)},
			{120 * time.Second, then(then(first, reason, middle.Add(time.Minute)), sample.Timeout, middle.Add(2*time.Minute)), "Unknown", "False Timeout"},
			{180 * time.Second, sample.Held{}, "Unknown", "False Timeout"},
			{240 * time.Second, bad(reason, middle.Add(4*time.Minute)), "Unknown", "False " + string(reason)},
			{300 * time.Second, sample.Held{}, "Unknown", "False " + string(reason)},
			{360 * time.Second, good(99.95, middle.Add(6*time.Minute)), "fine", "True Sampled"},
		}
	}
	for _, reason := range noAnswer {
		all["no answer: "+string(reason)] = []step{
			{0, first, "fine", "True Sampled"},
			{60 * time.Second, then(first, reason, middle.Add(time.Minute)), "fine", "False " + string(reason)},
			{24*hour - time.Second, then(first, reason, middle.Add(time.Minute)), "fine", "False " + string(reason)},
			{24 * hour, then(first, reason, middle.Add(time.Minute)), "Unknown", "False " + string(reason)},
		}
	}
	return all
}

func TestWhenUnknownBegins(t *testing.T) {
	for reason, steps := range sequences() {
		t.Run(reason, func(t *testing.T) {
			kr := inputOf(newKeyResult(func(kr *v1alpha1.KeyResult) {
				reach("0", "100")(kr)
				kr.Spec.Unit = "%"
			}), newObjective())
			spec := newKPI().Spec.Metric
			spec.StaleAfter = "24h"
			kpi := evaluate.KPIInput{KPI: newKPI(), Metric: pointer(newMetric(*spec))}
			for i, s := range steps {
				now := middle.Add(s.after)
				before := kr.KeyResult.Status
				k := visit(kr, answers{live: s.held}, now).Status
				same(t, "key result", s.health, strings.Replace(string(k.Health), "OnTrack", "fine", 1))
				same(t, "Measured", s.measured, says(k.Conditions, "Measured"))
				same(t, "the last good value stays only if there was one", k.Frozen.LastGood != nil, k.Value == "99.95 %")
				p := visitKPI(kpi, answers{live: s.held}, now).Status
				same(t, "KPI", s.health, strings.Replace(string(p.Health), "Healthy", "fine", 1))
				same(t, "Measured of the KPI", s.measured, says(p.Conditions, "Measured"))
				restarted := i > 0 && s.held == (sample.Held{})
				expected := k
				expected.ExpectedPercent = before.ExpectedPercent // goes with the time, and is part of the message
				if restarted && k.Health == v1alpha1.HealthUnknown && !apiequality.Semantic.DeepEqual(before, expected) {
					t.Errorf("step %d: a restart has changed the status", i)
				}
			}
		})
	}
}

func TestStatusIsWrittenOnlyForWhatPeopleRead(t *testing.T) {
	in := inputOf(newKeyResult(), newObjective())
	first := visit(in, answers{live: good(600.01, middle)}, middle).Status
	cases := []struct {
		reason string
		value  float64
		after  time.Duration
		writes bool
	}{
		{"a later time alone", 600.01, time.Minute, false},
		{"the last digits", 600.02, 2 * time.Minute, false},
		{"another display", 600.2, 3 * time.Minute, true},
		{"the fraction of a second in which it is looked at", 600.2, 3*time.Minute + 999*time.Millisecond, false},
	}
	for _, c := range cases {
		now := middle.Add(c.after)
		got := visit(in, answers{live: good(c.value, now.Truncate(time.Second))}, now).Status
		same(t, c.reason, c.writes, !apiequality.Semantic.DeepEqual(first, got))
		first = got
	}
}

// A verdict that hangs on the last digits is remembered with them: a restart goes by what is remembered.
func TestRestartWhereTheLastDigitsDecide(t *testing.T) {
	in := inputOf(newKeyResult(reach("0", "1000000")), newObjective())
	late := at("2026-12-21T21:07:20") // tolerances shrink by the second, and what is left is crossed in a minute
	visit(in, answers{live: good(780010.5, late)}, late)
	for now := late; now.Before(late.Add(10 * time.Minute)); now = now.Add(10 * time.Second) {
		got := visit(in, answers{live: good(780040.5, now)}, now).Status
		restarted := evaluate.KeyResult(in, answers{}.samples, now).Status
		if !apiequality.Semantic.DeepEqual(got, restarted) {
			same(t, now.String(), got, restarted)
			return
		}
	}
}

func TestStaleSourceReference(t *testing.T) {
	in := evaluate.KPIInput{KPI: newKPI(), Metric: pointer(newMetric(*newKPI().Spec.Metric))}
	visitKPI(in, answers{live: good(99.95, middle)}, middle)
	in.Metric.SourceFound = false
	gone := visitKPI(in, answers{}, middle)
	same(t, "stands until stale", v1alpha1.KPIHealthy, gone.Status.Health)
	same(t, "Ready", "False ReferenceNotFound", says(gone.Status.Conditions, "Ready"))
	settled := visitKPI(in, answers{}, gone.Next)
	same(t, "next look", middle.Add(15*time.Minute), settled.Next)
	same(t, "stale", v1alpha1.KPIUnknown, visitKPI(in, answers{}, settled.Next).Status.Health)
	in.Metric.SourceFound = true
	back := visitKPI(in, answers{}, settled.Next.Add(time.Second)).Status
	same(t, "back, and not asked yet", "Unknown Pending", says(back.Conditions, "Measured"))
	same(t, "back", v1alpha1.KPIUnknown, back.Health)
	same(t, "answered", v1alpha1.KPIHealthy, visitKPI(in, answers{live: good(99.95, settled.Next)}, settled.Next.Add(time.Minute)).Status.Health)
}

func TestQueryEdited(t *testing.T) {
	in := inputOf(newKeyResult(), newObjective())
	visit(in, answers{live: good(412, middle)}, middle)
	edit := func(query string) {
		in.KeyResult.Generation++
		in.KeyResult.Spec.Metric.Query = query
		in.Metric = pointer(newMetric(*in.KeyResult.Spec.Metric))
	}
	edit(" latency ")
	s := visit(in, answers{}, middle).Status
	same(t, "white space is no other question", v1alpha1.HealthOnTrack, s.Health)
	edit("other")
	s = visit(in, answers{}, middle).Status
	same(t, "not answered yet", shown{"Unknown", 77, 77, 50, "Unknown Pending", "Unknown Pending"}, shownOf(s))
	same(t, "the old value is kept and shown", "412 ms", s.Value)
	s = visit(in, answers{live: bad(sample.InvalidQuery, middle)}, middle).Status
	same(t, "the server refuses it", "True InvalidQuery", says(s.Conditions, "Stalled"))
	edit("latency")
	s = visit(in, answers{}, middle).Status
	same(t, "mended: not stalled by what was said of another query", "False AsExpected", says(s.Conditions, "Stalled"))
	same(t, "mended: the verdict waits for an answer", v1alpha1.HealthUnknown, s.Health)
}

// A KPI's query may change without an edit of the key result that it measures.
func TestQueryOfKPIEdited(t *testing.T) {
	in := inputOf(newKeyResult(), newObjective())
	visit(in, answers{live: good(412, middle)}, middle)
	in.Metric.Expression.Canonical = "other"
	s := visit(in, answers{}, middle).Status
	same(t, "Measured", "Unknown Pending", says(s.Conditions, "Measured"))
	same(t, "health", v1alpha1.HealthUnknown, s.Health)
}

func TestReferenceComesLate(t *testing.T) {
	in := inputOf(newKeyResult(), nil)
	same(t, "no objective", "Unknown ReferenceNotFound", says(visit(in, answers{}, middle).Status.Conditions, "Measured"))
	in.Objective = newObjective()
	s := visit(in, answers{}, middle).Status
	same(t, "what was in the way is gone", "Unknown Pending", says(s.Conditions, "Measured"))
	same(t, "and not said any more", "waiting for the first answer", message(s.Conditions, "OnTrack"))
}

// What the random schedules of internal/oracle have found.
func TestAnswerThatWasHiddenOrDidNotCount(t *testing.T) {
	minute := func(n int) time.Time { return middle.Add(time.Duration(n) * time.Minute) }
	begun := func() evaluate.KPIInput {
		in := evaluate.KPIInput{KPI: newKPI(), Metric: pointer(newMetric(*newKPI().Spec.Metric))}
		visitKPI(in, answers{live: good(99.95, middle)}, middle)
		return in
	}
	in := begun()
	visitKPI(in, answers{live: then(good(99.95, middle), sample.NoData, minute(1))}, minute(1))
	got := visitKPI(in, answers{live: then(good(99.95, minute(2)), sample.Timeout, minute(3))}, minute(3))
	same(t, "a good answer begins the verdict again, though a failure followed it", v1alpha1.KPIHealthy, got.Status.Health)

	in = begun()
	got = visitKPI(in, answers{live: good(99.95, middle)}, minute(15))
	same(t, "stale without a failure", "False Stale", says(got.Status.Conditions, "Measured"))
	same(t, "the same number again is news", true, got.Watches[0].Material(sample.Good(99.95, minute(16))))

	in = begun()
	got = visitKPI(in, answers{live: good(12, minute(-1))}, minute(1))
	same(t, "an older number does not replace a newer one", v1alpha1.KPIHealthy, got.Status.Health)
	same(t, "the same number again is news", true, got.Watches[0].Material(sample.Good(12, minute(1))))

	in = begun()
	in.KPI.Spec.HoldFor = "1h"
	visitKPI(in, answers{live: good(12, minute(1))}, minute(1))
	in.KPI.Spec.Warning = &v1alpha1.Band{AtLeast: pointer(v1alpha1.Decimal("99.96"))}
	got = visitKPI(in, answers{live: good(99.95, minute(2))}, minute(2))
	same(t, "a warning waits, no more the worst", v1alpha1.KPIWarning, got.Status.Frozen.PendingHealth.Health)
	visitKPI(in, answers{live: good(13, minute(3))}, minute(3))
	got = visitKPI(in, answers{live: good(99.95, minute(4))}, minute(4))
	same(t, "a value of another verdict than the remembered one is remembered at once", evaluate.Memory, got.Change)
	in.KPI.Generation++
	same(t, "for an edit goes by it", v1alpha1.KPIWarning, visitKPI(in, answers{}, minute(5)).Status.Health)
}
