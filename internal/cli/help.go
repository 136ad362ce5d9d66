package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"okr.dev/controller/internal/cli/terminal"
)

// helpWidth is the widest that help is set: longer lines are hard to read.
const helpWidth = 100

// everywhere are kubectl's flags that are told of in the plugin's help. The rest is in `kubectl options`.
var everywhere = []struct{ name, usage string }{
	{"namespace", "Namespace of the goals. Default: that of the context."},
	{"context", "Context of the kubeconfig: which cluster, and who asks."},
	{"kubeconfig", "File with the contexts. Default: $KUBECONFIG, or ~/.kube/config."},
}

// helpful sets the help to the width of the screen, and leaves kubectl's twenty flags out of the help of each command.
func helpful(root *cobra.Command, screen terminal.Screen) {
	width := min(screen.Width, helpWidth)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		out := cmd.OutOrStdout()
		if long := strings.TrimSpace(cmp.Or(cmd.Long, cmd.Short)); long != "" {
			_, _ = fmt.Fprintln(out, reflow(long, width)+"\n")
		}
		usage(out, cmd, width)
	})
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		usage(cmd.OutOrStderr(), cmd, width)
		return nil
	})
}

// reflow sets paragraphs anew. Those with a line that is set in, such as code, stay as they are.
func reflow(text string, width int) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, paragraph := range paragraphs {
		if strings.HasPrefix(paragraph, " ") || strings.HasPrefix(paragraph, "\t") || strings.Contains(paragraph, "\n ") || strings.Contains(paragraph, "\n\t") {
			continue
		}
		paragraphs[i] = strings.Join(terminal.Wrap(strings.ReplaceAll(paragraph, "\n", " "), width), "\n")
	}
	return strings.Join(paragraphs, "\n\n")
}

func usage(out io.Writer, cmd *cobra.Command, width int) {
	var text strings.Builder
	section := func(title, body string) {
		if body = strings.TrimRight(body, "\n"); body != "" {
			text.WriteString(strings.TrimLeft(title+"\n", "\n") + body + "\n\n")
		}
	}
	form := cmd.UseLine()
	if cmd.HasAvailableSubCommands() {
		form = cmd.CommandPath() + " COMMAND"
	}
	section("Usage:", "  "+form)
	section("Examples:", cmd.Example)
	for _, group := range cmd.Groups() {
		section(group.Title, listed(cmd, group.ID, width))
	}
	if !cmd.HasParent() {
		section("Other:", listed(cmd, "", width))
		section("Flags that work everywhere, as do all of kubectl's (kubectl options):", kubectls(cmd).FlagUsagesWrapped(width))
		section("", "Write \"kubectl okr COMMAND --help\" for what a command does, with examples.")
	} else {
		section("Commands:", listed(cmd, "", width))
		section("Flags:", cmd.LocalFlags().FlagUsagesWrapped(width))
		section("", reflow("kubectl's flags work too: -n, --context, --kubeconfig, --as and so on (kubectl options).", width))
	}
	_, _ = io.WriteString(out, strings.TrimRight(text.String(), "\n")+"\n")
}

// listed are the commands of a group, one a line.
func listed(cmd *cobra.Command, group string, width int) string {
	var lines strings.Builder
	pad := 0
	for _, sub := range cmd.Commands() {
		pad = max(pad, len(sub.Name()))
	}
	for _, sub := range cmd.Commands() {
		if sub.GroupID != group || !sub.IsAvailableCommand() && sub.Name() != "help" {
			continue
		}
		for i, line := range terminal.Wrap(sub.Short, width-pad-4) {
			name := ""
			if i == 0 {
				name = sub.Name()
			}
			lines.WriteString("  " + terminal.Pad(name, pad, false) + "  " + line + "\n")
		}
	}
	return lines.String()
}

// kubectls are those of kubectl's flags that are told of.
func kubectls(root *cobra.Command) *pflag.FlagSet {
	told := pflag.NewFlagSet("", pflag.ContinueOnError)
	told.SortFlags = false
	for _, f := range everywhere {
		if flag := root.PersistentFlags().Lookup(f.name); flag != nil {
			own := *flag
			own.Usage = f.usage
			told.AddFlag(&own)
		}
	}
	return told
}
