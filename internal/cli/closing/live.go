// Package closing ends a cycle in the files: close writes its results down, rollover makes the files of the next one.
package closing

import (
	"cmp"
	"context"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/repository"
	"okr.dev/controller/internal/okr"
)

// live are the goals of the cluster, by namespace.
type live map[string]*goals.Set

// read reads the goals of the objectives' namespaces.
func read(ctx context.Context, env *command.Environment, files *repository.Repository, objectives []repository.Goal[*v1alpha1.Objective]) (live, error) {
	cluster := live{}
	for _, o := range objectives {
		namespace := files.Namespace(o.Object)
		if cluster[namespace] != nil {
			continue
		}
		set, err := env.Goals(ctx, goals.Scope{Namespace: namespace})
		if err != nil {
			return nil, err
		}
		cluster[namespace] = set
	}
	return cluster, nil
}

func (l live) objective(namespace, name string) *v1alpha1.Objective {
	if l[namespace] == nil {
		return nil
	}
	return l[namespace].Objective(namespace, name)
}

func (l live) keyResult(namespace, name string) *v1alpha1.KeyResult {
	if l[namespace] == nil {
		return nil
	}
	return l[namespace].KeyResult(namespace, name)
}

// sameTime reports what in the times of two objectives differs; empty if nothing does.
func sameTime(a, b *v1alpha1.Objective) string {
	first, err := okr.ParsePeriod(string(a.Spec.Period))
	second, bad := okr.ParsePeriod(string(b.Spec.Period))
	zone := func(o *v1alpha1.Objective) string { return strings.TrimPrefix(string(o.Spec.TimeZone), "UTC") }
	switch {
	case err != nil || bad != nil || first != second:
		return "period " + string(b.Spec.Period)
	case a.Spec.StartOn.String() != b.Spec.StartOn.String():
		return "startOn " + b.Spec.StartOn.String()
	case zone(a) != zone(b):
		return "timeZone " + string(b.Spec.TimeZone)
	}
	return ""
}

// differs says in which field two key results are not about the same; empty if they are. What the API fills in, and what is
// no part of the goal, is not looked at.
func differs(a, b *v1alpha1.KeyResult) string {
	x, y := plain(a), plain(b)
	switch {
	case x.StartOn != y.StartOn:
		return "startOn"
	case x.DueOn != y.DueOn:
		return "dueOn"
	case !equality.Semantic.DeepEqual(x.Reach, y.Reach):
		return "reach"
	case !equality.Semantic.DeepEqual(x.Maintain, y.Maintain):
		return "maintain"
	case !equality.Semantic.DeepEqual(x.Milestones, y.Milestones):
		return "milestones"
	case !sameMeasure(a, b):
		return "metric"
	case !equality.Semantic.DeepEqual(x.Guard, y.Guard):
		return "guard"
	}
	return ""
}

// plain is a spec in which equal things are written equally.
func plain(kr *v1alpha1.KeyResult) v1alpha1.KeyResultSpec {
	spec := *kr.Spec.DeepCopy()
	spec.StartOn, spec.DueOn = v1alpha1.Date(spec.StartOn.String()), v1alpha1.Date(spec.DueOn.String())
	if spec.Reach != nil {
		spec.Reach.Replanned = nil
		for _, d := range []*v1alpha1.Decimal{spec.Reach.Baseline, spec.Reach.Target} {
			normal(d)
		}
	}
	if spec.Maintain != nil {
		normal(spec.Maintain.AtLeast)
		normal(spec.Maintain.AtMost)
	}
	if spec.Guard != nil {
		normal(spec.Guard.AtLeast)
	}
	one := int32(1)
	for i := range spec.Milestones {
		m := &spec.Milestones[i]
		m.DueOn, m.DoneOn = v1alpha1.Date(m.DueOn.String()), v1alpha1.Date(m.DoneOn.String())
		if m.Weight == nil {
			m.Weight = &one
		}
	}
	return spec
}

func normal(d *v1alpha1.Decimal) {
	if d != nil {
		*d = v1alpha1.Decimal(strconv.FormatFloat(d.Float64(), 'f', -1, 64))
	}
}

// sameMeasure reports whether two key results are measured by the same.
func sameMeasure(a, b *v1alpha1.KeyResult) bool {
	if !equality.Semantic.DeepEqual(a.Spec.KPIRef, b.Spec.KPIRef) || (a.Spec.Metric == nil) != (b.Spec.Metric == nil) {
		return false
	}
	x, y := a.Spec.Metric, b.Spec.Metric
	return x == nil || strings.TrimSpace(x.Query) == strings.TrimSpace(y.Query) && x.Window == y.Window && source(x) == source(y)
}

func source(m *v1alpha1.Metric) string { return cmp.Or(m.SourceRef.Name, "default") }

// fromZero reports whether a key result's query counts from its start.
func fromZero(kr *v1alpha1.KeyResult) bool {
	return kr.Spec.Metric != nil && strings.Contains(kr.Spec.Metric.Query, "$__elapsed")
}

var decimals = regexp.MustCompile(`^-?[0-9]{1,15}([.][0-9]{1,9})?$`)

// written is a number as it can stand in a spec, with up to 9 digits behind the point; false if it cannot.
func written(number string) (string, bool) {
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return "", false
	}
	text := strconv.FormatFloat(v, 'f', 9, 64)
	text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	if text == "-0" {
		text = "0"
	}
	return text, decimals.MatchString(text)
}

// verdict is the reason and the message of OnTrack, or else of another condition.
func verdict(kr *v1alpha1.KeyResult, condition string) (reason, message string) {
	if c := meta.FindStatusCondition(kr.Status.Conditions, condition); c != nil {
		return c.Reason, c.Message
	}
	return "", ""
}
