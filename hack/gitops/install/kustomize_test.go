package install_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"okr.dev/controller/hack/gitops/rendered"
)

// kustomization renders a folder of config/.
func kustomization(t *testing.T, folder string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := rendered.Kustomize(folder)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// marshal writes objects as one text.
func marshal(t *testing.T, objects ...*unstructured.Unstructured) string {
	t.Helper()
	text, err := rendered.Marshal(objects...)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// decoded is the only object of a kind, read strictly.
func decoded[T any](t *testing.T, objects []*unstructured.Unstructured, kind string) *T {
	t.Helper()
	var found *T
	for _, o := range objects {
		if o.GetKind() != kind {
			continue
		}
		if found != nil {
			t.Fatalf("there are several objects of kind %s", kind)
		}
		found = new(T)
		if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(o.Object, found, true); err != nil {
			t.Fatalf("%s: %v", rendered.Name(o), err)
		}
	}
	if found == nil {
		t.Fatalf("there is no object of kind %s", kind)
	}
	return found
}

// installed is what config/default and config/prometheus install, as far as the tests look into it.
type installed struct {
	deployment *appsv1.Deployment
	service    *corev1.Service
	budget     *policyv1.PodDisruptionBudget
	network    *networkingv1.NetworkPolicy
	monitor    *monitoringv1.ServiceMonitor
}

func (i *installed) pod() *corev1.PodSpec { return &i.deployment.Spec.Template.Spec }

func (i *installed) manager(t *testing.T) *corev1.Container {
	t.Helper()
	containers := i.pod().Containers
	if len(containers) != 1 || containers[0].Name != "manager" {
		t.Fatalf("want the container manager and no other, got %v", containers)
	}
	return &containers[0]
}

func readInstalled(t *testing.T) *installed {
	t.Helper()
	objects := kustomization(t, "config/default")
	return &installed{
		deployment: decoded[appsv1.Deployment](t, objects, "Deployment"),
		service:    decoded[corev1.Service](t, objects, "Service"),
		budget:     decoded[policyv1.PodDisruptionBudget](t, objects, "PodDisruptionBudget"),
		network:    decoded[networkingv1.NetworkPolicy](t, objects, "NetworkPolicy"),
		monitor:    decoded[monitoringv1.ServiceMonitor](t, kustomization(t, "config/prometheus"), "ServiceMonitor"),
	}
}

// What other tools, the pages and the chart count upon.
func TestNamesAndLabelsOfWhatIsInstalled(t *testing.T) {
	for folder, want := range map[string][]string{
		"config/default": {
			"ClusterRole okr-controller-manager-role", "ClusterRole okr-keyresult-editor-role", "ClusterRole okr-keyresult-viewer-role",
			"ClusterRole okr-kpi-editor-role", "ClusterRole okr-kpi-viewer-role", "ClusterRole okr-metrics-auth-role",
			"ClusterRole okr-metrics-reader", "ClusterRole okr-metricsource-editor-role", "ClusterRole okr-metricsource-viewer-role",
			"ClusterRole okr-objective-editor-role", "ClusterRole okr-objective-viewer-role",
			"ClusterRoleBinding okr-controller-manager-rolebinding", "ClusterRoleBinding okr-metrics-auth-rolebinding",
			"CustomResourceDefinition keyresults.goals.okr.dev", "CustomResourceDefinition kpis.goals.okr.dev",
			"CustomResourceDefinition metricsources.goals.okr.dev", "CustomResourceDefinition objectives.goals.okr.dev",
			"Deployment okr-system/okr-controller-manager", "Namespace okr-system",
			"NetworkPolicy okr-system/okr-controller-manager", "PodDisruptionBudget okr-system/okr-controller-manager",
			"Role okr-system/okr-controller-manager-role", "Role okr-system/okr-leader-election-role",
			"RoleBinding okr-system/okr-controller-manager-rolebinding", "RoleBinding okr-system/okr-leader-election-rolebinding",
			"Service okr-system/okr-controller-manager-metrics", "ServiceAccount okr-system/okr-controller-manager",
		},
		"config/prometheus": {
			"ClusterRoleBinding okr-metrics-reader", "PrometheusRule okr-system/okr-controller-manager", "Role okr-system/okr-prometheus",
			"RoleBinding okr-system/okr-prometheus", "ServiceMonitor okr-system/okr-controller-manager",
		},
	} {
		var got []string
		for _, o := range kustomization(t, folder) {
			got = append(got, rendered.Name(o))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", folder, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	for _, folder := range []string{"config/default", "config/controller", "config/prometheus"} {
		for _, o := range kustomization(t, folder) {
			labels := o.GetLabels()
			if labels["app.kubernetes.io/name"] != "okr-controller" || labels["app.kubernetes.io/managed-by"] != "kustomize" {
				t.Errorf("%s: %s has the labels %v", folder, rendered.Name(o), labels)
			}
		}
	}
}

// What `kubectl delete -k config/controller` must not take with it.
func TestTheControllerAloneIsAllButTheKindsAndTheNamespace(t *testing.T) {
	peoples := func(o *unstructured.Unstructured) bool {
		return o.GetKind() == "CustomResourceDefinition" || o.GetKind() == "Namespace"
	}
	alone, all := kustomization(t, "config/controller"), kustomization(t, "config/default")
	for _, o := range alone {
		if peoples(o) {
			t.Errorf("config/controller has %s", rendered.Name(o))
		}
	}
	rest := slices.DeleteFunc(all, peoples)
	byName := func(a, b *unstructured.Unstructured) int { return strings.Compare(rendered.Name(a), rendered.Name(b)) }
	slices.SortFunc(alone, byName)
	slices.SortFunc(rest, byName)
	if !slices.EqualFunc(alone, rest, func(a, b *unstructured.Unstructured) bool { return fmt.Sprint(a.Object) == fmt.Sprint(b.Object) }) {
		t.Error("config/default and config/controller differ in more than CRDs and the Namespace")
	}
}

// kubectl apply without --server-side keeps the whole object in an annotation, of which an object may have 256 KiB.
func TestObjectsFitIntoAnAnnotation(t *testing.T) {
	for _, folder := range []string{"config/default", "config/prometheus"} {
		for _, o := range kustomization(t, folder) {
			text, err := json.Marshal(o.Object)
			if err != nil {
				t.Fatal(err)
			}
			if len(text) > 250<<10 {
				t.Errorf("%s: %s has %d bytes", folder, rendered.Name(o), len(text))
			}
		}
	}
}
