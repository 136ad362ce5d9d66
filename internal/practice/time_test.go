package practice_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/practice"
)

// TestNothingIsFoundAtAnInstantThatWasNotAnnounced looks at random goals every hour of half a year, and at the second
// before each announced instant and at it.
func TestNothingIsFoundAtAnInstantThatWasNotAnnounced(t *testing.T) {
	moved := 0
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 1))
		w := newWorld()
		randomLife(w, random)
		set := w.set()
		now := day("2026-09-25")
		report := set.Check(practice.Thresholds{}, now)
		for now.Before(day("2027-01-20")) {
			next := report.Next
			then := now.Add(time.Duration(1+random.IntN(5*3600)) * time.Second)
			if !next.IsZero() && !next.After(then) {
				before := set.Check(practice.Thresholds{}, next.Add(-time.Second))
				if diff := cmp.Diff(report.Findings, before.Findings); diff != "" {
					t.Fatalf("seed %d: just before %s, announced at %s: %s", seed, next, now, diff)
				}
				then = next
			}
			fresh := set.Check(practice.Thresholds{}, then)
			if diff := cmp.Diff(report.Findings, fresh.Findings); diff != "" {
				if !then.Equal(next) {
					t.Fatalf("seed %d: at %s, next look announced for %s at %s: %s", seed, then, next, now, diff)
				}
				moved++
			}
			if !fresh.Next.IsZero() && !fresh.Next.After(then) {
				t.Fatalf("seed %d: at %s the next look is %s", seed, then, fresh.Next)
			}
			report, now = fresh, then
		}
	}
	if moved < 100 {
		t.Errorf("only %d times something was found anew: nothing is tested", moved)
	}
}

func randomLife(w *world, random *rand.Rand) {
	one := func(n int) bool { return random.IntN(n) == 0 }
	o := &w.objective.Spec
	o.TimeZone = []v1alpha1.TimeZone{"UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia"}[random.IntN(4)]
	if one(2) {
		o.Actions = nil
	}
	if one(3) {
		o.StartOn = v1alpha1.Date(fmt.Sprintf("2026-1%d-%02d", random.IntN(3), 1+random.IntN(28)))
	}
	if one(8) {
		o.State = []v1alpha1.ObjectiveState{v1alpha1.ObjectiveDraft, v1alpha1.ObjectiveCancelled}[random.IntN(2)]
	}
	if !one(3) {
		o.CheckInEvery = v1alpha1.Duration(fmt.Sprintf("%dd", 1+random.IntN(14)))
		for range random.IntN(12) {
			o.CheckIns = append(o.CheckIns, v1alpha1.CheckIn{Date: v1alpha1.Date(fmt.Sprintf("2026-1%d-%02d", random.IntN(3), 1+random.IntN(28))), Note: "on it"})
		}
		random.Shuffle(len(o.CheckIns), func(i, j int) { swap(o.CheckIns, i, j) })
	}
	if one(2) {
		w.latency.Spec.DueOn = v1alpha1.Date(fmt.Sprintf("2026-1%d-%02d", random.IntN(3), 1+random.IntN(28)))
	}
	if one(2) {
		target(w, "400")
	}
	w.objective.CreationTimestamp.Time = day("2026-09-20").Add(time.Duration(random.IntN(80*24)) * time.Hour)
}

// TestOrderDoesNotMatter: what is found in a set does not depend on the order in which files are read.
func TestOrderDoesNotMatter(t *testing.T) {
	build := func(seed uint64) practice.Report {
		w := newWorld()
		team(7)(w)
		keyResults(5)(w)
		lineage("Monthly visits")(w)
		rival(v1alpha1.Reach{Change: "+10%"})(w)
		w.parent.Spec.ParentRef = &v1alpha1.ParentReference{Name: "instant"}
		random := rand.New(rand.NewPCG(seed, 2))
		random.Shuffle(len(w.more.Objectives), func(i, j int) { swap(w.more.Objectives, i, j) })
		random.Shuffle(len(w.more.KeyResults), func(i, j int) { swap(w.more.KeyResults, i, j) })
		return w.check()
	}
	want := build(0)
	if len(want.Findings) < 8 {
		t.Errorf("only %d findings: nothing is tested", len(want.Findings))
	}
	for seed := range uint64(20) {
		if diff := cmp.Diff(want, build(seed)); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

func swap[T any](all []T, i, j int) { all[i], all[j] = all[j], all[i] }

// TestWhatIsNotKnownBreaksNoRule: facts without relations say nothing about relations.
func TestWhatIsNotKnownBreaksNoRule(t *testing.T) {
	w := newWorld()
	w.objective.Spec.KPIRefs, w.objective.Spec.ParentRef = nil, nil
	lonely := practice.NewObjective(w.objective, nil)
	if found := lonely.Check(practice.Thresholds{}, w.now); len(found.Findings) > 0 || !found.Next.IsZero() {
		t.Errorf("objective: %+v", found)
	}
	if found := practice.NewKeyResult(w.latency, nil).Check(practice.Thresholds{}, w.now); len(found.Findings) > 0 {
		t.Errorf("key result: %+v", found)
	}
	if found := (&practice.KPI{Object: w.kpi}).Check(practice.Thresholds{}, w.now); len(found.Findings) > 0 {
		t.Errorf("KPI: %+v", found)
	}
}

func TestThresholdsAreHeeded(t *testing.T) {
	w := newWorld()
	thresholds := practice.Defaults()
	thresholds.KeyResultsMin, thresholds.ShortestValue, thresholds.ObjectivesMax = 3, 14*24*time.Hour, 0
	found := w.set().Check(thresholds, w.now)
	for _, id := range []string{"OKR001", "OKR002", "PQL004"} {
		if len(finds(found, id)) == 0 {
			t.Errorf("%s is not found: %+v", id, found.Findings)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("Reach 1,000 customers", "2026-Q4", "OKR003=why", "sum(x)", "99.9", "2026-11-12", "7d", int64(0))
	f.Add("\xff\x00١٠٪", "2026-10-01/2026-02-31", ";=;OKR003;", "$__", "1e999", "0000-00-00", "", int64(1<<62))
	f.Add("", "", "", "", "", "", "", int64(-1<<62))
	f.Fuzz(func(t *testing.T, title, period, ignored, query, value, date, duration string, seconds int64) {
		w := newWorld()
		target(w, value)
		w.now = time.Unix(seconds, 0)
		o := &w.objective.Spec
		o.Title, o.Period, o.StartOn, o.TimeZone = title, v1alpha1.Period(period), v1alpha1.Date(date), v1alpha1.TimeZone(duration)
		o.CheckInEvery = v1alpha1.Duration(duration)
		says(w, v1alpha1.Date(date), title, value)
		ignore(w, ignored)
		w.latency.Spec.DueOn, w.latency.Spec.Reach.Change = v1alpha1.Date(date), v1alpha1.Change(value)
		w.latency.Spec.Metric = &v1alpha1.Metric{Query: query, Window: v1alpha1.Duration(duration), Interval: v1alpha1.Duration(duration)}
		w.latency.Status.Frozen.Commitment.Goal, w.latency.Status.Frozen.Commitment.DueOn = value, v1alpha1.Date(date)
		w.latency.Status.History = []v1alpha1.HistoryPoint{{Time: created("2026-10-01"), Value: value}}
		promisedBand(v1alpha1.Maintain{AtMost: number(value), AllowedBreach: v1alpha1.Percentage(value)})(&world{latency: w.score})
		w.score.Spec.Pace = &v1alpha1.KeyResultPace{Checkpoints: []v1alpha1.Checkpoint{{Date: v1alpha1.Date(date)}}}
		w.kpi.Spec.Title, w.kpi.Spec.Metric.Query = title, query
		w.kpi.Spec.Target = &v1alpha1.Band{AtLeast: number(value)}
		w.parent.Status.Final = &v1alpha1.Final{Score: value}
		report := w.check()
		for _, found := range report.Findings {
			if len(found.Message) > 300 || len(found.Silenced) > 200 || found.Message != string([]rune(found.Message)) {
				t.Errorf("%+v", found)
			}
		}
		if text := report.Summary(); len(text) > 1024 || text == "" {
			t.Errorf("%d bytes: %q", len(text), text)
		}
		if !report.Next.IsZero() && !report.Next.After(w.now) {
			t.Errorf("at %s the next look is %s", w.now, report.Next)
		}
	})
}
