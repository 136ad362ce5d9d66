package evaluate_test

import (
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// shown is what kubectl shows of a key result.
type shown struct {
	Health                         v1alpha1.Health
	Progress, Attainment, Expected int64 // -999: absent
	OnTrack, Measured              string
}

func shownOf(s v1alpha1.KeyResultStatus) shown {
	v := shown{s.Health, -999, -999, -999, says(s.Conditions, "OnTrack"), says(s.Conditions, "Measured")}
	if s.ProgressPercent != nil {
		v.Progress = int64(*s.ProgressPercent)
	}
	if s.AttainmentPercent != nil {
		v.Attainment = *s.AttainmentPercent
	}
	if s.ExpectedPercent != nil {
		v.Expected = int64(*s.ExpectedPercent)
	}
	return v
}

func reach(baseline, target v1alpha1.Decimal) func(*v1alpha1.KeyResult) {
	return func(kr *v1alpha1.KeyResult) { kr.Spec.Reach = &v1alpha1.Reach{Baseline: &baseline, Target: &target} }
}

func aspirational(o *v1alpha1.Objective) { o.Spec.Ambition = v1alpha1.AmbitionAspirational }

func draft(o *v1alpha1.Objective) { o.Spec.State = v1alpha1.ObjectiveDraft }

func TestKeyResultVerdict(t *testing.T) {
	const sampled = "True Sampled"
	none := func(*v1alpha1.KeyResult) {}
	cases := []struct {
		reason    string
		keyResult func(*v1alpha1.KeyResult)
		objective []func(*v1alpha1.Objective)
		value     float64
		now       time.Time
		want      shown
	}{
		{"published: 800 to 300 at 1200 on day 7", none, nil, 1200, at("2026-10-07"),
			shown{"OffTrack", 0, -80, 6, "False Regressing", sampled}},
		{"published: committed at half time, 40 of 50", none, nil, 600, middle,
			shown{"OnTrack", 40, 40, 50, "True OnPace", sampled}},
		{"published: 39", none, nil, 605, middle, shown{"AtRisk", 39, 39, 50, "False Behind", sampled}},
		{"published: 25", none, nil, 675, middle, shown{"AtRisk", 25, 25, 50, "False Behind", sampled}},
		{"published: 24", none, nil, 680, middle, shown{"OffTrack", 24, 24, 50, "False Behind", sampled}},
		{"published: aspirational at half time", none, []func(*v1alpha1.Objective){aspirational}, 675, middle,
			shown{"OnTrack", 25, 25, 35, "True OnPace", sampled}},
		{"published: 0 to 100 at 125", reach("0", "100"), nil, 125, middle,
			shown{"OnTrack", 100, 125, 50, "True TargetReached", sampled}},
		{"published: 100 to 20 at 60", reach("100", "20"), nil, 60, middle,
			shown{"OnTrack", 50, 50, 50, "True OnPace", sampled}},
		{"published: committed at 90.5 in the last hour", reach("0", "100"), nil, 90.5, at("2026-12-31T23:30:00"),
			shown{"OffTrack", 90, 90, 99, "False Behind", sampled}},
		{"99.6 is not 100", reach("0", "100"), nil, 99.6, middle, shown{"OnTrack", 99, 99, 50, "True OnPace", sampled}},
		{"not begun", none, nil, 600, at("2026-09-30T23:59:59"), shown{"Pending", -999, -999, 0, "Unknown Pending", sampled}},
		{"a draft is measured and not judged", none, []func(*v1alpha1.Objective){draft}, 600, middle,
			shown{"Pending", -999, -999, 0, "Unknown Draft", sampled}},
		{"its own time is over sooner than its objective's: half of it is past", func(kr *v1alpha1.KeyResult) {
			kr.Spec.StartOn, kr.Spec.DueOn = "2026-11-15", "2026-11-16"
		}, nil, 550, middle, shown{"OnTrack", 50, 50, 50, "True OnPace", sampled}},
		{"due past the period: the period's end counts", func(kr *v1alpha1.KeyResult) { kr.Spec.DueOn = "2027-06-30" }, nil, 600, middle,
			shown{"OnTrack", 40, 40, 50, "True OnPace", sampled}},
		{"a checkpoint bends the line", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Pace = &v1alpha1.KeyResultPace{Checkpoints: []v1alpha1.Checkpoint{{Date: "2026-11-15", Percent: pointer[int32](20)}}}
		}, nil, 750, middle, shown{"OnTrack", 10, 10, 20, "True OnPace", sampled}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(c.keyResult), newObjective(c.objective...))
			got := evaluate.KeyResult(in, answers{live: good(c.value, c.now)}.samples, c.now)
			same(t, c.reason, c.want, shownOf(got.Status))
		})
	}
}

func TestKeyResultWords(t *testing.T) {
	in := inputOf(newKeyResult(), newObjective())
	s := visit(in, answers{live: good(412, middle)}, middle).Status
	same(t, "value", "412 ms", s.Value)
	same(t, "target", "800 → 300 ms", s.Target)
	same(t, "baseline", "800 ms", s.Baseline)
	same(t, "message", "412 ms is 77 % of the way 800 → 300 ms; 50 % is expected by now", message(s.Conditions, "OnTrack"))
	same(t, "measurement", &v1alpha1.Measurement{Query: "latency", Source: "default", Value: "412", Time: metav1.NewTime(middle)}, s.Measurement)
}

func TestKeyResultInTheWay(t *testing.T) {
	cancelled := &v1alpha1.Cancellation{Date: "2026-11-01", Reason: "no longer wanted"}
	cases := []struct {
		reason string
		edit   func(*evaluate.KeyResultInput)
		want   v1alpha1.Health
		ready  string
		stall  string
		text   string
	}{
		{"no objective heals by itself", func(in *evaluate.KeyResultInput) { in.Objective = nil },
			"Unknown", "False ReferenceNotFound", "False AsExpected", "Objective instant not found in namespace shop: a key result lives in the namespace of its objective"},
		{"no KPI heals by itself", func(in *evaluate.KeyResultInput) {
			in.KeyResult.Spec.Metric, in.KeyResult.Spec.KPIRef, in.Metric = nil, &v1alpha1.KPIReference{Name: "k", Namespace: "other"}, nil
		}, "Unknown", "False ReferenceNotFound", "False AsExpected", "KPI other/k not found, or not shared with this namespace"},
		{"a value kept by hand needs a baseline", func(in *evaluate.KeyResultInput) {
			measuredBaseline(in.KeyResult)
			in.KeyResult.Spec.Metric, in.Metric = nil, nil
		}, "Unknown", "False Stalled", "True NoBaseline", "spec.reach.baseline: the value is kept by hand: write where the number stands at the start"},
		{"an own query that does not parse stalls", func(in *evaluate.KeyResultInput) { in.Metric.Expression.Problem = "no" },
			"Unknown", "False Stalled", "True InvalidQuery", "spec.metric.query: no"},
		{"a KPI's query that does not parse is not for this object to mend", func(in *evaluate.KeyResultInput) {
			in.KeyResult.Spec.Metric, in.KeyResult.Spec.KPIRef = nil, &v1alpha1.KPIReference{Name: "k"}
			in.Metric.Expression.Problem = "no"
		}, "Unknown", "False InvalidQuery", "False AsExpected", "KPI k: spec.metric.query: no"},
		{"a zone of the objective is not for this object to mend", func(in *evaluate.KeyResultInput) { in.Objective.Spec.TimeZone = "Mars/Olympus" },
			"Unknown", "False InvalidTimeZone", "False AsExpected",
			`Objective instant: spec.timeZone: there is no time zone "Mars/Olympus": write an IANA name such as Europe/Berlin`},
		{"dates that contradict each other stall", func(in *evaluate.KeyResultInput) {
			in.KeyResult.Spec.StartOn, in.KeyResult.Spec.DueOn = "2026-11-02", "2026-11-01"
		}, "Unknown", "False Stalled", "True InvalidDates", "spec.startOn: the key result would begin on 2026-11-02, " +
			"after it is due on 2026-11-01: write a day up to then"},
		{"a checkpoint outside its time stalls", func(in *evaluate.KeyResultInput) {
			in.KeyResult.Spec.DueOn = "2026-11-30"
			in.KeyResult.Spec.Pace = &v1alpha1.KeyResultPace{Checkpoints: []v1alpha1.Checkpoint{{Date: "2026-12-01", Percent: pointer[int32](20)}}}
		}, "Unknown", "False Stalled", "True InvalidDates", "spec.pace.checkpoints: 2026-12-01 is not inside the key result's time: " +
			"write a day from 2026-10-01 on and before 2026-11-30, for which 100 percent is implied"},
		{"cancelled", func(in *evaluate.KeyResultInput) {
			in.KeyResult.Spec.State, in.KeyResult.Spec.Cancelled = v1alpha1.KeyResultCancelled, cancelled
		}, "Cancelled", "True Ready", "False AsExpected", "cancelled on 2026-11-01: no longer wanted"},
		{"a cancelled objective cancels its key results", func(in *evaluate.KeyResultInput) {
			in.Objective.Spec.State, in.Objective.Spec.Cancelled = v1alpha1.ObjectiveCancelled, cancelled
		}, "Cancelled", "True Ready", "False AsExpected", "the objective: cancelled on 2026-11-01: no longer wanted"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(), newObjective())
			c.edit(&in)
			in.KeyResult.Generation = 7
			got := evaluate.KeyResult(in, answers{live: good(412, middle)}.samples, middle)
			same(t, "health", c.want, got.Status.Health)
			same(t, "Ready", c.ready, says(got.Status.Conditions, "Ready"))
			same(t, "Stalled", c.stall, says(got.Status.Conditions, "Stalled"))
			same(t, "message of OnTrack", c.text, message(got.Status.Conditions, "OnTrack"))
			same(t, "no questions", 0, len(got.Watches))
			complete(t, got.Status.Conditions, 7, "Ready", "Stalled", "Measured", "OnTrack", "Reopened")
		})
	}
}

// complete checks that all of a kind's conditions are set, each about the present generation.
func complete(t *testing.T, conditions []metav1.Condition, generation int64, kinds ...string) {
	t.Helper()
	if !slices.Contains(kinds, v1alpha1.ReachableCondition) { // every goal has it, sources do not
		kinds = append(kinds, v1alpha1.WellFormedCondition)
	}
	for _, kind := range kinds {
		c := meta.FindStatusCondition(conditions, kind)
		switch {
		case c == nil:
			t.Errorf("condition %s is not set", kind)
		case c.ObservedGeneration != generation:
			t.Errorf("condition %s is about generation %d", kind, c.ObservedGeneration)
		case len(c.Message) > 1024 || c.Reason == "" || c.LastTransitionTime.IsZero():
			t.Errorf("condition %+v", c)
		}
	}
	same(t, "conditions", len(kinds), len(conditions))
}

func TestExpectedGoesOnWhileReferencesAreMissing(t *testing.T) {
	in := inputOf(newKeyResult(), newObjective())
	visit(in, answers{live: good(412, begin)}, begin.Add(time.Hour))
	in.KeyResult.Spec.Metric, in.KeyResult.Spec.KPIRef, in.Metric = nil, &v1alpha1.KPIReference{Name: "gone"}, nil
	s := visit(in, answers{}, middle).Status
	same(t, "the objective adds it up", pointer[int32](50), s.ExpectedPercent)
}

func TestElapsed(t *testing.T) {
	count := func(kr *v1alpha1.KeyResult) {
		kr.Spec.Metric.Query = "sum(increase(sold_total[$__elapsed]))"
		kr.Spec.Reach = &v1alpha1.Reach{Target: pointer(v1alpha1.Decimal("100"))}
	}
	in := inputOf(newKeyResult(count), newObjective())
	early := visit(in, answers{}, begin.Add(4*time.Minute))
	same(t, "not asked in the first five minutes", 0, len(early.Watches))
	same(t, "nor judged", shown{"Unknown", -999, -999, 0, "Unknown Pending", "Unknown Pending"}, shownOf(early.Status))
	same(t, "looked at again then", begin.Add(5*time.Minute), early.Next)
	first := visit(in, answers{}, early.Next)
	same(t, "asked, and no baseline", 1, len(first.Watches))
	same(t, "counts from the start", begin.Unix(), first.Watches[0].Question.Start)
	same(t, "counts from 0", shown{"OnTrack", 50, 50, 50, "True OnPace", "True Sampled"},
		shownOf(visit(in, answers{live: good(50, middle)}, middle).Status))
}

func TestSourceThatIsNotSharedIsNeitherAskedNorHeard(t *testing.T) {
	for _, now := range []time.Time{middle, end.Add(time.Hour)} {
		in := inputOf(newKeyResult(measuredBaseline), newObjective())
		in.Metric.SourceFound = false
		got := visit(in, answers{live: good(412, now), start: good(800, begin), end: good(300, end)}, now)
		same(t, "watches", 0, len(got.Watches))
		same(t, "health", v1alpha1.HealthUnknown, got.Status.Health)
		same(t, "value", "", got.Status.Value)
		same(t, "Measured", "False ReferenceNotFound", says(got.Status.Conditions, "Measured"))
	}
	kpi := evaluate.KPIInput{KPI: newKPI(), Metric: pointer(newMetric(*newKPI().Spec.Metric))}
	kpi.Metric.SourceFound = false
	got := visitKPI(kpi, answers{live: good(100, middle)}, middle)
	same(t, "watches of a KPI", []sample.Watch(nil), got.Watches)
	same(t, "health of a KPI", v1alpha1.KPIUnknown, got.Status.Health)
}
