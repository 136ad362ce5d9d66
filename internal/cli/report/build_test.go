package report_test

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/report"
)

// now is a day in the middle of 2026-Q4.
var now = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// long ago is when goals of these tests were created.
var longAgo = metav1.NewTime(time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))

func objective(name, period string, change ...func(*v1alpha1.Objective)) *v1alpha1.Objective {
	o := &v1alpha1.Objective{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, Generation: 1, CreationTimestamp: longAgo}}
	o.Spec.Title, o.Spec.Period, o.Spec.Owner = "Goal "+name, v1alpha1.Period(period), &v1alpha1.Owner{Team: "checkout"}
	o.Status.Health, o.Status.ObservedGeneration = v1alpha1.HealthOnTrack, 1
	for _, c := range change {
		c(o)
	}
	return o
}

func keyResult(name, of string, change ...func(*v1alpha1.KeyResult)) *v1alpha1.KeyResult {
	kr := &v1alpha1.KeyResult{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, Generation: 1, CreationTimestamp: longAgo}}
	kr.Spec.Title, kr.Spec.ObjectiveRef.Name = "Result "+name, of
	kr.Status.Health, kr.Status.ObservedGeneration = v1alpha1.HealthOnTrack, 1
	for _, c := range change {
		c(kr)
	}
	return kr
}

func kpi(name string, change ...func(*v1alpha1.KPI)) *v1alpha1.KPI {
	k := &v1alpha1.KPI{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, CreationTimestamp: longAgo}}
	k.Spec.Title, k.Spec.Owner = "Number "+name, &v1alpha1.Owner{Team: "checkout"}
	k.Status.Health, k.Status.Value = v1alpha1.KPIHealthy, "7 points"
	for _, c := range change {
		c(k)
	}
	return k
}

func says(kind string, status metav1.ConditionStatus, reason, message string, at time.Time) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: message, LastTransitionTime: metav1.NewTime(at)}
}

func build(t *testing.T, limits report.Limits, objects ...client.Object) *report.Document {
	t.Helper()
	d, err := report.Build(goals.New(objects), limits, now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func number(n int32) *int32 { return &n }

func decimal(text string) *v1alpha1.Decimal {
	d := v1alpha1.Decimal(text)
	return &d
}

func TestCycle(t *testing.T) {
	cycle := func(name, label, period string) *v1alpha1.Objective {
		return objective(name, period, func(o *v1alpha1.Objective) { o.Spec.Cycle = label })
	}
	cases := map[string]struct {
		reason  string
		asked   string
		objects []client.Object
		want    string
		fails   string
	}{
		"most of today": {"two are of this quarter, one of the year", "", []client.Object{cycle("a", "", "2026-Q4"), cycle("b", "", "2026-Q4"), cycle("c", "", "2026")}, "2026-Q4", ""},
		"as many":       {"what ends first is reviewed first", "", []client.Object{cycle("a", "", "2026"), cycle("b", "", "2026-Q4")}, "2026-Q4", ""},
		"none of today": {"the one that ended last", "", []client.Object{cycle("a", "", "2026-Q1"), cycle("b", "", "2026-Q2"), cycle("c", "", "2027-Q1")}, "2026-Q2", ""},
		"all to come":   {"the one that begins first", "", []client.Object{cycle("a", "", "2027-Q2"), cycle("b", "", "2027-Q1")}, "2027-Q1", ""},
		"unreadable":    {"a period that is none is a cycle without days", "", []client.Object{cycle("a", "", "soon")}, "soon", ""},
		"label":         {"spec.cycle comes before the period", "fy27-q1", []client.Object{cycle("a", "FY27-Q1", "2026-Q4"), cycle("b", "", "2026-Q4")}, "FY27-Q1", ""},
		"period":        {"the period of objectives that have a label", "2026-q4", []client.Object{cycle("a", "FY27-Q1", "2026-Q4"), cycle("b", "FY27-Q2", "2027-Q1")}, "2026-q4", ""},
		"same days":     {"a quarter is its dates", "2026-Q4", []client.Object{cycle("a", "", "2026-10-01/2026-12-31")}, "2026-10-01/2026-12-31", ""},
		"shortest name": {"two ways to write one quarter are one cycle", "", []client.Object{cycle("a", "", "2026-10-01/2026-12-31"), cycle("b", "", "2026-Q4")}, "2026-Q4", ""},
		"unknown": {"what there is, is said, with counts", "2026-Q3", []client.Object{cycle("a", "", "2026-Q4"), cycle("b", "", "2026-Q4"), cycle("c", "FY27", "2026")}, "",
			"no objective is of the cycle \"2026-Q3\"; there are:\n  --cycle 2026-Q4   2 objectives\n  --cycle FY27   1 objective"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d, err := report.Build(goals.New(c.objects), report.Limits{Cycle: c.asked}, now)
			switch {
			case err != nil && err.Error() != c.fails, err == nil && c.fails != "":
				t.Errorf("%s: error %v, want %q", c.reason, err, c.fails)
			case err == nil && d.Cycle != c.want:
				t.Errorf("%s: cycle %s, want %s", c.reason, d.Cycle, c.want)
			}
		})
	}
}

func TestLimitsSayWhatThereIs(t *testing.T) {
	set := goals.New([]client.Object{objective("a", "2026-Q4"), objective("b", "2026-Q4", func(o *v1alpha1.Objective) { o.Spec.Owner = nil }),
		objective("c", "2026-Q4", func(o *v1alpha1.Objective) { o.Spec.Owner = &v1alpha1.Owner{Team: "checkout", Person: "Mei"} })})
	cases := map[string]struct {
		reason string
		limits report.Limits
		fails  string
	}{
		"namespace": {"where to look instead", report.Limits{Namespace: "empty"}, "there are no objectives in namespace empty: name another one with -n, or read all of them with -A"},
		"team":      {"the teams are named", report.Limits{Owner: "checkuot"}, `no objective in any namespace is owned by "checkuot"; the teams are: checkout, namespace shop`},
		"case":      {"a team is found however it is written", report.Limits{Owner: "Checkout"}, ""},
		"person":    {"who answers for it may be a person", report.Limits{Owner: "Mei"}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := report.Build(set, c.limits, now)
			if err == nil && c.fails != "" || err != nil && err.Error() != c.fails {
				t.Errorf("%s: error %v, want %q", c.reason, err, c.fails)
			}
		})
	}
}

func TestCascade(t *testing.T) {
	under := func(parent string) func(*v1alpha1.Objective) {
		return func(o *v1alpha1.Objective) { o.Spec.ParentRef = &v1alpha1.ParentReference{Name: parent} }
	}
	abroad := objective("abroad", "2026-Q4", func(o *v1alpha1.Objective) {
		o.Namespace = "other"
		o.Spec.ParentRef = &v1alpha1.ParentReference{Name: "company", Namespace: "shop"}
	})
	d := build(t, report.Limits{}, abroad,
		objective("a-team", "2026-Q4", under("z-department")),
		objective("z-department", "2026-Q4", under("company"), func(o *v1alpha1.Objective) { o.Spec.Level = v1alpha1.LevelDepartment }),
		objective("company", "2026-Q4", func(o *v1alpha1.Objective) { o.Spec.Level = v1alpha1.LevelCompany }),
		objective("ring-a", "2026-Q4", under("ring-b")), objective("ring-b", "2026-Q4", under("ring-a")),
	)
	want := []struct {
		name  string
		depth int
	}{{"company", 0}, {"z-department", 1}, {"a-team", 2}, {"abroad", 0}, {"ring-a", 0}, {"ring-b", 1}}
	for i, w := range want {
		if o := d.Objectives[i]; o.Name != w.name || o.Depth != w.depth {
			t.Errorf("%d is %s at depth %d, want %s at %d", i, o.Name, o.Depth, w.name, w.depth)
		}
	}
	if got := d.Objectives[3].ServesNote; d.Objectives[3].Serves != nil || got != "Objective shop/company is not found, or not shared with namespace other" {
		t.Errorf("a parent that does not consent is not shown as one: %q", got)
	}
	if got := len(d.Objectives[0].ServedBy); got != 1 {
		t.Errorf("the company is served by %d, want the one that it consents to", got)
	}
}

func TestSummary(t *testing.T) {
	scored := func(health v1alpha1.Health, score string) func(*v1alpha1.Objective) {
		return func(o *v1alpha1.Objective) {
			o.Status.Health, o.Status.Final = health, &v1alpha1.Final{Score: score, Grade: v1alpha1.GradeAmber}
		}
	}
	d := build(t, report.Limits{Cycle: "2026-Q3"},
		objective("a", "2026-Q3", scored(v1alpha1.HealthAchieved, "1.00")), objective("b", "2026-Q3", scored(v1alpha1.HealthMissed, "0.69")),
		objective("c", "2026-Q3", scored(v1alpha1.HealthMissed, "0.00"), func(o *v1alpha1.Objective) { o.Spec.Review = &v1alpha1.Review{Learned: "x"} }),
		objective("d", "2026-Q3", func(o *v1alpha1.Objective) { o.Status.Health = "" }),
		objective("e", "2026-Q3", func(o *v1alpha1.Objective) {
			o.Status.Health, o.Spec.State = v1alpha1.HealthCancelled, v1alpha1.ObjectiveCancelled
			o.Spec.CheckIns = []v1alpha1.CheckIn{{Date: "2026-07-07", Confidence: number(3)}, {Date: "2026-11-19"}}
		}),
	)
	s := d.Summary
	if s.MeanScore != "0.56" || s.Scored != 3 {
		t.Errorf("mean %q of %d: it is that of those with a score, rounded down, want 0.56 of 3", s.MeanScore, s.Scored)
	}
	if s.Objectives.Unknown != 1 || d.Objectives[3].Why != "the controller has not looked at it yet" {
		t.Errorf("what has no status is Unknown with a reason: %+v %q", s.Objectives, d.Objectives[3].Why)
	}
	if s.ToReview != 3 {
		t.Errorf("%d are to be reviewed, want 3: neither the reviewed nor the cancelled one", s.ToReview)
	}
	if s.CheckIns != 1 {
		t.Errorf("%d check-ins, want 1: tomorrow's waits for its day", s.CheckIns)
	}
	if none := build(t, report.Limits{}, objective("a", "2026-Q4")).Summary; none.MeanScore != "" || none.Scored != 0 {
		t.Errorf("no score, no mean: %+v", none)
	}
}

func TestImpactThatIsNotKnown(t *testing.T) {
	refs := func(o *v1alpha1.Objective) {
		o.Spec.KPIRefs = []v1alpha1.KPIReference{{Name: "nps"}, {Name: "nps"}, {Name: "secret", Namespace: "board"}}
	}
	frozen := func(start, end *v1alpha1.FrozenValue) func(*v1alpha1.Objective) {
		return func(o *v1alpha1.Objective) {
			o.Status.Frozen = &v1alpha1.ObjectiveFrozen{KPIs: []v1alpha1.FrozenKPI{{KPI: "shop/nps", AtStart: start, AtEnd: end}}}
		}
	}
	shown := func(i v1alpha1.KPIImpact) func(*v1alpha1.Objective) {
		return func(o *v1alpha1.Objective) { o.Status.KPIImpact = []v1alpha1.KPIImpact{i} }
	}
	cases := map[string]struct {
		reason, period string
		change         []func(*v1alpha1.Objective)
		want           report.Impact
	}{
		"running":     {"the present value stands beside the first", "2026-Q4", []func(*v1alpha1.Objective){shown(v1alpha1.KPIImpact{KPI: "nps", AtStart: "5 points"})}, report.Impact{AtStart: "5 points", Now: "7 points"}},
		"no start":    {"asked for, and not to be had", "2026-Q4", []func(*v1alpha1.Objective){frozen(&v1alpha1.FrozenValue{}, nil)}, report.Impact{Now: "7 points", Note: "there was no value at the start"}},
		"not asked":   {"not asked for yet", "2026-Q4", nil, report.Impact{Now: "7 points", Note: "the value at the start is not known"}},
		"no end":      {"the present value is not that of the end", "2026-Q3", []func(*v1alpha1.Objective){shown(v1alpha1.KPIImpact{KPI: "nps", AtStart: "5 points"}), frozen(nil, &v1alpha1.FrozenValue{})}, report.Impact{AtStart: "5 points", Note: "there was no value at the end"}},
		"end to come": {"over, and still asked for", "2026-Q3", []func(*v1alpha1.Objective){shown(v1alpha1.KPIImpact{KPI: "nps", AtStart: "5 points"})}, report.Impact{AtStart: "5 points", Note: "the value at the end is not known yet"}},
		"complete":    {"nothing to add", "2026-Q3", []func(*v1alpha1.Objective){shown(v1alpha1.KPIImpact{KPI: "nps", AtStart: "5 points", AtEnd: "6 points", Change: "+1 points"})}, report.Impact{AtStart: "5 points", AtEnd: "6 points", Change: "+1 points"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := build(t, report.Limits{}, kpi("nps"), objective("a", c.period, append(c.change, refs)...))
			impact := d.Objectives[0].Impact
			if len(impact) != 2 {
				t.Fatalf("%d KPIs, want each once", len(impact))
			}
			if got := impact[1].Note; got != "KPI board/secret is not found, or not shared with namespace shop" {
				t.Errorf("a KPI that is not there: %q", got)
			}
			got := impact[0]
			got.Named = report.Named{}
			if got != c.want {
				t.Errorf("%s: %+v, want %+v", c.reason, got, c.want)
			}
		})
	}
}

func TestWithheldIsNotMissing(t *testing.T) {
	set := goals.New([]client.Object{objective("a", "2026-Q4", func(o *v1alpha1.Objective) {
		o.Spec.KPIRefs = []v1alpha1.KPIReference{{Name: "secret", Namespace: "board"}}
		o.Spec.ParentRef = &v1alpha1.ParentReference{Name: "top", Namespace: "board"}
	})})
	set.Withheld = []string{"KPI board/secret", "Objective board/top", "goals in other namespaces"}
	d, err := report.Build(set, report.Limits{}, now)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Objectives[0].Impact[0].Note; got != "KPI board/secret may not be read by you, or not whether it is shared: it is not known" {
		t.Errorf("the KPI: %q", got)
	}
	if got := d.Objectives[0].ServesNote; got != "Objective board/top may not be read by you, or not whether it is shared: it is not known" {
		t.Errorf("the parent: %q", got)
	}
	if len(d.NotRead) != 3 {
		t.Errorf("not read: %q, want all", d.NotRead)
	}
}

func TestMovedGoalposts(t *testing.T) {
	d := build(t, report.Limits{}, objective("a", "2026-Q4"),
		keyResult("replanned", "a", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Unit = "ms"
			kr.Spec.Reach = &v1alpha1.Reach{Baseline: decimal("800"), Target: decimal("300"), Replanned: []v1alpha1.Replan{
				{Date: "2026-11-12", From: decimal("250"), To: decimal("300"), Reason: "A second region\nis too dear."}}}
			kr.Status.Target, kr.Status.OriginalTarget = "800 → 300 ms", "800 → 250 ms"
		}),
		keyResult("silent", "a", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Reach = &v1alpha1.Reach{Baseline: decimal("0"), Target: decimal("80")}
			kr.Status.Frozen = &v1alpha1.KeyResultFrozen{Commitment: &v1alpha1.Commitment{Baseline: "0", Goal: "100", Target: "0 → 100", StartOn: "2026-10-01", DueOn: "2026-12-31"}}
		}),
		keyResult("up", "a", func(kr *v1alpha1.KeyResult) {
			kr.Spec.State, kr.Spec.Cancelled = v1alpha1.KeyResultCancelled, &v1alpha1.Cancellation{Date: "2026-11-10", Reason: "Too dear."}
		}),
	)
	want := map[string][]string{
		"replanned": {"Replanned on 2026-11-12 from 250 ms to 300 ms: A second region is too dear.", "Promised at the start: 800 → 250 ms; aimed at now: 800 → 300 ms"},
		"silent":    {"Moved without a word: the target was 100 at the start and is 80 now: say why in spec.reach.replanned, or take it back"},
		"up":        {"Given up on 2026-11-10: Too dear."},
	}
	for _, k := range d.Objectives[0].KeyResults {
		var got []string
		for _, m := range k.Moved {
			got = append(got, m.Text())
		}
		if len(got) != len(want[k.Name]) {
			t.Errorf("%s: %q, want %q", k.Name, got, want[k.Name])
			continue
		}
		for i := range got {
			if got[i] != want[k.Name][i] {
				t.Errorf("%s: %q, want %q", k.Name, got[i], want[k.Name][i])
			}
		}
	}
	if d.Summary.Moved != 3 {
		t.Errorf("%d goals' goalposts moved, want 3: each once", d.Summary.Moved)
	}
}
