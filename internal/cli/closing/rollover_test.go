package closing_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/closing"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/okr"
)

func TestRollover(t *testing.T) {
	for name, screen := range recorded.Screens() {
		var got string
		t.Run(name, func(t *testing.T) {
			inCopy(t, "config/samples")
			var err error
			if got, err = run(loaded(t), screen, "", closing.RolloverCommand, "samples/company-a", "samples/platform", "--from", "2026-Q4", "--to", "2027-Q1"); err != nil {
				t.Fatal(err)
			}
		})
		recorded.Golden(t, "rollover-"+name, got)
	}
}

func TestRolloverDryRun(t *testing.T) {
	var got string
	t.Run("run", func(t *testing.T) {
		inCopy(t, "config/samples")
		var err error
		if got, err = run(loaded(t), wide, "product", closing.RolloverCommand, "samples/company-a/product.yaml", "--from", "2026-Q4", "--to", "2027-Q1", "--dry-run"); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat("samples/company-a/product-2027-q1.yaml"); !os.IsNotExist(err) {
			t.Errorf("a dry run has written: %v", err)
		}
	})
	recorded.Golden(t, "rollover-dry-run", got)
}

// TestRolloverTwice rolls over into a folder, once more, and from there into the next quarter.
func TestRolloverTwice(t *testing.T) {
	inCopy(t, "config/samples")
	roll := func(from, to string, args ...string) (string, error) {
		return run(loaded(t), wide, "", closing.RolloverCommand, append(args, "--offline", "--from", from, "--to", to)...)
	}
	if _, err := roll("2026-Q4", "2027-Q1", "samples/company-a", "--out", "next"); err != nil {
		t.Fatal(err)
	}
	if _, err := roll("2026-Q4", "2027-Q1", "samples/company-a", "--out", "next"); err == nil || !strings.Contains(err.Error(), "next/answer.yaml is there already, and is not overwritten") {
		t.Errorf("%v", err)
	}
	got, err := roll("2026-Q4", "2027-Q1", "samples/company-a", "next")
	if err != nil || !strings.Contains(got, "nothing is carried over") || !strings.Contains(got, "carried over already: next/marketing.yaml:1") {
		t.Errorf("%v\n%s", err, got)
	}
	if got, err = roll("2027-Q1", "2027-Q2", "next", "--out", "then"); err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	content, err := os.ReadFile("then/marketing.yaml")
	if err != nil || !bytes.Contains(content, []byte("name: credibility-2027-q2\n")) || !bytes.Contains(content, []byte(`period: "2027-Q2"`)) {
		t.Errorf("%v\n%s", err, content)
	}
}

func TestRolloverErrors(t *testing.T) {
	inCopy(t, "config/samples")
	for _, c := range []struct {
		reason, want string
		args         []string
	}{
		{"backwards", "--to 2026-Q3 does not come after --from 2026-Q4", []string{"samples", "--from", "2026-Q4", "--to", "2026-Q3"}},
		{"into itself", "--to 2026-Q4 does not come after --from 2026-Q4", []string{"samples", "--from", "2026-Q4", "--to", "2026-Q4"}},
		{"no period", `--to: "soon" is not a period`, []string{"samples", "--from", "2026-Q4", "--to", "soon"}},
		{"a cycle that nobody has", "the files have no objective of 2025-Q4", []string{"samples", "--from", "2025-Q4", "--to", "2026-Q1"}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			if _, err := run(loaded(t), wide, "", closing.RolloverCommand, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// TestRolloverCorpus carries awkward files over: comments stay, but for those directly above what is left behind, the old
// files are not touched, and the new ones are what they should be as objects.
func TestRolloverCorpus(t *testing.T) {
	var diffs string
	for variant, of := range variants {
		t.Run(variant, func(t *testing.T) {
			inCopy(t, "internal/cli/edit/testdata/corpus")
			cluster := recorded.Cluster{Time: loaded(t).Time}
			rewrite(t, "corpus", of)
			before, err := manifest.Load([]string{"corpus"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			shown, err := run(cluster, wide, "", closing.RolloverCommand, "corpus", "--from", "2026-Q4", "--to", "2027-Q1", "--dry-run")
			if err != nil {
				t.Fatal(err)
			}
			if variant == "as-it-is" {
				diffs = shown
			}
			if _, err := run(cluster, wide, "", closing.RolloverCommand, "corpus", "--from", "2026-Q4", "--to", "2027-Q1", "--out", "next"); err != nil {
				t.Fatal(err)
			}
			after, err := manifest.Load([]string{"corpus"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := range before {
				if !bytes.Equal(before[i].Content, after[i].Content) {
					t.Errorf("%s was changed", before[i].Path)
				}
			}
			made, err := manifest.Load([]string{"next"}, nil)
			if err != nil || len(made) != 5 {
				t.Fatalf("%d files: %v", len(made), err)
			}
			old := objects(t, before)
			for name, object := range objects(t, made) {
				compareCarried(t, old[strings.TrimSuffix(name, "-2027-q1")], object)
			}
			for _, f := range made {
				if crlf := bytes.Count(f.Content, []byte("\r\n")); variant == "windows" && crlf != bytes.Count(f.Content, []byte("\n")) {
					t.Errorf("%s: line breaks are mixed", f.Path)
				}
			}
		})
	}
	recorded.Golden(t, "rollover-corpus", diffs)
}

func objects(t *testing.T, files []manifest.File) map[string]client.Object {
	t.Helper()
	found := map[string]client.Object{}
	for _, f := range files {
		for _, d := range f.Documents {
			if d.Err != nil {
				continue
			}
			object, err := d.Goal()
			if err != nil {
				t.Fatal(err)
			}
			if object != nil {
				found[object.GetName()] = object
			}
		}
	}
	return found
}

// compareCarried works out what an object should have become, and compares.
func compareCarried(t *testing.T, was, is client.Object) {
	t.Helper()
	was.SetName(was.GetName() + "-2027-q1")
	switch o := was.(type) {
	case *v1alpha1.Objective:
		o.Spec.Period, o.Spec.CheckIns, o.Spec.Review, o.Spec.Cycle = "2027-Q1", nil, nil, ""
		if o.Spec.StartOn != "" {
			o.Spec.StartOn = "2027-03-01"
		}
		if o.Spec.ParentRef != nil {
			o.Spec.ParentRef.Name += "-2027-q1"
		}
		var left []v1alpha1.Action
		for _, a := range o.Spec.Actions {
			if a.DoneOn == "" {
				a.DueOn = map[v1alpha1.Date]v1alpha1.Date{"2026-12-31": "2027-03-31", "2026-12-15": "2027-03-15"}[a.DueOn]
				left = append(left, a)
			}
		}
		o.Spec.Actions = left
	case *v1alpha1.KeyResult:
		o.Spec.ObjectiveRef.Name += "-2027-q1"
		o.Spec.StartOn = "" // it has passed
		if o.Spec.DueOn != "" {
			o.Spec.DueOn = "2027-02-28"
		}
		if o.Spec.Pace != nil {
			o.Spec.Pace.Checkpoints[0].Date = "2027-02-15"
		}
		if o.Spec.Reach != nil {
			o.Spec.Reach.Replanned = nil
			if baseline, known := map[string]v1alpha1.Decimal{"flow-hand-2027-q1": "12", "anchors-hand-2027-q1": "12", "newest-first-hand-2027-q1": "11.5"}[o.Name]; known {
				o.Spec.Reach.Baseline = &baseline
			}
		}
		if o.Spec.Milestones != nil {
			o.Spec.Milestones = o.Spec.Milestones[1:]
			o.Spec.Milestones[0].DueOn = "2027-02-28"
		}
	}
	equal(t, was, is)
}

// TestRolloverOffline holds that a cluster that cannot be reached takes nothing but its values away.
func TestRolloverOffline(t *testing.T) {
	inCopy(t, "config/samples")
	env, printed := loaded(t).Environment("", wide, "")
	env.Cluster = func() (client.WithWatch, error) { return nil, errors.New("no route to host") }
	cmd := closing.RolloverCommand(env)
	cmd.SetArgs([]string{"samples/company-a/marketing.yaml", "--from", "2026-Q4", "--to", "2027-Q1"})
	if err := cmd.ExecuteContext(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(printed.Err.String(), "values in the cluster are not known: no route to host") {
		t.Errorf("%s", printed.Err.String())
	}
	content, err := os.ReadFile("samples/company-a/marketing-2027-q1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"reach: {target: 1000, direction: Increase}", "reach: {baseline: 60, target: 20}", "reach: {target: 2000, direction: Increase} # the baseline is measured at the start"} {
		if !bytes.Contains(content, []byte(want)) {
			t.Errorf("%s is not in\n%s", want, content)
		}
	}
}

// goal writes an objective and a key result, and returns the latter's successor after a rollover; empty if there is none.
func carried(t *testing.T, objective, keyResult string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	content := "apiVersion: goals.okr.dev/v1alpha1\nkind: Objective\nmetadata: {name: o}\nspec:\n  title: t\n" + objective +
		"---\napiVersion: goals.okr.dev/v1alpha1\nkind: KeyResult\nmetadata: {name: k}\nspec:\n  title: t\n  objectiveRef: {name: o}\n" + keyResult
	if err := os.WriteFile(filepath.Join(dir, "g.yaml"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	if len(args) == 0 {
		args = []string{"--from", "2026-Q4", "--to", "2027-Q1"}
	}
	if _, err := run(recorded.Cluster{Time: loaded(t).Time}, wide, "", closing.RolloverCommand, append([]string{dir, "--out", filepath.Join(dir, "next")}, args...)...); err != nil {
		t.Fatal(err)
	}
	made, err := os.ReadFile(filepath.Join(dir, "next", "g.yaml"))
	if errors.Is(err, os.ErrNotExist) {
		return ""
	} else if err != nil {
		t.Fatal(err)
	}
	return string(made)
}

func TestCarried(t *testing.T) {
	q4 := "  period: 2026-Q4\n"
	for _, c := range []struct {
		reason, objective, keyResult string
		args                         []string
		// want are texts that the successor has, and with a "!" in front texts that it has not; none: there is no successor.
		want []string
	}{
		{"at its target by hand", q4 + "  checkIns: [{date: 2026-11-01, keyResults: [{name: k, value: 20}]}]\n", "  reach: {baseline: 10, target: 20}\n", nil, nil},
		{"downwards too", q4 + "  checkIns: [{date: 2026-11-01, keyResults: [{name: k, value: 9}]}]\n", "  reach: {baseline: 20, target: 10}\n", nil, nil},
		{"a check-in that is still to come does not count", q4 + "  checkIns: [{date: 2026-12-01, keyResults: [{name: k, value: 20}]}]\n", "  reach: {baseline: 10, target: 20}\n", nil,
			[]string{"{baseline: 10, target: 20}"}},
		{"all steps done", q4, "  milestones: [{title: a, doneOn: 2026-11-01}]\n", nil, nil},
		{"a result that passes", q4, "  reach: {baseline: 10, target: 20}\n  final: {value: 20, date: 2026-12-31, score: \"1.00\"}\n", nil, nil},
		{"a result that passes as a stretch", q4 + "  ambition: Aspirational\n", "  reach: {baseline: 10, target: 20}\n  final: {value: 17, date: 2026-12-31, score: \"0.7\"}\n", nil, nil},
		{"a result that does not", q4, "  reach: {baseline: 10, target: 20}\n  final: {value: 17, date: 2026-12-31, score: \"0.7\"}\n", nil,
			[]string{"{baseline: 17, target: 20}", "!final"}},
		{"a hold that was not held", q4, "  maintain: {atLeast: 5}\n  metric: {query: max(x)}\n  final: {date: 2026-12-31, score: \"0\"}\n", nil, []string{"maintain: {atLeast: 5}", "!final"}},
		{"given up", q4 + "  state: Cancelled\n", "  reach: {baseline: 10, target: 20}\n", nil, nil},
		{"a measured one, of which nothing is known", q4, "  reach: {baseline: 20, target: 10}\n  metric: {query: max(x)}\n", nil, []string{"reach: {target: 10, direction: Decrease}"}},
		{"a measured change", q4, "  reach: {baseline: 20, change: \"-10%\"}\n  metric: {query: max(x)}\n", nil, []string{"reach: {change: \"-10%\"}"}},
		{"by the KPI's readings", q4, "  reach: {baseline: 10, target: 20}\n  kpiRef: {name: kpi}\n---\napiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata: {name: kpi}\nspec:\n" +
			"  readings: [{date: 2026-10-31, value: \"11.5\"}, {date: 2026-11-30, value: 19}]\n", nil, []string{"reach: {baseline: \"11.5\", target: 20}", "!kind: KPI"}},
		{"beyond its target, and a guard is missing", q4, "  reach: {baseline: 10, target: 20}\n  final: {value: 21, date: 2026-12-31, score: \"0.5\"}\n  guard: {query: x, atLeast: 5}\n  metric: {query: max(x)}\n", nil,
			[]string{"reach: {baseline: 10, target: 20}"}},
		{"checkpoints that do not fit", "  period: 2026-Q4\n", "  reach: {baseline: 10, target: 20}\n  pace: {checkpoints: [{date: 2026-11-01, percent: 1}, {date: 2026-12-01, percent: 2}]}\n",
			[]string{"--from", "2026-Q4", "--to", "2027-01"}, []string{"!checkpoints", "period: 2027-01"}},
		{"a label that goes on", "  period: 2026-Q4\n  cycle: FY27-Q4\n", "  reach: {baseline: 10, target: 20}\n", nil, []string{"cycle: FY28-Q1"}},
		{"a label that cannot", "  period: 2026-Q4\n  cycle: Autumn\n", "  reach: {baseline: 10, target: 20}\n", nil, []string{"!cycle"}},
		{"by the label", "  period: 2026-10-15/2026-12-31\n  cycle: Autumn\n", "  reach: {baseline: 10, target: 20}\n  dueOn: 2026-12-01\n",
			[]string{"--from", "Autumn", "--to", "Winter"}, []string{"cycle: Winter", "period: 2027-01-01/2027-03-19", "name: o-winter", "dueOn: 2027-02-17"}},
		{"what only a server writes", q4, "  reach: {baseline: 10, target: 20}\nstatus: {health: OnTrack}\n", nil, []string{"!status", "!health"}},
		{"a name that is shared: it stays, and nothing is written", q4 + "  description: &d t\n  rationale: *d\n  startOn: &s 2026-12-01\n  checkInEvery: *s\n", "  reach: {baseline: 10, target: 20}\n", nil, nil},
	} {
		t.Run(c.reason, func(t *testing.T) {
			got := carried(t, c.objective, c.keyResult, c.args...)
			if (got == "") != (c.want == nil) {
				t.Errorf("the successor is\n%s", got)
			}
			for _, want := range c.want {
				text, without := strings.CutPrefix(want, "!")
				if strings.Contains(got, text) == without {
					t.Errorf("want %s in\n%s", want, got)
				}
			}
		})
	}
}

// TestEverySampleRollsOver makes the next quarter of the samples, and reads it as the API does.
func TestEverySampleRollsOver(t *testing.T) {
	inCopy(t, "config/samples")
	for _, cycle := range [][2]string{{"2026-Q4", "2027-Q1"}, {"2026-H2", "2027-H1"}, {"2026", "2027"}, {"2026-Q3", "2026-Q4"}, {"FY27", "FY28"}} {
		if _, err := run(loaded(t), wide, "", closing.RolloverCommand, "samples", "--from", cycle[0], "--to", cycle[1], "--out", "next-"+cycle[1]); err != nil {
			t.Errorf("%s: %v", cycle[0], err)
		}
		made, err := filepath.Glob("next-" + cycle[1] + "/*")
		if err != nil || cycle[0] != "2026-Q3" && len(made) == 0 {
			t.Errorf("%s has no successor: %v", cycle[0], err)
		}
		for _, dir := range made {
			files, err := manifest.Load([]string{dir}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, object := range objects(t, files) {
				sound(t, object)
			}
		}
	}
}

func sound(t *testing.T, object client.Object) {
	t.Helper()
	switch o := object.(type) {
	case *v1alpha1.Objective:
		period, err := okr.ParsePeriod(string(o.Spec.Period))
		if err != nil || len(o.Spec.CheckIns) > 0 || o.Spec.Review != nil {
			t.Errorf("%s: %v", o.Name, err)
		}
		if o.Spec.StartOn != "" {
			if day, err := okr.ParseDate(o.Spec.StartOn.String()); err != nil || !period.Contains(day) {
				t.Errorf("%s starts on %s", o.Name, o.Spec.StartOn)
			}
		}
	case *v1alpha1.KeyResult:
		if o.Spec.Final != nil || o.Spec.State == v1alpha1.KeyResultCancelled {
			t.Errorf("%s was not to be carried over so", o.Name)
		}
		if r := o.Spec.Reach; r != nil && (r.Baseline != nil && r.Direction != "" || len(r.Replanned) > 0 || r.Baseline != nil && r.Target != nil && *r.Baseline == *r.Target) {
			t.Errorf("%s has the reach %+v", o.Name, r)
		}
	default:
		t.Errorf("%T was not to be carried over", object)
	}
}
