package closing

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/edit"
	"okr.dev/controller/internal/cli/manifest"
)

// ofServer are fields of metadata that only the API server writes, and no new object has.
var ofServer = []string{"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"}

// carrier edits one document of a file of the next cycle.
type carrier struct {
	file     *edit.File
	document int
	shift    shift
	notes    []string
}

// compose is a file of some documents of another one, in their order.
func compose(path string, from *edit.File, documents []int) *edit.File {
	eol := "\n"
	if bytes.Contains(from.Content, []byte("\r\n")) {
		eol = "\r\n"
	}
	var content []byte
	for i, n := range documents {
		if i > 0 && !bytes.HasSuffix(content, []byte("\n")) {
			content = append(content, eol...)
		}
		if i > 0 {
			content = append(content, "---"+eol...)
		}
		d := from.Documents()[n]
		content = append(content, bytes.TrimPrefix(from.Content[d.Start:d.End], []byte("\ufeff"))...)
	}
	return edit.Open(manifest.Parse(path, content))
}

func (c *carrier) node(path edit.Path) *yaml.Node {
	n := c.file.Documents()[c.document].Root
	for _, step := range path {
		switch step := step.(type) {
		case string:
			_, n = manifest.Entry(n, step)
		case int:
			if n == nil || n.Kind != yaml.SequenceNode || step >= len(n.Content) {
				return nil
			}
			n = manifest.Resolve(n.Content[step])
		}
		if n == nil {
			return nil
		}
	}
	return n
}

// set writes a text where one is, quoted as that was.
func (c *carrier) set(text string, path ...any) error {
	if n := c.node(path); n != nil && n.Kind == yaml.ScalarNode && n.Style == 0 {
		if c.file.Set(c.document, path, edit.Plain(text)) == nil {
			return nil
		}
	}
	return c.file.Set(c.document, path, edit.Text(text))
}

// remove takes away what is there.
func (c *carrier) remove(path ...any) error {
	if c.node(path) == nil {
		return nil
	}
	return c.file.Remove(c.document, path)
}

// move moves the date at a path.
func (c *carrier) move(date v1alpha1.Date, path ...any) error {
	moved, ok := c.shift.date(date)
	if !ok || date == "" {
		return nil
	}
	return c.set(moved, path...)
}

func first(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// common is what objects of both kinds have.
func (c *carrier) common(name string) error {
	if err := c.set(name, "metadata", "name"); err != nil {
		return err
	}
	for _, field := range ofServer {
		if err := c.remove("metadata", field); err != nil {
			return err
		}
	}
	return c.remove("status")
}

// objective makes the successor of an objective out of its own document. parent is the name of its parent's successor; empty
// if that stays.
func (c *carrier) objective(p plan, parent string, begun func(v1alpha1.Date) bool) error {
	spec := &p.Object.Spec
	return first(
		func() error { return c.common(p.next) },
		func() error { return c.set(p.period, "spec", "period") },
		func() error {
			switch {
			case p.cycle != "":
				return c.set(p.cycle, "spec", "cycle")
			case p.unlabelled:
				c.notes = append(c.notes, fmt.Sprintf("what follows the cycle %q cannot be told: write the label of the new one as spec.cycle", spec.Cycle))
				return c.remove("spec", "cycle")
			}
			return nil
		},
		func() error { return c.start(spec.StartOn, begun) },
		func() error { return c.actions(spec.Actions) },
		func() error { return c.remove("spec", "checkIns") },
		func() error { return c.remove("spec", "review") },
		func() error {
			if parent == "" {
				return nil
			}
			return c.set(parent, "spec", "parentRef", "name")
		},
	)
}

// start moves the day on which work begins, unless it has begun: then it goes on from the first day.
func (c *carrier) start(on v1alpha1.Date, begun func(v1alpha1.Date) bool) error {
	if begun(on) {
		return c.remove("spec", "startOn")
	}
	return c.move(on, "spec", "startOn")
}

// actions keeps those that are not done.
func (c *carrier) actions(actions []v1alpha1.Action) error {
	left := 0
	for _, a := range actions {
		if a.DoneOn == "" {
			left++
		}
	}
	if left == 0 && len(actions) > 0 {
		c.notes = append(c.notes, "all actions are done: plan new ones")
		return c.remove("spec", "actions")
	}
	for i := len(actions) - 1; i >= 0; i-- {
		step := func() error { return c.move(actions[i].DueOn, "spec", "actions", i, "dueOn") }
		if actions[i].DoneOn != "" {
			step = func() error { return c.remove("spec", "actions", i) }
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// keyResult makes the successor of a key result out of its own document, and says where its way begins.
func (c *carrier) keyResult(m memberPlan, objective string, begun func(v1alpha1.Date) bool) (string, error) {
	spec, from := &m.Object.Spec, "it holds, and goes on"
	if left := undone(spec.Milestones); left > 0 {
		from = fmt.Sprintf("%d of %d milestones are left", left, len(spec.Milestones))
	}
	err := first(
		func() error { return c.common(m.next) },
		func() error { return c.set(objective, "spec", "objectiveRef", "name") },
		func() error { return c.start(spec.StartOn, begun) },
		func() error { return c.move(spec.DueOn, "spec", "dueOn") },
		func() error { return c.checkpoints(spec.Pace) },
		func() error { return c.milestones(spec.Milestones) },
		func() error { return c.remove("spec", "final") },
		func() error { return c.remove("spec", "reach", "replanned") },
		func() (err error) {
			if spec.Reach != nil {
				from, err = c.reach(m)
			}
			return err
		},
	)
	return from, err
}

// checkpoints moves those of the pace, unless they would no longer rise inside the time.
func (c *carrier) checkpoints(pace *v1alpha1.KeyResultPace) error {
	if pace == nil {
		return nil
	}
	before := ""
	for _, checkpoint := range pace.Checkpoints {
		moved, ok := c.shift.date(checkpoint.Date)
		if !ok || moved <= before || moved >= c.shift.to.Last.String() {
			c.notes = append(c.notes, "the checkpoints do not fit into the new period: write new ones as spec.pace")
			return c.remove("spec", "pace")
		}
		before = moved
	}
	for i, checkpoint := range pace.Checkpoints {
		if err := c.move(checkpoint.Date, "spec", "pace", "checkpoints", i, "date"); err != nil {
			return err
		}
	}
	return nil
}

func undone(milestones []v1alpha1.Milestone) int {
	left := 0
	for _, m := range milestones {
		if m.DoneOn == "" {
			left++
		}
	}
	return left
}

// milestones keeps those that are not done.
func (c *carrier) milestones(milestones []v1alpha1.Milestone) error {
	for i := len(milestones) - 1; i >= 0; i-- {
		step := func() error { return c.move(milestones[i].DueOn, "spec", "milestones", i, "dueOn") }
		if milestones[i].DoneOn != "" {
			step = func() error { return c.remove("spec", "milestones", i) }
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// reach begins the way at the present value, and says so.
func (c *carrier) reach(m memberPlan) (string, error) {
	reach, unit := m.Object.Spec.Reach, m.Object.Spec.Unit
	if fromZero(m.Object) {
		c.notes = append(c.notes, "the query counts from 0 again: is the target right for the new period?")
		return "0, counted anew", nil
	}
	value := m.present()
	p, ok := m.progress(value.value)
	switch {
	case value.known && ok && p >= 100:
		c.notes = append(c.notes, fmt.Sprintf("%s has %s, at its target or beyond, and something else is missing: the baseline stays", value.from, quantity(value.value, unit)))
		return "as before", nil
	case !value.known && reach.Baseline == nil:
		return "measured at the start", nil
	case !value.known && c.byPeople(m):
		c.notes = append(c.notes, fmt.Sprintf("%s: the baseline %s is still the old one; write where it stands", value.from, *reach.Baseline))
		return quantity(reach.Baseline.Float64(), unit) + ", as before", nil
	case !value.known:
		c.notes = append(c.notes, value.from+", so there is no baseline, and it is measured at the start")
		return "measured at the start", c.unfounded(m)
	}
	if reach.Target != nil && v1alpha1.Decimal(value.text).Float64() == reach.Target.Float64() { // only as it is rounded
		value.text, _ = written(strconv.FormatFloat(value.value, 'f', -1, 64))
	}
	if reach.Baseline != nil && strings.Contains(m.Object.Spec.Title, string(*reach.Baseline)) && string(*reach.Baseline) != value.text {
		c.notes = append(c.notes, "the title may name the old baseline")
	}
	if reach.Change != "" {
		c.notes = append(c.notes, "the change counts from the new baseline: is it what is wanted, or rather the old target?")
	}
	if err := c.file.Set(c.document, edit.At("spec", "reach", "baseline"), edit.Decimal(value.text), ofReach...); err != nil {
		return "", err
	}
	return quantity(value.value, unit) + ", " + strings.TrimPrefix(value.from, "the "), c.remove("spec", "reach", "direction")
}

// byPeople reports whether a key result's baseline must be written, because people keep its value.
func (c *carrier) byPeople(m memberPlan) bool {
	return m.Object.Spec.Metric == nil && (m.Object.Spec.KPIRef == nil || m.kpi != nil && len(m.kpi.Spec.Readings) > 0)
}

// unfounded takes the baseline away, and says which way to go instead.
func (c *carrier) unfounded(m memberPlan) error {
	reach := m.Object.Spec.Reach
	if reach.Target != nil {
		direction := v1alpha1.DirectionIncrease
		if reach.Target.Float64() < reach.Baseline.Float64() {
			direction = v1alpha1.DirectionDecrease
		}
		if err := c.file.Set(c.document, edit.At("spec", "reach", "direction"), edit.Text(string(direction)), ofReach...); err != nil {
			return err
		}
	}
	return c.remove("spec", "reach", "baseline")
}
