package repository_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/repository"
	"okr.dev/controller/internal/cli/terminal"
)

func TestDays(t *testing.T) {
	o := &v1alpha1.Objective{Spec: v1alpha1.ObjectiveSpec{Period: "2026-Q4", TimeZone: "Pacific/Auckland", StartOn: "2026-10-05"}}
	days, err := repository.DaysOf(o)
	if err != nil {
		t.Fatal(err)
	}
	evening := time.Date(2026, 12, 31, 10, 59, 59, 0, time.UTC) // it is 23:59:59 there
	if days.Today(evening).String() != "2026-12-31" || days.Over(evening) {
		t.Errorf("%s, over: %v", days.Today(evening), days.Over(evening))
	}
	if midnight := evening.Add(time.Second); days.Today(midnight).String() != "2027-01-01" || !days.Over(midnight) {
		t.Errorf("%s, over: %v", days.Today(midnight), days.Over(midnight))
	}
	for _, c := range []struct {
		reason              string
		startOn, dueOn      v1alpha1.Date
		wantFirst, wantLast string
	}{
		{"the objective's", "", "", "2026-10-05", "2026-12-31"},
		{"its own", "2026-11-01", "2026-12-01", "2026-11-01", "2026-12-01"},
		{"a due date after the period is the period's end", "", "2027-02-01", "2026-10-05", "2026-12-31"},
		{"as kustomize writes dates", "2026-11-01T00:00:00Z", "", "2026-11-01", "2026-12-31"},
	} {
		own, err := days.Of(o, &v1alpha1.KeyResult{Spec: v1alpha1.KeyResultSpec{StartOn: c.startOn, DueOn: c.dueOn}})
		if err != nil || own.First.String() != c.wantFirst || own.Last.String() != c.wantLast {
			t.Errorf("%s: %s to %s (%v)", c.reason, own.First, own.Last, err)
		}
	}
	if _, err := repository.DaysOf(&v1alpha1.Objective{Spec: v1alpha1.ObjectiveSpec{Period: "2026-Q4", TimeZone: "Mars/Olympus"}}); err == nil ||
		!strings.Contains(err.Error(), "write an IANA name in spec.timeZone") {
		t.Errorf("%v", err)
	}
}

// TestNext holds that names of files cannot do harm where the commands are copied from.
func TestNext(t *testing.T) {
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	env, printed := cluster.Environment("", terminal.Screen{Width: 100}, "")
	repository.Next(env, []string{"a/b.yaml", "it's $(here).yaml", "-rf"}, "all: `done`")
	want := "\nNext:\n  git add a/b.yaml 'it'\\''s $(here).yaml' ./-rf\n  git commit -m 'all: `done`'\n"
	if printed.Out.String() != want {
		t.Errorf("%q, want %q", printed.Out.String(), want)
	}
}

func TestLoad(t *testing.T) {
	t.Chdir(t.TempDir())
	content := "{{ a template of goals elsewhere }}\n---\napiVersion: goals.okr.dev/v1alpha1\nkind: Objektive\n---\n" +
		"# a comment\napiVersion: goals.okr.dev/v1alpha1\nkind: Objective\nmetadata: {name: o}\nspec: {title: x, period: 2026-Q4}\n" +
		"---\napiVersion: goals.okr.dev/v1alpha1\nkind: KeyResult\nmetadata: {name: k, namespace: home}\nspec: {objectiveRef: {name: o}}\n" +
		"---\napiVersion: goals.okr.dev/v1alpha1\nkind: KeyResult\nmetadata: {name: k, namespace: away}\nspec: {objectiveRef: {name: o}}\n" +
		"---\napiVersion: goals.okr.dev/v1alpha1\nkind: Objective\nmetadata: {name: p}\nspec: {title: x, period: 2026-Q4, owner: kim}\n"
	if err := os.WriteFile("goals.yaml", []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := repository.Load([]string{"."}, "home")
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Unread) != 2 || !strings.Contains(r.Unread[0].Error(), `goals.yaml:3: there is no kind "Objektive"`) ||
		r.Unread[1].Error() != "goals.yaml:22: spec.owner cannot be a string: kubectl okr lint goals.yaml says what to write" {
		t.Errorf("unread: %v", r.Unread)
	}
	o, err := r.Objective("", "o")
	if err != nil || o.Where() != "goals.yaml:7" || r.Name(o.Object) != "home/o" {
		t.Fatalf("%v %s", err, o.Where())
	}
	if own := r.KeyResultsOf(o.Object); len(own) != 1 || own[0].Object.Namespace != "home" {
		t.Errorf("its key results: %v", own)
	}
	if _, err := r.Objective("away", "o"); err == nil || !strings.Contains(err.Error(), "no objective \"o\" in namespace away") {
		t.Errorf("%v", err)
	}
}

func TestOfCycleRefusesWhatIsThereTwice(t *testing.T) {
	objective := "apiVersion: goals.okr.dev/v1alpha1\nkind: Objective\nmetadata: {name: o, namespace: x}\nspec: {title: T, period: 2026-Q4}\n"
	keyResult := "apiVersion: goals.okr.dev/v1alpha1\nkind: KeyResult\nmetadata: {name: k, namespace: x}\nspec: {objectiveRef: {name: o}}\n"
	for name, tc := range map[string]struct {
		reason string
		files  map[string]string
		want   string
	}{
		"Once":      {"all are there once", map[string]string{"a.yaml": objective, "b.yaml": keyResult}, ""},
		"Objective": {"a copy in another file", map[string]string{"a.yaml": objective, "b.yaml": objective}, "the objective x/o is in a.yaml:1 and in b.yaml:1"},
		"KeyResult": {"a copy in the same file", map[string]string{"a.yaml": objective + "---\n" + keyResult + "---\n" + keyResult}, "the key result x/k is in a.yaml:6 and in a.yaml:11"},
		"Patch":     {"what a kustomization changes in it is no copy", map[string]string{"a.yaml": objective, "p.yaml": "apiVersion: goals.okr.dev/v1alpha1\nkind: Objective\nmetadata: {name: o, namespace: x}\nspec: {level: Team}\n"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for file, text := range tc.files {
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			files, err := repository.Load([]string{"."}, "")
			if err != nil {
				t.Fatal(err)
			}
			_, err = files.OfCycle("2026-Q4", "")
			if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: %v, want %q", tc.reason, err, tc.want)
			}
		})
	}
}
