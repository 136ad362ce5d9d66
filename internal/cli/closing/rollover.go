package closing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/edit"
	"okr.dev/controller/internal/cli/repository"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/okr"
)

const rolloverLong = `Makes the files of the next cycle: objectives with something left to do, with those of their key results and
milestones that are not finished. What is finished, or given up, stays where it is.

What is carried over is a copy with its comments. Its period and cycle are the new ones; dates move by whole
periods, and a startOn that has passed is dropped; the present value is the new baseline, from the newest
check-in or from the cluster. Where it is not known, there is no baseline, and it is measured at the start.
Check-ins, reviews, results, replanned targets and what is done stay behind. KPIs are not copied: they go on.

Names are unique in a namespace, so the copy needs another: the cycle in it is replaced (lead-2026-q4 becomes
lead-2027-q1), or else the new one put behind it (credibility becomes credibility-2027-q1). An objective whose
parent is carried over too names the parent's successor.

Files get their names the same way, beside the old ones, or keep them in --out. No file is overwritten.`

const rolloverExamples = `  # What would be written.
  kubectl okr rollover --from 2026-Q4 --to 2027-Q1 goals/ --dry-run

  # Into a folder of its own.
  kubectl okr rollover --from 2026-Q4 --to 2027-Q1 goals/2026-q4 --out goals/2027-q1

  # By the labels of a fiscal calendar: each period is followed by the next one of its length.
  kubectl okr rollover --from FY27-Q1 --to FY27-Q2 goals/`

type rolloverOptions struct {
	from, to, out   string
	dryRun, offline bool
}

// RolloverCommand is the command that makes the files of the next cycle.
func RolloverCommand(env *command.Environment) *cobra.Command {
	o := &rolloverOptions{}
	cmd := &cobra.Command{
		Use: "rollover PATH...", Short: "The files of the next period",
		Long: rolloverLong, Example: rolloverExamples, Args: command.Arguments(1, -1, "files or folders", "kubectl okr rollover goals/ --from 2026-Q4 --to 2027-Q1"),
		RunE: func(cmd *cobra.Command, args []string) error { return runRollover(cmd.Context(), env, args, o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.from, "from", "", "Cycle, or period, of the objectives that are carried over, such as 2026-Q4. Required.")
	flags.StringVar(&o.to, "to", "", "Cycle, or period, of their successors, such as 2027-Q1. Required.")
	flags.StringVar(&o.out, "out", "", "Folder for the new files. Default: beside the old ones.")
	flags.BoolVar(&o.dryRun, "dry-run", false, "Print what would be written, and write nothing.")
	flags.BoolVar(&o.offline, "offline", false, "Do not ask the cluster for values: only what people wrote down is known.")
	_ = cmd.MarkFlagRequired("from") // they are there
	_ = cmd.MarkFlagRequired("to")
	return cmd
}

func runRollover(ctx context.Context, env *command.Environment, paths []string, o *rolloverOptions) error {
	if err := checkCycles(o.from, o.to); err != nil {
		return err
	}
	namespace, err := env.Namespace()
	if err != nil {
		return err
	}
	files, err := repository.Load(paths, namespace)
	if err != nil {
		return err
	}
	objectives, err := files.OfCycle(o.from, narrowed(env))
	if err != nil {
		return err
	}
	files.Warn(env)
	cluster := live{}
	if !o.offline {
		cluster = reachable(ctx, env, files, objectives)
	}
	r := &rollover{env: env, files: files, options: o, roots: paths, planner: newPlanner(files, cluster, o.from, o.to)}
	for _, objective := range objectives {
		p, err := r.planner.objective(objective, env.Now())
		if err != nil {
			return err
		}
		r.plans = append(r.plans, p)
	}
	if err := r.carry(); err != nil {
		return err
	}
	r.report()
	return r.write()
}

// patience is how long the cluster may take to say how goals stand.
const patience = 15 * time.Second

// reachable are the goals of the cluster as far as they can be read; who cannot reach it is told so.
func reachable(ctx context.Context, env *command.Environment, files *repository.Repository, objectives []repository.Goal[*v1alpha1.Objective]) live {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cluster, err := read(ctx, env, files, objectives)
	if err != nil {
		line, _, _ := strings.Cut(err.Error(), "\n")
		fmt.Fprintf(env.ErrOut, "values in the cluster are not known: %s\n\n", env.Screen.Text(line))
		return live{}
	}
	return cluster
}

// rollover is one run.
type rollover struct {
	env     *command.Environment
	files   *repository.Repository
	options *rolloverOptions
	roots   []string
	planner *planner
	plans   []plan
	made    []*edit.File
	rows    [][]string
	notes   [][2]string
	// refused are objectives whose files take no edits, and why.
	refused [][2]string
}

// place is where the successor of a document is.
type place struct {
	file     *edit.File
	document int
}

// carry makes the files of the next cycle, in memory. An objective that is written in a way which takes no edits is left, with
// its key results.
func (r *rollover) carry() error {
	for {
		r.made, r.notes = nil, nil
		places, err := r.compose()
		if err != nil {
			return err
		}
		refused := -1
		for i := range r.plans {
			if err = r.successor(&r.plans[i], places); err != nil {
				refused = i
				break
			}
		}
		if refused < 0 {
			return r.sound()
		}
		var why *edit.Error
		if !errors.As(err, &why) {
			return err
		}
		p := &r.plans[refused]
		p.next, p.why = "", fmt.Sprintf("its file cannot be edited: %s: %v", why.Path, why.Err)
		r.refused = append(r.refused, [2]string{r.files.Name(p.Object), p.why})
	}
}

// successor edits the documents of an objective and its key results.
func (r *rollover) successor(p *plan, places map[place]place) error {
	if p.next == "" {
		return nil
	}
	days, err := repository.DaysOf(p.Object)
	if err != nil {
		return fmt.Errorf("%s: %w", p.Where(), err)
	}
	today := days.Today(r.env.Now())
	begun := func(d v1alpha1.Date) bool {
		day, err := okr.ParseDate(d.String())
		return err == nil && !today.Before(day)
	}
	c := r.carrier(places[place{p.File, p.Document}], p.shift)
	if err := c.objective(*p, r.parent(*p, c), begun); err != nil {
		return err
	}
	r.note(r.files.Name(p.Object), c.notes)
	for i := range p.members {
		m := &p.members[i]
		if m.next == "" {
			continue
		}
		c := r.carrier(places[place{m.File, m.Document}], p.shift)
		if m.why, err = c.keyResult(*m, p.next, begun); err != nil {
			return err
		}
		r.note(r.files.Name(m.Object), c.notes)
	}
	return nil
}

func (r *rollover) carrier(at place, by shift) *carrier {
	return &carrier{file: at.file, document: at.document, shift: by}
}

func (r *rollover) note(name string, notes []string) {
	for _, note := range notes {
		r.notes = append(r.notes, [2]string{name, note})
	}
}

// compose puts the documents that are carried over into files, and says where each of them is now.
func (r *rollover) compose() (map[place]place, error) {
	carried := map[*edit.File][]int{}
	for _, p := range r.plans {
		if p.next == "" {
			continue
		}
		carried[p.File] = append(carried[p.File], p.Document)
		for _, m := range p.members {
			if m.next != "" {
				carried[m.File] = append(carried[m.File], m.Document)
			}
		}
	}
	places := map[place]place{}
	for _, f := range r.files.Files {
		documents := carried[f]
		if len(documents) == 0 {
			continue
		}
		slices.Sort(documents)
		path := r.path(f.Path)
		if repository.Exists(path) {
			return nil, fmt.Errorf("%s is there already, and is not overwritten: move it away, or choose another folder with --out", path)
		}
		if slices.ContainsFunc(r.made, func(f *edit.File) bool { return f.Path == path }) {
			return nil, fmt.Errorf("two files would be written as %s: name them one by one, with --out for each", path)
		}
		made := compose(path, f, documents)
		r.made = append(r.made, made)
		for i, document := range documents {
			places[place{f, document}] = place{made, i}
		}
	}
	return places, nil
}

// parent is the name of the parent's successor; empty if the parent stays.
func (r *rollover) parent(p plan, c *carrier) string {
	ref := p.Object.Spec.ParentRef
	if ref == nil {
		return ""
	}
	namespace := ref.Namespace
	if namespace == "" {
		namespace = r.files.Namespace(p.Object)
	}
	for _, other := range r.plans {
		if other.Object.Name != ref.Name || r.files.Namespace(other.Object) != namespace {
			continue
		}
		if other.next != "" {
			return other.next
		}
		if next := successor(ref.Name, r.options.from, r.options.to); r.planner.taken["Objective "+nameIn(namespace, next)] != "" {
			return next
		}
		c.notes = append(c.notes, fmt.Sprintf("the parent %s is not carried over (%s): name another in spec.parentRef", ref.Name, other.why))
		return ""
	}
	here := false
	for _, o := range r.files.Objectives {
		if o.Object.Name != ref.Name || r.files.Namespace(o.Object) != namespace {
			continue
		}
		here = true
		if days, err := repository.DaysOf(o.Object); err == nil && days.Last.Before(p.shift.to.First) {
			c.notes = append(c.notes, fmt.Sprintf("the parent %s is over by then, on %s: carry it over too, or name another in spec.parentRef", ref.Name, days.Last))
		}
	}
	if !here {
		c.notes = append(c.notes, fmt.Sprintf("the parent %s is in none of these files, and stays: if it is over by then, name its successor in spec.parentRef", nameIn(namespace, ref.Name)))
	}
	return ""
}

// sound reads what was made as the API server would.
func (r *rollover) sound() error {
	for _, f := range r.made {
		for _, d := range f.Documents() {
			if _, err := d.Goal(); err != nil {
				return fmt.Errorf("%s:%d: %w", f.Path, d.Line, err)
			}
		}
	}
	return nil
}

// report says what is carried over, and what is not.
func (r *rollover) report() {
	screen := r.env.Screen
	add := func(name, next, why string) {
		if next == "" {
			next = "left"
		}
		r.rows = append(r.rows, []string{screen.Text(name), screen.Text(next), screen.Text(why)})
	}
	for _, p := range r.plans {
		why := p.why
		if p.next != "" {
			why = p.period
		}
		add(r.files.Name(p.Object), p.next, why)
		for _, m := range p.members {
			if p.next != "" {
				add("  "+m.Object.Name, m.next, m.why)
			}
		}
	}
	columns := []terminal.Column{{Title: "GOAL", Shrinks: true, Least: 20}, {Title: "SUCCESSOR", Shrinks: true, Least: 20}, {Title: "FROM, OR WHY NOT", Shrinks: true, Least: 20}}
	screen.Table(r.env.Out, columns, r.rows)
	notes(r.env, "To look at:", slices.Concat(r.early(), r.refused, r.notes))
	fmt.Fprintln(r.env.Out)
}

// early says that a cycle is rolled over before it is over.
func (r *rollover) early() [][2]string {
	for _, p := range r.plans {
		days, err := repository.DaysOf(p.Object)
		if err == nil && p.next != "" && !days.Over(r.env.Now()) {
			return [][2]string{{r.options.from, fmt.Sprintf("it is not over yet: what is finished, and where the next cycle begins, is as of %s", days.Today(r.env.Now()))}}
		}
	}
	return nil
}

// write shows or writes the files.
func (r *rollover) write() error {
	if len(r.made) == 0 {
		fmt.Fprintln(r.env.Out, "nothing is carried over")
		return nil
	}
	var paths []string
	for _, f := range r.made {
		if r.options.dryRun {
			repository.ShowDiff(r.env, edit.Diff("", f.Path, nil, f.Content))
			continue
		}
		if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
			return err
		}
		if err := edit.Create(f.Path, f.Content); err != nil {
			return err
		}
		fmt.Fprintln(r.env.Out, "wrote "+r.env.Screen.Text(f.Path))
		paths = append(paths, f.Path)
	}
	r.kustomizations()
	repository.Next(r.env, paths, "Carry over from "+r.options.from+" to "+r.options.to)
	return nil
}
