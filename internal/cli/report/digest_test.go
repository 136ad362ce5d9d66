package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/report"
)

// told are the entries of a digest of a week, one a line: "Late 2026-11-16 objective a: …".
func told(objects ...client.Object) []string {
	var lines []string
	for _, team := range report.BuildDigest(goals.New(objects), report.Limits{}, now.AddDate(0, 0, -7), now).Teams {
		for _, section := range []struct {
			name    string
			entries []report.Entry
		}{{"Changed", team.Changed}, {"Late", team.Late}, {"Said", team.Said}, {"Coming", team.Coming}} {
			for _, e := range section.entries {
				lines = append(lines, strings.Join(strings.Fields(fmt.Sprint(section.name, " ", e.Date, " ", e.Health, " ", e.Name, ": ", e.Text)), " "))
			}
		}
	}
	return lines
}

// goal is an objective of this quarter with conditions.
func goal(change func(*v1alpha1.Objective), conditions ...metav1.Condition) client.Object {
	return objective("a", "2026-Q4", func(o *v1alpha1.Objective) {
		o.Status.Conditions = conditions
		change(o)
	})
}

func TestDigest(t *testing.T) {
	monday, lastMonth := now.AddDate(0, 0, -2), now.AddDate(0, 0, -30)
	onTrack := func(status metav1.ConditionStatus, message string, at time.Time) metav1.Condition {
		return says(v1alpha1.OnTrackCondition, status, "X", message, at)
	}
	is := func(health v1alpha1.Health) func(*v1alpha1.Objective) {
		return func(o *v1alpha1.Objective) { o.Status.Health = health }
	}
	cases := map[string]struct {
		reason  string
		objects []client.Object
		want    []string
	}{
		"nothing": {"a quiet team has no entries", []client.Object{goal(is(v1alpha1.HealthOnTrack), onTrack("True", "on pace", lastMonth))}, nil},
		"worse": {"since when it is so, not what it was", []client.Object{goal(is(v1alpha1.HealthAtRisk), onTrack("False", "behind", monday))},
			[]string{"Changed 2026-11-16 AtRisk a: not on track since 2026-11-16: behind"}},
		"better": {"the same for good news", []client.Object{goal(is(v1alpha1.HealthOnTrack), onTrack("True", "on pace", monday))},
			[]string{"Changed 2026-11-16 OnTrack a: on track since 2026-11-16: on pace"}},
		"unknown": {"no verdict is neither good nor bad", []client.Object{goal(is(v1alpha1.HealthUnknown), onTrack("Unknown", "source down", monday))},
			[]string{"Changed 2026-11-16 Unknown a: no verdict since 2026-11-16: source down"}},
		"new": {"its first verdict is no change", []client.Object{goal(func(o *v1alpha1.Objective) {
			o.CreationTimestamp, o.Status.Health = metav1.NewTime(monday), v1alpha1.HealthOffTrack
		}, onTrack("False", "behind", monday)), keyResult("r", "a", func(kr *v1alpha1.KeyResult) { kr.CreationTimestamp = metav1.NewTime(monday) })},
			[]string{"Changed 2026-11-16 OffTrack a: new, with 1 key result: behind"}},
		"given up": {"when and why", []client.Object{goal(func(o *v1alpha1.Objective) {
			o.Spec.State, o.Status.Health, o.Spec.Cancelled = v1alpha1.ObjectiveCancelled, v1alpha1.HealthCancelled, &v1alpha1.Cancellation{Date: "2026-11-12", Reason: "Too dear."}
		}, onTrack("Unknown", "cancelled", monday))}, []string{"Changed 2026-11-12 Cancelled a: given up: Too dear."}},
		"closed": {"said once, on its last day", []client.Object{objective("a", "2026-10-01/2026-11-15", func(o *v1alpha1.Objective) {
			o.Status.Health, o.Status.Final = v1alpha1.HealthAchieved, &v1alpha1.Final{Score: "1.00"}
			o.Status.Conditions = []metav1.Condition{onTrack("True", "over: score 1.00 (Green)", monday), says(v1alpha1.ReviewedCondition, "False", "NoReview", "nobody has said", monday)}
		})}, []string{"Changed 2026-11-15 Achieved a: closed: over: score 1.00 (Green)", "Late 2026-11-15 Achieved a: nobody has said"}},
		"late": {"check-in, action, milestone; what is done or has no date is not", []client.Object{goal(func(o *v1alpha1.Objective) {
			o.Spec.Actions = []v1alpha1.Action{{Title: "A", DueOn: "2026-11-17", Owner: "Mei"}, {Title: "B", DueOn: "2026-11-01", DoneOn: "2026-11-02"}, {Title: "C"}}
		}, says(v1alpha1.CheckedInCondition, "False", "CheckInOverdue", "no check-in since", monday)), keyResult("r", "a", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Milestones = []v1alpha1.Milestone{{Title: "M", DueOn: "2026-10-31"}}
		})}, []string{
			"Late 2026-10-31 OnTrack r: milestone: M, was due then", "Late 2026-11-16 OnTrack a: check-in overdue: no check-in since",
			"Late 2026-11-17 OnTrack a: action: A (Mei), was due then",
		}},
		"today": {"a day is late once it has ended", []client.Object{goal(func(o *v1alpha1.Objective) {
			o.Spec.Actions = []v1alpha1.Action{{Title: "A", DueOn: "2026-11-18"}}
		})}, []string{"Coming 2026-11-18 OnTrack a: action: A"}},
		"draft": {"nobody owes a draft anything", []client.Object{goal(func(o *v1alpha1.Objective) {
			o.Spec.State, o.Status.Health = v1alpha1.ObjectiveDraft, v1alpha1.HealthPending
			o.Spec.Actions = []v1alpha1.Action{{Title: "A", DueOn: "2026-11-10"}}
			o.Spec.CheckInEvery = "7d"
		})}, nil},
		"said": {"with the change against the one before, also where that is older", []client.Object{goal(func(o *v1alpha1.Objective) {
			o.Spec.CheckIns = []v1alpha1.CheckIn{
				{Date: "2026-11-03", Confidence: number(7), Note: "Old."}, {Date: "2026-11-17", Confidence: number(4), Note: "Two\nlines.", KeyResults: []v1alpha1.KeyResultCheckIn{{Name: "r", Value: decimal("5")}}},
				{Date: "2026-11-20", Confidence: number(9)},
			}
		}), keyResult("r", "a", func(kr *v1alpha1.KeyResult) { kr.Spec.Unit = "ms" })}, []string{"Said 2026-11-17 OnTrack a: confidence 4 of 10 (−3); r 5 ms. Two lines."}},
		"coming": {"ends, begins, and the next check-in", []client.Object{
			objective("a", "2026-10-01/2026-11-24", func(o *v1alpha1.Objective) {
				o.Spec.CheckInEvery, o.Spec.CheckIns = "7d", []v1alpha1.CheckIn{{Date: "2026-11-10"}, {Date: "2026-11-12"}}
				o.Status.Conditions = []metav1.Condition{onTrack("True", "on pace", lastMonth)}
			}), objective("b", "2026-11-20/2027-02-01", is(v1alpha1.HealthPending)),
		}, []string{
			"Said 2026-11-12 OnTrack a: checked in without a word", "Coming 2026-11-19 OnTrack a: check-in due (every 7d)", "Coming 2026-11-20 Pending b: begins",
			"Coming 2026-11-24 OnTrack a: ends; on pace",
		}},
		"last check-in": {"none is asked for after the end", []client.Object{objective("a", "2026-10-01/2026-11-18", func(o *v1alpha1.Objective) {
			o.Spec.CheckInEvery, o.Spec.CheckIns = "7d", []v1alpha1.CheckIn{{Date: "2026-11-12"}}
			o.Status.Conditions = []metav1.Condition{onTrack("True", "on pace", lastMonth)}
		})}, []string{"Said 2026-11-12 OnTrack a: checked in without a word", "Coming 2026-11-18 OnTrack a: ends; on pace"}},
		"key result": {"its own verdict, its replanning, its own end", []client.Object{goal(is(v1alpha1.HealthOnTrack)), keyResult("r", "a", func(kr *v1alpha1.KeyResult) {
			kr.Status.Health, kr.Spec.DueOn, kr.Spec.Unit = v1alpha1.HealthOffTrack, "2026-11-20", "ms"
			kr.Spec.Reach = &v1alpha1.Reach{Target: decimal("3"), Replanned: []v1alpha1.Replan{{Date: "2026-11-13", From: decimal("2"), To: decimal("3"), Reason: "R."}}}
			kr.Status.Conditions = []metav1.Condition{onTrack("False", "behind", monday)}
		})}, []string{
			"Changed 2026-11-13 OffTrack r: Replanned from 2 ms to 3 ms: R.", "Changed 2026-11-16 OffTrack r: not on track since 2026-11-16: behind", "Coming 2026-11-20 OffTrack r: due; behind",
		}},
		"KPI": {"outside its band, and what it asks for", []client.Object{kpi("k", func(k *v1alpha1.KPI) {
			k.Status.Health, k.Spec.Accepted = v1alpha1.KPIUnhealthy, &v1alpha1.Acceptance{Until: "2026-11-22", Reason: "The sale."}
			k.Status.Conditions = []metav1.Condition{says(v1alpha1.HealthyCondition, "False", "OutsideTarget", "5 is outside", monday), says(v1alpha1.NeedsObjectiveCondition, "True", "Unhealthy", "nobody looks", monday)}
			k.Spec.Readings = []v1alpha1.Reading{{Date: "2026-11-16", Value: decimal("5"), Note: "From the bank."}}
		})}, []string{
			"Changed 2026-11-16 Unhealthy k: outside its target since 2026-11-16: 5 is outside", "Late 2026-11-16 Unhealthy k: needs an objective: nobody looks",
			"Said 2026-11-16 Unhealthy k: read 5. From the bank.", "Coming 2026-11-22 Unhealthy k: accepted until then: The sale.",
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, told(c.objects...)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestDigestHasNoGapsBetweenTwo holds that of two digests in a row one tells what is dated at the turn, at whatever hour it
// was written.
func TestDigestHasNoGapsBetweenTwo(t *testing.T) {
	for _, day := range []string{"2026-11-10", "2026-11-11", "2026-11-12", "2026-11-18"} {
		set := goals.New([]client.Object{goal(func(o *v1alpha1.Objective) {
			o.Spec.CheckIns = []v1alpha1.CheckIn{{Date: v1alpha1.Date(day), Note: "Here."}}
		})})
		said := 0
		for week := range 2 {
			to := now.AddDate(0, 0, -7*week)
			for _, team := range report.BuildDigest(set, report.Limits{}, to.AddDate(0, 0, -7), to).Teams {
				said += len(team.Said)
			}
		}
		if said == 0 {
			t.Errorf("what was said on %s is in neither digest", day)
		}
	}
}

func TestDigestNamesQuietTeams(t *testing.T) {
	d := report.BuildDigest(goals.New([]client.Object{goal(func(*v1alpha1.Objective) {}), kpi("k", func(k *v1alpha1.KPI) { k.Spec.Owner = nil })}), report.Limits{}, now.AddDate(0, 0, -7), now)
	want := "Nothing changed, nothing is late, nobody said anything, and nothing is due. Looked at: checkout, namespace shop"
	if got := d.Nothing(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
