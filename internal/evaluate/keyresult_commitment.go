package evaluate

import (
	"fmt"
	"slices"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// showTarget writes target and baseline, and the target as it was promised where that was another one.
func (k *keyResult) showTarget() {
	k.shape.show()
	begun := !k.now.Before(k.pace.Start)
	if begun && k.status.Frozen.Commitment == nil && k.in.Objective.Spec.State != v1alpha1.ObjectiveDraft {
		k.status.Frozen.Commitment = k.promise()
	}
	k.status.OriginalTarget = k.originalTarget()
}

// promise is what is written now. A baseline that is measured is not waited for: it is not what people promise, and a
// target must not be free to move for as long as that takes.
func (k *keyResult) promise() *v1alpha1.Commitment {
	spec := &k.in.KeyResult.Spec
	first, last, _ := k.days.days(k.in.KeyResult)
	c := &v1alpha1.Commitment{
		Target: k.status.Target, StartOn: v1alpha1.Date(first.String()), DueOn: v1alpha1.Date(last.String()),
		Weight: pointer(orOne(k.in.KeyResult.Spec.Weight)),
	}
	if reach := spec.Reach; reach != nil {
		c.Baseline, c.Goal = written(reach)
		c.Target = k.way(c.Baseline, c.Goal)
	}
	if band := spec.Maintain; band != nil {
		c.Band, c.AllowedBreach = &v1alpha1.Band{AtLeast: band.AtLeast, AtMost: band.AtMost}, band.AllowedBreach
	}
	for _, milestone := range spec.Milestones {
		c.Milestones = append(c.Milestones, milestone.Title)
	}
	if spec.Pace != nil {
		c.Checkpoints = slices.Clone(spec.Pace.Checkpoints)
	}
	if spec.Guard != nil {
		c.Guard = spec.Guard.AtLeast
	}
	return c
}

// originalTarget is the promised target, with its dates if those were moved; empty while it is the present one.
func (k *keyResult) originalTarget() string {
	c := k.status.Frozen.Commitment
	if c == nil {
		return ""
	}
	first, last, _ := k.days.days(k.in.KeyResult)
	moved := c.StartOn.String() != first.String() || c.DueOn.String() != last.String()
	text, reach := c.Target, k.in.KeyResult.Spec.Reach
	if reach != nil && c.Goal != "" {
		if baseline, goal := written(reach); !moved && baseline == c.Baseline && goal == c.Goal {
			return ""
		}
		text = k.promisedWay(c)
	}
	switch {
	case moved:
		return fmt.Sprintf("%s, %s to %s", text, c.StartOn, c.DueOn)
	case text == k.status.Target:
		return ""
	default:
		return text
	}
}

// written are a reach's baseline and its target, or change, as written.
func written(reach *v1alpha1.Reach) (baseline, goal string) {
	if reach.Baseline != nil {
		baseline = string(*reach.Baseline)
	}
	if reach.Target != nil {
		return baseline, string(*reach.Target)
	}
	return baseline, string(reach.Change)
}

// promisedWay is the way that was promised as it would be shown now: a baseline that was not written then is the one
// that was measured, or else the present one, lest one that is found out later looks like a move.
func (k *keyResult) promisedWay(c *v1alpha1.Commitment) string {
	baseline := c.Baseline
	if frozen := k.status.Frozen.Baseline; baseline == "" && frozen != nil {
		baseline = frozen.Value
	} else if scale := k.shape.scale(); baseline == "" && scale != (sample.Scale{}) {
		baseline = exact(scale.From)
	}
	return k.way(baseline, c.Goal)
}

// way is a reach as people read it, from its parts: a baseline, or none, and a target or a change.
func (k *keyResult) way(baseline, goal string) string {
	var from, to *float64
	if v, ok := number(baseline); ok {
		from = &v
	}
	change, err := okr.ParseChange(goal) // a number without a sign is none
	if v, ok := number(goal); ok && err != nil {
		to = &v
	}
	if err == nil && from != nil {
		if v, ok := change.Target(*from); ok {
			to = &v
		}
	}
	return wayText(from, to, v1alpha1.Change(goal), k.in.KeyResult.Spec.Unit)
}

// moves says how the goal was moved since it was promised, and why; empty if it was not.
func (k *keyResult) moves() string {
	var text string
	if k.status.OriginalTarget != "" {
		text = "; promised at the start: " + k.status.OriginalTarget
	}
	if reach := k.in.KeyResult.Spec.Reach; reach != nil && len(reach.Replanned) > 0 {
		newest := reach.Replanned[len(reach.Replanned)-1] // the API has them in order
		text += fmt.Sprintf("; replanned on %s from %s to %s: %s", newest.Date, *newest.From, *newest.To, oneLine(newest.Reason))
	}
	return text
}
