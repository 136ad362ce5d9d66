package status_test

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/status"
	"okr.dev/controller/internal/cli/terminal"
)

//go:embed testdata/bakery.yaml
var bakery []byte

// world is a cluster with the client that serves it.
type world struct {
	recorded.Cluster
	client client.WithWatch
}

// troubled is the recorded cluster with a bakery in trouble beside it.
func troubled(t *testing.T) *world {
	t.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	documents := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(bakery), 4096)
	for {
		var object unstructured.Unstructured
		if err := documents.Decode(&object); errors.Is(err, io.EOF) {
			return &world{cluster, cluster.Client()}
		} else if err != nil {
			t.Fatal(err)
		}
		cluster.Items = append(cluster.Items, object.Object)
	}
}

// run runs the command in a namespace.
func run(t *testing.T, cluster *world, namespace string, screen terminal.Screen, args ...string) (string, error) {
	t.Helper()
	env, ran := cluster.Environment(namespace, screen, "")
	env.Cluster = func() (client.WithWatch, error) { return cluster.client, nil }
	cmd := quiet(env, args)
	err := cmd.ExecuteContext(t.Context())
	if ran.Err.Len() > 0 {
		t.Errorf("it wrote to standard error: %s", ran.Err.String())
	}
	return ran.Out.String(), err
}

func quiet(env *command.Environment, args []string) *cobra.Command {
	cmd := status.Command(env)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	return cmd
}

func TestGolden(t *testing.T) {
	cluster := troubled(t)
	for _, c := range []struct{ name, namespace, args string }{
		{"at-risk", "social", "community"},
		{"on-track", "platform", "boringly-reliable"},
		{"achieved", "platform", "deploys-are-a-non-event"},
		{"missed", "marketing", "found-by-the-right-people"},
		{"draft", "platform", "teams-help-themselves"},
		{"children", "company", "double-earnings"},
		{"off-track", "bakery", "ovens-never-stop"},
		{"unknown", "bakery", "people-talk-about-our-bread"},
		{"cancelled", "bakery", "second-shop"},
		{"no-review", "bakery", "summer-menu"},
		{"no-final", "bakery", "market-stall"},
		{"unseen", "bakery", "written-a-moment-ago"},
		{"stalled", "bakery", "in-atlantis"},
		{"all", "default", "-A"},
		{"sales", "sales", ""},
		{"bakery", "bakery", ""},
		{"empty", "default", ""},
	} {
		screens := recorded.Narrow()
		if c.name == "off-track" || c.name == "all" || c.name == "bakery" { // they have all that is drawn
			screens = recorded.Screens()
		}
		for width, screen := range screens {
			t.Run(c.name+"-"+width, func(t *testing.T) {
				out, err := run(t, cluster, c.namespace, screen, strings.Fields(c.args)...)
				if err != nil {
					t.Fatal(err)
				}
				recorded.Golden(t, c.name+"-"+width, out)
			})
		}
	}
}

func TestJSON(t *testing.T) {
	cluster := troubled(t)
	for _, c := range []struct{ name, namespace, args string }{
		{"objective", "bakery", "ovens-never-stop -o json"},
		{"summary", "bakery", "-o json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := run(t, cluster, c.namespace, terminal.Screen{Width: 100}, strings.Fields(c.args)...)
			if err != nil {
				t.Fatal(err)
			}
			var document map[string]any
			if err := json.Unmarshal([]byte(out), &document); err != nil {
				t.Fatal(err)
			}
			recorded.Golden(t, c.name+"-json", out)
		})
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	cluster := troubled(t)
	for _, c := range []struct{ reason, namespace, args, want string }{
		{"a slip of the pen", "sales", "new-prospekts", "did you mean new-prospects?"},
		{"part of a name", "mobile-app", "buyers", "did you mean buyers-come-back?"},
		{"another namespace", "default", "new-prospects", "but in sales/new-prospects: write -n sales"},
		{"nothing near", "sales", "xyz", "kubectl okr status -n sales lists them"},
		{"no goals there", "default", "xyz", "kubectl okr status -A shows those of all namespaces"},
		{"nowhere", "default", "xyz -A", "there is no objective \"xyz\" in any namespace"},
		{"near, somewhere", "default", "new-prospekts -A", "did you mean sales/new-prospects?"},
		{"a key result", "sales", "satisfaction", "its objective is new-prospects"},
		{"a KPI", "sales", "closed-deals", "kubectl okr explain kpi/closed-deals"},
		{"an output that is none", "sales", "-o yaml", "write text or json"},
		{"a selector that is none", "sales", "-l =", "write labels such as team=checkout"},
		{"a name and a selector", "sales", "new-prospects -l a=b", "write one of them"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			out, err := run(t, cluster, c.namespace, terminal.Screen{Width: 80}, strings.Fields(c.args)...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if out != "" {
				t.Errorf("it printed %q", out)
			}
		})
	}
}

func TestANameMayBeWrittenAsItIsPrinted(t *testing.T) {
	cluster := troubled(t)
	want, err := run(t, cluster, "sales", terminal.Screen{Width: 80}, "new-prospects")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"sales/new-prospects"}, {"-A", "new-prospects"}} {
		if got, err := run(t, cluster, "default", terminal.Screen{Width: 80}, args...); err != nil || got != want {
			t.Errorf("status %v: %v\n%s", args, err, got)
		}
	}
}

func TestNothingFromTheClusterMovesTheCursor(t *testing.T) {
	out, err := run(t, troubled(t), "bakery", terminal.Screen{Width: 80, Unicode: true}, "ovens-never-stop")
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsRune(out, '\x1b') {
		t.Errorf("a title's escape sequence is printed: %q", out)
	}
}

func TestASelectorSelectsObjectives(t *testing.T) {
	out, err := run(t, troubled(t), "bakery", terminal.Screen{Width: 80}, "-l", "team=shop", "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	var s status.Summary
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Objectives) != 1 || s.Objectives[0].Name != "fewer-leftovers" || len(s.KPICounts) != 0 {
		t.Errorf("objectives %v, KPIs %v: only fewer-leftovers has the label", s.Objectives, s.KPICounts)
	}
	out, err = run(t, troubled(t), "bakery", terminal.Screen{Width: 80}, "-l", "team=nobody")
	if err != nil || !strings.Contains(strings.Join(strings.Fields(out), " "), "with the labels team=nobody") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A width that is promised is kept, but for what is typed again: names and the numbers beside them.
func TestLinesFitTheScreen(t *testing.T) {
	cluster := troubled(t)
	for _, screen := range recorded.Screens() {
		for _, args := range []string{"-A", "bakery/ovens-never-stop", "company/double-earnings", "social/community", "platform/deploys-are-a-non-event"} {
			out, err := run(t, cluster, "default", screen, args)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(out, "\n") {
				if width := terminal.Width(line); width > screen.Width {
					t.Errorf("status %s: %d columns on a screen of %d: %s", args, width, screen.Width, line)
				}
			}
		}
	}
}

// Whoever may read one namespace alone sees its objectives, and what is not known.
func TestTheRoleViewInOneNamespaceIsEnough(t *testing.T) {
	cluster := troubled(t)
	refuse := func(namespace string) error {
		if namespace == "social" {
			return nil
		}
		return apierrors.NewForbidden(schema.GroupResource{Group: "goals.okr.dev", Resource: "objectives"}, "", errors.New("no"))
	}
	cluster.client = interceptor.NewClient(cluster.client, interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, into client.Object, options ...client.GetOption) error {
			if err := refuse(key.Namespace); err != nil {
				return err
			}
			return c.Get(ctx, key, into, options...)
		},
		List: func(ctx context.Context, c client.WithWatch, into client.ObjectList, options ...client.ListOption) error {
			var asked client.ListOptions
			asked.ApplyOptions(options)
			if err := refuse(asked.Namespace); err != nil {
				return err
			}
			return c.List(ctx, into, options...)
		},
	})
	out, err := run(t, cluster, "social", terminal.Screen{Width: 80, Unicode: true}, "community")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"▲ AtRisk", "company/double-earnings", "you may not read it", "Not known", "goals in other namespaces"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if out, err := run(t, cluster, "social", terminal.Screen{Width: 80}); err != nil || !strings.Contains(out, "1 objective of the present cycle") {
		t.Errorf("the summary: %v\n%s", err, out)
	}
	if _, err := run(t, cluster, "social", terminal.Screen{Width: 80}, "-A"); err == nil || !strings.Contains(err.Error(), "name one namespace with -n") {
		t.Errorf("-A: %v", err)
	}
}

func TestTheMostUrgentComesFirst(t *testing.T) {
	out, err := run(t, troubled(t), "bakery", terminal.Screen{Width: 80}, "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	var s status.Summary
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range s.Attention {
		got = append(got, string(a.Why)+" "+a.Name)
	}
	want := []string{"OffTrack ovens-never-stop", "Unknown in-atlantis", "Unknown market-stall", "Unknown people-talk-about-our-bread",
		"Unknown written-a-moment-ago", "Unknown loaves-sold", "AtRisk fewer-leftovers", "NeedsObjective queue-length", "NoReview summer-menu"}
	if !slices.Equal(got, want) {
		t.Errorf("attention is\n%v\nwant\n%v", got, want)
	}
}

func TestANameThatIsNone(t *testing.T) {
	for _, name := range []string{"", "/", "sales/", "/new-prospects"} {
		if out, err := run(t, troubled(t), "sales", terminal.Screen{Width: 80}, name); err == nil || !strings.Contains(err.Error(), "is no name: write NAME") {
			t.Errorf("%q is no name, and not everything: %v\n%s", name, err, out)
		}
	}
}
