package practice_test

import (
	"fmt"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/practice"
)

// ids are the rules that there are to be. IGN001 is about silencing the others.
var ids = []string{
	"IGN001", "KPI001", "KPI002", "KPI003", "KPI004", "KPI005", "KPI006", "KPI008",
	"OKR001", "OKR002", "OKR003", "OKR004", "OKR005", "OKR006", "OKR007", "OKR008", "OKR009", "OKR010", "OKR011", "OKR012", "OKR013",
	"OKR014", "OKR015", "OKR016", "OKR017", "OKR018", "OKR019", "OKR020", "OKR021",
	"PQL001", "PQL002", "PQL003", "PQL004", "PQL005", "REF001", "SMART",
}

func TestRulesAreThoseOfTheList(t *testing.T) {
	var got []string
	for _, r := range practice.Rules() {
		got = append(got, r.ID)
		if r.Title == "" || r.Why == "" || r.Example == "" || r.Fix == "" {
			t.Errorf("%s is not documented: %+v", r.ID, r)
		}
	}
	if !slices.Equal(got, ids) {
		t.Errorf("rules\n%v, want\n%v", got, ids)
	}
	setWide := []string{"KPI005", "OKR002", "OKR012", "OKR018"}
	severities := map[practice.Severity][]string{
		practice.Error:  {"KPI008", "OKR015", "PQL001", "REF001"},
		practice.Advice: {"KPI004", "KPI005", "KPI006", "OKR003", "OKR004", "OKR012", "OKR016", "OKR018", "OKR020", "PQL005", "SMART"},
	}
	for _, r := range practice.Rules() {
		want := practice.Warning
		for severity, of := range severities {
			if slices.Contains(of, r.ID) {
				want = severity
			}
		}
		if r.Severity != want || r.SetWide != slices.Contains(setWide, r.ID) {
			t.Errorf("%s: severity %s (want %s), set-wide %t", r.ID, r.Severity, want, r.SetWide)
		}
	}
}

// ruleCase is an edit of a world that breaks no rule, and whether it then breaks this one.
type ruleCase struct {
	reason string
	edit   func(*world)
	breaks bool
}

func TestRules(t *testing.T) {
	tables := []map[string][]ruleCase{objectiveCases, lifeCases, movedCases, keyResultCases, kpiCases, queryCases, setCases}
	all := map[string][]ruleCase{}
	for _, table := range tables {
		for id, cases := range table {
			all[id] = append(all[id], cases...)
		}
	}
	for _, id := range ids {
		both := map[bool]bool{}
		for i, tc := range all[id] {
			both[tc.breaks] = true
			t.Run(fmt.Sprintf("%s/%d", id, i), func(t *testing.T) {
				w := newWorld()
				tc.edit(w)
				report := w.check()
				found := finds(report, id)
				if (len(found) > 0) != tc.breaks {
					t.Errorf("%s: broken %t, want %t: %+v", tc.reason, len(found) > 0, tc.breaks, report.Findings)
				}
				for _, f := range found {
					if f.Message == "" || len(f.Message) > 300 || f.Field == "" || f.Object.Name == "" {
						t.Errorf("%s: %+v", tc.reason, f)
					}
				}
			})
		}
		if !both[true] || !both[false] {
			t.Errorf("%s has no case that breaks it, or none that does not", id)
		}
	}
}

func draft(w *world) { w.objective.Spec.State = v1alpha1.ObjectiveDraft }

func milestones(titles ...string) func(*v1alpha1.KeyResult) {
	return func(kr *v1alpha1.KeyResult) {
		kr.Spec.Reach, kr.Spec.Metric, kr.Spec.Unit = nil, nil, ""
		for _, title := range titles {
			kr.Spec.Milestones = append(kr.Spec.Milestones, v1alpha1.Milestone{Title: title})
		}
	}
}

// keyResults adds n key results.
func keyResults(n int) func(*world) {
	return func(w *world) {
		for i := range n {
			w.more.KeyResults = append(w.more.KeyResults, newKeyResult(fmt.Sprintf("more-%d", i), milestones("done")))
		}
	}
}

// leaves takes both key results away.
func leaves(w *world) {
	w.latency.Spec.State, w.score.Spec.State = v1alpha1.KeyResultCancelled, v1alpha1.KeyResultCancelled
	w.latency.Spec.Cancelled = &v1alpha1.Cancellation{Date: "2026-10-20", Reason: "not ours"}
	w.score.Spec.Cancelled = w.latency.Spec.Cancelled
}

var objectiveCases = map[string][]ruleCase{
	"OKR001": {
		{"two are enough", func(*world) {}, false},
		{"five are not too many", keyResults(3), false},
		{"six are", keyResults(4), true},
		{"one is too few", func(w *world) { w.score.Spec.State = v1alpha1.KeyResultCancelled }, true},
		{"none at all, and nothing else that it could be made of", func(w *world) { leaves(w) }, true},
		{"its children are what it is made of", func(w *world) {
			leaves(w)
			w.more.Objectives = append(w.more.Objectives, newObjective("child", func(o *v1alpha1.Objective) {
				o.Spec.ParentRef, o.Spec.RollUp = &v1alpha1.ParentReference{Name: "instant"}, v1alpha1.RollUpChildren
			}))
		}, false},
		{"a draft may still be without", func(w *world) { leaves(w); draft(w) }, false},
		{"what is over is not nagged", func(w *world) { leaves(w); w.now = day("2027-01-02") }, false},
	},
	"OKR005": {
		{"the objective has one, and its key results inherit it", func(*world) {}, false},
		{"nobody", func(w *world) { w.objective.Spec.Owner = nil }, true},
		{"a draft may still look for one", func(w *world) { w.objective.Spec.Owner = nil; draft(w) }, false},
	},
	"OKR006": {
		{"numbers that move", func(*world) {}, false},
		{"a tool bought and a writer contracted are purchases, not results", func(w *world) {
			milestones("keyword tool bought")(w.latency)
			milestones("writer contracted")(w.score)
		}, true},
		{"milestones beside a number are fine", func(w *world) { milestones("keyword tool bought")(w.latency) }, false},
	},
	"OKR008": {
		{"a KPI and a parent", func(*world) {}, false},
		{"a parent alone", func(w *world) { w.objective.Spec.KPIRefs = nil }, false},
		{"neither", func(w *world) { w.objective.Spec.KPIRefs, w.objective.Spec.ParentRef = nil, nil }, true},
		{"a key result measured by a KPI names it", func(w *world) {
			w.objective.Spec.KPIRefs, w.objective.Spec.ParentRef = nil, nil
			w.latency.Spec.Metric, w.latency.Spec.KPIRef = nil, &v1alpha1.KPIReference{Name: "availability"}
		}, false},
	},
	"OKR014": {
		{"a quarter of its year", func(*world) {}, false},
		{"the same days in another zone are the same days", func(w *world) { w.objective.Spec.TimeZone = "Europe/Berlin" }, false},
		{"the quarter after", func(w *world) { w.objective.Spec.Period = "2027-Q1" }, true},
		{"it begins a day too early", func(w *world) { w.objective.Spec.Period = "2025-12-31/2026-12-31" }, true},
		{"a key result due after the period", func(w *world) { w.latency.Spec.DueOn = "2027-01-01" }, true},
		{"a milestone due after the period", func(w *world) {
			w.latency.Spec.Milestones = []v1alpha1.Milestone{{Title: "a", DueOn: "2026-12-31"}, {Title: "b", DueOn: "2027-01-01"}}
		}, true},
		{"a key result due on its last day", func(w *world) { w.latency.Spec.DueOn = "2026-12-31" }, false},
		{"a period that cannot be read is not compared", func(w *world) { w.objective.Spec.Period = "soon" }, false},
		{"nor one in a zone that there is not", func(w *world) { w.parent.Spec.TimeZone, w.parent.Spec.Period = "Mars/Olympus", "2020" }, false},
	},
	"OKR015": {
		{"a tree", func(*world) {}, false},
		{"two that serve each other", func(w *world) { w.parent.Spec.ParentRef = &v1alpha1.ParentReference{Name: "instant"} }, true},
		{"its own parent", func(w *world) { w.objective.Spec.ParentRef.Name = "instant" }, true},
		{"a parent that there is not", func(w *world) { w.parent.Spec.ParentRef = &v1alpha1.ParentReference{Name: "gone"} }, false},
	},
	"OKR016": {
		{"a channel", func(*world) {}, false},
		{"a promise, and nowhere to ask", func(w *world) { w.objective.Spec.Owner.Contact = "" }, true},
		{"a stretch promises nothing", func(w *world) {
			w.objective.Spec.Owner.Contact, w.objective.Spec.Ambition = "", v1alpha1.AmbitionAspirational
		}, false},
	},
	"OKR017": {
		{"a healthy KPI needs no reason", func(*world) {}, false},
		{"an unhealthy one does", func(w *world) { w.kpi.Status.Health = v1alpha1.KPIUnhealthy }, true},
		{"a KPI without a verdict does not", func(w *world) { w.kpi.Status.Health = v1alpha1.KPIUnknown }, false},
		{"and it is there", func(w *world) {
			w.kpi.Status.Health = v1alpha1.KPIUnhealthy
			w.objective.Spec.Rationale, w.parent.Spec.Rationale = "five whys", "the same"
		}, false},
	},
	"OKR003": {
		{"words", func(*world) {}, false},
		{"an amount", func(w *world) { w.objective.Spec.Title = "Reach 1,000 customers" }, true},
		{"drafts are about words", func(w *world) { w.objective.Spec.Title = "Reach 1,000 customers"; draft(w) }, true},
		{"given up", func(w *world) {
			w.objective.Spec.Title, w.objective.Spec.State = "Reach 1,000 customers", v1alpha1.ObjectiveCancelled
		}, false},
	},
	"OKR004": {
		{"what this team changes", func(*world) {}, false},
		{"what every company wants", func(w *world) { w.objective.Spec.Title = "Increase revenue" }, true},
	},
	"IGN001": {
		{"no annotation", func(*world) {}, false},
		{"an id with its reason", func(w *world) { ignore(w, "OKR003=it is our slogan") }, false},
		{"no reason", func(w *world) { ignore(w, "OKR003") }, true},
		{"a blank reason", func(w *world) { ignore(w, "OKR003= ") }, true},
		{"no such rule", func(w *world) { ignore(w, "OKR999=because") }, true},
		{"nothing", func(w *world) { ignore(w, " ; ") }, true},
		{"itself", func(w *world) { ignore(w, "IGN001=because") }, true},
	},
}

func ignore(w *world, text string) {
	w.objective.Annotations = map[string]string{practice.IgnoreAnnotation: text}
}

func created(text string) metav1.Time { return metav1.NewTime(day(text)) }

var lifeCases = map[string][]ruleCase{
	"OKR009": {
		{"a plan", func(*world) {}, false},
		{"none", func(w *world) { w.objective.Spec.Actions = nil }, true},
		{"the day before it begins", func(w *world) { w.objective.Spec.Actions = nil; w.now = day("2026-09-30") }, false},
		{"work begins later", func(w *world) { w.objective.Spec.Actions, w.objective.Spec.StartOn = nil, "2026-11-17" }, false},
		{"it is over", func(w *world) { w.objective.Spec.Actions = nil; w.now = day("2027-01-01") }, false},
		{"children are a plan", func(w *world) { w.parent.Spec.Actions = nil }, false},
	},
	"OKR010": {
		{"no rhythm is promised", func(*world) {}, false},
		{"set and forgotten", func(w *world) { w.objective.Spec.CheckInEvery = "7d" }, true},
		{"exactly a week ago", func(w *world) { checkIns(w, "2026-11-09") }, false},
		{"eight days ago", func(w *world) { checkIns(w, "2026-10-12", "2026-11-08") }, true},
		{"one to come does not count yet", func(w *world) { checkIns(w, "2026-11-17") }, true},
		{"counted from the start", func(w *world) { checkIns(w); w.now = day("2026-10-08") }, false},
		{"over", func(w *world) { checkIns(w); w.now = day("2027-01-01") }, false},
	},
	"OKR011": {
		{"not over yet", func(w *world) { w.now = day("2026-12-31") }, false},
		{"over", func(w *world) { w.now = day("2027-01-01") }, true},
		{"reviewed", func(w *world) {
			w.now = day("2027-01-01")
			w.objective.Spec.Review, w.parent.Spec.Review = &v1alpha1.Review{Learned: "a lot"}, &v1alpha1.Review{Learned: "a lot"}
		}, false},
		{"a draft was never meant", func(w *world) { w.now = day("2027-01-01"); draft(w); w.parent.Spec.State = v1alpha1.ObjectiveDraft }, false},
	},
	"OKR019": {
		{"written before the quarter", func(*world) {}, false},
		{"two weeks late is late enough to be in time", func(w *world) { w.objective.CreationTimestamp = created("2026-10-15") }, false},
		{"in week six", func(w *world) { w.objective.CreationTimestamp = created("2026-11-12") }, true},
		{"in week six, and it says when work began", func(w *world) {
			w.objective.CreationTimestamp, w.objective.Spec.StartOn = created("2026-11-12"), "2026-11-10"
		}, false},
		{"a key result in week six", func(w *world) { w.score.CreationTimestamp = created("2026-11-12") }, true},
		{"a key result in week six that says so", func(w *world) {
			w.score.CreationTimestamp, w.score.Spec.StartOn = created("2026-11-12"), "2026-11-12"
		}, false},
		{"in a file nobody has seen it yet", func(w *world) { w.objective.CreationTimestamp = metav1.Time{} }, false},
		{"to be maintained, and outside at its beginning", func(w *world) { maintains(w, "99.2") }, true},
		{"to be maintained, and inside", func(w *world) { maintains(w, "99.95") }, false},
	},
	"OKR020": {
		{"a value of what is kept by hand", func(w *world) { says(w, "2026-11-09", "score", "8") }, false},
		{"a value of what is measured", func(w *world) { says(w, "2026-11-09", "latency", "450") }, true},
		{"a name that there is not", func(w *world) { says(w, "2026-11-09", "socre", "8") }, true},
		{"outside the period", func(w *world) { says(w, "2026-09-09", "score", "8") }, true},
		{"confidence alone is of use", func(w *world) { says(w, "2026-11-09", "latency", "") }, false},
	},
}

func checkIns(w *world, dates ...v1alpha1.Date) {
	w.objective.Spec.CheckInEvery = "7d"
	for _, d := range dates {
		w.objective.Spec.CheckIns = append(w.objective.Spec.CheckIns, v1alpha1.CheckIn{Date: d, Note: "on it"})
	}
}

func says(w *world, date v1alpha1.Date, name, value string) {
	said := v1alpha1.KeyResultCheckIn{Name: name, Confidence: pointer(int32(7))}
	if value != "" {
		said.Value = number(value)
	}
	w.objective.Spec.CheckIns = []v1alpha1.CheckIn{{Date: date, KeyResults: []v1alpha1.KeyResultCheckIn{said}}}
}

func maintains(w *world, first string) {
	w.latency.Spec.Reach, w.latency.Spec.Maintain = nil, &v1alpha1.Maintain{AtLeast: number("99.9")}
	w.latency.Status.History = []v1alpha1.HistoryPoint{{Time: created("2026-10-01"), Value: first}, {Time: created("2026-10-08"), Value: "99.95"}}
}
