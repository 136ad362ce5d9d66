package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// kubectl runs kubectl as an administrator and returns what it printed.
func (d *demo) kubectl(ctx context.Context, arguments ...string) (string, error) {
	return d.kubectlWithInput(ctx, "", arguments...)
}

// kubectlWithInput is kubectl with text on its standard input, for `apply -f -`.
func (d *demo) kubectlWithInput(ctx context.Context, input string, arguments ...string) (string, error) {
	cmd := exec.CommandContext(ctx, d.plane.KubectlPath(), arguments...)
	// kubectl finds its plugins in PATH: kubectl-okr is beside it.
	path := filepath.Dir(d.plane.KubectlPath()) + string(os.PathListSeparator) + os.Getenv("PATH")
	cmd.Env = append(os.Environ(), "KUBECONFIG="+d.kubeconfig(), "PATH="+path)
	cmd.Stdin = strings.NewReader(input)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("kubectl %s: %w\n%s", strings.Join(arguments, " "), err, bytes.TrimSpace(problems.Bytes()))
	}
	return out.String(), nil
}
