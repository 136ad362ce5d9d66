// Package alerts_test has a Prometheus evaluate the alerts on what the controller says, as it runs in a cluster: promtool plays
// to them only what somebody thought of.
package alerts_test

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	promapi "github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/artifacts/alerts"
	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/servers"
)

//go:embed goals.yaml
var goals string

// title and owner are those of the objective that is behind, to the letter.
const (
	title = `Quick {{ .Boom }} {{ $labels.x }} "and" \ çalm`
	owner = `R&D {{ or }} "x", y=z`
)

// shortened is how long the rules wait here, and look back: longer than a killed leader's lease lasts.
const (
	shortFor      = monitoringv1.Duration("2s")
	shortLookBack = "[40s]"
)

// What fires here: an objective far behind, a KPI that nobody looks after, a source that does not answer. Then a leader dies
// without a word, and nothing resolves or begins anew; and it resolves as soon as it is mended.
func TestAlertsOfARunningController(t *testing.T) {
	c := cluster.Start(t)
	c.Install(t)
	targets := [2]string{filepath.Join(c.Dir, "first.json"), filepath.Join(c.Dir, "second.json")}
	prometheus, api := watch(t, c, targets)
	c.Apply(t, strings.ReplaceAll(dated(goals), "SOURCE", prometheus.URL))
	settled(t, c, "latency", "accepted")
	token, err := c.ServiceAccountToken(t.Context(), "checkout", "prometheus", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.Dir, "token"), []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	leads := start(t, c, targets[0])
	start(t, c, targets[1])

	behind := "OkrObjectiveOffTrack behind of " + owner
	late := "OkrCheckInOverdue behind of " + owner
	lonely := "OkrKpiNeedsObjective latency of payments"
	down := "OkrSourceUnreachable default of okr-administrators"
	await(t, api, behind, late, lonely)
	point(t, c, "http://127.0.0.1:1")
	await(t, api, behind, late, lonely, down)
	since := active(t, api)

	if err := leads.Kill(); err != nil {
		t.Fatal(err)
	}
	await(t, api, behind, late, lonely, down)
	awaitLeader(t, api)
	await(t, api, behind, late, lonely, down)
	if diff := cmp.Diff(since, active(t, api)); diff != "" {
		t.Errorf("alerts have begun anew because another replica leads:\n%s", diff)
	}

	point(t, c, prometheus.URL)
	await(t, api, behind, late, lonely)
	c.Kubectl(t, "-n", "checkout", "patch", "objective", "behind", "--type=merge", "-p", `{"spec":{"kpiRefs":[{"name":"latency"}]}}`)
	await(t, api, behind, late)
	c.Kubectl(t, "-n", "checkout", "patch", "keyresult", "behind", "--type=merge", "-p", dated(
		`{"spec":{"milestones":[{"title":"One","dueOn":"FIRST","doneOn":"FIRST"},{"title":"Two","dueOn":"FIRST","doneOn":"FIRST"}]}}`))
	await(t, api, late)
	c.Kubectl(t, "-n", "checkout", "patch", "objective", "behind", "--type=merge", "-p", dated(`{"spec":{"checkIns":[{"date":"TODAY","confidence":7}]}}`))
	await(t, api)
	everFired(t, api, behind, late, lonely, down)
	noRuleFailed(t, api)
}

// watch starts the Prometheus that scrapes both replicas and evaluates the rules.
func watch(t *testing.T, c *cluster.Cluster, targets [2]string) (*servers.Prometheus, promv1.API) {
	t.Helper()
	rules := filepath.Join(c.Dir, "rules.yaml")
	if err := os.WriteFile(rules, shortened(t, c.Root), 0o600); err != nil {
		t.Fatal(err)
	}
	var scrapes []servers.Scrape
	for i, target := range targets {
		scrapes = append(scrapes, servers.Scrape{
			Job: fmt.Sprintf("replica-%d", i), TargetFile: target, TLS: &servers.ScrapeTLS{}, TokenFile: filepath.Join(c.Dir, "token"),
		})
	}
	prometheus := cluster.Prometheus(t, servers.PrometheusOptions{
		Scrapes: scrapes, ScrapeSelf: true, ScrapeInterval: time.Second, Rules: []string{rules},
	})
	client, err := promapi.NewClient(promapi.Config{Address: prometheus.URL})
	if err != nil {
		t.Fatal(err)
	}
	return prometheus, promv1.NewAPI(client)
}

// shortened are the rules with less time: a change of the leader is still far shorter than what they look back.
func shortened(t *testing.T, root string) []byte {
	t.Helper()
	spec, err := alerts.Rules(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range spec.Groups {
		for i := range group.Rules {
			rule := &group.Rules[i]
			switch rule.Alert {
			case "OkrControllerAbsent", "OkrStatusWritesAboveBudget": // quarters of an hour, which this test does not last
			default:
				rule.For = new(shortFor)
				rule.Expr = intstr.FromString(strings.ReplaceAll(rule.Expr.String(), "[10m]", shortLookBack))
			}
		}
	}
	text, err := yaml.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// dated fills dates in: of goals that began a month ago.
func dated(text string) string {
	day := func(offset int) string { return time.Now().UTC().AddDate(0, 0, offset).Format(time.DateOnly) }
	return strings.NewReplacer("PERIOD", day(-30)+"/"+day(60), "FIRST", day(-29), "LAST", day(60), "TODAY", day(0)).Replace(text)
}

// settled spares the minute in which a KPI may still get its objective: an earlier controller has waited.
func settled(t *testing.T, c *cluster.Cluster, kpis ...string) {
	t.Helper()
	for _, kpi := range kpis {
		c.Kubectl(t, "-n", "checkout", "patch", "kpi", kpi, "--subresource=status", "--type=merge", "-p", fmt.Sprintf(
			`{"status":{"conditions":[{"type":"Aligned","status":"Unknown","reason":"Settling","message":"","lastTransitionTime":%q}]}}`,
			time.Now().UTC().Add(-2*time.Minute).Format(time.RFC3339)))
	}
}

// start starts a replica and has Prometheus scrape it.
func start(t *testing.T, c *cluster.Cluster, target string) *servers.Controller {
	t.Helper()
	controller := c.Controller(t, servers.ControllerOptions{})
	if err := controller.WaitListening(t.Context(), controller.MetricsAddress); err != nil {
		t.Fatal(err)
	}
	pod := strings.TrimSuffix(filepath.Base(target), ".json")
	scrape := servers.Scrape{TargetFile: target, Labels: map[string]string{"namespace": servers.ControllerNamespace, "pod": pod}}
	if err := scrape.WriteTarget(controller.MetricsAddress); err != nil {
		t.Fatal(err)
	}
	return controller
}

// point has the source be another server.
func point(t *testing.T, c *cluster.Cluster, url string) {
	t.Helper()
	c.Kubectl(t, "patch", "metricsource", "default", "--type=merge", "-p", fmt.Sprintf(`{"spec":{"prometheus":{"url":%q}}}`, url))
}

// firing are the alerts that fire, each with what it is about and whom it is for.
func firing(ctx context.Context, api promv1.API) ([]string, error) {
	answer, err := api.Alerts(ctx)
	if err != nil {
		return nil, err
	}
	var fires []string
	for _, alert := range answer.Alerts {
		if alert.State != promv1.AlertStateFiring {
			continue
		}
		fires = append(fires, told(alert.Labels))
	}
	slices.Sort(fires)
	return slices.Compact(fires), nil // a source is told as a warning and as critical
}

// everFired holds no other alert to have fired, however shortly.
func everFired(t *testing.T, api promv1.API, want ...string) {
	t.Helper()
	answer, _, _, err := api.Query(t.Context(), `last_over_time(ALERTS{alertstate="firing"}[10m])`, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	vector, ok := answer.(model.Vector)
	if !ok {
		t.Fatalf("ALERTS gives a %s", answer.Type())
	}
	var fired []string
	for _, sample := range vector {
		fired = append(fired, told(model.LabelSet(sample.Metric)))
	}
	slices.Sort(fired)
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Compact(fired)); diff != "" {
		t.Errorf("what has ever fired:\n%s", diff)
	}
}

// told is what an alert is about and whom it is for.
func told(labels model.LabelSet) string {
	return fmt.Sprintf("%s %s of %s", labels["alertname"], labels["name"]+labels["source"], labels["owner"])
}

// await waits until these alerts fire and no others.
func await(t *testing.T, api promv1.API, want ...string) {
	t.Helper()
	slices.Sort(want)
	var got []string
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, 2*time.Minute, true, func(ctx context.Context) (bool, error) {
		var err error
		got, err = firing(ctx, api)
		return slices.Equal(got, want), err
	})
	if err != nil {
		t.Fatalf("%v: fires:\n  %s\nwant:\n  %s", err, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// active is since when each alert has been so.
func active(t *testing.T, api promv1.API) map[string]time.Time {
	t.Helper()
	answer, err := api.Alerts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	since := map[string]time.Time{}
	for _, alert := range answer.Alerts {
		if alert.State == promv1.AlertStateFiring {
			since[alert.Labels.String()] = alert.ActiveAt
		}
		if about := alert.Labels["name"]; about == "behind" && string(alert.Labels["title"]) != title {
			t.Errorf("%s has the title %s", about, alert.Labels["title"])
		}
	}
	return since
}

// awaitLeader waits until the second replica says something about goals.
func awaitLeader(t *testing.T, api promv1.API) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		answer, _, _, err := api.Query(ctx, `okr_sampler_entries{pod="second"}`, time.Now())
		return err == nil && answer.String() != "", err
	})
	if err != nil {
		t.Fatalf("no other replica leads: %v", err)
	}
}

// noRuleFailed holds the rules to have been evaluated each time: a join that finds two ends an alert without a word.
func noRuleFailed(t *testing.T, api promv1.API) {
	t.Helper()
	answer, err := api.Rules(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range answer.Groups {
		for _, rule := range group.Rules {
			if alert, ok := rule.(promv1.AlertingRule); !ok || alert.Health != promv1.RuleHealthGood {
				t.Errorf("%s: %+v", group.Name, rule)
			}
		}
	}
	failures, _, _, err := api.Query(t.Context(), "sum(prometheus_rule_evaluation_failures_total)", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(failures.String(), "=> 0 @") {
		t.Errorf("failed evaluations: %s", failures)
	}
}
