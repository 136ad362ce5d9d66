package closing

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/edit"
	"okr.dev/controller/internal/cli/repository"
	"okr.dev/controller/internal/cli/terminal"
)

const closeLong = `Closes a cycle: writes the result of each of its key results into its file, as spec.final, with the baseline
where that was measured, and below each objective that is over the lines of a review, commented out, for the
team to fill in. So the record is in Git when the source of the data has forgotten it.

Results are those that the controller has frozen in the cluster. A key result without one is named, with the
reason, and left alone: run the command again later. What is written already stays as it is.`

const closeExamples = `  # What would change.
  kubectl okr close goals/ --cycle 2026-Q4 --dry-run

  # The goals of one namespace, with a fiscal label.
  kubectl okr close goals/marketing.yaml --cycle FY27-Q1 -n marketing`

// CloseCommand is the command that writes results.
func CloseCommand(env *command.Environment) *cobra.Command {
	var cycle string
	var dryRun bool
	cmd := &cobra.Command{
		Use: "close PATH...", Short: "Write the results of a period into its files",
		Long: closeLong, Example: closeExamples, Args: command.Arguments(1, -1, "files or folders", "kubectl okr close goals/ --cycle 2026-Q4"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runClose(cmd.Context(), env, args, cycle, dryRun)
		},
	}
	cmd.Flags().StringVar(&cycle, "cycle", "", "Cycle, or period, of the objectives to close, such as 2026-Q4. Required.")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "Print what would change, and write nothing.")
	_ = cmd.MarkFlagRequired("cycle") // it is there
	return cmd
}

// narrowed is the namespace that -n names; empty without it.
func narrowed(env *command.Environment) string {
	if env.Flags.Namespace == nil {
		return ""
	}
	return *env.Flags.Namespace
}

func runClose(ctx context.Context, env *command.Environment, paths []string, cycle string, dryRun bool) error {
	namespace, err := env.Namespace()
	if err != nil {
		return err
	}
	files, err := repository.Load(paths, namespace)
	if err != nil {
		return err
	}
	objectives, err := files.OfCycle(cycle, narrowed(env))
	if err != nil {
		return err
	}
	files.Warn(env)
	cluster, err := read(ctx, env, files, objectives)
	if err != nil {
		return fmt.Errorf("the results are in the cluster: %w", err)
	}
	c := &closure{env: env, files: files, cluster: cluster}
	for _, o := range objectives {
		if err := c.close(o); err != nil {
			return err
		}
	}
	c.report()
	changed := files.Changed()
	if len(changed) == 0 {
		fmt.Fprintln(env.Out, "\nnothing to write")
		return nil
	}
	fmt.Fprintln(env.Out)
	for _, f := range changed {
		repository.ShowDiff(env, f.Diff())
	}
	if dryRun {
		return nil
	}
	return repository.Write(env, changed, "Close "+cycle)
}

// closure is one run.
type closure struct {
	env     *command.Environment
	files   *repository.Repository
	cluster live
	rows    [][]string
	// notes say why goals were left alone.
	notes [][2]string
}

// The usual order of fields, for those that are new.
var (
	ofReach     = []string{"baseline", "target", "change", "direction", "replanned"}
	ofKeyResult = []string{"objectiveRef", "title", "owner", "unit", "weight", "startOn", "dueOn", "reach", "maintain", "milestones", "metric", "kpiRef",
		"guard", "holdFor", "pace", "final", "state", "cancelled"}
)

// close writes down what is known of an objective.
func (c *closure) close(o repository.Goal[*v1alpha1.Objective]) error {
	namespace, name := c.files.Namespace(o.Object), c.files.Name(o.Object)
	days, err := repository.DaysOf(o.Object)
	if err != nil {
		c.add(name, result{}, err.Error())
		return nil
	}
	known := c.cluster.objective(namespace, o.Object.Name)
	review, err := c.review(o, known, days)
	if err != nil {
		return err
	}
	var total result
	if known != nil && known.Status.Final != nil && sameTime(o.Object, known) == "" {
		total.score = known.Status.Final.Score + " " + string(known.Status.Final.Grade)
	}
	c.add(name, total, review)
	in := map[string]bool{}
	for _, kr := range c.files.KeyResultsOf(o.Object) {
		in[kr.Object.Name] = true
		r := resultOf(o.Object, known, kr.Object, c.cluster.keyResult(namespace, kr.Object.Name), days, c.env.Now())
		if err := record(kr, r); err != nil {
			return err
		}
		done := cmp.Or(r.expected, "left alone")
		switch {
		case r.recorded:
			done = "recorded before"
		case r.record != nil:
			done = "result written"
		}
		c.add("  "+kr.Object.Name, r, done)
		if r.why != "" {
			c.notes = append(c.notes, [2]string{c.files.Name(kr.Object), r.why})
		}
	}
	if known == nil {
		return nil
	}
	for _, kr := range c.cluster[namespace].KeyResultsOf(known) {
		if !in[kr.Name] {
			c.add("  "+kr.Name, result{}, "left alone")
			c.notes = append(c.notes, [2]string{namespace + "/" + kr.Name, "it is in none of these files, only in the cluster"})
		}
	}
	return nil
}

func (c *closure) add(name string, r result, done string) {
	screen := c.env.Screen
	c.rows = append(c.rows, []string{screen.Text(name), r.score, screen.Text(r.value), screen.Text(done)})
}

// record writes a key result's result into its file.
func record(kr repository.Goal[*v1alpha1.KeyResult], r result) error {
	if r.record == nil {
		return nil
	}
	if r.baseline != "" {
		if err := found(kr, edit.Decimal(r.baseline)); err != nil {
			return err
		}
	}
	return kr.File.Set(kr.Document, edit.At("spec", "final"), r.record, ofKeyResult...)
}

// found writes a baseline that was measured. The direction goes with one that is not written, and gives it its place where
// there are comments around it.
func found(kr repository.Goal[*v1alpha1.KeyResult], baseline edit.Value) error {
	direction := edit.At("spec", "reach", "direction")
	switch node := kr.File.Documents()[kr.Document].Find("spec", "reach"); {
	case kr.Object.Spec.Reach.Direction == "":
		return kr.File.Set(kr.Document, edit.At("spec", "reach", "baseline"), baseline, ofReach...)
	case node != nil && (node.Style&yaml.FlowStyle == 0 || node.Content[0].Line != node.Content[len(node.Content)-1].Line):
		return kr.File.Replace(kr.Document, direction, edit.Field{Key: "baseline", Value: baseline})
	}
	if err := kr.File.Set(kr.Document, edit.At("spec", "reach", "baseline"), baseline, ofReach...); err != nil {
		return err
	}
	return kr.File.Remove(kr.Document, direction)
}

// drafted finds a review that is commented out.
var drafted = regexp.MustCompile(`(?m)^\s*#\s*review:`)

// review writes the lines of a review, commented out, below an objective that is over, and says what there is. They are
// comments so that nobody takes them for a review before the team has written one.
func (c *closure) review(o repository.Goal[*v1alpha1.Objective], known *v1alpha1.Objective, days repository.Days) (string, error) {
	switch {
	case o.Object.Spec.Review != nil:
		return "reviewed", nil
	case o.Object.Spec.State == v1alpha1.ObjectiveCancelled:
		return "cancelled", nil
	case o.Object.Spec.State == v1alpha1.ObjectiveDraft:
		return "a draft", nil
	case !days.Over(c.env.Now()):
		return "runs until " + days.Last.String(), nil
	case drafted.Match(o.Text()):
		return "review to be filled in", nil
	}
	measured := "not scored yet"
	if known != nil && known.Status.Final != nil && sameTime(o.Object, known) == "" {
		measured = fmt.Sprintf("measured %s, %s", known.Status.Final.Score, known.Status.Final.Grade)
	}
	below := edit.At("spec", "title")
	for _, field := range []string{"checkInEvery", "checkIns"} {
		if o.File.Documents()[o.Document].Find("spec", field) != nil {
			below = edit.At("spec", field)
		}
	}
	lines := []string{
		"review: # fill in, and remove the # in front of these four lines (" + measured + ")",
		`  outcome: "" # what came of it`,
		`  learned: "" # what to do differently`,
		`  score: "" # the team's own, from "0" to "1"`,
	}
	return "review to be filled in", o.File.Comment(o.Document, below, lines)
}

// report says what was found.
func (c *closure) report() {
	columns := []terminal.Column{{Title: "GOAL", Shrinks: true, Least: 24}, {Title: "SCORE"}, {Title: "VALUE", Shrinks: true, Least: 10}, {Title: "RESULT", Shrinks: true, Least: 16}}
	c.env.Screen.Table(c.env.Out, columns, c.rows)
	notes(c.env, "Left alone, or to look at:", c.notes)
}

// notes print what there is to know about goals, in lines that fit; goals of which the same is to be known together.
func notes(env *command.Environment, title string, list [][2]string) {
	if len(list) == 0 {
		return
	}
	var texts []string
	names := map[string][]string{}
	for _, note := range list {
		if names[note[1]] == nil {
			texts = append(texts, note[1])
		}
		names[note[1]] = append(names[note[1]], note[0])
	}
	fmt.Fprintln(env.Out, "\n"+env.Screen.Paint(terminal.Bold, title))
	for _, about := range texts {
		text := env.Screen.Line(strings.Join(names[about], ", ") + ": " + about)
		for i, line := range terminal.Wrap(text, env.Screen.Width-4) {
			indent := "  "
			if i > 0 {
				indent = "    "
			}
			fmt.Fprintln(env.Out, indent+line)
		}
	}
}
