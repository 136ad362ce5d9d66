package alerts

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/gitops/rendered"
)

// unitTests is a file that promtool runs, as far as it is of interest here.
type unitTests struct {
	EvaluationInterval string `json:"evaluation_interval"`
	Tests              []struct {
		Name   string     `json:"name"`
		Alerts []expected `json:"alert_rule_test"`
	} `json:"tests"`
}

// expected is what fires of one name at an instant.
type expected struct {
	At     string `json:"eval_time"`
	Name   string `json:"alertname"`
	Firing []struct {
		Labels      map[string]string `json:"exp_labels"`
		Annotations map[string]string `json:"exp_annotations"`
	} `json:"exp_alerts"`
}

func unitTestFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), filepath.Dir(Source), "tests", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests of alerts: %v", err)
	}
	return files
}

func readUnitTests(t *testing.T, file string) unitTests {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var tests unitTests
	if err := yaml.Unmarshal(text, &tests); err != nil {
		t.Fatal(err)
	}
	return tests
}

func promDuration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := model.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(d)
}

// Must hold: promtool plays made-up series to the rules and looks what fires, and what it says, to the letter.
func TestAlertsFireAndResolve(t *testing.T) {
	for _, file := range unitTestFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			if out, err := rendered.Run(nil, "promtool", "test", "rules", file); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// told are the labels by which rules of one name are told from each other.
func told(name string, labels map[string]string) string {
	return strings.Join(slices.DeleteFunc([]string{name, labels["severity"], labels["kept_by"]}, func(s string) bool { return s == "" }), " ")
}

// What promtool plays holds each rule to its time: one step before, nothing fires; then it does, and later it does not any more.
func TestEveryAlertIsPlayedBeforeItFiresWhileItFiresAndAfter(t *testing.T) {
	played := map[string]string{}
	for _, file := range unitTestFiles(t) {
		tests := readUnitTests(t, file)
		step := promDuration(t, tests.EvaluationInterval)
		for _, test := range tests.Tests {
			for rule, complaint := range playedIn(t, test.Alerts, step) {
				if before, found := played[rule]; !found || before != "" {
					played[rule] = complaint
				}
			}
		}
	}
	for _, rule := range alerts(t) {
		key := told(rule.Alert, rule.Labels)
		if complaint, found := played[key]; !found {
			t.Errorf("%s never fires in a test", key)
		} else if complaint != "" {
			t.Errorf("%s: %s", key, complaint)
		}
		delete(played, key)
	}
	for key := range maps.Keys(played) {
		t.Errorf("a test expects %s, which no rule makes", key)
	}
}

// playedIn are the rules that fire in a test, each with what the test does not show of it.
func playedIn(t *testing.T, looks []expected, step time.Duration) map[string]string {
	t.Helper()
	slices.SortStableFunc(looks, func(a, b expected) int { return cmp.Compare(promDuration(t, a.At), promDuration(t, b.At)) })
	played := map[string]string{}
	for _, look := range looks {
		for _, alert := range look.Firing {
			key := told(look.Name, alert.Labels)
			if _, done := played[key]; done {
				continue
			}
			from := promDuration(t, look.At)
			before, after := false, false
			for _, other := range looks {
				at := promDuration(t, other.At)
				if other.Name != look.Name || fires(other, key) {
					continue
				}
				before = before || at == from-step
				after = after || at > from
			}
			switch {
			case !before:
				played[key] = fmt.Sprintf("nobody looks %s before it fires at %s", step, look.At)
			case !after:
				played[key] = "nobody looks whether it resolves"
			default:
				played[key] = ""
			}
		}
	}
	return played
}

func fires(look expected, key string) bool {
	for _, alert := range look.Firing {
		if told(look.Name, alert.Labels) == key {
			return true
		}
	}
	return false
}

// A test is held to look: one that does not is found out.
func TestTestsThatDoNotLookAreFoundOut(t *testing.T) {
	firing := func(at string) expected {
		e := expected{At: at, Name: "A"}
		e.Firing = append(e.Firing, struct {
			Labels      map[string]string `json:"exp_labels"`
			Annotations map[string]string `json:"exp_annotations"`
		}{Labels: map[string]string{"severity": "warning"}})
		return e
	}
	quiet := func(at string) expected { return expected{At: at, Name: "A"} }
	for _, test := range []struct {
		reason string
		looks  []expected
		want   map[string]string
	}{
		{"it looks before, while and after", []expected{quiet("2m"), firing("1m"), quiet("0m")}, map[string]string{"A warning": ""}},
		{"too early before", []expected{quiet("0m"), firing("2m"), quiet("3m")}, map[string]string{"A warning": "nobody looks 1m0s before it fires at 2m"}},
		{"never after", []expected{quiet("1m"), firing("2m")}, map[string]string{"A warning": "nobody looks whether it resolves"}},
		{"never while", []expected{quiet("1m"), quiet("2m")}, map[string]string{}},
	} {
		if got := playedIn(t, test.looks, time.Minute); !maps.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.reason, got, test.want)
		}
	}
}

// fired are all alerts that fire in the tests, with their annotations as people get them.
func fired(t *testing.T) []monitoringv1.Rule {
	t.Helper()
	var all []monitoringv1.Rule
	for _, file := range unitTestFiles(t) {
		for _, test := range readUnitTests(t, file).Tests {
			for _, look := range test.Alerts {
				for _, alert := range look.Firing {
					all = append(all, monitoringv1.Rule{Alert: look.Name, Labels: alert.Labels, Annotations: alert.Annotations})
				}
			}
		}
	}
	return all
}
