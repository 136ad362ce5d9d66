package evaluate_test

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// byMonths is a key result that the months of a KPI measure.
func byMonths(edits ...func(*v1alpha1.KeyResult)) evaluate.KeyResultInput {
	months := ofMonths()
	in := inputOf(newKeyResult(append([]func(*v1alpha1.KeyResult){func(kr *v1alpha1.KeyResult) {
		kr.Spec.Metric, kr.Spec.KPIRef, kr.Spec.Unit = nil, &v1alpha1.KPIReference{Name: "availability"}, "orders"
		kr.Spec.Reach = &v1alpha1.Reach{Target: decimal("300"), Direction: v1alpha1.DirectionIncrease}
		kr.Spec.HoldFor = "6h"
	}}, edits...)...), newObjective())
	in.KPI, in.Metric = months.KPI, months.Metric
	return in
}

func (e ends) visitKeyResult(in evaluate.KeyResultInput, now time.Time) evaluate.Result[v1alpha1.KeyResultStatus] {
	result := evaluate.KeyResult(in, func(q sample.Question) (sample.Held, bool) {
		held, found := e[time.Unix(q.At, 0).UTC()]
		return held, found && !q.Live()
	}, now)
	in.KeyResult.Status = *result.Status.DeepCopy()
	return result
}

// A KPI that counts by the calendar measures a key result from the last month before its start to the last one before its
// end, each as the KPI asks for it.
func TestKeyResultByTheMonth(t *testing.T) {
	september, october := at("2026-09-30T22:00:00"), at("2026-10-31T23:00:00") // midnight in Berlin
	november, december := at("2026-11-30T23:00:00"), at("2026-12-31T23:00:00")
	held, in := ends{}, byMonths()
	for _, c := range []struct {
		reason string
		now    time.Time
		month  time.Time // that is answered now
		value  float64
		want   shown
	}{
		{"it begins with September, in Berlin", begin, september, 100, shown{"OnTrack", 0, 0, 0, "True OnPace", "True Sampled"}},
		{"in October that is all that is known", october.Add(-time.Hour), time.Time{}, 0, shown{"OnTrack", 0, 0, 33, "True OnPace", "True Sampled"}},
		{"October", october.Add(20 * time.Minute), october, 150, shown{"OnTrack", 25, 25, 33, "True OnPace", "True Sampled"}},
		{"nobody is behind for November, while that lasts", middle, time.Time{}, 0, shown{"OnTrack", 25, 25, 50, "True OnPace", "True Sampled"}},
		{"November, judged at once", november.Add(20 * time.Minute), november, 150, shown{"OffTrack", 25, 25, 66, "False Behind", "True Sampled"}},
		{"December", end.Add(time.Minute), december, 280, shown{"Missed", 90, 90, 100, "False Missed", "True Sampled"}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			if !c.month.IsZero() {
				asks := held.visitKeyResult(in, c.now)
				same(t, "it is asked for", c.month, asked(asks.Watches)[0])
				kpi := evaluate.KPIInput{KPI: in.KPI, Metric: in.Metric}
				kpi.KPI.Status = v1alpha1.KPIStatus{}
				same(t, "as the KPI asks", ends{}.evaluate(kpi, c.now).Watches[0].Question, asks.Watches[0].Question)
				held[c.month] = good(c.value, c.month)
			}
			got := held.visitKeyResult(in, c.now)
			same(t, "verdict", c.want, shownOf(got.Status))
			again := held.visitKeyResult(in, c.now)
			same(t, "then nobody is asked any more", 0, len(again.Watches))
			same(t, "and nothing changes", evaluate.Unchanged, again.Change)
			same(t, "nor by a restart", evaluate.Unchanged, ends{}.visitKeyResult(in, c.now).Change)
		})
	}
	status := in.KeyResult.Status
	same(t, "the way", "100 → 300 orders", status.Target)
	same(t, "score", &v1alpha1.Final{Value: "280", Time: metav1.NewTime(december), ProgressPercent: pointer[int32](90), Score: "0.90", Grade: "Amber"}, status.Final)
	same(t, "each month is a point", []v1alpha1.HistoryPoint{
		{Time: metav1.NewTime(september), Value: "100"}, {Time: metav1.NewTime(october), Value: "150"}, {Time: metav1.NewTime(november), Value: "150"},
	}, status.History)
	in.KPI.Spec.CalendarWindow = v1alpha1.CalendarQuarter
	same(t, "another span, afterwards", "True EditedAfterEnd", says(held.visitKeyResult(in, end.Add(time.Hour)).Status.Conditions, "Reopened"))
}

// What keeps a month from being known is said, and nothing stands in for it but the month before.
func TestKeyResultByTheMonthUnknown(t *testing.T) {
	september, october := at("2026-09-30T22:00:00"), at("2026-10-31T23:00:00")
	known := ends{september: good(100, september)}
	for _, c := range []struct {
		reason   string
		edit     func(*evaluate.KeyResultInput)
		october  sample.Held
		health   v1alpha1.Health
		measured string
	}{
		{"not asked yet", nil, sample.Held{}, "OnTrack", "True Sampled"},
		{"no answer: September stands", nil, bad(sample.SourceUnavailable, middle), "OnTrack", "False SourceUnavailable"},
		{"an answer without a number", nil, bad(sample.NoData, middle), "Unknown", "False NoData"},
		{"a zone that is none", func(in *evaluate.KeyResultInput) { in.KPI.Spec.TimeZone = "Europe/Nowhere" }, sample.Held{}, "Unknown", "Unknown InvalidTimeZone"},
		{"a budget", func(in *evaluate.KeyResultInput) { atMost("500", "1%")(in.KeyResult) }, sample.Held{}, "Unknown", "Unknown InvalidQuery"},
		{"the source is gone: September stands", func(in *evaluate.KeyResultInput) { in.Metric.SourceFound = false }, sample.Held{}, "OnTrack", "False ReferenceNotFound"},
		{"the namespace has no tenant", func(in *evaluate.KeyResultInput) { in.Metric.Refusal = denied }, sample.Held{}, "Unknown", "False SourceDenied"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			in := byMonths(func(kr *v1alpha1.KeyResult) { kr.Spec.Reach.Baseline, kr.Spec.Reach.Direction = decimal("100"), "" })
			known.visitKeyResult(in, begin)
			if c.edit != nil {
				c.edit(&in)
			}
			now := october.Add(20 * time.Minute)
			held := ends{september: known[september], october: c.october}
			got := held.visitKeyResult(in, now).Status
			same(t, "health", c.health, got.Health)
			same(t, "Measured", c.measured, says(got.Conditions, "Measured"))
			same(t, "a restart changes nothing", evaluate.Unchanged, ends{}.visitKeyResult(in, now).Change)
		})
	}
}

// A band is judged by the months too.
func TestBandByTheMonth(t *testing.T) {
	september, december := at("2026-09-30T22:00:00"), at("2026-12-31T23:00:00")
	in := byMonths(func(kr *v1alpha1.KeyResult) {
		kr.Spec.Reach, kr.Spec.Maintain = nil, &v1alpha1.Maintain{AtMost: decimal("500")}
	})
	got := ends{september: good(600, september)}.visitKeyResult(in, begin.Add(time.Hour))
	same(t, "outside", "False OutsideBand", says(got.Status.Conditions, "OnTrack"))
	got = ends{december: good(400, december)}.visitKeyResult(in, end.Add(time.Hour))
	same(t, "at the end", v1alpha1.HealthAchieved, got.Status.Health)
}
