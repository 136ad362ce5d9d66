// Package draft writes first versions of goals as YAML files: the commands new and import.
package draft

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/cli/near"
	"okr.dev/controller/internal/prom"
)

// newOptions are the flags of new.
type newOptions struct {
	answers
	fromKPI, prometheus, file  string
	yes, interactive, appendIt bool
}

const newLong = `Write an objective with its key results as YAML, from a few questions, or from flags.

On a terminal, what the flags do not say is asked, one line at a time, each question with what to think of; Enter takes
the default. The rules of good practice are looked at on the way. With --yes, or where nobody can be asked, what is not
said is left at its default.

--from-kpi begins with a KPI of the cluster: the rationale says how it stands, the objective names it, and the numbers
that drive it are suggested as key results. Where a key result is measured by a KPI, its baseline is the KPI's present
value. No Prometheus server is asked, unless --prometheus names one to take the baselines of queries from.

A key result is "title|unit|baseline|target|query". Baseline and query may be empty; instead of a query, kpi:NAME.
The target is a number to arrive at; >=50 or <=4 where the baseline is to be measured at the start; a change such as
+20% or -15; or "keep >=99.9", a number to be held.

The YAML goes to standard output, or into --file, which never overwrites anything.`

const newExamples = `  # Asked on the terminal, written into a file
  kubectl okr new --file goals/checkout.yaml

  # From flags
  kubectl okr new -n checkout --title "Checkout feels instant" --owner checkout --contact "#checkout" \
    --kpi checkout-latency --action "Cache the price lookup|Mei|2026-10-31" \
    --key-result "p99 latency|ms|800|300|kpi:checkout-latency" \
    --key-result "Customers who find it fast|%|61|80"

  # The answer to a KPI that has left its band
  kubectl okr new win-back-new-customers -n sales --from-kpi new-paying-customers

  # Baselines from Prometheus
  kubectl okr new --yes --title "Prospects choose us" --prometheus http://127.0.0.1:9090 \
    --key-result "First reply|h||<=4|max(company_first_reply_hours)"`

// NewCommand writes a first objective.
func NewCommand(env *command.Environment) *cobra.Command {
	var o newOptions
	cmd := &cobra.Command{
		Use: "new [NAME]", Short: "A first objective, from a few questions or from a KPI", Long: newLong, Example: newExamples,
		Args: command.Arguments(0, 1, "name", `kubectl okr new fast-checkout --title "Checkout feels instant"`), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, env, args) },
	}
	flags := cmd.Flags()
	for _, q := range questions() {
		flags.StringVar(q.into(&o.answers), q.flag, "", cmp.Or(q.usage, q.why))
	}
	flags.StringArrayVar(&o.kpis, "kpi", nil, "A KPI that it is to move: name, or namespace/name. May be repeated.")
	flags.StringArrayVar(&o.keyResults, "key-result", nil, "A key result: "+keyResultForm+". May be repeated.")
	flags.StringArrayVar(&o.actions, "action", nil, `What you are going to do: "title|owner|2026-10-31". May be repeated.`)
	flags.StringVar(&o.fromKPI, "from-kpi", "", "Begin with this KPI of the cluster: name, or namespace/name.")
	flags.StringVar(&o.prometheus, "prometheus", "", "Address of a Prometheus server to take the baselines of queries from.")
	flags.StringVarP(&o.file, "file", "f", manifest.Stdin, "File to write; - is standard output. One that exists is left alone.")
	flags.StringVar(&o.file, "out", manifest.Stdin, "The same as --file, as other commands have it.")
	utilruntime.Must(flags.MarkHidden("out"))
	flags.BoolVar(&o.appendIt, "append", false, "Write behind what --file holds already.")
	flags.BoolVarP(&o.yes, "yes", "y", false, "Ask nothing: what is not said is left at its default.")
	flags.BoolVarP(&o.interactive, "interactive", "i", false, "Ask, even where the input is no terminal.")
	cmd.MarkFlagsMutuallyExclusive("yes", "interactive")
	for flag, names := range map[string]cobra.CompletionFunc{
		"from-kpi": command.KPIs(env), "kpi": command.KPIs(env), "parent": command.Objectives(env),
		"level":    cobra.FixedCompletions([]cobra.Completion{"Company", "Department", "Team", "Individual"}, cobra.ShellCompDirectiveNoFileComp),
		"ambition": cobra.FixedCompletions([]cobra.Completion{"Committed", "Aspirational"}, cobra.ShellCompDirectiveNoFileComp),
	} {
		utilruntime.Must(cmd.RegisterFlagCompletionFunc(flag, names))
	}
	return cmd
}

func (o *newOptions) run(cmd *cobra.Command, env *command.Environment, args []string) error {
	if o.appendIt && o.file == manifest.Stdin {
		return errors.New("--append goes with --file")
	}
	d, err := o.begin(cmd, env, args)
	if err != nil {
		return err
	}
	said := func(flag string) bool { return cmd.Flags().Changed(flag) }
	for _, q := range questions() {
		if given := *q.into(&d.answers); given != "" {
			if err := q.check(given); err != nil {
				return fmt.Errorf("--%s: %w", q.flag, err)
			}
		}
	}
	for _, kpi := range d.kpis {
		if err := checkName(kpi); err != nil {
			return fmt.Errorf("--kpi: %w", err)
		}
	}
	asks := !o.yes && (o.interactive || terminalIn(env))
	i := &interview{in: bufio.NewReader(env.In), out: env.ErrOut, screen: env.Screen}
	if asks {
		err = d.interview(i, said)
	} else {
		err = d.defaults(said)
	}
	if err != nil {
		return err
	}
	g, err := d.goal()
	if err != nil {
		return err
	}
	if asks && !said("key-result") {
		if err := i.keyResults(d, g); err != nil {
			return err
		}
		g.suggested, g.asides, g.remarks = nil, nil, onlyOf(g)
		d.suggest(g)
	}
	return o.write(env, d, g)
}

// onlyOf are the remarks about key results, which stay when the others are made again.
func onlyOf(g *goal) remarks {
	kept := remarks{}
	for at, said := range g.remarks {
		for _, kr := range g.keyResults {
			if at.object == kr {
				kept[at] = said
			}
		}
	}
	return kept
}

func (o *newOptions) write(env *command.Environment, d *drafting, g *goal) error {
	text := document(g, true)
	if o.file == manifest.Stdin {
		if _, err := fmt.Fprint(env.Out, text); err != nil {
			return err
		}
	} else {
		if err := save(o.file, text, o.appendIt); err != nil {
			return err
		}
		fmt.Fprintf(env.ErrOut, "%s: objective %s with %d key results\n", o.file, g.objective.Name, len(g.keyResults))
	}
	tell(env.ErrOut, env.Screen, d.advise(g))
	return nil
}

// terminalIn reports whether there is somebody to ask.
func terminalIn(env *command.Environment) bool {
	file, ok := env.In.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// defaults fills in what was not said.
func (d *drafting) defaults(said func(flag string) bool) error {
	for _, q := range questions() {
		into := q.into(&d.answers)
		if q.fallback != nil && !said(q.flag) {
			*into = q.fallback(d)
		}
		if q.needed && *into == "" {
			return fmt.Errorf("what do you want to be true at the end? Write --%s \"…\", or --from-kpi NAME, or run it on a terminal to be asked", q.flag)
		}
	}
	return nil
}

// begin finds out what the answers are about: the namespace, the KPI, and what the cluster knows of them.
func (o *newOptions) begin(cmd *cobra.Command, env *command.Environment, args []string) (*drafting, error) {
	d := &drafting{answers: o.answers, now: env.Now(), namespace: *env.Flags.Namespace}
	if len(args) > 0 {
		if d.name = args[0]; !label.MatchString(d.name) || strings.Contains(d.name, "/") {
			return nil, fmt.Errorf("%q is no name: write small letters, digits and dashes, such as checkout-feels-instant", d.name)
		}
	}
	if err := o.read(cmd.Context(), env, d); err != nil {
		return nil, err
	}
	if o.prometheus != "" {
		c, err := prom.New(prom.Options{URL: o.prometheus})
		if err != nil {
			return nil, fmt.Errorf("--prometheus: %w", err)
		}
		defer c.Close() // idle connections: those in use live on
		d.ask = asking(cmd.Context(), c, d)
	}
	return d, nil
}

// read reads from the cluster what the answers refer to, if they refer to anything.
func (o *newOptions) read(ctx context.Context, env *command.Environment, d *drafting) error {
	wanted := o.fromKPI != ""
	for _, text := range o.keyResults {
		m, err := parseMeasure(text)
		if err != nil {
			return err
		}
		_, byKPI := m.kpi()
		wanted = wanted || byKPI
	}
	if !wanted {
		return nil
	}
	own, err := env.Namespace()
	if err != nil {
		return err
	}
	namespace, name := reference(o.fromKPI, "")
	if d.namespace == "" {
		d.namespace = own
		if namespace != "" {
			d.namespace = namespace
		}
	}
	set, err := env.Goals(ctx, goals.Scope{Namespace: d.namespace, Everything: true})
	if err != nil {
		if o.fromKPI == "" {
			fmt.Fprintf(env.ErrOut, "The cluster could not be read, so what its KPIs say is not known: %v\n", err)
			return nil
		}
		return err
	}
	d.set = set
	if o.fromKPI == "" {
		return nil
	}
	if namespace == "" {
		namespace = d.namespace
	}
	d.kpi = set.KPI(namespace, name)
	if d.kpi == nil || !(consents{set}).shared(d.kpi.Spec.AllowedNamespaces, namespace, d.namespace) {
		return noKPI(set, namespace, name, d.namespace)
	}
	d.kpis = append([]string{namespace + "/" + name}, d.kpis...)
	return nil
}

// noKPI says why there is no such KPI for a namespace, and which may have been meant.
func noKPI(set *goals.Set, namespace, name, from string) error {
	if set.KPI(namespace, name) != nil {
		return fmt.Errorf("the KPI %s/%s is not shared with namespace %s: write -n %s, or have its owner allow yours in spec.allowedNamespaces", namespace, name, from, namespace)
	}
	said := fmt.Sprintf("the KPI %s/%s is not found, or not shared with namespace %s", namespace, name, from)
	var own, elsewhere []string
	for _, k := range set.KPIs {
		switch {
		case k.Namespace == namespace:
			own = append(own, k.Name)
		case k.Name == name:
			elsewhere = append(elsewhere, "-n "+k.Namespace)
		}
	}
	if len(elsewhere) > 0 {
		return fmt.Errorf("%s; there is one with %s", said, strings.Join(elsewhere, ", "))
	}
	if meant := near.Name(name, own); meant != "" {
		return fmt.Errorf("%s: did you mean %s?", said, meant)
	}
	return fmt.Errorf("%s: `kubectl get kpis -n %s` lists those that there are", said, namespace)
}
