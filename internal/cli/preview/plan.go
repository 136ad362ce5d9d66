package preview

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/simulate"
)

// plan is one run under way.
type plan struct {
	*options
	env   *command.Environment
	paths []string
	at    time.Time
	// past says that the instant was given: what the controller remembers may be of later.
	past bool

	// files are those of now, base those of the commit that they are compared with.
	files, base written
	// cluster is nil where it is not looked at.
	cluster *goals.Set
	// is are the goals with the files applied, was without; nil where nothing is compared.
	is, was *goals.Set
	notes   []string
}

// gather reads files and cluster, and makes the sets that are evaluated.
func (p *plan) gather(ctx context.Context) error {
	namespace, err := p.env.Namespace()
	if err != nil {
		return err
	}
	files, err := load(p.paths, p.env.In)
	if err != nil {
		return err
	}
	if p.files, err = readFiles(ctx, files, namespace); err != nil {
		return err
	}
	if p.against != "" && p.against != againstCluster {
		then, rest, err := atRef(ctx, p.against, p.paths)
		if err != nil {
			return err
		}
		if p.base, err = readFiles(ctx, then, namespace); err != nil {
			return fmt.Errorf("--against %s: %w", p.against, err)
		}
		if err := p.follow(ctx, rest, namespace); err != nil {
			return err
		}
	}
	if p.files.count() == 0 && p.base.count() == 0 {
		return fmt.Errorf("there are no goals in %s: Objectives, KeyResults or KPIs of %s", strings.Join(p.paths, ", "), v1alpha1.GroupVersion.Group)
	}
	if p.fromCluster || p.against == againstCluster {
		if err := p.readCluster(ctx); err != nil {
			return err
		}
	}
	p.combine()
	return nil
}

// readCluster reads all goals that may be read, or else those of the files' namespaces.
func (p *plan) readCluster(ctx context.Context) error {
	set, err := p.env.Goals(ctx, goals.Scope{})
	if apierrors.IsForbidden(err) {
		set, err = p.readNamespaces(ctx)
	}
	if err != nil {
		return err
	}
	if p.past {
		set = asOf(set)
	}
	for _, what := range set.Withheld {
		p.note("You may not read %s: what they decide is not known, and counts as not there.", what)
	}
	p.cluster = set
	return nil
}

func (p *plan) readNamespaces(ctx context.Context) (*goals.Set, error) {
	seen := map[id]bool{}
	withheld := []string{"goals in other namespaces"}
	var objects []client.Object
	for _, namespace := range p.namespaces() {
		set, err := p.env.Goals(ctx, goals.Scope{Namespace: namespace})
		if err != nil {
			return nil, err
		}
		for _, o := range all(set) {
			if !seen[idOf(o)] {
				seen[idOf(o)] = true
				objects = append(objects, o)
			}
		}
		withheld = append(withheld, set.Withheld...)
	}
	slices.Sort(withheld)
	set := goals.New(objects)
	set.Withheld = slices.Compact(withheld)
	return set, nil
}

// namespaces are those of the goals in the files of both sides, sorted.
func (p *plan) namespaces() []string {
	var names []string
	for _, o := range slices.Concat(p.files.objects, p.base.objects) {
		if idOf(o).isGoal() {
			names = append(names, o.GetNamespace())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// combine makes the sets.
func (p *plan) combine() {
	gone := map[id]bool{}
	for i := range p.base.where {
		if p.files.where[i] == "" {
			gone[i] = true
		}
	}
	if p.against == againstCluster {
		p.missing(gone)
	}
	p.is = overlay(p.cluster, p.files.objects, gone, p.at)
	switch p.against {
	case "":
	case againstCluster:
		p.was = p.cluster
	default:
		p.was = overlay(p.cluster, p.base.objects, nil, p.at)
	}
	if p.cluster == nil || slices.Contains(p.cluster.Withheld, "metricsources") {
		p.is = withSources(p.is)
		if p.was != nil {
			p.was = withSources(p.was)
		}
	}
	p.noteUnknown()
}

// missing finds the goals of the cluster that are not in the files although what they belong to is: they are deleted, or
// told of.
func (p *plan) missing(gone map[id]bool) {
	var stay []string
	for _, o := range all(p.cluster) {
		i := idOf(o)
		if !i.isGoal() || p.files.where[i] != "" || !slices.Contains(p.namespaces(), i.Namespace) {
			continue
		}
		kr, ok := o.(*v1alpha1.KeyResult)
		switch {
		case p.prune:
			gone[i] = true
		case ok && p.files.where[id{"Objective", kr.Namespace, kr.Spec.ObjectiveRef.Name}] != "":
			stay = append(stay, i.String())
		}
	}
	if len(stay) > 0 {
		p.note("In the cluster and not in the files: %s. They stay unless they are deleted; --prune shows what that does.", enumerate(stay))
	}
}

// maxNamed is how many names a note lists.
const maxNamed = 10

func enumerate(names []string) string {
	if more := len(names) - maxNamed; more > 0 {
		names = append(slices.Clone(names[:maxNamed]), fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

func (p *plan) note(format string, arguments ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, arguments...))
}

// noteUnknown says what a verdict could hang on that is not known.
func (p *plan) noteUnknown() {
	if missing := p.unanswered(p.shown(p.is)); len(missing) > 0 {
		p.note("No address is given for MetricSource %s (--prometheus URL, or NAME=URL): what is measured there is not known.", strings.Join(missing, ", "))
	}
	asked := sourceNames(p.is)
	for _, name := range slices.Sorted(maps.Keys(p.named)) {
		if !slices.Contains(asked, name) {
			p.note("--prometheus names MetricSource %s, which no goal here asks.", name)
		}
	}
	if names := outside(p.is); p.cluster == nil && len(names) > 0 {
		p.note("Outside of the files: %s. Whether they exist and are shared is not known, and they count as not there: add their files, or read the cluster with --from-cluster.",
			enumerate(names))
	}
	known := map[string]bool{}
	for _, n := range p.is.Namespaces {
		known[n.Name] = true
	}
	var unlabelled []string
	for _, name := range p.namespaces() {
		if !known[name] {
			unlabelled = append(unlabelled, name)
		}
	}
	if len(unlabelled) > 0 && selects(p.is) {
		p.note("The labels of namespace %s are not known, and what is shared by labels counts as not shared with it: add the Namespace to the files, or read the cluster with --from-cluster.",
			enumerate(unlabelled))
	}
}

// shown is the part of a set that the files of now are.
func (p *plan) shown(set *goals.Set) *goals.Set {
	var objects []client.Object
	for _, o := range all(set) {
		if p.files.where[idOf(o)] != "" {
			objects = append(objects, o)
		}
	}
	return goals.New(objects)
}

// selects reports whether anything in a set is shared by labels.
func selects(set *goals.Set) bool {
	by := func(a *v1alpha1.AllowedNamespaces) bool { return a != nil && a.From == v1alpha1.NamespacesFromSelector }
	return slices.ContainsFunc(set.Objectives, func(o *v1alpha1.Objective) bool { return by(o.Spec.AllowedNamespaces) }) ||
		slices.ContainsFunc(set.KPIs, func(k *v1alpha1.KPI) bool { return by(k.Spec.AllowedNamespaces) }) ||
		slices.ContainsFunc(set.Sources, func(s *v1alpha1.MetricSource) bool {
			return s.Spec.AllowedNamespaces.From == v1alpha1.NamespacesFromSelector || s.Spec.Tenancy != nil
		})
}

// evaluate evaluates the sets.
func (p *plan) evaluate(ctx context.Context) (*report, error) {
	edited := map[id]bool{}
	for _, where := range []map[id]string{p.files.where, p.base.where} {
		for i := range where {
			edited[i] = true
		}
	}
	sets := []*goals.Set{p.is}
	if p.was != nil {
		sets = append(sets, p.was)
		if p.prune {
			for _, o := range all(p.was) {
				if i := idOf(o); i.isGoal() && find(p.is, i) == nil {
					edited[i] = true
				}
			}
		}
	}
	evaluated, err := p.evaluated(ctx, edited, sets)
	if err != nil {
		return nil, err
	}
	askers := p.askers(sets...)
	if err := p.reach(ctx, p.is, p.at); err != nil {
		return nil, err
	}
	answers := simulate.NewAnswers(p.at, askers)
	how := simulate.Options{Settled: true, Evaluated: func(o client.Object) bool { return evaluated[idOf(o)] }}
	r := &report{At: p.at, Against: p.against, Where: p.files.where}
	var was *goals.Set
	before := answers
	if p.was != nil {
		if !sameSources(p.was, p.is) { // the same question may be about another instant then
			before = simulate.NewAnswers(p.at, askers)
		}
		if was, err = simulate.Run(ctx, p.was, before, how); err != nil {
			return nil, err
		}
		promises := map[id]*v1alpha1.Commitment{}
		for _, kr := range was.KeyResults {
			if kr.Status.Frozen != nil {
				promises[idOf(kr)] = kr.Status.Frozen.Commitment
			}
		}
		withPromises(p.is, promises)
	}
	is, err := simulate.Run(ctx, p.is, answers, how)
	if err != nil {
		return nil, err
	}
	for i := range p.files.where {
		if o := find(is, i); o != nil {
			r.Goals = append(r.Goals, goalOf(o))
		}
	}
	slices.SortFunc(r.Goals, func(a, b goal) int { return a.order(b.id) })
	if was != nil {
		r.Before = map[id]standing{}
		for i := range p.files.where {
			if o := find(was, i); o != nil {
				r.Before[i] = standingOf(o)
			}
		}
		if r.Changes, err = (comparison{was, is, before, p.at, edited, evaluated}).changes(ctx); err != nil {
			return nil, err
		}
	}
	if p.backtest > 0 {
		shown := map[id]bool{}
		for i := range p.files.where {
			shown[i] = true
		}
		if r.Backtests, err = backtests(ctx, p.is, shown, p.backtest, p.at, askers); err != nil {
			return nil, err
		}
		r.Backtested = p.backtest
	}
	r.Notes = p.notes
	return r, nil
}

// sameSources reports whether two sets have the same sources.
func sameSources(a, b *goals.Set) bool {
	return slices.EqualFunc(a.Sources, b.Sources, func(a, b *v1alpha1.MetricSource) bool {
		return a.Name == b.Name && apiequality.Semantic.DeepEqual(a.Spec, b.Spec)
	})
}

// evaluated are the goals that are: those of the files, and where two states are compared all whose status may differ.
func (p *plan) evaluated(ctx context.Context, edited map[id]bool, sets []*goals.Set) (map[id]bool, error) {
	if p.was == nil {
		return edited, nil
	}
	found := map[id]bool{}
	for _, set := range sets {
		more, err := related(ctx, set, edited)
		if err != nil {
			return nil, err
		}
		for i := range more {
			found[i] = true
		}
	}
	return found, nil
}
