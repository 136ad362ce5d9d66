package health

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/recorded"
)

// judged is what a roll-out is told of an object: by Argo CD's script, by Flux with the expressions, and by kstatus alone.
type judged struct {
	argoCD        string
	flux, kstatus status.Status
}

var (
	fine   = judged{"Healthy", status.CurrentStatus, status.CurrentStatus}
	waits  = judged{"Progressing", status.InProgressStatus, status.InProgressStatus}
	failed = judged{"Degraded", status.FailedStatus, status.FailedStatus}
	// comes is a required reference that is still to come. kstatus waits, because Ready is False, until its time is up. With our
	// scripts and expressions nothing does: what is referred to may be in the next wave.
	comes = judged{"Healthy", status.CurrentStatus, status.InProgressStatus}
)

func judge(t *testing.T, o *unstructured.Unstructured) judged {
	t.Helper()
	return judged{argoCD(t, o).Status, flux(t, o), kstatus(t, o)}
}

// Every file of test data, as a controller wrote it, through all three.
func TestOnlyWhatAnEditMustMendFailsARollOut(t *testing.T) {
	t.Parallel()
	cases := []struct {
		file, reason string
		want         judged
	}{
		{"Objective/fresh", "the controller has not looked at it", waits},
		{"Objective/edited", "not since the last edit: what was said then does not count", waits},
		{"Objective/stalled", "there is no such time zone, and only Git can mend that", failed},
		{"Objective/on-track", "a goal on pace", fine},
		{"Objective/off-track", "a goal off track, with a check-in overdue and rules of good practice broken, is news", fine},
		{"Objective/unmeasured", "its only key result has no value", fine},
		{"Objective/parent-still-to-come", "an optional reference leaves Ready alone", fine},
		{"Objective/draft", "a draft is not judged, and is not suspended: nobody waits for it to go on", fine},
		{"Objective/cancelled", "given up is a decision", fine},
		{"Objective/over-without-review", "missed, and nobody has said what came of it", fine},
		{"KeyResult/fresh", "the controller has not looked at it", waits},
		{"KeyResult/edited", "not since the last edit: what was said then does not count", waits},
		{"KeyResult/stalled", "the query does not parse", failed},
		{"KeyResult/on-track", "on pace", fine},
		{"KeyResult/off-track", "behind", fine},
		{"KeyResult/missed", "over, and missed", fine},
		{"KeyResult/source-down", "Prometheus is down", fine},
		{"KeyResult/objective-still-to-come", "its objective may be in the next wave", comes},
		{"KPI/fresh", "the controller has not looked at it", waits},
		{"KPI/edited", "not since the last edit: what was said then does not count", waits},
		{"KPI/stalled", "the query does not parse", failed},
		{"KPI/healthy", "inside its band", fine},
		{"KPI/unhealthy", "outside its band, and needs an objective", fine},
		{"KPI/accepted", "outside its band, and people live with it", fine},
		{"KPI/source-down", "Prometheus is down", fine},
		{"KPI/source-still-to-come", "its source may be in the next wave", comes},
		{"MetricSource/fresh", "the controller has not looked at it", waits},
		{"MetricSource/edited", "not since the last edit: what was said then does not count", waits},
		{"MetricSource/stalled", "a selector that does not parse", failed},
		{"MetricSource/answers", "the source answers", fine},
		{"MetricSource/source-down", "the source is down", fine},
		{"MetricSource/secret-still-to-come", "its Secret may be in the next wave", comes},
	}
	var files []string
	for _, c := range cases {
		kind, name := filepath.Split(c.file)
		o := object(t, filepath.Join(customizations, kind, "testdata", name+".yaml"))
		if got := judge(t, o); got != c.want {
			t.Errorf("%s: %+v, want %+v: %s", c.file, got, c.want, c.reason)
		}
		files = append(files, c.file)
	}
	for _, kind := range kinds {
		for _, name := range testdata(t, kind) {
			if file := kind + "/" + strings.TrimSuffix(name, ".yaml"); !slices.Contains(files, file) {
				t.Errorf("%s is in no case", file)
			}
		}
	}
}

// health_test.yaml is what Argo CD's own test reads: every case with its message, and every file of test data in a case.
func TestTheScriptsPassTheTestsInArgoCDsLayout(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		var written struct {
			Tests []struct {
				HealthStatus argoHealth `json:"healthStatus"`
				InputPath    string     `json:"inputPath"`
			} `json:"tests"`
		}
		if err := yaml.UnmarshalStrict(read(t, filepath.Join(customizations, kind, "health_test.yaml")), &written); err != nil {
			t.Fatal(err)
		}
		var files []string
		for _, c := range written.Tests {
			o := object(t, filepath.Join(customizations, kind, c.InputPath))
			if got := argoCD(t, o); o.GetKind() != kind || got != c.HealthStatus {
				t.Errorf("%s/%s: %+v, want %+v", kind, c.InputPath, got, c.HealthStatus)
			}
			files = append(files, strings.TrimPrefix(c.InputPath, "testdata/"))
		}
		slices.Sort(files)
		if have := testdata(t, kind); !slices.Equal(files, have) {
			t.Errorf("%s: the cases are of %v, and there are %v", kind, files, have)
		}
	}
}

// The demo's cluster is the samples with the statuses that a controller gave them.
func TestEverySampleIsCurrentWhateverItsVerdict(t *testing.T) {
	t.Parallel()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, item := range cluster.Items {
		text, err := json.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		o := asRead(t, text)
		if !slices.Contains(kinds, o.GetKind()) {
			continue // a Namespace
		}
		if got := judge(t, o); got != fine {
			t.Errorf("%s %s/%s: %+v", o.GetKind(), o.GetNamespace(), o.GetName(), got)
		}
		health, _, _ := unstructured.NestedString(o.Object, "status", "health")
		if message := argoCD(t, o).Message; health != "" && !strings.HasPrefix(message, health+": ") {
			t.Errorf("%s %s/%s is %s, and its message is %q", o.GetKind(), o.GetNamespace(), o.GetName(), health, message)
		}
		seen[o.GetKind()+" "+health]++
	}
	for _, verdict := range []string{
		"MetricSource ", "KPI Healthy", "KPI Warning", "KPI Unhealthy", "KeyResult OffTrack", "KeyResult Missed", "KeyResult Cancelled",
		"KeyResult Pending", "Objective AtRisk", "Objective Missed", "Objective Achieved",
	} {
		if seen[verdict] == 0 {
			t.Errorf("%q is not among the samples: %v", verdict, slices.Sorted(maps.Keys(seen)))
		}
	}
}

// No such object leaves our API server, but a script that fails makes its application Unknown, the worst health there is.
func TestTheScriptsBearWhateverIsMissing(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		for reason, c := range map[string]struct {
			status any
			want   string
		}{
			"no status":                      {nil, "Progressing"},
			"an empty one":                   {map[string]any{}, "Progressing"},
			"looked at, without conditions":  {map[string]any{"observedGeneration": int64(1)}, "Progressing"},
			"no condition at all":            {map[string]any{"observedGeneration": int64(1), "conditions": []any{}}, "Progressing"},
			"another controller's condition": {map[string]any{"observedGeneration": int64(1), "conditions": []any{map[string]any{"type": "X"}}}, "Progressing"},
			"no health and no message":       {map[string]any{"observedGeneration": int64(1), "conditions": []any{map[string]any{"type": "Stalled", "status": "False"}}}, "Healthy"},
			"stalled without a message":      {map[string]any{"observedGeneration": int64(1), "conditions": []any{map[string]any{"type": "Stalled", "status": "True"}}}, "Degraded"},
		} {
			o := &unstructured.Unstructured{Object: map[string]any{"kind": kind, "metadata": map[string]any{"generation": int64(1)}}}
			if c.status != nil {
				o.Object["status"] = c.status
			}
			if got := argoCD(t, o); got.Status != c.want || got.Message == "" {
				t.Errorf("%s, %s: %+v, want %s with a message", kind, reason, got, c.want)
			}
		}
	}
}

// testdata are the names of a kind's files.
func testdata(t *testing.T, kind string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root(t), customizations, kind, "testdata", "*"))
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(paths))
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	return names
}
