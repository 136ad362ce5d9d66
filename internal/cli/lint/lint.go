// Package lint checks goals in files, without a cluster: what the API server would refuse, and what would mislead.
package lint

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/practice"
)

const long = `Checks objectives, key results, KPIs and metric sources in files, without a cluster.

It says what the API server would refuse, with the server's own validation code, and what it would admit and was
still not meant: slips of YAML, queries that do not parse, references that lead nowhere, goals that break a rule
of good practice. Each finding has a file, a line, a rule (kubectl okr explain-rule ID) and what to write
instead.

PATH is a file, a folder, or - for standard input. Folders are looked through for YAML; those with a
kustomization.yaml are built as kustomize does, without fetching anything, and findings name the file that an
object came from. Objects of other kinds are passed over; files that hold no objects, such as templates of Helm,
are named as skipped. Objects that name no namespace are in that of -n.

Goals that are not among the files may be elsewhere, so that a reference to one is no error unless --complete
says that there are no others. Errors make it exit with 1 (see --fail-on); if it could not look at all, it exits
with 2.`

const examples = `  # Before you commit
  kubectl okr lint goals/

  # All goals of the organisation are in this repository
  kubectl okr lint --complete --fail-on=warning .

  # What a chart renders; what is in the cluster, where a goal's past counts too
  helm template chart/ | kubectl okr lint -
  kubectl get okr -A -o yaml | kubectl okr lint --complete -

  # In a pull request: annotations of GitHub, or a file for code scanning
  kubectl okr lint -o github goals/
  kubectl okr lint -o sarif goals/ > okr.sarif`

// flags are those of the command.
type flags struct {
	output, failOn       string
	rules                []string
	complete, showIgnore bool
	thresholds           practice.Thresholds
	scoreHigh, scoreLow  float64
}

// Command is kubectl okr lint.
func Command(env *command.Environment) *cobra.Command {
	f := flags{thresholds: practice.Defaults()}
	cmd := &cobra.Command{
		Use: "lint PATH...", Short: "Check goals in files, without a cluster", Long: long, Example: examples,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("what is to be checked? write files or folders, such as kubectl okr lint goals/, or - for standard input")
			}
			write, limit, err := f.read()
			if err != nil {
				return err
			}
			wanted, err := wanted(f.rules)
			if err != nil {
				return err
			}
			// The rules of a thousand goals make much garbage and leave little: collecting it less often saves a third of the time.
			defer debug.SetGCPercent(debug.SetGCPercent(400))
			done := env.Progress("checking goals")
			options := Options{Paths: args, In: env.In, Thresholds: f.thresholds, Complete: f.complete, Now: env.Now(), Rules: wanted}
			if env.Flags.Namespace != nil { // the one that is said, for no cluster is asked
				options.Namespace = *env.Flags.Namespace
			}
			report, err := Run(cmd.Context(), options)
			done()
			if err != nil {
				return err
			}
			if err := write(env, report, f.showIgnore); err != nil {
				return err
			}
			if report.fails(limit) {
				return command.Exit{Code: command.Findings}
			}
			return nil
		},
	}
	bind(cmd, &f)
	return cmd
}

func bind(cmd *cobra.Command, f *flags) {
	own := cmd.Flags()
	command.Output(cmd, &f.output, "text", "json", "sarif", "github")
	own.StringVar(&f.failOn, "fail-on", "error", "From which severity on it exits with 1: error, warning, advice or never.")
	own.BoolVar(&f.complete, "complete", false, "There are no goals beside these: a reference that leads out of the files is an error.")
	own.BoolVar(&f.showIgnore, "show-ignored", false, "Show findings too that objects silence with "+practice.IgnoreAnnotation+", with their reasons.")
	own.StringSliceVar(&f.rules, "rules", nil, "Only these rules, or with a minus all but these, by id or its beginning: OKR,KPI; -OKR003.")
	own.IntVar(&f.thresholds.ObjectivesMax, "objectives-max", f.thresholds.ObjectivesMax, "Rule OKR002: how many active objectives a team has at most in a period.")
	own.Float64Var(&f.scoreHigh, "score-high", float64(f.thresholds.ScoreHigh)/100, "Rule OKR012: above which score aspirational objectives were not ambitious.")
	own.Float64Var(&f.scoreLow, "score-low", float64(f.thresholds.ScoreLow)/100, "Rule OKR012: below which score aspirational objectives were not realistic.")
	shared := flag.NewFlagSet("", flag.ContinueOnError)
	f.thresholds.BindFlags(shared)
	own.AddGoFlagSet(shared)
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions([]string{"error", "warning", "advice", "never"}, cobra.ShellCompDirectiveNoFileComp))
}

// writer prints a report.
type writer func(env *command.Environment, report *Report, showIgnored bool) error

// severities are those of findings by the word for them, the worst first.
var severities = []practice.Severity{practice.Error, practice.Warning, practice.Advice}

// read makes sense of the flags: how to print, and which severities fail.
func (f *flags) read() (writer, []practice.Severity, error) {
	f.thresholds.ScoreHigh, f.thresholds.ScoreLow = int64(f.scoreHigh*100+0.5), int64(f.scoreLow*100+0.5)
	write := map[string]writer{"text": writeText, "json": writeJSON, "sarif": writeSARIF, "github": writeGitHub}[f.output]
	if f.failOn == "never" {
		return write, nil, nil
	}
	for i, s := range severities {
		if s.String() == f.failOn {
			return write, severities[:i+1], nil
		}
	}
	return nil, nil, fmt.Errorf("there is no severity %q: write --fail-on error, warning, advice or never", f.failOn)
}

// fails reports whether there is something of the severities that is not silenced.
func (r *Report) fails(severities []practice.Severity) bool {
	return slices.ContainsFunc(severities, func(s practice.Severity) bool { return r.Count(s) > 0 })
}

// wanted reads --rules; nil: all.
func wanted(rules []string) (func(string) bool, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	var with, without []string
	for _, rule := range rules {
		id, not := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(rule)), "-")
		if !slices.ContainsFunc(Rules(), func(r practice.Rule) bool { return id != "" && strings.HasPrefix(r.ID, id) }) {
			return nil, fmt.Errorf("no rule begins with %q: kubectl okr explain-rule lists them", rule)
		}
		if not {
			without = append(without, id)
		} else {
			with = append(with, id)
		}
	}
	begins := func(ids []string, id string) bool {
		return slices.ContainsFunc(ids, func(begin string) bool { return strings.HasPrefix(id, begin) })
	}
	return func(id string) bool { return (len(with) == 0 || begins(with, id)) && !begins(without, id) }, nil
}

// printed writes a text.
func printed(out io.Writer, text string) error {
	_, err := io.WriteString(out, text)
	return err
}
