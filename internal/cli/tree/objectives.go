package tree

import (
	"cmp"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/okr"
)

// Selection says what is drawn.
type Selection struct {
	// Namespace whose objects are drawn; empty: those of all.
	Namespace string
	// Name of the one below which is drawn; empty: all that the labels match.
	Name   string
	Labels labels.Selector
	// KeyResults are drawn too.
	KeyResults bool
}

func (s Selection) includes(o client.Object) bool {
	return (s.Namespace == "" || o.GetNamespace() == s.Namespace) && (s.Labels == nil || s.Labels.Matches(labels.Set(o.GetLabels())))
}

// Objectives is the cascade of objectives: each stands below the one that it serves. It is false if the selection names one
// that is not there.
func Objectives(set *goals.Set, selection Selection) (Forest, bool) {
	nodes := make([]*Node, 0, len(set.Objectives))
	of := make(map[*v1alpha1.Objective]*Node, len(set.Objectives))
	for _, o := range set.Objectives {
		n := objectiveNode(o)
		n.Selected = selection.includes(o)
		if selection.KeyResults {
			for _, kr := range set.KeyResultsOf(o) {
				n.KeyResults = append(n.KeyResults, keyResultNode(kr))
			}
		}
		nodes, of[o] = append(nodes, n), n
	}
	for _, o := range set.Objectives {
		parent, resolution := set.Parent(o)
		key, _ := gather.ParentKey(o)
		of[o].stand(of[parent], key, resolution)
	}
	return selection.plant(nodes, set.Withheld)
}

// KPIs is the tree of KPIs: each stands below the one that it drives. It is false if the selection names one that is not
// there.
func KPIs(set *goals.Set, selection Selection) (Forest, bool) {
	nodes := make([]*Node, 0, len(set.KPIs))
	of := make(map[*v1alpha1.KPI]*Node, len(set.KPIs))
	for _, k := range set.KPIs {
		n := kpiNode(k)
		n.Selected = selection.includes(k)
		nodes, of[k] = append(nodes, n), n
	}
	for _, k := range set.KPIs {
		driven, resolution := set.Driven(k)
		key, _ := gather.DrivenKey(k)
		of[k].stand(of[driven], key, resolution)
	}
	return selection.plant(nodes, set.Withheld)
}

// stand puts a node below its parent, if that may be drawn above it.
func (n *Node) stand(parent *Node, key client.ObjectKey, resolution goals.Resolution) {
	switch resolution {
	case goals.Unnamed:
	case goals.Resolved:
		n.above = parent
	default:
		n.Parent = &Elsewhere{Name: key.String(), Reason: string(resolution)}
	}
}

func (s Selection) plant(nodes []*Node, withheld []string) (Forest, bool) {
	var forest Forest
	if s.Name == "" {
		forest = plant(nodes)
	} else {
		root := find(nodes, s.Namespace, s.Name)
		if root == nil {
			return forest, false
		}
		for _, n := range nodes {
			n.Selected = false
		}
		forest = plantOne(nodes, root)
	}
	forest.Withheld = withheld
	return forest, true
}

func find(nodes []*Node, namespace, name string) *Node {
	for _, n := range nodes {
		if n.Namespace == namespace && n.Name == name {
			return n
		}
	}
	return nil
}

func objectiveNode(o *v1alpha1.Objective) *Node {
	n := &Node{
		Kind: "Objective", Namespace: o.Namespace, Name: o.Name, Title: o.Spec.Title, Level: string(o.Spec.Level),
		Owner: owner(o.Spec.Owner), Period: string(o.Spec.Period), Cycle: o.Spec.Cycle,
		Health: cmp.Or(string(o.Status.Health), NotEvaluated), Progress: o.Status.ProgressPercent, Expected: o.Status.ExpectedPercent,
	}
	n.Outdated = outdated(string(o.Status.Health), o.Generation, o.Status.ObservedGeneration)
	if period, err := okr.ParsePeriod(n.Period); err == nil {
		n.period = period
	}
	return n
}

func keyResultNode(kr *v1alpha1.KeyResult) *Node {
	return &Node{
		Kind: "KeyResult", Namespace: kr.Namespace, Name: kr.Name, Title: kr.Spec.Title, Owner: owner(kr.Spec.Owner),
		Health: cmp.Or(string(kr.Status.Health), NotEvaluated), Progress: kr.Status.ProgressPercent, Expected: kr.Status.ExpectedPercent,
		Value: kr.Status.Value, Target: kr.Status.Target, Outdated: outdated(string(kr.Status.Health), kr.Generation, kr.Status.ObservedGeneration),
	}
}

func kpiNode(k *v1alpha1.KPI) *Node {
	n := &Node{
		Kind: "KPI", Namespace: k.Namespace, Name: k.Name, Title: k.Spec.Title, Level: string(k.Spec.Level),
		Owner: owner(k.Spec.Owner), Health: cmp.Or(string(k.Status.Health), NotEvaluated), Value: k.Status.Value, Target: k.Status.Target,
		Need: string(okr.Neither),
	}
	n.Outdated = outdated(string(k.Status.Health), k.Generation, k.Status.ObservedGeneration)
	if trend := k.Status.Trend; trend != nil {
		n.Trend = trend.Summary
	}
	if aligned := k.Status.AlignedObjectives; aligned != nil {
		n.Objectives = aligned.Count
	}
	if c := meta.FindStatusCondition(k.Status.Conditions, v1alpha1.NeedsObjectiveCondition); c != nil {
		n.Need = string(c.Status)
	}
	return n
}

// owner is who answers for something, as it is shown: the team, else the person, else where to reach them.
func owner(o *v1alpha1.Owner) string {
	if o == nil {
		return ""
	}
	return cmp.Or(o.Team, o.Person, o.Contact)
}
