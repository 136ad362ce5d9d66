// Package checkin is the weekly check-in of an objective: what its team says of all key results in one go, written into the
// objective's file.
package checkin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/repository"
	"okr.dev/controller/internal/okr"
)

const long = `Checks in: walks through all key results of an objective, asks for the value where people keep it, for the
confidence in each, for the milestones that are done and for a note, and writes one check-in into the
objective's file. Everything else in the file stays as it is. What is measured is shown, not asked for.

The objective is looked for in the YAML files below the present folder, or in --file. The cluster is asked how
the key results stand, if it can be reached; nothing depends on that.

With --confidence, --note, --value, --key-result-confidence or --done nothing else is asked. If the day has a
check-in already, it is amended: what is given replaces what it says, the rest of it stays.`

const examples = `  # Asks for everything, shows what it changes, and asks before it writes.
  kubectl okr checkin credibility

  # Asks for nothing.
  kubectl okr checkin credibility --confidence 6 --note "Ended the two search campaigns." \
    --value acquisition-cost=58.5 --key-result-confidence content-shares=4 --yes

  # A milestone is done.
  kubectl okr checkin more-engagement -n product --done competitor-ideas="Offline mode" --confidence 8

  # What would change.
  kubectl okr checkin credibility --file goals/marketing --confidence 6 --dry-run`

type options struct {
	files                         []string
	date, note, confidence        string
	values, confidences, done     []string
	yes, dryRun, offline, answers bool
}

// Command is the command.
func Command(env *command.Environment) *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use: "checkin OBJECTIVE", Short: "The weekly check-in of an objective, written into its file",
		Long: long, Example: examples, Args: command.Arguments(1, 1, "objective", "kubectl okr checkin credibility"),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range []string{"note", "confidence", "value", "key-result-confidence", "done"} {
				o.answers = o.answers || cmd.Flags().Changed(name)
			}
			return run(cmd.Context(), env, args[0], o)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&o.files, "file", "f", []string{"."}, "File or folder with the objective and its key results; may be repeated.")
	flags.StringVar(&o.date, "date", "", "Day of the check-in, such as 2026-11-13. Default: today, in the objective's zone.")
	flags.StringVar(&o.confidence, "confidence", "", "Confidence that the objective will be achieved, 0 to 10.")
	flags.StringVar(&o.note, "note", "", "What happened, what hinders, what is next.")
	flags.StringArrayVar(&o.values, "value", nil, "Value of a key result that is kept by hand: NAME=7.6; may be repeated.")
	flags.StringArrayVar(&o.confidences, "key-result-confidence", nil, "Confidence in one key result, 0 to 10: NAME=6; may be repeated.")
	flags.StringArrayVar(&o.done, "done", nil, "A milestone that is done: NAME=TITLE; may be repeated.")
	flags.BoolVarP(&o.yes, "yes", "y", false, "Write without asking.")
	flags.BoolVar(&o.dryRun, "dry-run", false, "Print what would change, and write nothing.")
	flags.BoolVar(&o.offline, "offline", false, "Do not ask the cluster how the key results stand.")
	return cmd
}

func run(ctx context.Context, env *command.Environment, name string, o *options) error {
	subject, err := find(ctx, env, name, o)
	if err != nil {
		return err
	}
	said := &answers{date: subject.date, keyResults: map[string]*keyResultAnswer{}}
	ask := &interview{env: env, lines: newLines(env.In)}
	if o.answers || o.yes {
		if err := said.fromFlags(o); err != nil {
			return err
		}
	} else if err := ask.about(subject, said); err != nil {
		return err
	}
	if err := errors.Join(said.check(subject)...); err != nil {
		return err
	}
	if err := write(subject, said); err != nil {
		return err
	}
	files := subject.files.Changed()
	if len(files) == 0 {
		fmt.Fprintf(env.Out, "the check-in of %s says all of this already: nothing to write\n", subject.date)
		return nil
	}
	if subject.today >= 0 {
		fmt.Fprintf(env.Out, "the check-in of %s is amended\n", subject.date)
	}
	for _, f := range files {
		repository.ShowDiff(env, f.Diff())
	}
	if o.dryRun {
		return nil
	}
	if !o.yes {
		if err := ask.confirm(); err != nil {
			return err
		}
	}
	return repository.Write(env, files, fmt.Sprintf("%s: check-in of %s", subject.files.Name(subject.objective.Object), subject.date))
}

// subject is what a check-in is about.
type subject struct {
	files     *repository.Repository
	objective repository.Goal[*v1alpha1.Objective]
	days      repository.Days
	date      okr.Date
	// today is the check-in that the date has already; -1 if there is none.
	today   int
	members []*member
}

// member is a key result.
type member struct {
	*v1alpha1.KeyResult
	// file is where it stands; nil if only the cluster knows it.
	file *repository.Goal[*v1alpha1.KeyResult]
	// status is that of the cluster; nil if it is not known.
	status *v1alpha1.KeyResultStatus
	days   repository.Days
}

func find(ctx context.Context, env *command.Environment, name string, o *options) (*subject, error) {
	fallback, err := env.Namespace()
	if err != nil {
		return nil, err
	}
	files, err := repository.Load(o.files, fallback)
	if err != nil {
		return nil, err
	}
	var namespace string
	if env.Flags.Namespace != nil {
		namespace = *env.Flags.Namespace
	}
	s := &subject{files: files, today: -1}
	n, err := command.ParseName(name)
	if err != nil {
		return nil, err
	}
	if err := n.Only(command.Objective, "checkin"); err != nil {
		return nil, err
	}
	if s.objective, err = files.Objective(cmp.Or(n.Namespace, namespace), n.Name); err != nil {
		return nil, err
	}
	objective := s.objective.Object
	if s.days, err = repository.DaysOf(objective); err != nil {
		return nil, fmt.Errorf("%s: %w", s.objective.Where(), err)
	}
	s.date = s.days.Today(env.Now())
	if o.date != "" {
		if s.date, err = okr.ParseDate(o.date); err != nil {
			return nil, fmt.Errorf("--date: %w", err)
		}
	}
	if err := s.admits(); err != nil {
		return nil, err
	}
	for i, c := range objective.Spec.CheckIns {
		if c.Date.String() == s.date.String() {
			s.today = i
		}
	}
	files.Warn(env)
	var cluster *goals.Set
	if !o.offline && (!o.answers && !o.yes || o.namesOther(files.KeyResultsOf(objective))) {
		cluster = present(ctx, env, files.Namespace(objective))
	}
	err = s.gather(cluster)
	return s, err
}

// namesOther reports whether a flag names a key result that is not among those of the files.
func (o *options) namesOther(own []repository.Goal[*v1alpha1.KeyResult]) bool {
	for _, text := range slices.Concat(o.values, o.confidences, o.done) {
		name, _, _ := strings.Cut(text, "=")
		if !slices.ContainsFunc(own, func(kr repository.Goal[*v1alpha1.KeyResult]) bool { return kr.Object.Name == name }) {
			return true
		}
	}
	return false
}

// admits says why there can be no check-in on the day.
func (s *subject) admits() error {
	o := s.objective.Object
	if o.Spec.State == v1alpha1.ObjectiveCancelled {
		return fmt.Errorf("%s: the objective is cancelled: there is nothing to check in", s.objective.Where())
	}
	if s.days.Contains(s.date) {
		return nil
	}
	advice := fmt.Sprintf("it begins on %s", s.days.First)
	if s.days.Last.Before(s.date) {
		advice = fmt.Sprintf("what was so in the period, write with --date %s; what is said afterwards belongs into spec.review", s.days.Last)
	}
	return fmt.Errorf("%s is not in the period %s of the objective, and a check-in must be: %s", s.date, o.Spec.Period, advice)
}

// patience is how long a cluster may take to say how key results stand.
const patience = 10 * time.Second

// present is how the key results stand in the cluster; nil if that cannot be found out.
func present(ctx context.Context, env *command.Environment, namespace string) *goals.Set {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	set, err := env.Goals(ctx, goals.Scope{Namespace: namespace})
	if err != nil {
		fmt.Fprintf(env.ErrOut, "how the key results stand is not known: %s\n\n", env.Screen.Text(firstLine(err)))
		return nil
	}
	return set
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// gather finds the key results: those of the files, and those that only the cluster has.
func (s *subject) gather(cluster *goals.Set) error {
	o := s.objective.Object
	known := map[string]*member{}
	for _, kr := range s.files.KeyResultsOf(o) {
		m := &member{KeyResult: kr.Object, file: &kr}
		if other := known[m.Name]; other != nil {
			return fmt.Errorf("two files have the key result %q: say which one with --file:\n  %s\n  %s", m.Name, other.file.Where(), kr.Where())
		}
		known[m.Name] = m
		s.members = append(s.members, m)
	}
	if cluster != nil {
		namespace := s.files.Namespace(o)
		for _, kr := range cluster.KeyResultsOf(&v1alpha1.Objective{ObjectMeta: metaOf(namespace, o.Name)}) {
			if m := known[kr.Name]; m != nil {
				m.status = &kr.Status
				continue
			}
			s.members = append(s.members, &member{KeyResult: kr, status: &kr.Status})
		}
	}
	for _, m := range s.members {
		days, err := s.days.Of(o, m.KeyResult)
		if err != nil {
			return fmt.Errorf("key result %q: %w", m.Name, err)
		}
		m.days = days
	}
	return nil
}
