package controllers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/sample"
)

// tenantLabel is the label of namespaces that says which tenant they are. Series have the label tenant.
const tenantLabel = "goals.okr.dev/tenant"

// keepApart has this test's source confine each namespace to the series of its tenant.
func (r *rig) keepApart() {
	r.Helper()
	source := r.source(r.namespace, "")
	r.edit(source, func() {
		source.Spec.Tenancy = &v1alpha1.Tenancy{EnforceLabel: &v1alpha1.EnforcedLabel{Name: "tenant", NamespaceLabel: tenantLabel}}
	})
}

// belongs says which tenant a namespace is; none if that is empty.
func (r *rig) belongs(namespace, tenant string) {
	r.Helper()
	object := r.newNamespace(namespace)
	r.edit(object, func() {
		object.Labels[tenantLabel] = tenant
		if tenant == "" {
			delete(object.Labels, tenantLabel)
		}
	})
}

// ofTenant gives a tenant's series its value from now on.
func (r *rig) ofTenant(tenant, name string, value float64) {
	r.Helper()
	series := servers.Series{Name: name, Labels: map[string]string{"test": r.namespace, "tenant": tenant},
		Points: []servers.Point{{Time: time.Now(), Value: value}}}
	if err := prometheusServer.Write(r.Context(), series); err != nil {
		r.Fatal(err)
	}
}

func in(namespace string) func(*v1alpha1.KPI) {
	return func(k *v1alpha1.KPI) { k.Namespace = namespace }
}

// shows complains unless a KPI is judged by a value.
func shows(kpi *v1alpha1.KPI, value string) error {
	return all(is("value", kpi.Status.Value, value), is("health", kpi.Status.Health, v1alpha1.KPIHealthy))
}

// refuses complains unless conditions say that a namespace has no tenant, and that this is no fault of the object.
func refuses(conditions []metav1.Condition, verdict, namespace string) error {
	err := all(has(conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(sample.SourceDenied)),
		has(conditions, verdict, metav1.ConditionUnknown, string(sample.SourceDenied)),
		has(conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""),
		has(conditions, v1alpha1.StalledCondition, metav1.ConditionFalse, ""))
	if err != nil {
		return err
	}
	text := meta.FindStatusCondition(conditions, v1alpha1.MeasuredCondition).Message
	if !contains(text, []string{tenantLabel, namespace}) {
		return fmt.Errorf("the message names neither label nor namespace: %s", text)
	}
	return nil
}

func TestTenantSeesItsOwnSeriesOnlyAndWithoutALabelNoneUntilItComes(t *testing.T) {
	t.Parallel()
	r := newRig(t, "second")
	second := r.others[0]
	r.keepApart()
	r.belongs(r.namespace, "one")
	r.belongs(second, "two")
	r.ofTenant("one", "latency", 412)
	r.ofTenant("two", "latency", 99)
	query := "sum(" + r.series("latency") + ")"
	mine, theirs := r.kpi("latency", query), r.kpi("latency", query, in(second))
	theirs.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromAll}
	spying := r.kpi("spying", fmt.Sprintf(`max(latency{test=%q,tenant=~"two|.*"})`, r.namespace))
	direct := r.kpi("direct", fmt.Sprintf(`latency{test=%q,tenant="two"}`, r.namespace))
	through := r.keyResult("through", "goal", "", fromTo("800", "50"), measuredBy(theirs))
	r.create(r.objective("goal"), mine, theirs, spying, direct, through)
	r.start()

	r.await(mine, func() error { return shows(mine, "412 ms") })
	r.await(theirs, func() error { return shows(theirs, "99 ms") })
	r.await(spying, func() error { return shows(spying, "412 ms") })
	r.await(direct, func() error {
		return all(is("health", direct.Status.Health, v1alpha1.KPIUnknown),
			has(direct.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(sample.NoData)))
	})
	// A KPI's namespace asks, and its owner has consented to show what it sees.
	r.await(through, func() error { return is("value", through.Status.Value, "99 ms") })
	// The probe of the source; one query as two tenants; two more as the first. The key result shares the KPI's.
	r.soon(func() error { return is("distinct questions", r.env.sampler.Entries(), 5) })
	for namespace, value := range map[string]float64{r.namespace: 412, second: 99} {
		series := fmt.Sprintf(`okr_kpi_value{goal_namespace=%q,name="latency"}`, namespace)
		if got := r.scrape()[series]; got != value {
			t.Errorf("%s is %v, want %v", series, got, value)
		}
	}

	seen := r.kpiStatuses(second)
	r.belongs(second, "")
	r.await(theirs, func() error {
		return all(refuses(theirs.Status.Conditions, v1alpha1.HealthyCondition, second), is("value", theirs.Status.Value, "99 ms"))
	})
	r.await(through, func() error { return refuses(through.Status.Conditions, v1alpha1.OnTrackCondition, second) })
	r.soon(func() error { return is("questions without those of the namespace", r.env.sampler.Entries(), 4) })
	if _, there := r.scrape()[fmt.Sprintf(`okr_kpi_value{goal_namespace=%q,name="latency"}`, second)]; there {
		t.Error("a value that may not be read is exported")
	}
	r.await(mine, func() error { return shows(mine, "412 ms") })

	// It comes back as another tenant: another question, and no verdict by the old answer.
	r.belongs(second, "one")
	r.await(theirs, func() error { return shows(theirs, "412 ms") })
	r.await(through, func() error {
		return all(is("value", through.Status.Value, "412 ms"),
			has(through.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, ""))
	})
	renamed := false
	for _, version := range seen() {
		renamed = renamed || refuses(version.Status.Conditions, v1alpha1.HealthyCondition, second) == nil
		if renamed && version.Status.Health != v1alpha1.KPIUnknown && version.Status.Value != "412 ms" {
			t.Errorf("judged by the value of another tenant: %s, %s", version.Status.Health, version.Status.Value)
		}
	}
	r.soon(func() error {
		return is("a question that two namespaces of one tenant share", r.env.sampler.Entries(), 4)
	})
}

// tenantServer keeps tenants apart by their header, as Mimir does: it refuses whoever names none, and has series of one.
type tenantServer struct {
	*testing.T
	URL   string
	mutex sync.Mutex
	asked map[string][]string // queries by tenant
}

func newTenantServer(t *testing.T, header string) *tenantServer {
	t.Helper()
	target, err := url.Parse(prometheusServer.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := &tenantServer{T: t, asked: map[string][]string{}}
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		form, _ := url.ParseQuery(string(body)) // what does not parse holds no query
		tenants := r.Header.Values(header)
		if len(tenants) != 1 {
			http.Error(w, "no org id", http.StatusUnauthorized)
			return
		}
		if query := form.Get("query"); query != "" { // what it is, it is asked without one
			s.mutex.Lock()
			s.asked[tenants[0]] = append(s.asked[tenants[0]], query)
			s.mutex.Unlock()
		}
		if tenants[0] == "empty" {
			_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// queries are those that a tenant has asked, each once, sorted.
func (s *tenantServer) queries(tenant string) []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(s.asked[tenant])))
}

func TestTenantHeaderComesFromTheNamespacesLabelAndThePingHasItsOwn(t *testing.T) {
	t.Parallel()
	r := newRig(t, "empty")
	server := newTenantServer(t, "X-Scope-OrgID")
	source := r.source(r.namespace, "")
	r.edit(source, func() {
		source.Spec.Prometheus.URL = server.URL
		source.Spec.Tenancy = &v1alpha1.Tenancy{TenantHeader: &v1alpha1.TenantHeader{Name: "X-Scope-OrgID", NamespaceLabel: tenantLabel}}
	})
	r.belongs(r.namespace, "one")
	r.belongs(r.others[0], "empty")
	r.set("latency", 412)
	query := r.series("latency")
	full, empty := r.kpi("latency", query), r.kpi("latency", query, in(r.others[0]))
	r.create(full, empty)
	r.start()
	r.await(source, func() error {
		return has(source.Status.Conditions, v1alpha1.ReachableCondition, metav1.ConditionTrue, "")
	})
	r.await(full, func() error { return shows(full, "412 ms") })
	r.await(empty, func() error {
		return has(empty.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(sample.NoData))
	})
	r.await(full, func() error { return is("no history", len(full.Status.History) == 0, false) })
	past := fmt.Sprintf("(%s) and on () (count(%s))", query, query)
	for tenant, want := range map[string][]string{"one": {past, query}, "empty": {query}, "okr-controller": {sample.Ping}} {
		if got := server.queries(tenant); !slices.Equal(got, want) {
			t.Errorf("as %s it was asked %q, want %q", tenant, got, want)
		}
	}
}

// Whether a thing exists is told only to whom it is shared with: without consent it reads exactly like a missing one.
func TestReadingAnotherTeamsStatusThroughReferences(t *testing.T) {
	t.Parallel()
	r := newRig(t, "second")
	r.set("latency", 412)
	hidden := r.kpi("hidden", r.series("latency"), in(r.others[0]))
	private := r.source(r.namespace+"-hidden", prometheusServer.URL)
	private.Spec.AllowedNamespaces = v1alpha1.SourceNamespaces{From: v1alpha1.NamespacesFromSelector,
		Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"is": "elsewhere"}}}
	private.Spec.Tenancy = &v1alpha1.Tenancy{EnforceLabel: &v1alpha1.EnforcedLabel{Name: "tenant", NamespaceLabel: tenantLabel}}
	r.create(hidden, private, r.objective("goal"))
	refer := func(to string) (*v1alpha1.KeyResult, *v1alpha1.KPI, *v1alpha1.Objective) {
		kpi := r.kpi(to, "", in(r.others[0]))
		kr := r.keyResult(to, "goal", "", fromTo("800", "300"), measuredBy(kpi))
		own := r.kpi("own-"+to, r.series("latency"), func(k *v1alpha1.KPI) { k.Spec.Metric.SourceRef.Name = r.namespace + "-" + to })
		objective := r.objective(to, naming(kpi))
		r.create(kr, own, objective)
		return kr, own, objective
	}
	refusedKR, refusedKPI, refusedObjective := refer("hidden")
	missingKR, missingKPI, missingObjective := refer("absent")
	r.start()
	r.await(hidden, func() error { return is("the hidden KPI's value", hidden.Status.Value, "412 ms") })

	notFound := func(conditions func() []metav1.Condition, kind string) func() error {
		return func() error {
			return has(conditions(), kind, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound)
		}
	}
	said := func(o client.Object, kind string, conditions func() []metav1.Condition) string {
		r.await(o, notFound(conditions, kind))
		var text strings.Builder
		for _, c := range conditions() {
			if c.Type == v1alpha1.AlignedCondition || c.Type == v1alpha1.NeedsObjectiveCondition {
				continue // they move with the time, and say nothing of references
			}
			fmt.Fprintln(&text, c.Type, c.Status, c.Reason, c.Message)
		}
		return text.String()
	}
	pairs := map[string][2]string{
		"KPI of a key result": {
			said(refusedKR, v1alpha1.ReadyCondition, func() []metav1.Condition { return refusedKR.Status.Conditions }),
			said(missingKR, v1alpha1.ReadyCondition, func() []metav1.Condition { return missingKR.Status.Conditions })},
		"source of a KPI": {
			said(refusedKPI, v1alpha1.ReadyCondition, func() []metav1.Condition { return refusedKPI.Status.Conditions }),
			said(missingKPI, v1alpha1.ReadyCondition, func() []metav1.Condition { return missingKPI.Status.Conditions })},
		"KPI of an objective": {
			said(refusedObjective, v1alpha1.ResolvedRefsCondition, func() []metav1.Condition { return refusedObjective.Status.Conditions }),
			said(missingObjective, v1alpha1.ResolvedRefsCondition, func() []metav1.Condition { return missingObjective.Status.Conditions })},
	}
	for what, pair := range pairs {
		if got, want := pair[0], strings.ReplaceAll(pair[1], "absent", "hidden"); got != want {
			t.Errorf("%s: one that is not shared reads\n%swhere a missing one reads\n%s", what, got, want)
		}
	}
}

// The policy that docs/metricsource.md shows, on the real API server.
func TestATenantEditingItsNamespacesLabel(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	text, err := os.ReadFile("../config/policy/base/tenant-label.yaml")
	if err != nil {
		t.Fatal(err)
	}
	documents := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		object := &unstructured.Unstructured{}
		if err := documents.Decode(object); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		r.create(object)
		t.Cleanup(func() { _ = admin.Delete(context.Background(), object) }) // it goes with the server at the latest
	}
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: r.namespace}, Rules: []rbacv1.PolicyRule{{
		APIGroups: []string{""}, Resources: []string{"namespaces", "namespaces/status", "namespaces/finalize"},
		Verbs: []string{"create", "get", "update", "patch", "delete"},
	}}}
	r.create(role, &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: r.namespace},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: r.namespace}},
	})
	config := plane.Config()
	config.Impersonate = rest.ImpersonationConfig{UserName: r.namespace}
	team, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	// write has the team set a label of its namespace, at the namespace itself or through a subresource.
	write := func(label, value, subresource string) error {
		namespace := &corev1.Namespace{}
		if err := team.Get(t.Context(), client.ObjectKey{Name: r.namespace}, namespace); err != nil {
			t.Fatal(err)
		}
		namespace.Labels[label] = value
		if value == "" {
			delete(namespace.Labels, label)
		}
		if subresource != "" {
			return team.SubResource(subresource).Update(t.Context(), namespace)
		}
		return team.Update(t.Context(), namespace)
	}
	refused := func(err error) error {
		if err == nil {
			return errors.New("not refused")
		}
		if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "ask whoever administers MetricSources") {
			return fmt.Errorf("%w: want a refusal that says whom to ask", err)
		}
		return nil
	}
	tries := 0
	r.soon(func() error { // a policy takes effect when the server has read it
		tries++
		return refused(write(tenantLabel, fmt.Sprint("victim-", tries), ""))
	})
	r.belongs(r.namespace, "one") // who may do everything may set it
	for what, err := range map[string]error{
		"changed":                 write(tenantLabel, "victim", ""),
		"removed":                 write(tenantLabel, "", ""),
		"changed with the status": write(tenantLabel, "victim", "status"),
		"changed with finalizers": write(tenantLabel, "victim", "finalize"),
		"created":                 team.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: r.namespace + "-own", Labels: map[string]string{tenantLabel: "victim"}}}),
	} {
		if err := refused(err); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := write("any/other", "label", ""); err != nil {
		t.Errorf("another label: %v", err)
	}
	if err := team.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: r.namespace + "-plain"}}); err != nil {
		t.Errorf("a namespace without the label: %v", err)
	}
	namespace := r.newNamespace(r.namespace)
	r.read(namespace)
	if got := namespace.Labels[tenantLabel]; got != "one" {
		t.Errorf("the namespace belongs to %q, want one", got)
	}
}
