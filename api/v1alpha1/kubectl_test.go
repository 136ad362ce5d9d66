package v1alpha1_test

import (
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// company fills a namespace with two objectives, two key results, two KPIs and, for the cluster, a source.
func company(t *testing.T, s *apiServer, namespace string) {
	t.Helper()
	s.namespace(t, namespace)
	objects := []struct {
		kind, name, small, spec string
	}{
		{"Objective", "speed", smallObjective, `{cycle: FY27-Q1, owner: {team: checkout}}`},
		{"Objective", "trust", smallObjective, `{period: "2027"}`},
		{"KeyResult", "latency", smallKeyResult, `objectiveRef: {name: speed}`},
		{"KeyResult", "rating", smallKeyResult, `objectiveRef: {name: trust}`},
		{"KPI", "availability", smallKPI, `{}`},
		{"KPI", "revenue", smallKPI, `{}`},
		{"MetricSource", "default", smallMetricSource, `{}`},
	}
	for _, o := range objects {
		object := compose(t, o.kind, o.small, o.spec)
		object.SetName(o.name)
		if o.kind != "MetricSource" {
			object.SetNamespace(namespace)
		}
		if err := s.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { s.run(t, "delete", "metricsource", "default") })
}

func TestKubectl(t *testing.T) {
	s := server(t)
	company(t, s, "shop")
	setHealth(t, s, "shop")

	t.Run("select", func(t *testing.T) {
		tests := []struct {
			reason, resource, selector, want string
		}{
			{"the key results of an objective", "keyresults", "spec.objectiveRef.name=speed", "keyresult.goals.okr.dev/latency"},
			{"the objectives of a period", "objectives", "spec.period=2027", "objective.goals.okr.dev/trust"},
			{"the objectives of a cycle", "objectives", "spec.cycle=FY27-Q1", "objective.goals.okr.dev/speed"},
			{"objectives by health", "objectives", "status.health=AtRisk", "objective.goals.okr.dev/speed"},
			{"key results by health", "keyresults", "status.health=OnTrack", "keyresult.goals.okr.dev/latency"},
			{"KPIs by health", "kpis", "status.health=Unhealthy", "kpi.goals.okr.dev/availability"},
			{"KPIs by another health", "kpis", "status.health!=Unhealthy", "kpi.goals.okr.dev/revenue"},
		}
		for _, test := range tests {
			t.Run(test.reason, func(t *testing.T) {
				got := s.run(t, "get", test.resource, "-n", "shop", "-o", "name", "--field-selector", test.selector)
				if strings.TrimSpace(got) != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		}
	})

	t.Run("the category holds what teams own", func(t *testing.T) {
		got := strings.Fields(s.run(t, "get", "okr", "-A", "-o", "name"))
		want := []string{
			"keyresult.goals.okr.dev/latency", "keyresult.goals.okr.dev/rating",
			"kpi.goals.okr.dev/availability", "kpi.goals.okr.dev/revenue",
			"objective.goals.okr.dev/speed", "objective.goals.okr.dev/trust",
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})

	t.Run("short names", func(t *testing.T) {
		for short, want := range map[string]string{
			"obj/speed": "objective.goals.okr.dev/speed", "kr/latency": "keyresult.goals.okr.dev/latency",
			"kpi/revenue": "kpi.goals.okr.dev/revenue", "msrc/default": "metricsource.goals.okr.dev/default",
		} {
			if got := s.run(t, "get", "-n", "shop", "-o", "name", short); strings.TrimSpace(got) != want {
				t.Errorf("kubectl get %s: got %q, want %q", short, got, want)
			}
		}
	})

	t.Run("columns", func(t *testing.T) {
		for _, test := range []struct{ resource, narrow, wide string }{
			{"objectives", "NAME HEALTH PROGRESS EXPECTED KEYRESULTS PERIOD OWNER AGE", "TITLE SCORE GRADE CHILDREN PARENT WELL-FORMED REASON MESSAGE"},
			{"keyresults", "NAME HEALTH PROGRESS VALUE TARGET OBJECTIVE AGE", "TITLE BASELINE EXPECTED FORECAST SCORE MEASURED WELL-FORMED REASON MESSAGE"},
			{"kpis", "NAME HEALTH VALUE TARGET ALIGNED TREND AGE", "TITLE OBJECTIVES NEEDS-OBJECTIVE OWNER MEASURED WELL-FORMED REASON MESSAGE"},
			{"metricsources", "NAME READY REACHABLE URL AGE", "SATURATED SERVER VERSION RETENTION MESSAGE"},
		} {
			if got := header(s.run(t, "get", test.resource, "-n", "shop")); got != test.narrow {
				t.Errorf("kubectl get %s: got %s, want %s", test.resource, got, test.narrow)
			}
			want := test.narrow + " " + test.wide
			if got := header(s.run(t, "get", test.resource, "-n", "shop", "-o", "wide")); got != want {
				t.Errorf("kubectl get %s -o wide: got %s, want %s", test.resource, got, want)
			}
		}
	})
}

func header(table string) string {
	line, _, _ := strings.Cut(table, "\n")
	return strings.Join(strings.Fields(line), " ")
}

// setHealth plays the controller.
func setHealth(t *testing.T, s *apiServer, namespace string) {
	t.Helper()
	key := func(name string) client.ObjectKey { return client.ObjectKey{Namespace: namespace, Name: name} }
	var objective v1alpha1.Objective
	var keyResult v1alpha1.KeyResult
	var kpi v1alpha1.KPI
	for name, object := range map[string]client.Object{"speed": &objective, "latency": &keyResult, "availability": &kpi} {
		if err := s.Get(t.Context(), key(name), object); err != nil {
			t.Fatal(err)
		}
	}
	objective.Status.Health = v1alpha1.HealthAtRisk
	keyResult.Status.Health = v1alpha1.HealthOnTrack
	kpi.Status.Health = v1alpha1.KPIUnhealthy
	for _, object := range []client.Object{&objective, &keyResult, &kpi} {
		if err := s.Status().Update(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
}

// explain prints the comments of the API: they are the user's manual.
func TestExplain(t *testing.T) {
	s := server(t)
	for field, want := range map[string][]string{
		"keyresult.spec.reach":        {"100·(value − baseline)/(target − baseline)", "{baseline: 800, target: 300}", "enum: Increase, Decrease"},
		"keyresult.spec.reach.target": {"an integer such as 300, or a quoted", "Exactly one of target and change"},
		"objective.spec.period":       {`a year "2026"`, "2026-H2", "2026-Q4", "2026-10-01/2026-12-15", "the last day"},
		"objective.spec.pace":         {"Default: 10.", "Default: 25."},
		"kpi.spec.target":             {"Unhealthy", "a quoted fraction such"},
		"kpi.spec.metric":             {"$__window", "$__elapsed", "$__namespace", "Default: the one named"},
		"metricsource.spec.limits":    {"Default: 10s.", "Default: 1048576."},
	} {
		got := s.run(t, "explain", field)
		for _, text := range want {
			if !strings.Contains(strings.Join(strings.Fields(got), " "), text) {
				t.Errorf("kubectl explain %s does not say %q:\n%s", field, text, got)
			}
		}
	}
}
