package report

import (
	"fmt"
	"io"
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
)

// digestOptions are the flags of digest.
type digestOptions struct {
	all    bool
	since  string
	limits Limits
	output output
}

// DigestCommand is `kubectl okr digest`.
func DigestCommand(env *command.Environment) *cobra.Command {
	var o digestOptions
	cmd := &cobra.Command{
		Use:   "digest [--since TIME]",
		Short: "What changed lately, what is late, what was said, what is coming",
		Long: `The weekly mail, team by team: verdicts that changed, new and closed goals; check-ins, reviews, actions and milestones
that are late; what was said in check-ins; and what is due in as long a time ahead.

A status keeps since when its verdict is what it is, and not what it was before: what changed to and fro meanwhile
is not in the digest. Days count whole: what is dated on the first day is in.`,
		Example: `  # The last week of the namespace
  kubectl okr digest

  # Two weeks of the whole company, as Markdown for a chat or a wiki
  kubectl okr digest --since 14d -A -o markdown

  # One team's, since a day, as a page to mail
  kubectl okr digest --since 2026-11-16 -A --owner sales -o html --out digest.html`,
		Args: command.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(env, cmd) },
	}
	command.AllNamespaces(cmd, &o.all)
	cmd.Flags().StringVar(&o.since, "since", "7d", "How far to look back: a length of time such as 7d or 36h, a day such as 2026-11-16 (UTC), or an instant.")
	limitFlags(cmd, &o.limits)
	o.output.flags(cmd, "text", "markdown", "html", "json")
	return cmd
}

func (o *digestOptions) run(env *command.Environment, cmd *cobra.Command) error {
	now := env.Now()
	from, err := since(o.since, now)
	if err != nil {
		return err
	}
	set, err := read(env, cmd, o.all, &o.limits)
	if err != nil {
		return err
	}
	if err := o.limits.known(set); err != nil && (o.limits.Owner != "" || o.limits.Selector.Text != "") {
		return err
	}
	digest := BuildDigest(set, o.limits, from, now)
	return o.output.write(env, func(out io.Writer, screen terminal.Screen) error {
		switch o.output.format {
		case "markdown":
			DigestMarkdown(out, screen, digest)
		case "html":
			return DigestHTML(out, digest)
		case "json":
			return command.JSON(out, digest)
		default:
			DigestText(out, screen, digest)
		}
		return nil
	})
}

// since reads how far to look back.
func since(text string, now time.Time) (time.Time, error) {
	from := time.Time{}
	if length, err := model.ParseDuration(text); err == nil {
		from = now.Add(-time.Duration(length))
	} else if day, err := time.Parse(time.DateOnly, text); err == nil {
		from = day
	} else if instant, err := time.Parse(time.RFC3339, text); err == nil {
		from = instant
	} else {
		return from, fmt.Errorf("--since %q is no time: write a length such as 7d, a day such as 2026-11-16, or an instant such as 2026-11-16T09:00:00Z", text)
	}
	if !from.Before(now) {
		return from, fmt.Errorf("--since %s is not in the past: there is nothing to look back on", text)
	}
	return from, nil
}
