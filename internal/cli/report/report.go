// Package report writes documents about goals: the review of a cycle, and the digest of what changed lately. What is in a
// document is decided by pure functions of what was read; the renderers only write it down.
package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
)

// reportOptions are the flags of report.
type reportOptions struct {
	all    bool
	limits Limits
	output output
}

// Command is `kubectl okr report`.
func Command(env *command.Environment) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report [--cycle CYCLE]",
		Short: "The review of a cycle as one document",
		Long: `Writes the document for the review of a cycle: scores and grades beside what the teams say themselves, key results
with their trend, what became of the KPIs, what was learned, moved goalposts, check-ins and practice advice, from the
company down to the teams.

A cycle is spec.cycle of objectives, or their period where they have none. Without --cycle it is the one that most
objectives of today are in. What is not known is said with its reason; no number is invented.

As HTML it is one file that needs no network: send it, open it on a phone, or print it.`,
		Example: `  # The present cycle of the namespace, as Markdown
  kubectl okr report

  # Last quarter of the whole company, as a page to send
  kubectl okr report --cycle 2026-Q3 -A -o html --out review.html

  # One team's, for a script
  kubectl okr report --cycle 2026-Q3 -A --owner platform -o json`,
		Args: command.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(env, cmd) },
	}
	command.AllNamespaces(cmd, &o.all)
	cmd.Flags().StringVar(&o.limits.Cycle, "cycle", "", "The cycle: a label such as FY27-Q1, or a period such as 2026-Q4.")
	limitFlags(cmd, &o.limits)
	o.output.flags(cmd, "markdown", "html", "json")
	return cmd
}

// limitFlags adds the flags that say whose goals are meant.
func limitFlags(cmd *cobra.Command, into *Limits) {
	cmd.Flags().StringVar(&into.Owner, "owner", "", "Goals of this team, person or contact.")
	command.Labels(cmd, &into.Selector, "Goals with these labels, such as tier=one.")
}

func (o *reportOptions) run(env *command.Environment, cmd *cobra.Command) error {
	set, err := read(env, cmd, o.all, &o.limits)
	if err != nil {
		return err
	}
	document, err := Build(set, o.limits, env.Now())
	if err != nil {
		return err
	}
	return o.output.write(env, func(out io.Writer, screen terminal.Screen) error {
		switch o.output.format {
		case "html":
			return HTML(out, document)
		case "json":
			return command.JSON(out, document)
		default:
			Markdown(out, screen, document)
			return nil
		}
	})
}

// read reads the goals that are meant, and what they are related to.
func read(env *command.Environment, cmd *cobra.Command, all bool, limits *Limits) (*goals.Set, error) {
	scope, err := env.Scope(all)
	if err != nil {
		return nil, err
	}
	limits.Namespace = scope.Namespace
	scope.Everything = true
	return env.Goals(cmd.Context(), scope)
}

// output is how a document is written, and where to.
type output struct{ format, file string }

func (o *output) flags(cmd *cobra.Command, formats ...string) {
	command.Output(cmd, &o.format, formats...)
	cmd.Flags().StringVar(&o.file, "out", "", "Write to this file instead of standard output.")
}

// write draws a document whole before any of it is written: a file that is there already is replaced, or stays as it is.
func (o *output) write(env *command.Environment, draw func(io.Writer, terminal.Screen) error) error {
	var b bytes.Buffer
	screen := env.Screen
	if o.file != "" { // a file is no terminal
		screen = terminal.Screen{Width: 100, Unicode: true}
	}
	if err := draw(&b, screen); err != nil {
		return err
	}
	if o.file == "" {
		_, err := env.Out.Write(b.Bytes())
		return err
	}
	if err := replace(o.file, b.Bytes()); err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	fmt.Fprintf(env.Out, "%s written\n", o.file)
	return nil
}

// replace writes a file beside the one that is there, and puts it in its place once it is whole. What is no plain file, such
// as a pipe or a link, is written into.
func replace(file string, content []byte) error {
	if there, err := os.Lstat(file); err == nil && !there.Mode().IsRegular() {
		return os.WriteFile(file, content, 0o644)
	}
	whole, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	_, err = whole.Write(content)
	if err = errors.Join(err, whole.Chmod(0o644), whole.Close()); err == nil {
		err = os.Rename(whole.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(whole.Name()))
	}
	return nil
}
