package alerts

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
)

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	root, err := servers.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// alerts are the rules of the source.
func alerts(t *testing.T) []monitoringv1.Rule {
	t.Helper()
	spec, err := Rules(root(t))
	if err != nil {
		t.Fatal(err)
	}
	var all []monitoringv1.Rule
	for _, group := range spec.Groups {
		for _, rule := range group.Rules {
			if rule.Alert == "" {
				t.Errorf("group %s has a rule that is no alert: %s", group.Name, rule.Expr.String())
			}
			all = append(all, rule)
		}
	}
	return all
}

// The Prometheus operator gets what the plain file says, and nothing else.
func TestPrometheusRuleIsMadeFromTheRulesFile(t *testing.T) {
	dir := t.TempDir()
	source, err := os.ReadFile(filepath.Join(root(t), Source))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(Source)), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, Source), source, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir); err != nil {
		t.Fatal(err)
	}
	made, err := os.ReadFile(filepath.Join(dir, generated))
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile(filepath.Join(root(t), generated))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(made), string(committed)); diff != "" {
		t.Errorf("%s is not what is made of %s: run make generate\n%s", generated, Source, diff)
	}
	var rule monitoringv1.PrometheusRule
	if err := yaml.UnmarshalStrict(committed, &rule); err != nil {
		t.Fatal(err)
	}
	want, err := Rules(root(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, rule.Spec); diff != "" {
		t.Error(diff)
	}
	if rule.Kind != "PrometheusRule" || rule.APIVersion != "monitoring.coreos.com/v1" || rule.Name == "" {
		t.Errorf("it is a %s %s named %q", rule.APIVersion, rule.Kind, rule.Name)
	}
}

func TestRulesFileThatTheOperatorWouldRefuseIsNotWritten(t *testing.T) {
	for reason, text := range map[string]string{
		"a field that it does not know": "groups: [{name: a, rules: [{alert: A, expr: up, labls: {}}]}]",
		"no YAML":                       "groups: [",
	} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(Source)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, Source), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Write(dir); err == nil {
			t.Errorf("%s is written", reason)
		}
	}
	if err := Write(t.TempDir()); err == nil {
		t.Error("a file that is missing is written")
	}
}

func TestRulesHaveNothingThatPromtoolComplainsAbout(t *testing.T) {
	if out, err := rendered.Run(nil, "promtool", "check", "rules", "--lint=all", "--lint-fatal", Source); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Nothing pages at night but a source that has been away for an hour, and whoever gets an alert learns what it is about, what
// to do, and where to read more.
func TestAlertsSayWhomTheyAreForAndWhatToDo(t *testing.T) {
	for _, rule := range alerts(t) {
		critical := rule.Alert == "OkrSourceUnreachable" && duration(t, rule) >= time.Hour
		if severity := rule.Labels["severity"]; (severity == "critical") != critical || (severity != "warning" && severity != "critical") {
			t.Errorf("%s for %s has the severity %q", rule.Alert, *rule.For, severity)
		}
		if rule.Labels["owner"] == "" {
			t.Errorf("%s has no owner", rule.Alert)
		}
		aboutGoals := strings.Contains(rule.Expr.String(), "by (cluster, goal_namespace, name")
		if aboutGoals && !strings.Contains(rule.Annotations["command"], "kubectl okr ") {
			t.Errorf("%s does not say which command tells more", rule.Alert)
		}
		if aboutGoals != strings.HasPrefix(rule.Labels["owner"], "{{ or $labels.owner ") || aboutGoals != (rule.Labels["namespace"] != "") {
			t.Errorf("%s is about goals: %v, and its labels are %v", rule.Alert, aboutGoals, rule.Labels)
		}
		if want := "https://okr.dev/runbooks/" + kebab(rule.Alert); rule.Annotations["runbook_url"] != want {
			t.Errorf("%s has the runbook %q, want %q", rule.Alert, rule.Annotations["runbook_url"], want)
		}
		for _, name := range []string{"summary", "description"} {
			if rule.Annotations[name] == "" {
				t.Errorf("%s has no %s", rule.Alert, name)
			}
		}
	}
}

func duration(t *testing.T, rule monitoringv1.Rule) time.Duration {
	t.Helper()
	if rule.For == nil {
		t.Fatalf("%s fires at once", rule.Alert)
	}
	return promDuration(t, string(*rule.For))
}

// kebab writes OkrObjectiveOffTrack as okr-objective-off-track.
func kebab(name string) string {
	return strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(name, "$1-$2"))
}

// An alert about a metric that is never exported would never fire.
func TestAlertsAskForMetricsThatAreExported(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root(t), "docs", "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	// The prefix of a row is its metric; controllers tests that the page lists what is exported.
	labels := map[string][]string{"ALERTS": {"alertname", "alertstate"}}
	for _, row := range regexp.MustCompile("(?m)^\\| `(okr_[a-z_]+)` \\|([^|]*)\\|").FindAllStringSubmatch(string(page), -1) {
		for _, label := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row[2], -1) {
			labels[row[1]] = append(labels[row[1]], label[1])
		}
		labels[row[1]] = append(labels[row[1]], "goal_namespace", "name", "cluster", "namespace")
	}
	templated := regexp.MustCompile(`okr_[a-z_]+`)
	for _, rule := range alerts(t) {
		expr, err := parser.NewParser(parser.Options{}).ParseExpr(rule.Expr.String())
		if err != nil {
			t.Fatal(err)
		}
		parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
			selector, ok := node.(*parser.VectorSelector)
			if !ok {
				return nil
			}
			names := []string{selector.Name}
			for _, m := range selector.LabelMatchers {
				if m.Name == "__name__" {
					names = strings.Split(m.Value, "|")
				}
			}
			for _, name := range names {
				known, found := labels[name]
				if !found {
					t.Errorf("%s asks for %s, which docs/metrics.md does not list", rule.Alert, name)
				}
				for _, m := range selector.LabelMatchers {
					if m.Name != "__name__" && !slices.Contains(known, m.Name) {
						t.Errorf("%s asks for the label %s of %s, which has none", rule.Alert, m.Name, name)
					}
				}
			}
			return nil
		})
		for _, name := range templated.FindAllString(rule.Annotations["description"], -1) {
			if _, found := labels[name]; !found {
				t.Errorf("the description of %s asks for %s, which docs/metrics.md does not list", rule.Alert, name)
			}
		}
	}
	if bytes.Count(page, []byte("| `okr_")) < 20 {
		t.Error("docs/metrics.md is not read as it is written")
	}
}
