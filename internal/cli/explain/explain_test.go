package explain_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/explain"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/evaluate"
)

func load(t *testing.T) recorded.Cluster {
	t.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

// read reads the goals of all namespaces.
func read(t *testing.T, c client.Reader) *goals.Set {
	t.Helper()
	set, err := goals.Read(t.Context(), c, goals.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// each calls a function with every goal of a set.
func each(set *goals.Set, do func(kind string, o client.Object)) {
	for _, o := range set.Objectives {
		do("Objective", o)
	}
	for _, kr := range set.KeyResults {
		do("KeyResult", kr)
	}
	for _, k := range set.KPIs {
		do("KPI", k)
	}
}

// some calls a function with every fourth goal of a set.
func some(set *goals.Set, do func(kind string, o client.Object)) {
	n := 0
	each(set, func(kind string, o client.Object) {
		if n++; n%4 == 0 {
			do(kind, o)
		}
	})
}

func of(t *testing.T, set *goals.Set, kind, namespace, name string, now time.Time) explain.Explanation {
	t.Helper()
	e, err := explain.Of(t.Context(), set, kind, namespace, name, explain.Options{Now: now, Grace: evaluate.DefaultGrace})
	if err != nil {
		t.Fatalf("%s %s/%s: %v", kind, namespace, name, err)
	}
	return e
}

// What the real controller has written is what is explained, of each of the samples. `make demo` holds the same on real
// servers.
func TestEveryGoalIsExplainedAsItWasWritten(t *testing.T) {
	cluster := load(t)
	set, total := read(t, cluster.Client()), 0
	each(set, func(kind string, o client.Object) {
		total++
		e := of(t, set, kind, o.GetNamespace(), o.GetName(), cluster.Time)
		if !e.Written.Same || len(e.Written.Differences) > 0 {
			t.Errorf("%s %s/%s: %s %+v", kind, o.GetNamespace(), o.GetName(), e.Written.Text, e.Written.Differences)
		}
		if e.Summary == "" || len(e.Sections) == 0 || e.Health == "" || len(e.Withheld) > 0 {
			t.Errorf("%s %s/%s is explained as %+v", kind, o.GetNamespace(), o.GetName(), e)
		}
	})
	if total < 147 {
		t.Errorf("%d goals: the samples have more", total)
	}
}

// Minutes later only what moves with time differs, which the controller withholds for its status interval.
func TestLaterOnlyNumbersDiffer(t *testing.T) {
	cluster := load(t)
	set, moved := read(t, cluster.Client()), 0
	some(set, func(kind string, o client.Object) {
		e := of(t, set, kind, o.GetNamespace(), o.GetName(), cluster.Time.Add(time.Hour))
		switch {
		case e.Written.Same:
			return
		case e.Written.Change != "Value":
			t.Errorf("%s %s/%s: %s %+v", kind, o.GetNamespace(), o.GetName(), e.Written.Change, e.Written.Differences)
		}
		moved++
		for _, d := range e.Written.Differences {
			if !strings.Contains(d.Path, "Percent") && !strings.HasSuffix(d.Path, "].message") {
				t.Errorf("%s %s/%s: %+v", kind, o.GetNamespace(), o.GetName(), d)
			}
		}
	})
	if moved == 0 {
		t.Error("within an hour nothing is expected of anybody")
	}
}

// A second before the instant that is foretold nothing has changed.
func TestNothingChangesBeforeItIsForetold(t *testing.T) {
	cluster := load(t)
	set, told := read(t, cluster.Client()), 0
	some(set, func(kind string, o client.Object) {
		e := of(t, set, kind, o.GetNamespace(), o.GetName(), cluster.Time)
		if e.Next == nil || e.Next.Time == nil {
			return
		}
		told++
		if !e.Next.Time.After(cluster.Time) || e.Next.Health == e.Health {
			t.Errorf("%s %s/%s is %s, and at %v %s", kind, o.GetNamespace(), o.GetName(), e.Health, e.Next.Time, e.Next.Health)
		}
		before := of(t, set, kind, o.GetNamespace(), o.GetName(), e.Next.Time.Add(-time.Second))
		if kind == "KeyResult" && before.Health != e.Health {
			t.Errorf("%s/%s is %s a second before it becomes %s", o.GetNamespace(), o.GetName(), before.Health, e.Next.Health)
		}
		if again := before.Next; kind != "Objective" && (again == nil || again.Time == nil || !again.Time.Equal(*e.Next.Time)) {
			t.Errorf("%s %s/%s: a second before %v the next change is %+v", kind, o.GetNamespace(), o.GetName(), e.Next.Time, again)
		}
	})
	if told < 20 {
		t.Errorf("of %d goals a change is foretold", told)
	}
}

// printed runs the command.
func printed(t *testing.T, cluster recorded.Cluster, c client.WithWatch, namespace string, screen terminal.Screen, args ...string) (string, error) {
	t.Helper()
	env, run := cluster.Environment(namespace, screen, "")
	if c != nil {
		env.Cluster = func() (client.WithWatch, error) { return c, nil }
	}
	cmd := explain.Command(env)
	cmd.SetArgs(append([]string{}, args...)) // nil would be the process's own
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err := cmd.ExecuteContext(t.Context())
	return run.Out.String(), err
}

func TestPrinted(t *testing.T) {
	cluster := load(t)
	plain := map[string]terminal.Screen{"80": {Width: 80, Unicode: true}}
	cases := []struct {
		file, namespace, goal string
		screens               map[string]terminal.Screen
	}{
		{"reach", "social", "keyresult/influencer-leads", recorded.Screens()},
		{"objective", "social", "objective/community", recorded.Screens()},
		{"kpi", "sales", "kpi/new-paying-customers", recorded.Screens()},
		{"elapsed", "marketing", "kr/testimonial-views", plain},
		{"by-hand", "sales", "kr/talking-time", plain},
		{"guard", "sales", "kr/satisfaction", plain},
		{"checkpoints", "platform", "kr/restore-within-the-hour", plain},
		{"maintain", "mobile-app", "kr/crash-rate", plain},
		{"budget", "platform", "kr/availability-held", plain},
		{"milestones", "web-agency", "kr/design-and-launch", plain},
		{"scored", "platform", "kr/lead-time-halved", plain},
		{"cancelled", "social", "kr/live-audience", plain},
		{"pending", "web-agency", "kr/first-quarter-sales", plain},
		{"children", "company", "obj/double-earnings", plain},
		{"objective-scored", "platform", "obj/deploys-are-a-non-event", plain},
		{"draft", "platform", "obj/teams-help-themselves", plain},
		{"calendar", "online-shop", "kpi/gross-margin", plain},
		{"readings", "company", "kpi/return-on-investment", plain},
		{"accepted", "online-shop", "kpi/inventory-turnover", plain},
	}
	for _, c := range cases {
		for size, screen := range c.screens {
			t.Run(c.file+"-"+size, func(t *testing.T) {
				got, err := printed(t, cluster, nil, c.namespace, screen, c.goal)
				if err != nil {
					t.Fatal(err)
				}
				for _, line := range strings.Split(got, "\n") {
					if terminal.Width(line) > screen.Width {
						t.Errorf("wider than %d: %q", screen.Width, line)
					}
				}
				recorded.Golden(t, c.file+"-"+size, got)
			})
		}
	}
}

func TestJSON(t *testing.T) {
	cluster := load(t)
	got, err := printed(t, cluster, nil, "social", terminal.Screen{Width: 80}, "KeyResults.goals.okr.dev", "influencer-leads", "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	recorded.Golden(t, "reach-json", got)
	var e explain.Explanation
	if err := json.Unmarshal([]byte(got), &e); err != nil {
		t.Fatal(err)
	}
	if e.Health != "OffTrack" || !e.Written.Same || e.Next == nil || e.Next.Then == nil {
		t.Errorf("%+v", e)
	}
}

// What the command reads for one goal is all that it depends on.
func TestEnoughIsRead(t *testing.T) {
	cluster := load(t)
	c := cluster.Client()
	some(read(t, c), func(kind string, o client.Object) {
		got, err := printed(t, cluster, c, o.GetNamespace(), terminal.Screen{Width: 80}, kind, o.GetName(), "-o", "json")
		var e explain.Explanation
		if err == nil {
			err = json.Unmarshal([]byte(got), &e)
		}
		if err != nil || !e.Written.Same || len(e.Withheld) > 0 {
			t.Errorf("%s %s/%s: %v %s %v", kind, o.GetNamespace(), o.GetName(), err, e.Written.Text, e.Withheld)
		}
	})
}

func TestAlignmentGrace(t *testing.T) {
	cluster := load(t)
	got, err := printed(t, cluster, nil, "platform", terminal.Screen{Width: 100, Unicode: true}, "kpi/deployment-frequency", "--alignment-grace", "60d")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"counts from 60d before", "yes: until 2026-12-11", "True, BetweenPeriods", "it runs with other flags"} {
		if !strings.Contains(strings.Join(strings.Fields(got), " "), want) {
			t.Errorf("%q is not said in\n%s", want, got)
		}
	}
}

func TestNamespaceInTheName(t *testing.T) {
	cluster := load(t)
	want, err := printed(t, cluster, nil, "social", terminal.Screen{Width: 80}, "kr/influencer-leads")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"KeyResult", "social/influencer-leads"}, {"kr/social/influencer-leads"}} {
		if got, err := printed(t, cluster, nil, "elsewhere", terminal.Screen{Width: 80}, args...); err != nil || got != want {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestRefused(t *testing.T) {
	cluster := load(t)
	cases := []struct {
		reason string
		args   []string
		want   string
	}{
		{"no goal", nil, "which goal? write NAME or KIND/NAME"},
		{"an unknown kind", []string{"pods", "x"}, `"pods" is no kind of goal`},
		{"two goals", []string{"kr/a", "kr/b", "kr/c"}, "one goal at a time"},
		{"no name", []string{"kr", "social/"}, `"kr social/" is no name`},
		{"too many parts", []string{"kr/a/b/c"}, `"kr/a/b/c" is no name`},
		{"an unknown format", []string{"kr/influencer-leads", "-o", "yaml"}, "write text or json"},
		{"a goal that is not there: those that are", []string{"obj/communty"}, `there is no objective "communty" in namespace social: did you mean objective/community?`},
		{"a name without a kind that is nearly one", []string{"influencer-led"}, `there is no goal "influencer-led" in namespace social: did you mean keyresult/influencer-leads?`},
		{"a goal of another kind", []string{"obj/influencer-leads"}, `there is no objective "influencer-leads" in namespace social, but keyresult/influencer-leads -n social`},
		{"goals of other namespaces", []string{"satisfaction"}, `in namespace social, but keyresult/satisfaction -n sales, keyresult/satisfaction -n web-agency`},
		{"a name like no other: those that there are", []string{"kr/qqqqqqqqqq"}, "there are keyresult/comments-per-post, keyresult/influencer-leads, keyresult/live-audience, keyresult/story-views"},
		{"nothing in the namespace", []string{"nowhere/qqqq"}, `there is no goal "qqqq" in namespace nowhere, nor any other`},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			out, err := printed(t, cluster, nil, "social", terminal.Screen{Width: 80}, c.args...)
			if err == nil || !strings.Contains(err.Error(), c.want) || out != "" {
				t.Errorf("got %v and %q, want %q", err, out, c.want)
			}
		})
	}
}

// edited is the recorded cluster with a key result edited, and nobody evaluating it.
func edited(t *testing.T, cluster recorded.Cluster, namespace, name string, edit func(*v1alpha1.KeyResult)) *goals.Set {
	t.Helper()
	c := cluster.Client()
	kr := &v1alpha1.KeyResult{}
	if err := c.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, kr); err != nil {
		t.Fatal(err)
	}
	edit(kr)
	var objects []client.Object
	set := read(t, c)
	each(set, func(_ string, o client.Object) {
		if o.GetNamespace() != namespace || o.GetName() != name {
			objects = append(objects, o)
		}
	})
	for _, source := range set.Sources {
		objects = append(objects, source)
	}
	for _, n := range set.Namespaces {
		objects = append(objects, n)
	}
	return goals.New(append(objects, kr))
}

func TestStatusOfAnotherGeneration(t *testing.T) {
	cluster := load(t)
	cases := []struct {
		reason string
		edit   func(*v1alpha1.KeyResult)
		health string
		change string
		text   string
	}{
		{"the target was edited, and the controller has not seen it", func(kr *v1alpha1.KeyResult) {
			kr.Generation++
			target := v1alpha1.Decimal("44")
			kr.Spec.Reach.Target = &target
		}, "AtRisk", "Transition", "about generation 1 of the spec, and the spec is at generation 2"},
		{"the query was edited: nobody has asked it", func(kr *v1alpha1.KeyResult) {
			kr.Generation++
			kr.Spec.Metric.Query, kr.Spec.Metric.Window = "sum(other)", ""
		}, "Unknown", "Transition", "the source has not been asked"},
		{"never evaluated", func(kr *v1alpha1.KeyResult) {
			kr.Status = v1alpha1.KeyResultStatus{ObservedGeneration: -1}
		}, "Unknown", "First", "has not evaluated this goal yet"},
		{"somebody has changed what is written", func(kr *v1alpha1.KeyResult) { kr.Status.Health = "OnTrack" },
			"OffTrack", "Transition", "differs in more than numbers"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			set := edited(t, cluster, "social", "influencer-leads", c.edit)
			e := of(t, set, "KeyResult", "social", "influencer-leads", cluster.Time)
			if e.Health != c.health || e.Written.Change != c.change || !strings.Contains(e.Written.Text, c.text) || len(e.Written.Differences) == 0 {
				t.Errorf("%s, %s: %s %v", e.Health, e.Written.Change, e.Written.Text, e.Written.Differences)
			}
		})
	}
}

func TestHostileText(t *testing.T) {
	cluster := load(t)
	c := cluster.Client()
	kr := &v1alpha1.KeyResult{}
	if err := c.Get(t.Context(), client.ObjectKey{Namespace: "social", Name: "influencer-leads"}, kr); err != nil {
		t.Fatal(err)
	}
	kr.Spec.Title, kr.Spec.Unit = "\x1b[2Jgone", "%\x1b]0;"
	if err := c.Update(t.Context(), kr); err != nil {
		t.Fatal(err)
	}
	for _, screen := range recorded.Screens() {
		screen.Colour = false
		got, err := printed(t, cluster, c, "social", screen, "kr/influencer-leads")
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsRune(got, 0x1b) {
			t.Errorf("an escape sequence is passed on: %q", got)
		}
		for _, r := range got {
			if !screen.Unicode && r > '~' {
				t.Errorf("%q on a screen that knows ASCII only", r)
				break
			}
		}
	}
}
