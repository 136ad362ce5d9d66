package evaluate_test

import (
	"testing"
	"time"

	apiequality "k8s.io/apimachinery/pkg/api/equality"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

func TestFinal(t *testing.T) {
	cases := []struct {
		reason    string
		value     float64
		objective []func(*v1alpha1.Objective)
		health    v1alpha1.Health
		score     string
		grade     v1alpha1.Grade
	}{
		{"reached", 300, nil, "Achieved", "1.00", "Green"},
		{"beyond", 100, nil, "Achieved", "1.00", "Green"},
		{"published: committed at 90.5", 347.5, nil, "Missed", "0.90", "Amber"},
		{"just short of amber", 450.01, nil, "Missed", "0.69", "Red"},
		{"the wrong way", 1200, nil, "Missed", "0.00", "Red"},
		{"aspirational at 0.70", 450, []func(*v1alpha1.Objective){aspirational}, "Achieved", "0.70", "Green"},
		{"aspirational at 0.69", 450.01, []func(*v1alpha1.Objective){aspirational}, "Missed", "0.69", "Amber"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(measuredBaseline), newObjective(c.objective...))
			found := answers{start: good(800, begin), end: good(c.value, end.Add(-time.Minute))}
			open := visit(in, answers{}, end.Add(time.Minute))
			same(t, "created after its end: closing", "Unknown Closing", says(open.Status.Conditions, "OnTrack"))
			same(t, "baseline and final are asked for", 2, len(open.Watches))
			s := visit(in, found, end.Add(11*time.Minute)).Status
			same(t, "health", c.health, s.Health)
			same(t, "score", c.score, s.Final.Score)
			same(t, "grade", c.grade, s.Final.Grade)
			same(t, "the true time of the value", end.Add(-time.Minute), s.Final.Time.Time)
			after := visit(in, answers{}, end.Add(time.Hour))
			same(t, "nothing more is asked", 0, len(after.Watches))
			same(t, "and nothing changes", true, apiequality.Semantic.DeepEqual(s, after.Status))
		})
	}
}

func TestClosing(t *testing.T) {
	const closing, lost = "Unknown Closing", "Unknown FinalUnavailable"
	day := quarterDay
	type look struct {
		after    time.Duration // since the end
		end      sample.Held
		onTrack  string
		measured string
		asked    int
	}
	cases := map[string][]look{
		"no history: closing for seven days, then given up and not asked again, across restarts": {
			{time.Minute, sample.Held{}, closing, "Unknown Closing", 1},
			{time.Hour, bad(sample.HistoryUnavailable, end), closing, "False HistoryUnavailable", 1},
			{2 * time.Hour, sample.Held{}, closing, "False HistoryUnavailable", 1},
			{7*day - time.Second, bad(sample.HistoryUnavailable, end), closing, "False HistoryUnavailable", 1},
			{7 * day, bad(sample.HistoryUnavailable, end), lost, "False HistoryUnavailable", 0},
			{8 * day, sample.Held{}, lost, "False HistoryUnavailable", 0},
		},
		"the source is down: asked until it answers": {
			{time.Hour, bad(sample.Timeout, end), closing, "False Timeout", 1},
			{7 * day, bad(sample.Timeout, end), lost, "False Timeout", 1},
			{8 * day, sample.Held{}, lost, "False Timeout", 1},
			{9 * day, bad(sample.SourceUnavailable, end), lost, "False SourceUnavailable", 1},
			{10 * day, good(300, end), "True Achieved", "True Sampled", 1},
			{11 * day, bad(sample.NoData, end), "True Achieved", "True Sampled", 0},
		},
		"a controller that was down asks on return": {
			{30 * day, sample.Held{}, closing, "Unknown Closing", 1},
			{30*day + time.Minute, good(300, end), "True Achieved", "True Sampled", 1},
		},
		"a partial answer closes nothing": {{time.Hour, bad(sample.PartialResponse, end), closing, "False PartialResponse", 1}},
		"the server refuses the query": {
			{time.Hour, bad(sample.InvalidQuery, end), closing, "False InvalidQuery", 1},
			{7 * day, bad(sample.InvalidQuery, end), lost, "False InvalidQuery", 0},
			{8 * day, sample.Held{}, lost, "False InvalidQuery", 0},
		},
	}
	for reason, looks := range cases {
		t.Run(reason, func(t *testing.T) {
			in := inputOf(newKeyResult(), newObjective())
			visit(in, answers{live: good(412, end.Add(-time.Minute))}, end.Add(-time.Minute))
			for _, l := range looks {
				got := visit(in, answers{end: l.end}, end.Add(l.after))
				same(t, l.after.String(), l.onTrack, says(got.Status.Conditions, "OnTrack"))
				same(t, l.after.String(), l.measured, says(got.Status.Conditions, "Measured"))
				same(t, l.after.String()+" questions", l.asked, len(got.Watches))
				refused := l.measured == "False InvalidQuery"
				same(t, l.after.String()+" stalled", refused, says(got.Status.Conditions, "Stalled") == "True InvalidQuery")
			}
		})
	}
}

func TestSettle(t *testing.T) {
	cases := []struct {
		reason string
		settle v1alpha1.Duration
		offset time.Duration
		want   time.Duration
		says   string
	}{
		{"absent", "", 0, 10 * time.Minute, "10m"},
		{"as written", "1h", 0, time.Hour, "1h"},
		{"at the end", "0s", 0, 0, "0s"},
		{"the source's data arrives late besides", "1h", 2 * time.Minute, time.Hour, "1h2m"},
	}
	for _, c := range cases {
		in := inputOf(newKeyResult(func(kr *v1alpha1.KeyResult) { kr.Spec.Metric.Settle = c.settle }), newObjective())
		in.Metric.QueryOffset = c.offset
		got := visit(in, answers{}, end)
		same(t, c.reason, c.want, got.Watches[0].Question.Settle)
		same(t, c.reason, "the value at the end is asked for "+c.says+" after it", message(got.Status.Conditions, "Measured"))
	}
}

func TestFinalStays(t *testing.T) {
	cases := []struct {
		reason   string
		edit     func(*evaluate.KeyResultInput)
		reopened bool
	}{
		{"nothing", func(*evaluate.KeyResultInput) {}, false},
		{"a title", func(in *evaluate.KeyResultInput) { in.KeyResult.Spec.Title = "other" }, false},
		{"the target", func(in *evaluate.KeyResultInput) { reach("800", "400")(in.KeyResult) }, true},
		{"the same target, written otherwise", func(in *evaluate.KeyResultInput) { reach("800.0", "300.00")(in.KeyResult) }, false},
		{"the query", func(in *evaluate.KeyResultInput) { in.Metric.Expression.Canonical = "kinder" }, true},
		{"the ambition", func(in *evaluate.KeyResultInput) { aspirational(in.Objective) }, true},
		{"a later end does not begin it again", func(in *evaluate.KeyResultInput) { in.Objective.Spec.Period = "2026-10-01/2027-06-30" }, true},
		{"an earlier end", func(in *evaluate.KeyResultInput) { in.KeyResult.Spec.DueOn = "2026-12-01" }, true},
		{"cancelled when the score was known", func(in *evaluate.KeyResultInput) { in.KeyResult.Spec.State = v1alpha1.KeyResultCancelled }, true},
		{"the objective cancelled when the score was known", func(in *evaluate.KeyResultInput) { in.Objective.Spec.State = v1alpha1.ObjectiveCancelled }, true},
		{"back to a draft", func(in *evaluate.KeyResultInput) { draft(in.Objective) }, false},
		{"the objective is gone", func(in *evaluate.KeyResultInput) { in.Objective = nil }, false},
		{"the source is gone", func(in *evaluate.KeyResultInput) { in.Metric.SourceFound = false }, false},
		{"the namespace belongs to another tenant", func(in *evaluate.KeyResultInput) { in.Metric.Tenant.LabelValue = "other" }, true},
		{"whose series may be read is not known any more", func(in *evaluate.KeyResultInput) { in.Metric.Refusal = denied }, false},
		{"that, and the target", func(in *evaluate.KeyResultInput) {
			in.Metric.Refusal = denied
			reach("800", "400")(in.KeyResult)
		}, true},
		{"the source is gone, and the query is another", func(in *evaluate.KeyResultInput) {
			in.Metric.SourceFound = false
			in.Metric.Expression.Canonical = "kinder"
		}, true},
		{"the query does not parse any more", func(in *evaluate.KeyResultInput) { in.Metric.Expression.Problem = "no" }, false},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(), newObjective())
			before := visit(in, answers{end: good(400, end)}, end.Add(time.Hour)).Status
			c.edit(&in)
			in.KeyResult.Generation++
			got := visit(in, answers{end: good(300, end), live: good(300, end)}, end.Add(2*time.Hour))
			same(t, "final", before.Final, got.Status.Final)
			same(t, "verdict", shownOf(before), shownOf(got.Status))
			same(t, "Reopened", c.reopened, says(got.Status.Conditions, "Reopened") == "True EditedAfterEnd")
			same(t, "questions", 0, len(got.Watches))
			ready := "True Ready" // nothing is asked any more, so nothing that is missing is missed
			if in.Metric.Expression.Problem != "" {
				ready = "False Stalled"
			}
			same(t, "Ready", ready, says(got.Status.Conditions, "Ready"))
			complete(t, got.Status.Conditions, 2, "Ready", "Stalled", "Measured", "OnTrack", "Reopened")
		})
	}
}

func TestDraftIsNotClosed(t *testing.T) {
	in := inputOf(newKeyResult(), newObjective(draft))
	got := visit(in, answers{end: good(300, end)}, end.Add(time.Hour))
	same(t, "health", v1alpha1.HealthPending, got.Status.Health)
	same(t, "questions", 0, len(got.Watches))
	in.Objective.Spec.State = v1alpha1.ObjectiveActive
	same(t, "activated after its end", v1alpha1.HealthAchieved, visit(in, answers{end: good(300, end)}, end.Add(2*time.Hour)).Status.Health)
}
