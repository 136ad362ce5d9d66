package closing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/repository"
	"okr.dev/controller/internal/okr"
)

// plan is what becomes of an objective in the next cycle.
type plan struct {
	repository.Goal[*v1alpha1.Objective]
	// next is the name of its successor; empty if it has none, and why says why.
	next, why string
	// period and cycle of the successor. unlabelled says that what its label would be cannot be told.
	period, cycle string
	unlabelled    bool
	shift         shift
	members       []memberPlan
}

// memberPlan is what becomes of a key result.
type memberPlan struct {
	repository.Goal[*v1alpha1.KeyResult]
	known
	next, why string
}

// planner decides what is carried over from one cycle to another.
type planner struct {
	files    *repository.Repository
	cluster  live
	from, to string
	// taken are the names, as kind namespace/name, that are there already, with the places.
	taken map[string]string
}

func newPlanner(files *repository.Repository, cluster live, from, to string) *planner {
	p := &planner{files: files, cluster: cluster, from: from, to: to, taken: map[string]string{}}
	for namespace, set := range cluster {
		for _, o := range set.Objectives {
			p.taken["Objective "+o.Namespace+"/"+o.Name] = "the cluster"
		}
		for _, kr := range set.KeyResults {
			if kr.Namespace == namespace {
				p.taken["KeyResult "+kr.Namespace+"/"+kr.Name] = "the cluster"
			}
		}
	}
	for _, o := range files.Objectives {
		p.taken["Objective "+files.Name(o.Object)] = o.Where()
	}
	for _, kr := range files.KeyResults {
		p.taken["KeyResult "+files.Name(kr.Object)] = kr.Where()
	}
	return p
}

// checkCycles says what is wrong with the two cycles.
func checkCycles(from, to string) error {
	first, err := okr.ParsePeriod(from)
	if err != nil { // a label: it decides nothing
		return nil
	}
	second, err := okr.ParsePeriod(to)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	if !first.Last.Before(second.First) {
		return fmt.Errorf("--to %s does not come after --from %s", to, from)
	}
	return nil
}

func (p *planner) objective(o repository.Goal[*v1alpha1.Objective], now time.Time) (plan, error) {
	result := plan{Goal: o}
	namespace := p.files.Namespace(o.Object)
	days, err := repository.DaysOf(o.Object)
	if err != nil {
		return result, fmt.Errorf("%s: %w", o.Where(), err)
	}
	liveObjective := p.cluster.objective(namespace, o.Object.Name)
	if result.why = p.finishedObjective(o.Object, liveObjective); result.why != "" {
		return result, nil
	}
	for _, kr := range p.files.KeyResultsOf(o.Object) {
		result.members = append(result.members, memberPlan{Goal: kr, known: known{
			objective: o.Object, liveObjective: liveObjective, keyResult: kr.Object,
			liveKeyResult: p.cluster.keyResult(namespace, kr.Object.Name), kpi: p.kpi(kr.Object), days: days, now: now,
		}})
	}
	done := make([]bool, len(result.members))
	for i := range result.members {
		done[i], result.members[i].why = result.members[i].finished()
	}
	if len(done) > 0 && !slices.Contains(done, false) {
		result.why = "nothing is left to do"
		return result, nil
	}
	next := successor(o.Object.Name, p.from, p.to)
	if where := p.taken["Objective "+nameIn(namespace, next)]; where != "" {
		result.why = "carried over already: " + where
		return result, nil
	}
	result.next = next
	for i := range result.members {
		if m := &result.members[i]; !done[i] {
			m.next = p.free(namespace, m.Object.Name)
		}
	}
	err = p.dates(&result, days)
	return result, err
}

// free is the name of a key result's successor that nobody has yet.
func (p *planner) free(namespace, name string) string {
	next := successor(name, p.from, p.to)
	for base, n := next, 2; p.taken["KeyResult "+nameIn(namespace, next)] != ""; n++ {
		next = fmt.Sprintf("%s-%d", base, n)
	}
	p.taken["KeyResult "+nameIn(namespace, next)] = "this run"
	return next
}

func nameIn(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

// finishedObjective says why an objective as a whole is not carried over; empty if its key results decide.
func (p *planner) finishedObjective(o, liveObjective *v1alpha1.Objective) string {
	switch {
	case o.Spec.State == v1alpha1.ObjectiveCancelled:
		return "given up"
	case liveObjective != nil && sameTime(o, liveObjective) == "" && liveObjective.Status.Final != nil && liveObjective.Status.Final.Grade == v1alpha1.GradeGreen:
		return "achieved: " + liveObjective.Status.Final.Score
	}
	return ""
}

// kpi is the one that measures a key result, if it is in the files.
func (p *planner) kpi(kr *v1alpha1.KeyResult) *v1alpha1.KPI {
	ref := kr.Spec.KPIRef
	if ref == nil {
		return nil
	}
	for _, kpi := range p.files.KPIs {
		if kpi.Object.Name == ref.Name && p.files.Namespace(kpi.Object) == cmp.Or(ref.Namespace, p.files.Namespace(kr)) {
			return kpi.Object
		}
	}
	return nil
}

// dates finds the successor's period, its label, and how far dates move.
func (p *planner) dates(o *plan, days repository.Days) error {
	spec := &o.Object.Spec
	o.period = p.to
	next, err := okr.ParsePeriod(p.to)
	if err != nil { // a label
		if o.period, err = following(string(spec.Period)); err != nil {
			return err
		}
		if next, err = okr.ParsePeriod(o.period); err != nil {
			return err
		}
	}
	o.shift = shift{from: days.Period, to: next}
	switch after, err := following(string(spec.Period)); {
	case spec.Cycle == p.from:
		o.cycle = p.to
	case spec.Cycle != "" && err == nil && samePeriod(after, o.period):
		label, ok := nextLabel(spec.Cycle)
		o.cycle, o.unlabelled = label, !ok
	default:
		o.unlabelled = spec.Cycle != ""
	}
	for _, name := range []string{o.next, longestNext(o.members)} {
		if wrong := validation.IsDNS1123Subdomain(name); name != "" && len(wrong) > 0 {
			return fmt.Errorf("%s: its successor would be called %q: %s", o.Where(), name, strings.Join(wrong, "; "))
		}
	}
	return nil
}

func longestNext(members []memberPlan) string {
	longest := ""
	for _, m := range members {
		if len(m.next) > len(longest) {
			longest = m.next
		}
	}
	return longest
}

func samePeriod(a, b string) bool {
	x, err := okr.ParsePeriod(a)
	y, bad := okr.ParsePeriod(b)
	return err == nil && bad == nil && x == y
}
