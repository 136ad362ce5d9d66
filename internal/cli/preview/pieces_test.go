package preview

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
	"okr.dev/controller/internal/okr"
)

func TestBack(t *testing.T) {
	for name, c := range map[string]struct {
		reason, period string
		n              int
		want, label    string
	}{
		"quarter":        {"its neighbour, whatever their days", "2026-Q1", 1, "2025-10-01/2025-12-31", "2025-Q4"},
		"four quarters":  {"a year ago", "2026-Q1", 4, "2025-01-01/2025-03-31", "2025-Q1"},
		"month":          {"a leap year's February", "2028-03", 1, "2028-02-01/2028-02-29", "2028-02"},
		"half":           {"", "2026-H2", 1, "2026-01-01/2026-06-30", "2026-H1"},
		"year":           {"", "2026", 2, "2024-01-01/2024-12-31", "2024"},
		"two months":     {"whole months stay whole months", "2026-03-01/2026-04-30", 1, "2026-01-01/2026-02-28", "2026-01-01/2026-02-28"},
		"fiscal quarter": {"a quarter by its length, not by its name", "2026-02-01/2026-04-30", 1, "2025-11-01/2026-01-31", "2025-11-01/2026-01-31"},
		"days":           {"as many days before", "2026-10-05/2026-10-18", 2, "2026-09-07/2026-09-20", "2026-09-07/2026-09-20"},
	} {
		t.Run(name, func(t *testing.T) {
			own, err := okr.ParsePeriod(c.period)
			if err != nil {
				t.Fatal(err)
			}
			got := back(own, c.n)
			if text := got.First.String() + "/" + got.Last.String(); text != c.want || label(got) != c.label {
				t.Errorf("%s: %s, called %s; want %s, called %s", c.reason, text, label(got), c.want, c.label)
			}
		})
	}
}

func TestPastPeriodsAreOver(t *testing.T) {
	at := time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ reason, period, zone, want string }{
		{"those before its own", "2026-Q4", "", "2026-Q3 2026-Q2"},
		{"of one that is still to come, those that are over", "2027-Q2", "", "2026-Q3 2026-Q2"},
		{"of one that is over, those before it", "2026-Q2", "", "2026-Q1 2025-Q4"},
		{"no zone, no periods", "2026-Q2", "Nowhere", ""},
		{"no period", "soon", "", ""},
	} {
		o := &v1alpha1.Objective{Spec: v1alpha1.ObjectiveSpec{Period: v1alpha1.Period(c.period), TimeZone: v1alpha1.TimeZone(c.zone)}}
		var names []string
		for _, p := range pastPeriods(o, 2, at) {
			names = append(names, label(p))
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.reason, got, c.want)
		}
	}
}

func TestMovedIntoThePast(t *testing.T) {
	from, _ := okr.ParsePeriod("2026-Q4")
	m := moved{from, back(from, 3)} // 90 days, where its own has 92
	decimal := func(text string) *v1alpha1.Decimal { d := v1alpha1.Decimal(text); return &d }
	kr := &v1alpha1.KeyResult{Spec: v1alpha1.KeyResultSpec{
		StartOn: "2026-10-11", DueOn: "2026-12-31", Final: &v1alpha1.FinalRecord{},
		Reach: &v1alpha1.Reach{Baseline: decimal("800"), Target: decimal("300"), Replanned: []v1alpha1.Replan{{}}},
		Pace:  &v1alpha1.KeyResultPace{Checkpoints: []v1alpha1.Checkpoint{{Date: "2026-12-30"}}},
	}}
	got := m.keyResult(kr).Spec
	want := v1alpha1.KeyResultSpec{
		StartOn: "2026-01-11", DueOn: "2026-03-31",
		Reach: &v1alpha1.Reach{Target: decimal("300"), Direction: v1alpha1.DirectionDecrease},
		Pace:  &v1alpha1.KeyResultPace{Checkpoints: []v1alpha1.Checkpoint{{Date: "2026-03-30"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFieldChanges(t *testing.T) {
	before := &v1alpha1.Objective{Spec: v1alpha1.ObjectiveSpec{
		Title: "A", KPIRefs: []v1alpha1.KPIReference{{Name: "a"}},
		CheckIns: []v1alpha1.CheckIn{{Date: "2026-11-01", Note: "one"}},
	}}
	after := before.DeepCopy()
	after.Spec.Title, after.Spec.Cycle = "B", "FY27"
	after.Spec.KPIRefs = nil
	after.Spec.CheckIns = []v1alpha1.CheckIn{{Date: "2026-10-25"}, {Date: "2026-11-01", Note: "two"}}
	want := []fieldChange{
		{"spec.checkIns[2026-10-25]", "", "(there)"}, // and no other has moved
		{"spec.checkIns[2026-11-01].note", "one", "two"},
		{"spec.cycle", "", "FY27"},
		{"spec.kpiRefs[a]", "(there)", ""},
		{"spec.title", "A", "B"},
	}
	if diff := cmp.Diff(want, fieldChanges(before, after)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if found := fieldChanges(before, before.DeepCopy()); found != nil {
		t.Errorf("of what is equal %v differs", found)
	}
}

// GitHub makes neither links, mentions, references, tags nor columns of what people write.
func TestMarkIsTame(t *testing.T) {
	for _, c := range []struct{ reason, text, want string }{
		{"columns", "a|b", `a\|b`},
		{"tags", "<script>&amp;", `\<script\>\&amp;`},
		{"links", "[a](http://b) www.c", `[a\]\(http:` + breaker + `//b\) www` + breaker + `.c`},
		{"mentions and references", "@all #1", "@" + breaker + `all \#` + breaker + "1"},
		{"code and emphasis", "`a` *b* _c_ ~d~ $e$ \\", "\\`a\\` \\*b\\* \\_c\\_ \\~d\\~ \\$e\\$ \\\\"},
		{"lines", "a\n\n# b\r\tc", `a \#` + breaker + ` b c`},
		{"control characters and turned text", "a\x1b[31m\u202eb\u0000", `a\[31mb`},
	} {
		want := strings.Replace(c.want, "[a\\]", "\\[a\\]", 1)
		if got := mark(c.text); got != want {
			t.Errorf("%s: %q, want %q", c.reason, got, want)
		}
	}
	if got := raw("</summary><b>@x"); strings.ContainsAny(got, "<>") || strings.Contains(got, "@x") {
		t.Errorf("in HTML it is %q", got)
	}
}

// A comment is never longer than GitHub takes, says that something is left out, and leaves no tag open.
func TestMarkdownFits(t *testing.T) {
	r := &report{Against: "main"}
	for i := range 2000 {
		g := goal{id: id{"KeyResult", "shop", fmt.Sprintf("number-%04d", i)}, Title: strings.Repeat("<|>", 80), standing: standing{Health: "OnTrack"}}
		r.Goals = append(r.Goals, g)
		r.Changes = append(r.Changes, change{id: g.id, Title: g.Title, What: changed, Before: &g.standing, After: &g.standing,
			Fields: []fieldChange{{"spec.title", strings.Repeat("a", 300), strings.Repeat("|", 300)}}})
	}
	text := r.markdown()
	if len(text) > maxComment || !strings.Contains(text, "more parts are left out") || !strings.Contains(text, "number-0000") {
		t.Errorf("%d bytes, which end:\n%s", len(text), text[len(text)-300:])
	}
	if open, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); open != closed {
		t.Errorf("%d details are opened and %d closed", open, closed)
	}
	small := &report{Against: "main", Goals: r.Goals[:3], Changes: r.Changes[:3]}
	if text := small.markdown(); strings.Contains(text, "left out") || strings.Count(text, "<details>") != 4 {
		t.Errorf("what fits is not all there:\n%s", text)
	}
}

func TestSummary(t *testing.T) {
	stand := func(health string) *standing { return &standing{Health: health} }
	for _, c := range []struct {
		reason  string
		changes []change
		want    string
	}{
		{"nothing", nil, "Nothing changes."},
		{"one of each", []change{
			{What: added, After: stand("OnTrack")}, {What: removed, Before: stand("OnTrack"), Goalposts: []goalpost{{}}},
			{What: changed, Before: stand("OnTrack"), After: stand("AtRisk")}, {What: affected, Before: stand("OnTrack"), After: stand("OnTrack")},
		}, "1 goal added, 1 removed, 1 edited, 1 other affected, 1 verdict changes, 1 goalpost moved (1 without a reason)"},
		{"several, with reasons", []change{
			{What: changed, Before: stand("OnTrack"), After: stand("OnTrack"), Goalposts: []goalpost{{Reason: "a"}, {Reason: "a"}}},
			{What: changed, Before: stand("OnTrack"), After: stand("OnTrack")},
		}, "2 edited, 2 goalposts moved, with reasons"},
	} {
		if got := (&report{Changes: c.changes}).summary(); got != c.want {
			t.Errorf("%s: %q, want %q", c.reason, got, c.want)
		}
	}
}

func TestOverlay(t *testing.T) {
	at := time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	live := &v1alpha1.KPI{
		ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "b", UID: "u", Generation: 3, CreationTimestamp: metav1.NewTime(at.AddDate(0, -1, 0))},
		Spec:       v1alpha1.KPISpec{Title: "B"}, Status: v1alpha1.KPIStatus{ObservedGeneration: 3, Health: "Healthy"},
	}
	other := live.DeepCopy()
	other.Name = "other"
	cluster := goals.New([]client.Object{live, other})
	file := &v1alpha1.KPI{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "b"}, Spec: v1alpha1.KPISpec{Title: "B"}}
	edited := file.DeepCopy()
	edited.Spec.Title = "C"
	added := file.DeepCopy()
	added.Name = "new"
	for _, c := range []struct {
		reason     string
		file       *v1alpha1.KPI
		generation int64
		created    time.Time
		health     v1alpha1.KPIHealth
	}{
		{"not edited: as it is there", file, 3, live.CreationTimestamp.Time, "Healthy"},
		{"edited: the next generation, with the memory of the one before", edited, 4, live.CreationTimestamp.Time, "Healthy"},
		{"new: a minute old, and nobody has seen it", added, 1, at.Add(-time.Minute), ""},
	} {
		set := overlay(cluster, []client.Object{c.file}, nil, at)
		got := set.KPI("a", c.file.Name)
		if got.Generation != c.generation || !got.CreationTimestamp.Time.Equal(c.created) || got.Status.Health != c.health {
			t.Errorf("%s: generation %d, created %v, health %q", c.reason, got.Generation, got.CreationTimestamp, got.Status.Health)
		}
	}
	if set := overlay(cluster, nil, map[id]bool{{"KPI", "a", "b"}: true}, at); set.KPI("a", "b") != nil || set.KPI("a", "other") == nil {
		t.Error("what is gone is there, or another one is not")
	}
	if got := asOf(cluster).KPI("a", "b"); got.Status.Health != "" || live.Status.Health != "Healthy" {
		t.Error("for an instant in the past what is remembered of later is used, or lost")
	}
}

// What a rule says again, with what to write, is told once.
func TestConcernsOnce(t *testing.T) {
	missing := trouble{"ResolvedRefs", "spec.kpiRefs: KPI a not found"}
	rule := trouble{"WellFormed", "REF001: KPI a not found: correct the name"}
	for _, c := range []struct {
		reason  string
		trouble []trouble
		want    []string
	}{
		{"with the rule", []trouble{missing, rule}, []string{rule.Message}},
		{"without the rule, where that is silenced", []trouble{missing}, []string{missing.Message}},
		{"something else", []trouble{missing, {"WellFormed", "OKR009: no plan"}}, []string{missing.Message, "OKR009: no plan"}},
	} {
		var got []string
		for _, found := range concernsOf(goal{standing: standing{Trouble: c.trouble}}) {
			got = append(got, found.text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}
