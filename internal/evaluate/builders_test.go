package evaluate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// The goals of these tests live in the fourth quarter of 2026, UTC: 92 days, half of them on 2026-11-16.
const (
	quarter    = "2026-Q4"
	quarterDay = 24 * time.Hour
)

var (
	begin  = at("2026-10-01")
	middle = at("2026-11-16")
	end    = at("2027-01-01")
)

// at is a day, or a second of it, in UTC.
func at(text string) time.Time {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	panic("not a time: " + text)
}

func pointer[T any](v T) *T { return &v }

func build[T any](object *T, edits []func(*T)) *T {
	for _, edit := range edits {
		edit(object)
	}
	return object
}

func newObjective(edits ...func(*v1alpha1.Objective)) *v1alpha1.Objective {
	o := &v1alpha1.Objective{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "instant", Generation: 1}}
	o.Spec = v1alpha1.ObjectiveSpec{Title: "Checkout feels instant", Period: quarter, State: v1alpha1.ObjectiveActive}
	o.Status.ObservedGeneration = -1
	return build(o, edits)
}

// newKeyResult goes from 800 to 300, both given.
func newKeyResult(edits ...func(*v1alpha1.KeyResult)) *v1alpha1.KeyResult {
	kr := &v1alpha1.KeyResult{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "latency", Generation: 1}}
	kr.Spec = v1alpha1.KeyResultSpec{
		ObjectiveRef: v1alpha1.ObjectiveReference{Name: "instant"}, Title: "p99", Unit: "ms", State: v1alpha1.KeyResultActive,
		Reach:  &v1alpha1.Reach{Baseline: pointer(v1alpha1.Decimal("800")), Target: pointer(v1alpha1.Decimal("300"))},
		Metric: &v1alpha1.Metric{SourceRef: v1alpha1.SourceReference{Name: "default"}, Query: "latency"},
	}
	kr.Status.ObservedGeneration = -1
	return build(kr, edits)
}

// measuredBaseline goes down to 300 from what is measured at the start.
func measuredBaseline(kr *v1alpha1.KeyResult) {
	kr.Spec.Reach = &v1alpha1.Reach{Target: pointer(v1alpha1.Decimal("300")), Direction: v1alpha1.DirectionDecrease}
}

// newKPI is to stay at 99.9 or above.
func newKPI(edits ...func(*v1alpha1.KPI)) *v1alpha1.KPI {
	k := &v1alpha1.KPI{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "availability", Generation: 1}}
	k.Spec = v1alpha1.KPISpec{
		Title: "Availability", Unit: "%", Target: &v1alpha1.Band{AtLeast: pointer(v1alpha1.Decimal("99.9"))},
		Metric: &v1alpha1.Metric{SourceRef: v1alpha1.SourceReference{Name: "default"}, Query: "availability"},
	}
	k.Status.ObservedGeneration = -1
	return build(k, edits)
}

// newMetric is a metric of a source that exists, parsed.
func newMetric(spec v1alpha1.Metric) evaluate.Metric {
	return evaluate.Metric{
		Spec: spec, Namespace: "shop", SourceFound: true,
		Expression: sample.Expression{
			Canonical: strings.Join(strings.Fields(spec.Query), " "), Elapsed: strings.Contains(spec.Query, "$__elapsed"),
		},
	}
}

func inputOf(kr *v1alpha1.KeyResult, o *v1alpha1.Objective) evaluate.KeyResultInput {
	in := evaluate.KeyResultInput{KeyResult: kr, Objective: o}
	if kr.Spec.Metric != nil {
		in.Metric = pointer(newMetric(*kr.Spec.Metric))
	}
	if spec := evaluate.GuardMetric(kr); spec != nil {
		in.Guard = pointer(newMetric(*spec))
	}
	return in
}

// guardQuery is what the guards of these tests ask.
const guardQuery = "answers"

// answers are what is held of an object's questions: about now, about the start or about now as it was a while ago, and
// about the end; and of its guard's.
type answers struct {
	live, start, end, guard, guardEnd sample.Held
	// count answers questions about a range; nil: nobody does.
	count func(sample.Question) sample.Held
}

func (a answers) samples(q sample.Question) (sample.Held, bool) {
	held := a.live
	switch {
	case q.Live() && q.Offset > 0:
		held = a.start
	case q.Query == guardQuery && q.Live():
		held = a.guard
	case q.Query == guardQuery:
		held = a.guardEnd
	case q.Step > 0 && a.count == nil:
		held = sample.Held{}
	case q.Step > 0:
		held = a.count(q)
	case q.Live():
	case q.Settle > 0:
		held = a.end
	default:
		held = a.start
	}
	return held, held != (sample.Held{})
}

// good is a value that was sampled at an instant.
func good(v float64, t time.Time) sample.Held {
	s := sample.Good(v, t)
	return sample.Held{Last: s, Good: s, Answered: s.Reason, Since: t}
}

// then is what is held after a newer sample without a value.
func then(h sample.Held, reason sample.Reason, t time.Time) sample.Held {
	h.Last = sample.Sample{Reason: reason, Message: "it is " + string(reason), Time: t}
	if reason.Answered() {
		h.Answered = reason
	}
	if h.Since.IsZero() {
		h.Since = t
	}
	return h
}

func bad(reason sample.Reason, t time.Time) sample.Held { return then(sample.Held{}, reason, t) }

// visit evaluates a key result and keeps its new status.
func visit(in evaluate.KeyResultInput, a answers, now time.Time) evaluate.Result[v1alpha1.KeyResultStatus] {
	result := evaluate.KeyResult(in, a.samples, now)
	in.KeyResult.Status = *result.Status.DeepCopy()
	return result
}

func visitKPI(in evaluate.KPIInput, a answers, now time.Time) evaluate.Result[v1alpha1.KPIStatus] {
	result := evaluate.KPI(in, a.samples, now)
	in.KPI.Status = *result.Status.DeepCopy()
	return result
}

// says is a condition as Type=Status Reason; "" if it is not set.
func says(conditions []metav1.Condition, kind string) string {
	c := meta.FindStatusCondition(conditions, kind)
	if c == nil {
		return ""
	}
	return string(c.Status) + " " + c.Reason
}

func message(conditions []metav1.Condition, kind string) string {
	if c := meta.FindStatusCondition(conditions, kind); c != nil {
		return c.Message
	}
	return ""
}

func same(t *testing.T, reason string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: -want +got:\n%s", reason, diff)
	}
}
