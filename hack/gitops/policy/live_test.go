package policy_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/cli"
	"okr.dev/controller/internal/cli/command"
)

// written are the files of a team: an objective that is running, and one that was over two days ago. Their dates are filled in.
const written = `
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata: {name: running, namespace: checkout}
spec:
  title: Everybody finds us
  owner: {team: checkout}
  period: %[1]s
  cycle: C2
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: leads, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: More leads
  reach: {target: "0.5", direction: Increase}
  metric: {query: sum(leads)}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: survey, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: Survey from 7.1 to 8
  reach: {baseline: "7.1", target: 8}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: steps, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: The new site is out
  milestones:
    - title: Research published
    - title: Beta is used
---
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata: {name: over, namespace: checkout}
spec:
  title: Everybody knows us
  owner: {team: checkout}
  period: %[2]s
  cycle: C1
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: visits, namespace: checkout}
spec:
  objectiveRef: {name: over}
  title: More visits
  reach: {target: "0.5", direction: Increase}
  metric: {query: sum(leads)}
`

// The controller remembers what was promised, and the plugin's own edits of a team's files pass.
func TestWhatTheControllerRemembersAndThePluginWrites(t *testing.T) {
	w := &world{Cluster: cluster.Start(t)}
	w.Install(t)
	w.Kubectl(t, "apply", "-k", "config/policy")
	w.Kubectl(t, "create", "namespace", "checkout")
	for _, kind := range []string{"objective", "keyresult", "kpi"} {
		w.Kubectl(t, "create", "rolebinding", kind, "-n", "checkout", "--clusterrole=okr-"+kind+"-editor-role", "--group=checkout-team")
	}
	day := func(n int) time.Time { return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, n) }
	w.measured(t, day(-30), day(-60), day(-1), time.Now())
	w.Controller(t, servers.ControllerOptions{Args: []string{"--status-interval=1s"}})

	span := func(first, last int) string {
		return day(first).Format(time.DateOnly) + "/" + day(last).Format(time.DateOnly)
	}
	files := t.TempDir()
	file := filepath.Join(files, "goals.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// apply is what a GitOps tool does with the team's files, as the team.
	apply := func() (string, error) {
		return w.Try("", "apply", "-f", files, "--as=mei", "--as-group=checkout-team")
	}
	applied := func() {
		t.Helper()
		if out, err := apply(); err != nil {
			t.Errorf("%v:\n%s", err, out)
		}
	}
	text := fmt.Sprintf(written, span(-30, 30), span(-60, -2))
	write(text)
	applied()
	w.Await(t, "checkout", "keyresult/visits", "{.status.final.score}", `^0\.`)
	w.Await(t, "checkout", "keyresult/leads", "{.status.frozen.baseline.value}", `^0\.0123456789012`)
	w.Await(t, "checkout", "keyresult/steps", "{.status.frozen.commitment.milestones}", "Beta is used")
	w.Await(t, "checkout", "objective/running", "{.status.conditions[?(@.type=='OnTrack')].reason}", "MembersUnknown")

	for was, is := range map[string][2]string{
		`target: "0.5"`:         {`target: "0.4"`, "spec.reach.target was 0.5 and would be 0.4"},
		`baseline: "7.1"`:       {`baseline: "7.9"`, "spec.reach.baseline was 7.1 and would be 7.9"},
		"- title: Beta is used": {"", `the milestone "Beta is used" would be gone`},
		span(-30, 30):           {span(-30, 60), "spec.period was " + span(-30, 30) + " and would be " + span(-30, 60)},
	} {
		write(strings.ReplaceAll(text, was, is[0]))
		if out, err := apply(); err == nil || !strings.Contains(out, is[1]) {
			t.Errorf("%q was to become %q, and the answer was (%v):\n%s", was, is[0], err, out)
		}
	}
	write(text)

	w.plugin(t, "checkin", "running", "-n", "checkout", "--file", files, "--value", "survey=7.5", "--done", "steps=Research published", "--confidence", "7", "--note", "On we go", "--yes")
	applied()
	w.Await(t, "checkout", "keyresult/survey", "{.status.value}", "7.5")
	w.Await(t, "checkout", "keyresult/steps", "{.status.value}", "1 of 2 done")
	w.plugin(t, "close", files, "--cycle", "C1")
	applied()
	if got := w.Kubectl(t, "get", "keyresult", "visits", "-n", "checkout", "-o", "jsonpath={.spec.reach} {.spec.final.score}"); got != `{"baseline":"0.012345679","target":"0.5"} 0.38` {
		t.Errorf("after closing, the record is %s", got)
	}
	w.Await(t, "checkout", "keyresult/visits", "{.status.conditions[?(@.type=='Reopened')].status}", "False")
	w.plugin(t, "rollover", files, "--from", "C1", "--to", "C3")
	applied()
	w.Kubectl(t, "get", "keyresult", "visits-c3", "-n", "checkout")
}

// measured is a Prometheus that knows a number at some instants, as the source of everybody.
func (w *world) measured(t *testing.T, instants ...time.Time) {
	t.Helper()
	prometheus := cluster.Prometheus(t, servers.PrometheusOptions{})
	for i, at := range instants {
		series := servers.Series{Name: "leads", Labels: map[string]string{"job": "site"}}
		for minute := -3 * time.Minute; minute <= 0; minute += time.Minute {
			series.Points = append(series.Points, servers.Point{Time: at.Add(minute), Value: []float64{0.0123456789012345, 0.0123456789012345, 0.2, 0.2}[i]})
		}
		if err := prometheus.Write(t.Context(), series); err != nil {
			t.Fatal(err)
		}
	}
	w.Apply(t, "apiVersion: goals.okr.dev/v1alpha1\nkind: MetricSource\nmetadata: {name: default}\n"+
		"spec: {prometheus: {url: "+prometheus.URL+"}, allowedNamespaces: {from: All}}")
}

// plugin runs `kubectl okr`.
func (w *world) plugin(t *testing.T, arguments ...string) {
	t.Helper()
	var out bytes.Buffer
	env := command.New(genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &out})
	if code := cli.Run(env, append(arguments, "--kubeconfig", w.Kubeconfig)); code != 0 {
		t.Fatalf("kubectl okr %s ended with %d:\n%s", strings.Join(arguments, " "), code, out.String())
	}
}
