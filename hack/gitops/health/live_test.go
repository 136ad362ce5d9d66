package health

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/hack/artifacts/argocd"
	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
)

// In a real cluster, with the controller as a process: what a roll-out sees from the moment at which goals are applied.
func TestOnAClusterNoVerdictAndNoReferenceStillToComeFailsARollOut(t *testing.T) {
	c := cluster.Start(t)
	c.Install(t)
	to, err := client.New(c.Config(), client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	patched(t, c)
	testDataIsAdmitted(t, client.WithFieldValidation(to, metav1.FieldValidationStrict))

	c.Apply(t, goals(t, "goals.yaml"))
	objects, err := rendered.Parse([]byte(goals(t, "goals.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	objects = slices.DeleteFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == "Namespace" })
	for _, o := range objects {
		if got := judge(t, now(t, to, o)); got != waits {
			t.Errorf("%s before the first visit: %+v", rendered.Name(o), got)
		}
	}
	controller := c.Controller(t, servers.ControllerOptions{})
	for _, o := range objects {
		becomes(t, to, o, wanted(o))
	}

	c.Apply(t, goals(t, "later.yaml"))
	for _, o := range objects {
		if strings.HasSuffix(o.GetName(), "-still-to-come") {
			becomes(t, to, o, fine)
		}
	}
	gate(t, c)

	if err := controller.Stop(time.Minute); err != nil {
		t.Fatal(err)
	}
	c.Kubectl(t, "-n", "goals", "patch", "objective", "off-track", "--type=merge", "-p", `{"spec":{"title":"Checkout feels quick"}}`)
	edited := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return rendered.Name(o) == "Objective goals/off-track" })
	if got := judge(t, now(t, to, objects[edited])); got != waits {
		t.Errorf("after an edit that was not looked at yet: %+v", got)
	}
}

// says is what some objects' messages in Argo CD begin with, once all is known.
var says = map[string]string{
	"Objective goals/off-track":            "OffTrack: 22 % done, ",
	"Objective goals/unmeasured":           "Unknown: nothing has been measured",
	"Objective goals/parent-still-to-come": "Unknown: no active key result",
	"KeyResult goals/off-track":            "OffTrack: 760 ms is 8 % of the way 800 → 300 ms",
	"KeyResult goals/on-track":             "OnTrack: 60 pages is 66 % of the way",
	"KeyResult goals/source-down":          "Unknown: the source refused the connection",
	"KPI goals/unhealthy":                  "Unhealthy: 88.5 % is outside the target of ≥ 92 %",
	"KPI goals/source-down":                "Unknown: the source refused the connection",
	"MetricSource source-down":             "SourceUnavailable: the source refused the connection",
}

// wanted is what a roll-out is to be told of one of the goals.
func wanted(o *unstructured.Unstructured) judged {
	switch name := o.GetName(); {
	case name == "stalled":
		return failed
	case strings.HasSuffix(name, "-still-to-come") && name != "parent-still-to-come": // that one is optional
		return comes
	default:
		return fine
	}
}

// becomes waits until an object is judged so, and says what it should.
func becomes(t *testing.T, from client.Client, o *unstructured.Unstructured, want judged) {
	t.Helper()
	var got judged
	var message string
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, 2*time.Minute, true, func(context.Context) (bool, error) {
		is := now(t, from, o)
		got, message = judge(t, is), argoCD(t, is).Message
		return got == want && strings.HasPrefix(message, says[rendered.Name(o)]), nil
	})
	if err != nil {
		t.Errorf("%s: %+v, want %+v; it says %q", rendered.Name(o), got, want, message)
	}
}

// now is an object as it is now.
func now(t *testing.T, from client.Client, o *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	is := &unstructured.Unstructured{}
	is.SetGroupVersionKind(o.GroupVersionKind())
	if err := from.Get(t.Context(), client.ObjectKeyFromObject(o), is); err != nil {
		t.Fatal(err)
	}
	return is
}

// testDataIsAdmitted holds the test data to the API: no field of spec or status that there is not, and none that is refused.
func testDataIsAdmitted(t *testing.T, to client.Client) {
	t.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "test-data"}}
	if err := to.Create(t.Context(), namespace); err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		for _, file := range testdata(t, kind) {
			o := object(t, filepath.Join(customizations, kind, "testdata", file))
			o.SetName("test-data-" + strings.TrimSuffix(file, ".yaml"))
			if kind != "MetricSource" {
				o.SetNamespace(namespace.Name)
			}
			status := o.Object["status"]
			if err := to.Create(t.Context(), o); err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			o.Object["status"] = status
			if err := to.Status().Update(t.Context(), o); err != nil {
				t.Errorf("the status of %s: %v", file, err)
			}
			if err := to.Delete(t.Context(), o); err != nil {
				t.Error(err)
			}
		}
	}
}

// patched holds README.md to its word about kubectl.
func patched(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	c.Apply(t, `
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm, namespace: default}
data: {url: "https://argocd.example.com"}
`)
	for _, patch := range []string{argocd.HealthPatch, argocd.IgnorePatch} {
		c.Kubectl(t, "-n", "default", "patch", "configmap", "argocd-cm", "--patch-file", filepath.Join(argocd.Dir, patch))
	}
	got := data(t, asRead(t, []byte(c.Kubectl(t, "-n", "default", "get", "configmap", "argocd-cm", "-o", "json"))))
	want := patches(t)
	want["url"] = "https://argocd.example.com"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after both patches (-wanted +is):\n%s", diff)
	}
}

// gate holds README.md to its word about those who do want to wait for a verdict.
func gate(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	for name, passes := range map[string]bool{"on-track": true, "off-track": false, "missed": false, "source-down": false} {
		patience := "1s"
		if passes {
			patience = "2m"
		}
		out, err := c.Try("", "-n", "goals", "wait", "keyresult/"+name, "--for=condition=OnTrack", "--timeout="+patience)
		if (err == nil) != passes {
			t.Errorf("%s: kubectl wait: %v: %s", name, err, out)
		}
	}
}

// goals are those of a file of testdata, about today.
func goals(t *testing.T, file string) string {
	t.Helper()
	day := func(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }
	text, err := template.New("goals").Funcs(template.FuncMap{"day": day}).Parse(string(read(t, "hack/gitops/health/testdata/"+file)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := text.Execute(&out, nil); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
