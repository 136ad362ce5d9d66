// Package preview says what the status of goals in files would be, and what a change of the files does, without applying them.
package preview

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// options are what the flags say.
type options struct {
	endpoints
	at          string
	against     string
	fromCluster bool
	prune       bool
	backtest    int
	output      string
}

// maxBacktest is how many periods are looked back at most.
const maxBacktest = 20

// Command is the command.
func Command(env *command.Environment) *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use:   "preview PATH...",
		Short: "What the status of goals in files would be, and what a change does",
		Long: `Evaluates the goals in files as the controller would, and applies nothing.

Files and folders of YAML are read, kustomizations are built; - is standard input. What goals
measure is asked of Prometheus at --prometheus, and nothing else is connected to: an address in
a MetricSource is never used. A MetricSource that is not in the files counts as shared with
all, and asks for all tenants; with --from-cluster it is that of the cluster. Without an
address goals that are measured are Unknown.

Goals are taken to have been applied a minute ago: what they promise is what is written, and
nothing is held back by holdFor. With --from-cluster they are taken to be applied over those of
the cluster, whose memory (commitments, frozen values, scores) they keep.

--against compares: with the cluster, or with a branch, tag or commit of git. Both sides are
evaluated at the same instant. It says which verdicts change, what is added and removed, and
which goalposts of running goals are moved, in which week of their time and with which reason.
-o markdown is made for the comment of a pull request.

--backtest N asks how the goals would have ended in the last N periods of their length: targets
as they are written, baselines as the numbers stood at each start. What people keep by hand,
and milestones, have no such past. Where Prometheus has no data, it says so.

The exit code is 0 whatever the verdicts are, and 2 where they could not be found out.`,
		Example: `  # How would these goals stand right now?
  kubectl okr preview goals/ --prometheus http://127.0.0.1:9090

  # What does this branch do? For the comment of a pull request
  kubectl okr preview goals/ --prometheus https://prometheus.example.com --against origin/main -o markdown

  # What would applying them change, with what the controller remembers?
  kubectl okr preview goals/ --prometheus http://127.0.0.1:9090 --against cluster

  # Are the targets of next quarter realistic? How would they have ended in the last four?
  kubectl okr preview next-quarter.yaml --prometheus http://127.0.0.1:9090 --backtest 4`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name the files or folders to preview, or - for standard input: kubectl okr preview goals/ --prometheus http://127.0.0.1:9090")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := o.plan(env, args)
			if err != nil {
				return err
			}
			defer p.close()
			r, err := p.report(cmd.Context())
			if err != nil {
				return err
			}
			return r.write(env, o.output)
		},
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.at, "at", "", "Instant to look at: a time such as 2026-11-15T12:00:00Z, or a day, which is its start in UTC. Default: now.")
	f.StringVar(&o.against, "against", "", "What to compare with: cluster, or a branch, tag or commit of git.")
	f.BoolVar(&o.fromCluster, "from-cluster", false, "Read from the cluster what is related to the goals, and what the controller remembers of them.")
	f.BoolVar(&o.prune, "prune", false, "With --against cluster: goals in the files' namespaces that are not in the files are deleted, as GitOps tools do.")
	f.IntVar(&o.backtest, "backtest", 0, "How many periods of the past to try the goals on.")
	command.Output(cmd, &o.output, "text", "markdown", "json")
	return cmd
}

// plan checks the flags and reads the files.
func (o *options) plan(env *command.Environment, paths []string) (*plan, error) {
	now := env.Now()
	at, past, err := instant(o.at, now)
	switch {
	case err != nil:
		return nil, err
	case o.backtest < 0 || o.backtest > maxBacktest:
		return nil, fmt.Errorf("--backtest %d: write 1 to %d, or leave it out", o.backtest, maxBacktest)
	case o.prune && o.against != againstCluster:
		return nil, errors.New("--prune goes with --against cluster: between two states of files, what is missing is deleted")
	}
	if err := o.open(); err != nil {
		return nil, err
	}
	return &plan{options: o, env: env, paths: paths, at: at, past: past}, nil
}

// instant reads --at, and says whether it lies in the past.
func instant(text string, now time.Time) (at time.Time, past bool, err error) {
	if text == "" {
		return now.UTC().Truncate(time.Second), false, nil
	}
	at, err = time.Parse(time.RFC3339, text)
	if err != nil {
		at, err = time.Parse(time.DateOnly, text)
	}
	switch {
	case err != nil:
		return at, false, fmt.Errorf("--at %s: write a time such as 2026-11-15T12:00:00Z, or a day such as 2026-11-15", text)
	case at.After(now):
		return at, false, fmt.Errorf("--at %s is still to come: nothing has been measured then; write a time up to now", text)
	}
	return at.UTC().Truncate(time.Second), true, nil
}

// againstCluster is the word for the cluster, which is no commit.
const againstCluster = "cluster"

// report finds out all that there is to say.
func (p *plan) report(ctx context.Context) (*report, error) {
	doing := "evaluating goals"
	if len(p.addresses) > 0 {
		doing = "asking Prometheus"
	}
	defer p.env.Progress(doing)()
	if err := p.gather(ctx); err != nil {
		return nil, err
	}
	return p.evaluate(ctx)
}
