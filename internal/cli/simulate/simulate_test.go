package simulate_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/simulate"
	"okr.dev/controller/internal/sample"
)

var now = time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)

// teller answers all questions alike and remembers them.
type teller struct {
	mu    sync.Mutex
	asked map[sample.Question]int
	late  time.Time
	say   func(q sample.Question, at time.Time) sample.Sample
}

func (t *teller) Ask(_ context.Context, q sample.Question, at time.Time) sample.Sample {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.asked == nil {
		t.asked = map[sample.Question]int{}
	}
	t.asked[q]++
	if at.After(t.late) {
		t.late = at
	}
	return t.say(q, at)
}

func constant(v float64) func(sample.Question, time.Time) sample.Sample {
	return func(q sample.Question, at time.Time) sample.Sample {
		if q.Step > 0 {
			return sample.Sample{Reason: sample.Sampled, Time: at, Series: &sample.Series{From: q.From, Step: q.Step}}
		}
		return sample.Good(v, at)
	}
}

func named(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Generation: 1}
}

func decimal(text string) *v1alpha1.Decimal { d := v1alpha1.Decimal(text); return &d }

func source() *v1alpha1.MetricSource {
	s := &v1alpha1.MetricSource{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	s.Spec.AllowedNamespaces.From = v1alpha1.NamespacesFromAll
	return s
}

func metric(query string) *v1alpha1.Metric {
	return &v1alpha1.Metric{SourceRef: v1alpha1.SourceReference{Name: "default"}, Query: query}
}

func objective(name, period, parent string) *v1alpha1.Objective {
	o := &v1alpha1.Objective{ObjectMeta: named("a", name), Spec: v1alpha1.ObjectiveSpec{Title: name, Period: v1alpha1.Period(period)}}
	if parent != "" {
		o.Spec.ParentRef = &v1alpha1.ParentReference{Name: parent}
	}
	return o
}

func keyResult(name, of string) *v1alpha1.KeyResult {
	return &v1alpha1.KeyResult{ObjectMeta: named("a", name), Spec: v1alpha1.KeyResultSpec{
		ObjectiveRef: v1alpha1.ObjectiveReference{Name: of}, Title: name, Metric: metric("sum(x)"),
		Reach: &v1alpha1.Reach{Baseline: decimal("0"), Target: decimal("100")},
	}}
}

func simulated(t *testing.T, asker simulate.Asker, o simulate.Options, objects ...client.Object) *goals.Set {
	t.Helper()
	after, err := simulate.Run(t.Context(), goals.New(objects), simulate.NewAnswers(now, map[string]simulate.Asker{"default": asker}), o)
	if err != nil {
		t.Fatal(err)
	}
	return after
}

// Names are such that the top of the cascade comes first in every list.
func TestParentsAfterTheirChildren(t *testing.T) {
	after := simulated(t, &teller{say: constant(50)}, simulate.Options{}, source(),
		objective("a-company", "2026-Q4", ""), objective("b-department", "2026-Q4", "a-company"), objective("c-team", "2026-Q4", "b-department"), keyResult("reach", "c-team"))
	for _, name := range []string{"a-company", "b-department", "c-team"} {
		if s := after.Objective("a", name).Status; s.Health != v1alpha1.HealthOnTrack || s.ProgressPercent == nil || *s.ProgressPercent != 50 {
			t.Errorf("%s is %s", name, s.Health)
		}
	}
}

func TestCycle(t *testing.T) {
	after := simulated(t, &teller{say: constant(50)}, simulate.Options{}, source(),
		objective("x", "2026-Q4", "y"), objective("y", "2026-Q4", "z"), objective("z", "2026-Q4", "x"), objective("alone", "2026-Q4", "alone"), keyResult("reach", "x"))
	for _, o := range after.Objectives {
		if !meta.IsStatusConditionTrue(o.Status.Conditions, v1alpha1.StalledCondition) {
			t.Errorf("%s, on a circle, is not stalled", o.Name)
		}
	}
}

// Equal questions are one, whoever asks; nothing is asked again, and nothing about a later instant.
func TestEachQuestionIsAskedOnce(t *testing.T) {
	asker := &teller{say: constant(50)}
	measured := keyResult("second", "o")
	measured.Spec.Reach = &v1alpha1.Reach{Change: "+20%"} // its baseline is asked for
	over := keyResult("third", "gone")
	simulated(t, asker, simulate.Options{}, source(), objective("o", "2026-Q4", ""), objective("gone", "2026-Q3", ""), keyResult("first", "o"), measured, over)
	var kinds []string
	for q, times := range asker.asked {
		if times != 1 {
			t.Errorf("asked %d times: %+v", times, q)
		}
		kinds = append(kinds, fmt.Sprintf("live %t, range %t, at %s", q.Live(), q.Step > 0, time.Unix(q.At, 0).UTC().Format(time.DateOnly)))
	}
	slices.Sort(kinds)
	want := []string{
		"live false, range false, at 2026-10-01", // the baseline, and the end of the quarter before: two instants, with and without settle
		"live false, range false, at 2026-10-01",
		"live false, range true, at 2026-11-12", // the history
		"live true, range false, at 1970-01-01",
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if asker.late.After(now) {
		t.Errorf("asked about %v, later than %v", asker.late, now)
	}
}

// What has not arrived yet is not asked for: it is closing, as it is for the controller.
func TestTooRecent(t *testing.T) {
	asker := &teller{say: constant(50)}
	ended := objective("o", "2026-10-01/2026-11-14", "")
	kr := keyResult("reach", "o")
	kr.Spec.Metric.Settle = "24h"
	after := simulated(t, asker, simulate.Options{}, source(), ended, kr)
	if len(asker.asked) > 0 {
		t.Errorf("asked %v, whose data may still arrive", asker.asked)
	}
	if c := meta.FindStatusCondition(after.KeyResults[0].Status.Conditions, v1alpha1.OnTrackCondition); c == nil || c.Reason != v1alpha1.ReasonClosing {
		t.Errorf("it is %+v, and should be closing", c)
	}
}

func TestWithoutAnAnswer(t *testing.T) {
	for _, c := range []struct {
		reason string
		asker  simulate.Asker
		want   string
	}{
		{"nobody answers for the source", nil, "its address was not given (--prometheus default=URL)"},
		{"no data", &teller{say: func(_ sample.Question, at time.Time) sample.Sample {
			return sample.Sample{Time: at, Reason: sample.NoData, Message: "there is nothing"}
		}}, "there is nothing"},
		{"it panics over the query", &teller{say: func(sample.Question, time.Time) sample.Sample { panic("a new kind of node") }}, "the command itself failed"},
	} {
		askers := map[string]simulate.Asker{}
		if c.asker != nil {
			askers["default"] = c.asker
		}
		set := goals.New([]client.Object{source(), objective("o", "2026-Q4", ""), keyResult("reach", "o")})
		after, err := simulate.Run(t.Context(), set, simulate.NewAnswers(now, askers), simulate.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := after.KeyResults[0].Status
		verdict := meta.FindStatusCondition(s.Conditions, v1alpha1.OnTrackCondition)
		if s.Health != v1alpha1.HealthUnknown || !strings.Contains(verdict.Message, c.want) {
			t.Errorf("%s: %s, %s", c.reason, s.Health, verdict.Message)
		}
		if set.KeyResults[0].Status.Health != "" {
			t.Errorf("%s: the set that was given has changed", c.reason)
		}
	}
}

// A source that is away for a moment is asked again; one that refuses is not.
func TestAskedAgain(t *testing.T) {
	for _, c := range []struct {
		reason sample.Reason
		want   v1alpha1.Health
	}{{sample.SourceUnavailable, v1alpha1.HealthOnTrack}, {sample.AuthenticationFailed, v1alpha1.HealthUnknown}} {
		seen := map[sample.Question]bool{}
		asker := &teller{say: func(q sample.Question, at time.Time) sample.Sample {
			if !seen[q] {
				seen[q] = true
				return sample.Sample{Time: at, Reason: c.reason, Message: "once"}
			}
			return constant(50)(q, at)
		}}
		after := simulated(t, asker, simulate.Options{}, source(), objective("o", "2026-Q4", ""), keyResult("reach", "o"))
		if got := after.KeyResults[0].Status.Health; got != c.want {
			t.Errorf("after one answer of %s it is %s, want %s", c.reason, got, c.want)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	set := goals.New([]client.Object{source(), objective("o", "2026-Q4", ""), keyResult("reach", "o")})
	if _, err := simulate.Run(ctx, set, simulate.NewAnswers(now, nil), simulate.Options{}); err == nil {
		t.Error("who is interrupted has no answer")
	}
}

// A KPI without an objective is settling for a minute; once that is taken to have passed it is said to be without, and the
// order of its conditions is the controller's.
func TestSettled(t *testing.T) {
	kpi := &v1alpha1.KPI{ObjectMeta: named("a", "k"), Spec: v1alpha1.KPISpec{Title: "k", Metric: metric("sum(x)")}}
	looked := &v1alpha1.KPI{ObjectMeta: named("a", "looked"), Spec: v1alpha1.KPISpec{Title: "k", Metric: metric("sum(x)")}}
	o := objective("o", "2026-Q4", "")
	o.Spec.KPIRefs = []v1alpha1.KPIReference{{Name: "looked"}}
	var orders [2][]string
	for i, c := range []struct {
		settled bool
		want    metav1.ConditionStatus
	}{{false, metav1.ConditionUnknown}, {true, metav1.ConditionFalse}} {
		after := simulated(t, &teller{say: constant(50)}, simulate.Options{Settled: c.settled}, source(), kpi, looked, o)
		conditions := after.KPI("a", "k").Status.Conditions
		if got := meta.FindStatusCondition(conditions, v1alpha1.AlignedCondition); got == nil || got.Status != c.want {
			t.Errorf("settled %t: Aligned is %+v", c.settled, got)
		}
		if !meta.IsStatusConditionTrue(after.KPI("a", "looked").Status.Conditions, v1alpha1.AlignedCondition) {
			t.Errorf("settled %t: the KPI that is looked after is not", c.settled)
		}
		for _, condition := range conditions {
			orders[i] = append(orders[i], condition.Type)
		}
	}
	if diff := cmp.Diff(orders[0], orders[1]); diff != "" {
		t.Errorf("the order of conditions differs:\n%s", diff)
	}
}

// Goals that are not evaluated stand with the status that they have, and count with it.
func TestOthersStand(t *testing.T) {
	kr := keyResult("reach", "o")
	progress := int32(90)
	kr.Status = v1alpha1.KeyResultStatus{ObservedGeneration: 1, Health: v1alpha1.HealthOnTrack, ProgressPercent: &progress, ExpectedPercent: &progress}
	asker := &teller{say: constant(50)}
	after := simulated(t, asker, simulate.Options{Evaluated: func(o client.Object) bool { return o.GetName() == "o" }}, source(), objective("o", "2026-Q4", ""), kr)
	if got := after.Objective("a", "o").Status.ProgressPercent; got == nil || *got != 90 || len(asker.asked) > 0 {
		t.Errorf("progress %v, %d questions asked", got, len(asker.asked))
	}
}

func TestPromise(t *testing.T) {
	kr := keyResult("reach", "o")
	kr.Status.Frozen = &v1alpha1.KeyResultFrozen{Commitment: &v1alpha1.Commitment{Target: "another"}}
	for _, c := range []struct {
		reason, period, want string
	}{
		{"what is written now, whatever was promised before", "2026-Q4", "0 → 100"},
		{"nothing before the start", "2027-Q1", ""},
	} {
		set := goals.New([]client.Object{source(), objective("o", c.period, ""), kr})
		got, err := simulate.Promise(t.Context(), set, kr, simulate.NewAnswers(now, nil))
		if err != nil {
			t.Fatal(err)
		}
		if got == nil && c.want != "" || got != nil && got.Target != c.want {
			t.Errorf("%s: %+v", c.reason, got)
		}
	}
}
