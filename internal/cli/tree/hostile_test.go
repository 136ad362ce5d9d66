package tree_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/cli/tree"
)

// drawn is what the command prints of objects, some of which may not be read.
func drawn(t *testing.T, namespace string, objects []client.Object, readable func(kind, namespace string) bool, args ...string) string {
	t.Helper()
	refuse := func(kind, namespace string) error {
		if readable == nil || readable(kind, namespace) {
			return nil
		}
		return apierrors.NewForbidden(schema.GroupResource{Resource: kind}, "", nil)
	}
	c := interceptor.NewClient(fake.NewClientBuilder().WithScheme(command.Scheme()).WithObjects(objects...).Build(), interceptor.Funcs{
		List: func(ctx context.Context, c client.WithWatch, list client.ObjectList, options ...client.ListOption) error {
			var of client.ListOptions
			of.ApplyOptions(options)
			if err := refuse(kindOf(list), of.Namespace); err != nil {
				return err
			}
			return c.List(ctx, list, options...)
		},
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, into client.Object, options ...client.GetOption) error {
			if err := refuse(kindOf(into), key.Namespace); err != nil {
				return err
			}
			return c.Get(ctx, key, into, options...)
		},
	})
	env, run := recorded.Cluster{}.Environment(namespace, terminal.Screen{Width: 80, Unicode: true}, "")
	env.Cluster = func() (client.WithWatch, error) { return c, nil }
	cmd := tree.Command(env)
	cmd.SetArgs(append([]string{}, args...))
	cmd.SetContext(t.Context())
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	return run.Out.String()
}

func kindOf(object any) string {
	switch object.(type) {
	case *v1alpha1.Objective, *v1alpha1.ObjectiveList:
		return "objectives"
	case *v1alpha1.KeyResult, *v1alpha1.KeyResultList:
		return "keyresults"
	case *v1alpha1.KPI, *v1alpha1.KPIList:
		return "kpis"
	case *v1alpha1.MetricSource, *v1alpha1.MetricSourceList:
		return "metricsources"
	default:
		return "namespaces"
	}
}

// hostile is a title that means to be more than text.
const hostile = "x\x1b[31m\"]:::evil\n  click n1 href \"javascript:alert(1)\" %%{init: {}}%% `**b**` <script>alert(1)</script> #quot; &amp; end ; | \\ 😀"

func TestHostileTitles(t *testing.T) {
	objects := []client.Object{objective("a/top", "", func(o *v1alpha1.Objective) {
		o.Spec.Title, o.Spec.Owner = hostile, &v1alpha1.Owner{Team: hostile[:60]}
	}), objective("a/below", "a/top")}
	diagram := drawn(t, "a", objects, nil, "-o", "mermaid")
	line := regexp.MustCompile(`^(flowchart LR|  n\d+\["(<b>|</b>|<br>|#\d+;|[^"<>#&;:{}\[\]|\\` + "`" + `*_~$@!])*"\]:::[a-z]+|  n\d+ --> n\d+|  classDef [a-z]+ [a-z0-9:#,]+)$`)
	for _, l := range strings.Split(strings.TrimSuffix(diagram, "\n"), "\n") {
		if !line.MatchString(l) {
			t.Errorf("a line of the diagram is more than a node, an edge or a class: %q", l)
		}
	}
	if !strings.Contains(diagram, "#60;script#62;") || !strings.Contains(diagram, "😀") {
		t.Errorf("the title is not shown as it was written:\n%s", diagram)
	}
	if text := drawn(t, "a", objects, nil); strings.ContainsRune(text, '\x1b') || strings.Count(text, "\n") != 3 {
		t.Errorf("the title reaches the terminal: %q", text)
	}
}

func TestWithheldIsSaid(t *testing.T) {
	objects := []client.Object{
		objective("co/top", "", allowed(v1alpha1.NamespacesFromSelector)), objective("a/seen", "co/top"), objective("a/known", "co/top", resolved),
		objective("a/lost", "b/none"), objective("b/child", "a/seen"),
		namespace("a"), namespace("b"), namespace("co"),
	}
	cases := map[string]struct {
		reason   string
		readable func(kind, namespace string) bool
		args     []string
	}{
		"own-namespace":  {"a tenant reads only its own namespace", func(_, namespace string) bool { return namespace == "a" }, nil},
		"two-namespaces": {"and the one above, not the labels that decide", func(_, namespace string) bool { return namespace == "a" || namespace == "co" }, nil},
		"whole":          {"who may read everything is told the truth", nil, nil},
		"one-withheld":   {"the parent of the one that was asked for", func(_, namespace string) bool { return namespace == "a" }, []string{"seen"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			recorded.Golden(t, "withheld-"+name, drawn(t, "a", objects, c.readable, c.args...))
		})
	}
}

func TestCycleIsDrawnOnce(t *testing.T) {
	objects := []client.Object{objective("a/x", "b/y"), objective("b/y", "c/z"), objective("c/z", "a/x"), objective("a/below", "b/y")}
	recorded.Golden(t, "cycle", drawn(t, "a", objects, nil, "-A"))
	recorded.Golden(t, "cycle-above", drawn(t, "a", objects, nil, "below"))
	recorded.Golden(t, "cycle-mermaid", drawn(t, "a", objects, nil, "-A", "-o", "mermaid"))
}

// What was edited since the controller looked at it has a verdict of before, which must not pass for one of now.
func TestOutdated(t *testing.T) {
	seen := func(generation, observed int64) func(*v1alpha1.Objective) {
		return func(o *v1alpha1.Objective) {
			o.Generation, o.Status.ObservedGeneration, o.Status.Health = generation, observed, v1alpha1.HealthOnTrack
		}
	}
	objects := []client.Object{objective("a/edited", "", seen(3, 2)), objective("a/as-seen", "", seen(2, 2)), objective("a/new", "")}
	for output, want := range map[string]string{"text": "of before: edited.", "json": `"outdated": true`, "mermaid": "of before the newest edit"} {
		if out := strings.Join(strings.Fields(drawn(t, "a", objects, nil, "-o", output)), " "); strings.Count(out, want) != 1 {
			t.Errorf("-o %s says of one objective that it was edited:\n%s", output, out)
		}
	}
}
