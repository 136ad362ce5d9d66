package install_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

func selects(t *testing.T, selector *metav1.LabelSelector, set map[string]string) bool {
	t.Helper()
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	return s.Matches(labels.Set(set))
}

func TestSelectorsSelect(t *testing.T) {
	i := readInstalled(t)
	pods := i.deployment.Spec.Template.Labels
	if !selects(t, i.deployment.Spec.Selector, pods) {
		t.Error("the Deployment does not select its Pods")
	}
	if !selects(t, i.budget.Spec.Selector, pods) {
		t.Error("the PodDisruptionBudget does not select the Pods")
	}
	if !selects(t, &i.network.Spec.PodSelector, pods) || len(i.network.Spec.PodSelector.MatchLabels) == 0 {
		t.Error("the NetworkPolicy does not select the Pods, or selects all")
	}
	if len(i.service.Spec.Selector) == 0 || !labels.SelectorFromSet(i.service.Spec.Selector).Matches(labels.Set(pods)) {
		t.Error("the Service does not select the Pods, or selects all")
	}
	if !selects(t, &i.monitor.Spec.Selector, i.service.Labels) || len(i.monitor.Spec.Selector.MatchLabels) == 0 {
		t.Error("the ServiceMonitor does not select the Service, or selects all")
	}
	namespaces := []string{i.deployment.Namespace, i.budget.Namespace, i.network.Namespace, i.service.Namespace, i.monitor.Namespace}
	if diff := cmp.Diff([]string{"okr-system", "okr-system", "okr-system", "okr-system", "okr-system"}, namespaces); diff != "" {
		t.Errorf("each selects in its own namespace only, -want +got:\n%s", diff)
	}
}

func TestPortsLeadToThePort(t *testing.T) {
	i := readInstalled(t)
	manager := i.manager(t)
	ports := map[string]int32{}
	for _, p := range manager.Ports {
		ports[p.Name] = p.ContainerPort
	}
	if diff := cmp.Diff(map[string]int32{"metrics": 8443, "health": 8081}, ports); diff != "" {
		t.Errorf("the container's ports -want +got:\n%s", diff)
	}
	args := strings.Join(manager.Args, " ")
	if !strings.Contains(args, "--metrics-bind-address=:8443") || !strings.Contains(args, "--health-probe-bind-address=:8081") {
		t.Errorf("the manager listens elsewhere: %s", args)
	}
	for path, probe := range map[string]*corev1.Probe{"/healthz": manager.LivenessProbe, "/readyz": manager.ReadinessProbe} {
		if probe == nil || probe.HTTPGet.Path != path || probe.HTTPGet.Port.StrVal != "health" {
			t.Errorf("the probe of %s is %+v", path, probe)
		}
	}
	if p := i.service.Spec.Ports; len(p) != 1 || p[0].Name != "https" || p[0].Port != 8443 || p[0].TargetPort.StrVal != "metrics" {
		t.Errorf("the Service's ports are %+v", p)
	}
	endpoints := i.monitor.Spec.Endpoints
	if len(endpoints) != 1 || endpoints[0].Port != i.service.Spec.Ports[0].Name || endpoints[0].Scheme.String() != "https" {
		t.Errorf("the ServiceMonitor's endpoints are %+v", endpoints)
	}
}

// end is the other end of a connection. Without labels of a Pod it is no Pod: the API server, or somebody outside.
type end struct {
	namespace, pod map[string]string
	protocol       corev1.Protocol
	port           int
}

// passes says whether a rule of a policy lets a connection pass, as the API describes it: a rule without peers, or without ports,
// is for all of them.
func passes(t *testing.T, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort, e end) bool {
	t.Helper()
	port := len(ports) == 0 || slices.ContainsFunc(ports, func(p networkingv1.NetworkPolicyPort) bool {
		return *p.Protocol == e.protocol && p.Port.IntValue() == e.port && p.EndPort == nil
	})
	if !port || len(peers) == 0 {
		return port
	}
	return slices.ContainsFunc(peers, func(p networkingv1.NetworkPolicyPeer) bool {
		return e.pod != nil && selects(t, p.NamespaceSelector, e.namespace) && selects(t, p.PodSelector, e.pod)
	})
}

func TestNetworkPolicyLetsPassWhatTheControllerNeedsAndNothingElse(t *testing.T) {
	policy := readInstalled(t).network.Spec
	if !slices.Equal(policy.PolicyTypes, []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}) {
		t.Errorf("it must refuse in both directions what it does not name: %v", policy.PolicyTypes)
	}
	named := func(name string) map[string]string { return map[string]string{corev1.LabelMetadataName: name} }
	prometheus := map[string]string{"app.kubernetes.io/name": "prometheus", "app.kubernetes.io/instance": "k8s"}
	dns, other := map[string]string{"k8s-app": "kube-dns"}, map[string]string{"app": "shop"}
	replica := map[string]string{"app.kubernetes.io/name": "okr-controller"}
	out := func(e end) bool {
		return slices.ContainsFunc(policy.Egress, func(r networkingv1.NetworkPolicyEgressRule) bool { return passes(t, r.To, r.Ports, e) })
	}
	in := func(e end) bool {
		return slices.ContainsFunc(policy.Ingress, func(r networkingv1.NetworkPolicyIngressRule) bool { return passes(t, r.From, r.Ports, e) })
	}
	for _, test := range []struct {
		reason string
		may    func(end) bool
		end    end
		want   bool
	}{
		{"to the API server, through its Service", out, end{nil, nil, "TCP", 443}, true},
		{"to the API server itself", out, end{nil, nil, "TCP", 6443}, true},
		{"for a name", out, end{named("kube-system"), dns, "UDP", 53}, true},
		{"for a name with a long answer", out, end{named("kube-system"), dns, "TCP", 53}, true},
		{"for a name, to somebody who calls himself a name server", out, end{named("shop"), dns, "UDP", 53}, false},
		{"for a name, to a server outside, which is how data leaks", out, end{nil, nil, "UDP", 53}, false},
		{"to another Pod of kube-system", out, end{named("kube-system"), other, "UDP", 53}, false},
		{"to Prometheus", out, end{named("monitoring"), prometheus, "TCP", 9090}, true},
		{"to Prometheus in a namespace of any name", out, end{named("observability"), prometheus, "TCP", 9090}, true},
		{"to something else in Prometheus' Pods", out, end{named("monitoring"), prometheus, "TCP", 8080}, false},
		{"to a Pod that listens on Prometheus' port", out, end{named("shop"), other, "TCP", 9090}, false},
		{"to plain HTTP outside, such as the cloud's metadata", out, end{nil, nil, "TCP", 80}, false},
		{"to a database", out, end{named("shop"), other, "TCP", 5432}, false},
		{"to another replica", out, end{named("okr-system"), replica, "TCP", 8443}, false},
		{"from Prometheus", in, end{named("monitoring"), prometheus, "TCP", 8443}, true},
		{"from Prometheus to the probes", in, end{named("monitoring"), prometheus, "TCP", 8081}, false},
		{"from another Pod", in, end{named("shop"), other, "TCP", 8443}, false},
		{"from outside", in, end{nil, nil, "TCP", 8443}, false},
	} {
		if got := test.may(test.end); got != test.want {
			t.Errorf("a connection %s: passes %t, want %t", test.reason, got, test.want)
		}
	}
}
