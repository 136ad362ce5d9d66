package tree_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/tree"
	"okr.dev/controller/internal/gather"
)

// objective is namespace/name below parent, which is another namespace/name or "".
func objective(name, parent string, changes ...func(*v1alpha1.Objective)) client.Object {
	namespace, own, _ := strings.Cut(name, "/")
	o := &v1alpha1.Objective{}
	o.Namespace, o.Name, o.Generation = namespace, own, 1
	o.Spec.Title, o.Spec.Period = "Title of "+own, "2026-Q4"
	o.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromAll}
	if above, its, named := strings.Cut(parent, "/"); named {
		o.Spec.ParentRef = &v1alpha1.ParentReference{Name: its, Namespace: above}
	}
	for _, change := range changes {
		change(o)
	}
	return o
}

func period(p v1alpha1.Period) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) { o.Spec.Period = p }
}

func allowed(from v1alpha1.NamespacesFrom) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) {
		o.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: from}
		if from == v1alpha1.NamespacesFromSelector {
			o.Spec.AllowedNamespaces.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"organisation": "a"}}
		}
	}
}

func labelled(o *v1alpha1.Objective) { o.Labels = map[string]string{"tier": "one"} }

// resolved is what the controller has said of an objective's references.
func resolved(o *v1alpha1.Objective) {
	o.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ResolvedRefsCondition, Status: metav1.ConditionTrue, ObservedGeneration: o.Generation}}
}

func namespace(name string) client.Object {
	n := gather.NamespaceMetadata()
	n.SetName(name)
	n.SetLabels(map[string]string{"organisation": "a"})
	return n
}

// outline is a forest in one line: "a/x(a/y(b/z))", with what is said of a node behind it.
func outline(nodes []*tree.Node) string {
	var texts []string
	for _, n := range nodes {
		text := n.Namespace + "/" + n.Name
		if len(n.Ring) > 0 {
			text += "@" + strings.Join(n.Ring, ">")
		}
		if n.Parent != nil {
			text += "^" + n.Parent.Reason + " " + n.Parent.Name
		}
		if n.Deeper > 0 {
			text += fmt.Sprintf("+%d", n.Deeper)
		}
		if len(n.Children) > 0 {
			text += "(" + outline(n.Children) + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " ")
}

func TestForest(t *testing.T) {
	family := []client.Object{
		objective("co/top", ""), objective("a/one", "co/top", labelled), objective("a/two", "a/one"), objective("b/three", "a/one"),
		objective("b/four", "co/top"), objective("c/alone", ""),
	}
	ring := []client.Object{objective("a/x", "b/y"), objective("b/y", "c/z"), objective("c/z", "a/x"), objective("d/below", "b/y")}
	cases := map[string]struct {
		reason    string
		objects   []client.Object
		withheld  []string
		selection tree.Selection
		want      string
		above     string
	}{
		"All":           {"each below the one that it serves", family, nil, tree.Selection{}, "c/alone co/top(a/one(a/two b/three) b/four)", ""},
		"Namespace":     {"what stands above and below, not beside", family, nil, tree.Selection{Namespace: "a"}, "co/top(a/one(a/two b/three))", ""},
		"Leaf":          {"two of a namespace in one tree are drawn once", family, nil, tree.Selection{Namespace: "b"}, "co/top(a/one(b/three) b/four)", ""},
		"Name":          {"the subtree, and those above apart", family, nil, tree.Selection{Namespace: "a", Name: "one"}, "a/one(a/two b/three)", "co/top"},
		"NameBelow":     {"all above, from the top", family, nil, tree.Selection{Namespace: "b", Name: "three"}, "b/three", "co/top a/one"},
		"Labels":        {"labels select as a namespace does", family, nil, tree.Selection{Labels: labels.SelectorFromSet(labels.Set{"tier": "one"})}, "co/top(a/one(a/two b/three))", ""},
		"Both":          {"labels within a namespace", family, nil, tree.Selection{Namespace: "b", Labels: labels.SelectorFromSet(labels.Set{"tier": "one"})}, "", ""},
		"Cycle":         {"drawn once, from the first, and named; what hangs on it too", ring, nil, tree.Selection{}, "a/x@a/x>b/y>c/z(c/z@c/z>a/x>b/y(b/y@b/y>c/z>a/x(d/below)))", ""},
		"CycleByName":   {"drawn from the one that was asked for", ring, nil, tree.Selection{Namespace: "c", Name: "z"}, "c/z@c/z>a/x>b/y(b/y@b/y>c/z>a/x(a/x@a/x>b/y>c/z d/below))", ""},
		"CycleAbove":    {"the line above one below a cycle ends", ring, nil, tree.Selection{Namespace: "d", Name: "below"}, "d/below", "a/x c/z b/y"},
		"CycleOfOne":    {"its own parent", []client.Object{objective("a/x", "a/x")}, nil, tree.Selection{}, "a/x@a/x", ""},
		"CycleRefused":  {"a parent that does not consent closes no cycle", []client.Object{objective("a/x", "b/y", allowed(v1alpha1.NamespacesFromSame)), objective("b/y", "a/x")}, nil, tree.Selection{}, "b/y^Refused a/x(a/x)", ""},
		"Missing":       {"a parent that is not there is said", []client.Object{objective("a/x", "b/none")}, nil, tree.Selection{}, "a/x^Missing b/none", ""},
		"Withheld":      {"one that may not be read is not missing", []client.Object{objective("a/x", "b/none")}, []string{"Objective b/none"}, tree.Selection{}, "a/x^Withheld b/none", ""},
		"Refused":       {"not drawn below a parent that does not consent", []client.Object{objective("co/top", "", allowed(v1alpha1.NamespacesFromSame)), objective("a/x", "co/top")}, nil, tree.Selection{}, "a/x^Refused co/top co/top", ""},
		"Selector":      {"consent by the labels of a namespace", []client.Object{namespace("a"), objective("co/top", "", allowed(v1alpha1.NamespacesFromSelector)), objective("a/x", "co/top"), objective("b/x", "co/top")}, nil, tree.Selection{}, "b/x^Refused co/top co/top(a/x)", ""},
		"NoLabels":      {"labels that may not be read decide nothing", []client.Object{objective("co/top", "", allowed(v1alpha1.NamespacesFromSelector)), objective("a/x", "co/top")}, []string{"namespaces"}, tree.Selection{}, "a/x^Withheld co/top co/top", ""},
		"ControllerSaw": {"but the controller has read them", []client.Object{objective("co/top", "", allowed(v1alpha1.NamespacesFromSelector)), objective("a/x", "co/top", resolved)}, []string{"namespaces"}, tree.Selection{}, "co/top(a/x)", ""},
		"ControllerSawBefore": {"of what was written before it said nothing", []client.Object{objective("co/top", "", allowed(v1alpha1.NamespacesFromSelector)),
			objective("a/x", "co/top", resolved, func(o *v1alpha1.Objective) { o.Generation++ })}, []string{"namespaces"}, tree.Selection{}, "a/x^Withheld co/top co/top", ""},
		"Order": {"by when a period begins, the longer first, then by name; none at the end", []client.Object{
			objective("a/a", "", period("whenever")), objective("a/b", "", period("2026-Q4")), objective("a/c", "", period("2026")),
			objective("b/d", "", period("2026-01-01/2026-12-31")), objective("a/e", "", period("2026-Q1")), objective("b/a", "", period("2026"))}, nil,
			tree.Selection{}, "a/c b/a b/d a/e a/b a/a", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			set := goals.New(c.objects)
			set.Withheld = c.withheld
			forest, found := tree.Objectives(set, c.selection)
			if !found {
				t.Fatalf("%s: not found", c.reason)
			}
			if diff := cmp.Diff(c.want, outline(forest.Roots)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			if diff := cmp.Diff(c.above, outline(strip(forest.Above))); diff != "" {
				t.Errorf("%s: above (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// strip leaves only the names of nodes.
func strip(nodes []*tree.Node) []*tree.Node {
	var bare []*tree.Node
	for _, n := range nodes {
		bare = append(bare, &tree.Node{Namespace: n.Namespace, Name: n.Name})
	}
	return bare
}

func TestDepthIsBounded(t *testing.T) {
	const levels = 20000
	var objects []client.Object
	parent := ""
	for i := range levels {
		name := fmt.Sprintf("a/x%05d", i)
		objects = append(objects, objective(name, parent))
		parent = name
	}
	forest, _ := tree.Objectives(goals.New(objects), tree.Selection{})
	n, drawn := forest.Roots[0], 1
	for len(n.Children) > 0 {
		n, drawn = n.Children[0], drawn+1
	}
	if drawn != 33 || n.Deeper != levels-drawn {
		t.Errorf("%d levels are drawn and %d counted below; want 33, and the rest counted", drawn, n.Deeper)
	}
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(forest); err != nil {
		t.Error(err)
	}
}

func TestKPIsStandBelowWhatTheyDrive(t *testing.T) {
	kpi := func(name, drives string) client.Object {
		namespace, own, _ := strings.Cut(name, "/")
		k := &v1alpha1.KPI{}
		k.Namespace, k.Name = namespace, own
		k.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromAll}
		if above, its, named := strings.Cut(drives, "/"); named {
			k.Spec.ParentRef = &v1alpha1.KPIReference{Name: its, Namespace: above}
		}
		return k
	}
	set := goals.New([]client.Object{kpi("co/revenue", ""), kpi("a/leads", "co/revenue"), kpi("a/visits", "a/leads"), kpi("b/lost", "b/none"), kpi("b/round", "b/round")})
	forest, _ := tree.KPIs(set, tree.Selection{})
	if diff := cmp.Diff("b/lost^Missing b/none b/round@b/round co/revenue(a/leads(a/visits))", outline(forest.Roots)); diff != "" {
		t.Error(diff)
	}
	if need := forest.Roots[0].Need; need != "Unknown" {
		t.Errorf("whether a KPI without a status needs an objective is %q", need)
	}
	if _, found := tree.KPIs(set, tree.Selection{Namespace: "a", Name: "none"}); found {
		t.Error("a KPI that is not there was found")
	}
}
