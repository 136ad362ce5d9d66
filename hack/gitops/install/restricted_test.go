package install_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"
)

func TestManagerAsksForNothingThatItDoesNotNeed(t *testing.T) {
	i := readInstalled(t)
	pod, manager := i.pod(), i.manager(t)
	want := &corev1.PodSecurityContext{
		RunAsNonRoot: ptr.To(true), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
	if diff := cmp.Diff(want, pod.SecurityContext); diff != "" {
		t.Errorf("the Pod's security context, -want +got:\n%s", diff)
	}
	wantOfContainer := &corev1.SecurityContext{
		AllowPrivilegeEscalation: ptr.To(false), ReadOnlyRootFilesystem: ptr.To(true),
		Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
	if diff := cmp.Diff(wantOfContainer, manager.SecurityContext); diff != "" {
		t.Errorf("the container's security context, -want +got:\n%s", diff)
	}
	if pod.HostNetwork || pod.HostPID || pod.HostIPC || len(pod.Volumes) > 0 || len(pod.InitContainers) > 0 || pod.PriorityClassName != "" {
		t.Errorf("the Pod asks for more than a process and a token: %+v", pod)
	}
	if !ptr.Deref(pod.AutomountServiceAccountToken, false) {
		t.Error("the Pod does not ask for its token")
	}
	account := decoded[corev1.ServiceAccount](t, kustomization(t, "config/default"), "ServiceAccount")
	if ptr.Deref(account.AutomountServiceAccountToken, true) {
		t.Error("the ServiceAccount gives its token to Pods that do not ask for it")
	}
	if account.Name != pod.ServiceAccountName {
		t.Errorf("the Pod runs as %q; the ServiceAccount is %q", pod.ServiceAccountName, account.Name)
	}
	if manager.Image != "okr-controller:v0.1.0" {
		t.Errorf("the image is %q", manager.Image)
	}
}

// Near GOMEMLIMIT Go collects garbage all the time; at the limit the kernel ends the process. Between them there must be room.
func TestGOMEMLIMITIsBelowTheMemoryLimit(t *testing.T) {
	manager := readInstalled(t).manager(t)
	requests, limits := manager.Resources.Requests, manager.Resources.Limits
	if requests.Cpu().IsZero() || requests.Memory().IsZero() || requests.Memory().Cmp(*limits.Memory()) > 0 || !limits.Cpu().IsZero() {
		t.Errorf("want requests for CPU and memory and a limit of memory alone, got %+v", manager.Resources)
	}
	var told string
	for _, e := range manager.Env {
		if e.Name == "GOMEMLIMIT" {
			told = e.Value
		}
	}
	number, ok := strings.CutSuffix(told, "B") // Go writes MiB what Kubernetes writes Mi
	soft, err := resource.ParseQuantity(number)
	if !ok || err != nil {
		t.Fatalf("GOMEMLIMIT is %q", told)
	}
	share := float64(soft.Value()) / float64(limits.Memory().Value())
	if share < 0.85 || share > 0.92 {
		t.Errorf("GOMEMLIMIT %s is %.0f percent of the limit %s, want about 90", told, 100*share, limits.Memory())
	}
}

func TestTwoReplicasAreApartAndDrainedOneAtATime(t *testing.T) {
	i := readInstalled(t)
	if n := ptr.Deref(i.deployment.Spec.Replicas, 1); n != 2 {
		t.Errorf("%d replicas", n)
	}
	if !slices.Contains(i.manager(t).Args, "--leader-elect") {
		t.Error("both replicas would work: there is no --leader-elect")
	}
	if got := i.budget.Spec.MaxUnavailable; got == nil || got.IntValue() != 1 || i.budget.Spec.MinAvailable != nil {
		t.Errorf("one replica at a time may be missing; the budget is %+v", i.budget.Spec)
	}
	var keys []string
	for _, s := range i.pod().TopologySpreadConstraints {
		keys = append(keys, s.TopologyKey)
		if s.WhenUnsatisfiable != corev1.ScheduleAnyway {
			t.Errorf("on a cluster without two of %s the second replica would not run", s.TopologyKey)
		}
		if !selects(t, s.LabelSelector, i.deployment.Spec.Template.Labels) {
			t.Errorf("the replicas are not counted for %s", s.TopologyKey)
		}
	}
	if diff := cmp.Diff([]string{corev1.LabelHostname, corev1.LabelTopologyZone}, keys); diff != "" {
		t.Errorf("topologies -want +got:\n%s", diff)
	}
}
