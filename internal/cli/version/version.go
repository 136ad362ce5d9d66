// Package version says what the plugin was built from, what the controller is, and which versions of the API are served.
package version

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/build"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
)

// Versions is what -o json prints.
type Versions struct {
	Plugin Build `json:"plugin"`
	// Speaks is the version of the API that the plugin knows.
	Speaks string  `json:"speaks"`
	Server *Server `json:"server,omitempty"`
}

// Command is `kubectl okr version`.
func Command(env *command.Environment) *cobra.Command {
	return CommandOf(env, build.Read)
}

// CommandOf is the command of a program whose build is read by a function, such as build.Read.
func CommandOf(env *command.Environment, read func() (*debug.BuildInfo, bool)) *cobra.Command {
	var onlyClient bool
	var output string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "The version of the plugin, and of the controller",
		Long: "What this plugin was built from; the image of the controller in the cluster, where you may see its Deployment\n" +
			"(label app.kubernetes.io/name=okr-controller); and which versions of goals.okr.dev the cluster serves.\n\n" +
			"It exits with 0 also where there is no cluster, and says so.",
		Example: "  kubectl okr version\n\n" +
			"  # Without asking a cluster\n" +
			"  kubectl okr version --client\n\n" +
			"  # For a report of a bug\n" +
			"  kubectl okr version -o json",
		Args: command.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			versions := Versions{Plugin: buildOf(read), Speaks: v1alpha1.GroupVersion.String()}
			if !onlyClient {
				versions.Server = asked(cmd.Context(), env)
			}
			if output == "json" {
				return command.JSON(env.Out, versions)
			}
			draw(env.Out, env.Screen, versions)
			return nil
		},
	}
	cmd.Flags().BoolVar(&onlyClient, "client", false, "The plugin only: no cluster is asked.")
	command.Output(cmd, &output, "text", "json")
	return cmd
}

func asked(ctx context.Context, env *command.Environment) *Server {
	defer env.Progress("asking the cluster")()
	server := ask(ctx, env.Cluster)
	return &server
}

// draw writes what is known, a line each.
func draw(out io.Writer, screen terminal.Screen, v Versions) {
	line := func(title, said string) {
		said = screen.Line(said)
		const indent = 13
		for i, part := range terminal.Wrap(said, screen.Width-indent) {
			if i > 0 {
				title = ""
			}
			_, _ = fmt.Fprintln(out, strings.TrimRight(terminal.Pad(screen.Paint(terminal.Bold, title), indent, false)+part, " "))
		}
	}
	version := v.Plugin.Version
	if v.Plugin.Revision == "" && version == "(devel)" {
		version += ": built from a working copy, whose revision was not recorded"
	}
	line("Plugin", version)
	if v.Plugin.Revision != "" {
		line("Built from", v.Plugin.source())
	}
	if v.Plugin.Go != "" {
		line("Go", strings.TrimSpace(v.Plugin.Go+" "+v.Plugin.Platform))
	}
	line("Plugin API", v.Speaks)
	switch {
	case v.Server == nil:
		return
	case v.Server.NotKnown != "":
		line("Cluster", "not known: "+v.Server.NotKnown)
		return
	}
	for _, c := range v.Server.Controllers {
		line("Controller", fmt.Sprintf("%s (%s/%s, %d of %d ready)", c.Image, c.Namespace, c.Name, c.Ready, c.Replicas))
	}
	if why := v.Server.ControllersNotKnown; why != "" {
		line("Controller", "not known: "+why)
	}
	line("Server API", v.api())
}

// source is what a build was built from.
func (b Build) source() string {
	said := b.Revision
	if b.Time != nil {
		said += " of " + b.Time.UTC().Format(time.RFC3339)
	}
	if b.Modified {
		said += ", with changes that are not committed"
	}
	return said
}

// api says which versions are served, and whether the plugin's is among them.
func (v Versions) api() string {
	if why := v.Server.WhyNoAPIVersions; why != "" {
		return why
	}
	served := "goals.okr.dev " + strings.Join(v.Server.APIVersions, ", ")
	if !slices.Contains(v.Server.APIVersions, v1alpha1.GroupVersion.Version) {
		served += ": not the one that this plugin speaks; take one of the controller's version"
	}
	return served
}
