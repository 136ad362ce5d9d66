// Command kubectl-okr is the kubectl plugin: with it in PATH, `kubectl okr` runs it.
package main

import (
	"os"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	_ "k8s.io/client-go/plugin/pkg/client/auth" // the ways to log in that a kubeconfig may name
	_ "time/tzdata"                             // zones of goals, on machines that have none

	"okr.dev/controller/internal/cli"
	"okr.dev/controller/internal/cli/command"
)

func main() {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	os.Exit(cli.Run(command.New(streams), os.Args[1:]))
}
