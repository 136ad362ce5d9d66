package command_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
)

func environment(t *testing.T) *command.Environment {
	t.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	env, _ := cluster.Environment("sales", terminal.Screen{Width: 80}, "")
	return env
}

func TestCompletion(t *testing.T) {
	env := environment(t)
	cases := map[string]struct {
		reason   string
		complete cobra.CompletionFunc
		args     []string
		typed    string
		want     []string
	}{
		"Objectives": {"those of the namespace, with their titles", command.Objectives(env), nil, "",
			[]string{"kim-listens-first\tI listen before I pitch", "new-prospects\tEvery prospect feels looked after", "win-back-new-customers\tProspects choose us again"}},
		"Typed":      {"that begin as typed", command.KPIs(env), nil, "new", []string{"new-paying-customers\tNew paying customers, a month"}},
		"Kinds":      {"a kind first", command.KindNames(env), nil, "k", []string{"keyresult/", "kpi/"}},
		"KindNames":  {"then a name of it", command.KindNames(env), nil, "kpi/cl", []string{"kpi/closed-deals\tClosed deals, a week"}},
		"Namespaces": {"namespaces", command.Namespaces(env), nil, "car-", []string{"car-maker", "car-production", "car-sales"}},
		"First":      {"the first argument alone", command.First(command.Objectives(env)), []string{"new-prospects"}, "", nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			cmd := &cobra.Command{}
			cmd.SetContext(t.Context())
			got, directive := tc.complete(cmd, tc.args, tc.typed)
			if diff := cmp.Diff(tc.want, slices.Clone(got)); diff != "" || directive&cobra.ShellCompDirectiveNoFileComp == 0 {
				t.Errorf("%s (directive %d, -want +got):\n%s", tc.reason, directive, diff)
			}
		})
	}
}

// A cluster that does not answer, or a login that waits for somebody, completes nothing; the shell goes on.
func TestCompletionDoesNotWait(t *testing.T) {
	env := environment(t)
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	env.Cluster = func() (client.WithWatch, error) {
		<-never
		return nil, errors.New("it never answered")
	}
	done := make(chan int)
	go func() {
		found, _ := command.Objectives(env)(&cobra.Command{}, nil, "")
		done <- len(found)
	}()
	select {
	case n := <-done:
		if n != 0 {
			t.Errorf("%d names of a cluster that was not read", n)
		}
	case <-time.After(time.Minute): // far more than it takes, for the machine may be busy
		t.Fatal("it waits for the cluster")
	}
}
