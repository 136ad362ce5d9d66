package status

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// objective is one of the present quarter that has been looked at, on track.
func objective(change ...func(o *v1alpha1.Objective)) *v1alpha1.Objective {
	o := &v1alpha1.Objective{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "goal", CreationTimestamp: at("2026-09-20T08:00:00Z")}}
	o.Spec.Title, o.Spec.Period, o.Spec.State = "A goal", "2026-Q4", v1alpha1.ObjectiveActive
	o.Status.Health = v1alpha1.HealthOnTrack
	judge(&o.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, "Ready", "2026-09-20T08:00:00Z")
	judge(&o.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionTrue, "OnPace", "2026-10-01T08:00:00Z")
	for _, c := range change {
		c(o)
	}
	return o
}

func keyResult(change ...func(kr *v1alpha1.KeyResult)) *v1alpha1.KeyResult {
	kr := &v1alpha1.KeyResult{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "proof", CreationTimestamp: at("2026-09-20T08:00:00Z")}}
	kr.Spec.ObjectiveRef.Name, kr.Spec.Title = "goal", "A proof"
	kr.Status.Health = v1alpha1.HealthOnTrack
	judge(&kr.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, "Ready", "2026-09-20T08:00:00Z")
	judge(&kr.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionTrue, "OnPace", "2026-10-01T08:00:00Z")
	for _, c := range change {
		c(kr)
	}
	return kr
}

func at(text string) metav1.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return metav1.NewTime(t)
}

func judge(conditions *[]metav1.Condition, condition string, status metav1.ConditionStatus, reason, since string) {
	*conditions = slices.DeleteFunc(*conditions, func(c metav1.Condition) bool { return c.Type == condition })
	*conditions = append(*conditions, metav1.Condition{Type: condition, Status: status, Reason: reason, Message: reason + ", in words", LastTransitionTime: at(since)})
}

func TestWhatIsNext(t *testing.T) {
	state := func(s v1alpha1.ObjectiveState) func(*v1alpha1.Objective) {
		return func(o *v1alpha1.Objective) { o.Spec.State = s }
	}
	period := func(p v1alpha1.Period) func(*v1alpha1.Objective) {
		return func(o *v1alpha1.Objective) { o.Spec.Period = p }
	}
	verdict := func(h v1alpha1.Health, status metav1.ConditionStatus, reason string) func(*v1alpha1.Objective) {
		return func(o *v1alpha1.Objective) {
			o.Status.Health = h
			judge(&o.Status.Conditions, v1alpha1.OnTrackCondition, status, reason, "2026-11-20T08:00:00Z")
		}
	}
	for _, c := range []struct {
		reason     string
		objective  *v1alpha1.Objective
		keyResults []*v1alpha1.KeyResult
		want       []string
	}{
		{"nothing but the end", objective(), []*v1alpha1.KeyResult{keyResult()}, []string{"Later: its time ends on 2026-12-31, in 35 days"}},
		{"the last day", objective(period("2026-11-01/2026-11-26")), nil, []string{"Later: its time ends on 2026-11-26, today"}},
		{"not begun", objective(period("2027-Q1")), []*v1alpha1.KeyResult{keyResult()}, []string{"Later: it begins on 2027-01-01, in 36 days"}},
		{"not begun, and nothing to prove it", objective(period("2027-Q1")), nil,
			[]string{"Now: add 2 to 5 KeyResults with spec.objectiveRef.name goal", "Later: it begins on 2027-01-01, in 36 days"}},
		{"work begins later than the period", objective(func(o *v1alpha1.Objective) { o.Spec.StartOn = "2026-11-27" }), []*v1alpha1.KeyResult{keyResult()},
			[]string{"Later: it begins on 2026-11-27, tomorrow"}},
		{"a draft before its time", objective(state(v1alpha1.ObjectiveDraft), period("2027-Q1")), nil,
			[]string{"Due: commit to it with spec.state: Active before it begins on 2027-01-01, in 36 days"}},
		{"a draft whose time has begun", objective(state(v1alpha1.ObjectiveDraft)), nil,
			[]string{"Now: its time has begun: commit to it with spec.state: Active and spec.startOn, or drop it"}},
		{"a draft that was never meant", objective(state(v1alpha1.ObjectiveDraft), period("2026-Q3")), nil,
			[]string{"Now: its time is over and nobody committed to it: delete it"}},
		{"given up", objective(state(v1alpha1.ObjectiveCancelled)), nil, nil},
		{"closing", objective(period("2026-Q3"), verdict("Unknown", metav1.ConditionUnknown, v1alpha1.ReasonClosing),
			func(o *v1alpha1.Objective) { o.Spec.Review = &v1alpha1.Review{Outcome: "Well."} }), nil,
			[]string{"Later: the final values are being asked for; the score follows by itself"}},
		{"no final", objective(period("2026-Q3"), verdict("Unknown", metav1.ConditionUnknown, v1alpha1.ReasonFinalUnavailable)), nil,
			[]string{"Now: write what was reached into spec.final of the key results without a final value: kubectl okr close",
				"Now: write the review (spec.review: outcome, learned, and your own score)"}},
		{"over, scored and reviewed", objective(period("2026-Q3"), verdict("Achieved", metav1.ConditionTrue, "Achieved"), func(o *v1alpha1.Objective) {
			o.Status.Final, o.Spec.Review = &v1alpha1.Final{Score: "1.00"}, &v1alpha1.Review{Outcome: "Well."}
		}), nil, nil},
		{"a check-in is due on the last day that is in time", objective(func(o *v1alpha1.Objective) {
			o.Spec.CheckInEvery, o.Spec.CheckIns = "7d", []v1alpha1.CheckIn{{Date: "2026-11-19"}}
		}), nil, []string{"Due: check in by 2026-11-26, today", "Later: its time ends on 2026-12-31, in 35 days"}},
		{"a check-in is overdue the day after", objective(func(o *v1alpha1.Objective) {
			o.Spec.CheckInEvery, o.Spec.CheckIns = "7d", []v1alpha1.CheckIn{{Date: "2026-11-18"}}
		}), nil, []string{"Now: check in: it was due by 2026-11-25, yesterday", "Later: its time ends on 2026-12-31, in 35 days"}},
		{"a check-in that would be due after the end is not asked for", objective(func(o *v1alpha1.Objective) {
			o.Spec.Period, o.Spec.CheckInEvery, o.Spec.CheckIns = "2026-11", "7d", []v1alpha1.CheckIn{{Date: "2026-11-24"}}
		}), nil, []string{"Later: its time ends on 2026-11-30, in 4 days"}},
		{"one that is due on the last day is", objective(func(o *v1alpha1.Objective) {
			o.Spec.Period, o.Spec.CheckInEvery, o.Spec.CheckIns = "2026-11", "7d", []v1alpha1.CheckIn{{Date: "2026-11-23"}}
		}), nil, []string{"Due: check in by 2026-11-30, in 4 days", "Later: its time ends on 2026-11-30, in 4 days"}},
		{"a check-in that is still to come does not count", objective(func(o *v1alpha1.Objective) {
			o.Spec.CheckInEvery, o.Spec.CheckIns = "60d", []v1alpha1.CheckIn{{Date: "2026-11-27"}}
		}), nil, []string{"Due: check in by 2026-11-30, in 4 days", "Later: its time ends on 2026-12-31, in 35 days"}},
		{"the day is that of the objective's zone, where it is tomorrow already", objective(func(o *v1alpha1.Objective) {
			o.Spec.TimeZone, o.Spec.Period = "Pacific/Kiritimati", "2026-11-01/2026-11-27"
		}), nil, []string{"Later: its time ends on 2026-11-27, today"}},
		{"an action that is overdue, and one without a day", objective(func(o *v1alpha1.Objective) {
			o.Spec.Actions = []v1alpha1.Action{{Title: "Call", Owner: "kim", DueOn: "2026-11-25"}, {Title: "Think"}, {Title: "Done", DueOn: "2026-11-01", DoneOn: "2026-11-02"}}
		}), nil, []string{"Now: overdue since 2026-11-25: Call (kim)", "Later: its time ends on 2026-12-31, in 35 days"}},
		{"a source that is down", objective(), []*v1alpha1.KeyResult{keyResult(func(kr *v1alpha1.KeyResult) {
			judge(&kr.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, "SourceUnavailable", "2026-11-26T08:00:00Z")
		})}, []string{"Now: proof: SourceUnavailable, in words", "Later: its time ends on 2026-12-31, in 35 days"}},
		{"a key result that was given up needs nothing", objective(), []*v1alpha1.KeyResult{keyResult(func(kr *v1alpha1.KeyResult) {
			kr.Spec.State = v1alpha1.KeyResultCancelled
			judge(&kr.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, "SourceUnavailable", "2026-11-26T08:00:00Z")
		})}, []string{"Later: its time ends on 2026-12-31, in 35 days"}},
		{"a query that is wrong is said once", objective(), []*v1alpha1.KeyResult{keyResult(func(kr *v1alpha1.KeyResult) {
			judge(&kr.Status.Conditions, v1alpha1.StalledCondition, metav1.ConditionTrue, "InvalidQuery", "2026-11-26T08:00:00Z")
			judge(&kr.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, "NoData", "2026-11-26T08:00:00Z")
		})}, []string{"Now: proof: InvalidQuery, in words", "Later: its time ends on 2026-12-31, in 35 days"}},
		{"an edit that nobody has looked at", objective(func(o *v1alpha1.Objective) { o.Generation, o.Status.ObservedGeneration = 3, 2 }), nil,
			[]string{"Now: the controller has not looked at the newest edit yet", "Later: its time ends on 2026-12-31, in 35 days"}},
		{"milestones, a due date of its own and a checkpoint", objective(), []*v1alpha1.KeyResult{keyResult(func(kr *v1alpha1.KeyResult) {
			kr.Spec.Milestones = []v1alpha1.Milestone{{Title: "One", DueOn: "2026-11-20"}, {Title: "Two", DueOn: "2026-12-01"}, {Title: "Done", DueOn: "2026-11-01", DoneOn: "2026-11-01"}}
			kr.Spec.DueOn = "2026-12-20"
			fifty := int32(50)
			kr.Spec.Pace = &v1alpha1.KeyResultPace{Checkpoints: []v1alpha1.Checkpoint{{Date: "2026-11-10", Percent: &fifty}, {Date: "2026-12-10", Percent: &fifty}}}
		})}, []string{"Now: proof: milestone overdue since 2026-11-20: One", "Due: proof: milestone Two by 2026-12-01, in 5 days",
			"Later: proof is expected to be at 50 % on 2026-12-10, in 14 days", "Later: proof ends on 2026-12-20, in 24 days", "Later: its time ends on 2026-12-31, in 35 days"}},
		{"a verdict that waits for holdFor", objective(), []*v1alpha1.KeyResult{keyResult(func(kr *v1alpha1.KeyResult) {
			kr.Status.Frozen = &v1alpha1.KeyResultFrozen{PendingHealth: &v1alpha1.PendingGoalHealth{Health: "AtRisk", Since: at("2026-11-26T10:00:00Z")}}
		})}, []string{"Later: proof becomes AtRisk on 2026-11-26 at 16:00 UTC if its values stay as they are", "Later: its time ends on 2026-12-31, in 35 days"}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			objects := []client.Object{c.objective}
			for _, kr := range c.keyResults {
				objects = append(objects, kr)
			}
			var got []string
			for _, step := range objectiveOf(goals.New(objects), c.objective, noon).Next {
				got = append(got, string(step.When)+": "+step.What)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("next is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestThePresentCycle(t *testing.T) {
	final, review := &v1alpha1.Final{Score: "0.80"}, &v1alpha1.Review{Outcome: "Well."}
	for _, c := range []struct {
		reason string
		change func(o *v1alpha1.Objective)
		want   bool
	}{
		{"its period contains today", func(*v1alpha1.Objective) {}, true},
		{"its work has not begun, its period has", func(o *v1alpha1.Objective) { o.Spec.StartOn = "2026-12-01" }, true},
		{"a draft of this quarter", func(o *v1alpha1.Objective) { o.Spec.State = v1alpha1.ObjectiveDraft }, true},
		{"given up in this quarter", func(o *v1alpha1.Objective) { o.Spec.State = v1alpha1.ObjectiveCancelled }, true},
		{"the next quarter", func(o *v1alpha1.Objective) { o.Spec.Period = "2027-Q1" }, false},
		{"just over, and not scored", func(o *v1alpha1.Objective) { o.Spec.Period, o.Spec.Review = "2026-10", review }, true},
		{"just over, and not reviewed", func(o *v1alpha1.Objective) { o.Spec.Period, o.Status.Final = "2026-10", final }, true},
		{"just over, scored and reviewed", func(o *v1alpha1.Objective) { o.Spec.Period, o.Status.Final, o.Spec.Review = "2026-10", final, review }, false},
		{"a draft that is over", func(o *v1alpha1.Objective) { o.Spec.Period, o.Spec.State = "2026-10", v1alpha1.ObjectiveDraft }, false},
		{"over for 30 days", func(o *v1alpha1.Objective) { o.Spec.Period = "2026-10-01/2026-10-27" }, true},
		{"over for 31 days", func(o *v1alpha1.Objective) { o.Spec.Period = "2026-10-01/2026-10-26" }, false},
		{"a zone that is none is not overlooked", func(o *v1alpha1.Objective) { o.Spec.TimeZone = "Sea/Atlantis" }, true},
	} {
		t.Run(c.reason, func(t *testing.T) {
			s := summaryOf(goals.New([]client.Object{objective(c.change)}), "shop", command.Selector{}, noon)
			if got := len(s.Objectives) == 1; got != c.want {
				t.Errorf("it is shown: %v, want %v", got, c.want)
			}
		})
	}
}

func TestWhatChangedLately(t *testing.T) {
	turn := func(status metav1.ConditionStatus, since string) func(o *v1alpha1.Objective) {
		return func(o *v1alpha1.Objective) {
			judge(&o.Status.Conditions, v1alpha1.OnTrackCondition, status, "Reason", since)
		}
	}
	created := func(when string) func(o *v1alpha1.Objective) {
		return func(o *v1alpha1.Objective) { o.CreationTimestamp = at(when) }
	}
	for _, c := range []struct {
		reason     string
		objective  *v1alpha1.Objective
		turns, new int
	}{
		{"7 days ago", objective(turn(metav1.ConditionFalse, "2026-11-19T12:00:00Z")), 1, 0},
		{"more than 7 days ago", objective(turn(metav1.ConditionFalse, "2026-11-19T11:59:59Z")), 0, 0},
		{"in the future, by a clock that is wrong", objective(turn(metav1.ConditionFalse, "2026-11-26T12:00:01Z")), 0, 0},
		{"a first verdict is no change", objective(created("2026-11-25T12:00:00Z"), turn(metav1.ConditionTrue, "2026-11-25T12:01:00Z")), 0, 1},
		{"a first verdict that is bad is told", objective(created("2026-11-25T12:00:00Z"), turn(metav1.ConditionFalse, "2026-11-25T12:01:00Z")), 1, 0},
		{"a second one is a change", objective(created("2026-11-25T12:00:00Z"), turn(metav1.ConditionTrue, "2026-11-26T11:00:00Z")), 1, 0},
	} {
		t.Run(c.reason, func(t *testing.T) {
			s := summaryOf(goals.New([]client.Object{c.objective}), "shop", command.Selector{}, noon)
			if len(s.Changes) != c.turns || s.New.Objectives != c.new {
				t.Errorf("%d changes and %d new ones, want %d and %d", len(s.Changes), s.New.Objectives, c.turns, c.new)
			}
		})
	}
}

// What may not be read is not known, and what refuses reads as if it were missing.
func TestWhatIsNotThere(t *testing.T) {
	o := objective(func(o *v1alpha1.Objective) {
		o.Spec.ParentRef = &v1alpha1.ParentReference{Namespace: "company", Name: "all"}
		o.Spec.KPIRefs = []v1alpha1.KPIReference{{Namespace: "company", Name: "margin"}}
	})
	parent := objective(func(o *v1alpha1.Objective) { o.Namespace, o.Name = "company", "all" })
	kpi := &v1alpha1.KPI{ObjectMeta: metav1.ObjectMeta{Namespace: "company", Name: "margin"}}
	kpi.Status.Health, kpi.Status.Value = v1alpha1.KPIHealthy, "20 %"
	shared := &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromAll}
	const missing, forbidden = "not found, or not shared with this namespace", "you may not read it, or not whether it is shared"
	byLabels := &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromSelector, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"a": "b"}}}
	for _, c := range []struct {
		reason   string
		allowed  *v1alpha1.AllowedNamespaces
		there    bool
		withheld []string
		want     string
		// found says that the controller has found all that the objective refers to.
		found bool
	}{
		{"shared", shared, true, nil, "", false},
		{"not shared", nil, true, nil, missing, false},
		{"not shared, where other namespaces are forbidden", nil, true, []string{goals.Elsewhere}, missing, false},
		{"not there", nil, false, nil, missing, false},
		{"forbidden", nil, false, []string{"Objective company/all", "KPI company/margin"}, forbidden, false},
		{"not there, where other namespaces are forbidden", nil, false, []string{goals.Elsewhere}, missing, false},
		{"shared by labels that may not be read", byLabels, true, []string{"namespaces"}, forbidden, false},
		{"the same, and the controller says so", byLabels, true, []string{"namespaces"}, "", true},
	} {
		t.Run(c.reason, func(t *testing.T) {
			o := o.DeepCopy()
			if c.found {
				o.Status.Conditions = append(o.Status.Conditions, metav1.Condition{Type: v1alpha1.ResolvedRefsCondition, Status: metav1.ConditionTrue, ObservedGeneration: o.Generation})
			}
			objects := []client.Object{o}
			if c.there {
				parent, kpi := parent.DeepCopy(), kpi.DeepCopy()
				parent.Spec.AllowedNamespaces, kpi.Spec.AllowedNamespaces = c.allowed, c.allowed
				objects = append(objects, parent, kpi)
			}
			set := goals.New(objects)
			set.Withheld = c.withheld
			v := objectiveOf(set, o, noon)
			if v.Parent.Lost != c.want || v.KPIs[0].Lost != c.want {
				t.Errorf("the parent is %q, the KPI %q, want %q", v.Parent.Lost, v.KPIs[0].Lost, c.want)
			}
			if c.want != "" && (v.Parent.Verdict.Health != "" || v.KPIs[0].Value != "") {
				t.Errorf("something is told of what is not known: %v, %v", v.Parent, v.KPIs[0])
			}
			if told, withheld := len(v.NotKnown) > 0, len(c.withheld) > 0 && c.withheld[0] != "namespaces"; told != withheld {
				t.Errorf("not known is %v, and withheld %v", v.NotKnown, c.withheld)
			}
		})
	}
}

// The last good value of a KPI whose source is down is not taken for one of now.
func TestAKPIThatIsNotMeasured(t *testing.T) {
	kpi := &v1alpha1.KPI{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "margin"}}
	kpi.Status.Health, kpi.Status.Value = v1alpha1.KPIHealthy, "20 %"
	judge(&kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, "SourceUnavailable", "2026-11-26T08:00:00Z")
	o := objective(func(o *v1alpha1.Objective) { o.Spec.KPIRefs = []v1alpha1.KPIReference{{Name: "margin"}} })
	v := objectiveOf(goals.New([]client.Object{o, kpi}), o, noon)
	var out bytes.Buffer
	v.draw(&drawing{Screen: terminal.Screen{Width: 80}, out: &out, now: noon})
	if v.KPIs[0].NotMeasured == nil || !strings.Contains(out.String(), "not measured now: the source does not answer") {
		t.Errorf("%+v\n%s", v.KPIs[0], out.String())
	}
}

// What was given up before it began is not still to come.
func TestGivenUpIsNotToCome(t *testing.T) {
	later := func(state v1alpha1.ObjectiveState, name string) *v1alpha1.Objective {
		return objective(func(o *v1alpha1.Objective) { o.Name, o.Spec.Period, o.Spec.State = name, "2027-Q1", state })
	}
	set := goals.New([]client.Object{later(v1alpha1.ObjectiveCancelled, "dropped"), later(v1alpha1.ObjectiveActive, "planned")})
	if s := summaryOf(set, "shop", command.Selector{}, noon); s.Elsewhere.Before != 1 || s.Elsewhere.NextBegins != "2027-01-01" {
		t.Errorf("%+v: one is still to come", s.Elsewhere)
	}
}

func TestWhereItLeads(t *testing.T) {
	late, early, percent := 12, -3, int64(65)
	for _, c := range []struct {
		reason   string
		forecast Forecast
		want     string
	}{
		{"in time", Forecast{Value: "20 ms", ProgressPercent: &percent, ReachesTargetOn: "2026-12-28", DaysLate: &early}, "leads to 20 ms (65 %) at the end; the target on 2026-12-28"},
		{"too late", Forecast{Value: "20 ms", ReachesTargetOn: "2027-01-12", DaysLate: &late}, "leads to 20 ms at the end; the target on 2027-01-12, 12 days late"},
		{"never", Forecast{Value: "20 ms"}, "leads to 20 ms at the end, and never to the target"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			if got := c.forecast.text(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestDeltas(t *testing.T) {
	before := []fact{{"a", "a", "value", "1"}, {"a", "a", "note", "x"}, {"b", "b", "value", "2"}}
	after := []fact{{"a", "a", "value", "3"}, {"a", "a", "note", "x"}, {"c", "", "value", "4"}}
	var got []string
	for _, d := range deltas(before, after) {
		got = append(got, d.text())
	}
	want := []string{"a: value 3, was 1", "value 4", "b: value was 2"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if same := deltas(after, after); len(same) > 0 {
		t.Errorf("nothing changed, and it tells %v", same)
	}
}
