package install_test

import (
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/gitops/rendered"
)

// The verbs of reading, of writing, and of writing what the controller writes.
var (
	reading = []string{"get", "list", "watch"}
	writing = []string{"create", "update", "patch", "delete"}
	both    = []string{"get", "list", "watch", "create", "update", "patch", "delete"}
	fudging = []string{"update", "patch"}

	goalKinds = []string{"objectives", "keyresults", "kpis"}
	allKinds  = append([]string{"metricsources"}, goalKinds...)
)

// grantPeople gives people the cluster's own roles, which know goals by aggregation: in the namespace team-a, and everywhere.
func grantPeople(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	c.AggregateRoles(t)
	for _, namespace := range []string{"team-a", "team-b"} {
		c.Kubectl(t, "create", "namespace", namespace)
	}
	for _, role := range []string{"view", "edit", "admin"} {
		c.Kubectl(t, "create", "rolebinding", role, "-n", "team-a", "--clusterrole="+role, "--user=a-"+role)
		c.Kubectl(t, "create", "clusterrolebinding", "everywhere-"+role, "--clusterrole="+role, "--user=all-"+role)
	}
}

// may says whether somebody may do all of some verbs, or whether somebody may do any of them: it fails if they may do some.
func may(t *testing.T, c *cluster.Cluster, user, namespace, resource string, verbs []string) bool {
	t.Helper()
	allowed := 0
	for _, verb := range verbs {
		name, subresource, _ := strings.Cut(resource, "/")
		review, err := kubernetes.NewForConfigOrDie(c.Config()).AuthorizationV1().SubjectAccessReviews().Create(t.Context(),
			&authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
				User: user, Groups: []string{"system:authenticated"},
				ResourceAttributes: &authorizationv1.ResourceAttributes{
					Namespace: namespace, Verb: verb, Group: "goals.okr.dev", Resource: name, Subresource: subresource,
				},
			}}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if review.Status.Allowed {
			allowed++
		}
	}
	if allowed != 0 && allowed != len(verbs) {
		t.Errorf("%s may do some of %v to %s in %q", user, verbs, resource, namespace)
	}
	return allowed > 0
}

func peopleMayDoWhatTheirRoleSays(t *testing.T, c *cluster.Cluster) {
	grantPeople(t, c)
	everywhere := "" // a MetricSource has no namespace
	for _, test := range []struct {
		reason, user, namespace string
		kinds, verbs            []string
		want                    bool
	}{
		{"who views a namespace reads its goals", "a-view", "team-a", goalKinds, reading, true},
		{"and changes none", "a-view", "team-a", goalKinds, writing, false},
		{"and reads those of no other", "a-view", "team-b", goalKinds, reading, false},
		{"who edits a namespace writes its goals", "a-edit", "team-a", goalKinds, both, true},
		{"and those of no other", "a-edit", "team-b", goalKinds, both, false},
		{"who administers a namespace writes its goals", "a-admin", "team-a", goalKinds, both, true},
		{"and those of no other", "a-admin", "team-b", goalKinds, both, false},
		{"a namespace's viewer sees no source: it belongs to no namespace", "a-view", everywhere, []string{"metricsources"}, reading, false},
		{"nor does its editor", "a-edit", everywhere, []string{"metricsources"}, both, false},
		{"nor its administrator, who could have the controller ask any address", "a-admin", everywhere, []string{"metricsources"}, both, false},
		{"who views all namespaces reads all goals and sources", "all-view", everywhere, allKinds, reading, true},
		{"and changes none", "all-view", everywhere, allKinds, writing, false},
		{"who edits all namespaces writes all goals", "all-edit", everywhere, goalKinds, both, true},
		{"reads sources", "all-edit", everywhere, []string{"metricsources"}, reading, true},
		{"and changes none", "all-edit", everywhere, []string{"metricsources"}, writing, false},
		{"who administers all namespaces administers sources", "all-admin", everywhere, allKinds, both, true},
		{"a stranger reads nothing", "stranger", everywhere, allKinds, reading, false},
	} {
		for _, kind := range test.kinds {
			if got := may(t, c, test.user, test.namespace, kind, test.verbs); got != test.want {
				t.Errorf("%s: %s, %v %s in %q: %t, want %t", test.reason, test.user, test.verbs, kind, test.namespace, got, test.want)
			}
		}
	}
	for _, user := range []string{"a-view", "a-edit", "a-admin", "all-view", "all-edit", "all-admin"} {
		for _, kind := range allKinds {
			if may(t, c, user, everywhere, kind+"/status", fudging) || may(t, c, user, "team-a", kind+"/status", fudging) {
				t.Errorf("%s may write how %s stand: nobody but the controller may", user, kind)
			}
		}
	}
	nobodyFudges(t, c)
}

// nobodyFudges tries to write a status by roundabout ways.
func nobodyFudges(t *testing.T, c *cluster.Cluster) {
	kpi := `{apiVersion: goals.okr.dev/v1alpha1, kind: KPI, metadata: {name: fudged, namespace: team-a},
  spec: {title: Fudged, owner: {team: a}, unit: h, target: {atLeast: 1}, readEvery: 31d, readings: [{date: "2026-08-31", value: "2"}]},
  status: {health: Healthy}}`
	for _, test := range []struct {
		reason  string
		input   string
		args    []string
		refused string
	}{
		{"as part of the object, where it is ignored", kpi, []string{"create", "-f", "-"}, ""},
		{"by itself", "", []string{"patch", "kpi", "fudged", "-n", "team-a", "--subresource=status", "--type=merge", "-p", `{"status":{"health":"Healthy"}}`}, "forbidden"},
		{"with the controller's role, given to oneself", "",
			[]string{"create", "rolebinding", "fudge", "-n", "team-a", "--clusterrole=okr-controller-manager-role", "--user=a-admin"}, "attempting to grant RBAC permissions not currently held"},
		{"with the controller's token", "", []string{"create", "token", "okr-controller-manager", "-n", "okr-system"}, "forbidden"},
	} {
		out, err := c.Try(test.input, append(test.args, "--as=a-admin", "--as-group=system:authenticated")...)
		if (test.refused == "") != (err == nil) || !strings.Contains(out, test.refused) {
			t.Errorf("%s: want a refusal for %q, got %v\n%s", test.reason, test.refused, err, out)
		}
	}
	if health := c.Kubectl(t, "get", "kpi", "fudged", "-n", "team-a", "-o", "jsonpath={.status.health}"); health != "" {
		t.Errorf("the health is %s, and there is no controller", health)
	}
	c.Kubectl(t, "delete", "kpi", "fudged", "-n", "team-a")
}

// goalsCanBeKeptPrivate installs with the component that gives nobody goals to read for viewing a namespace, and without it again.
func goalsCanBeKeptPrivate(t *testing.T, c *cluster.Cluster) {
	private, err := rendered.KustomizeWith(t.TempDir(), "config/default", "config/rbac/private-goals")
	if err != nil {
		t.Fatal(err)
	}
	c.Apply(t, marshal(t, private...))
	c.AggregateRoles(t)
	if args := c.Kubectl(t, "get", "deployment", "okr-controller-manager", "-n", "okr-system", "-o", "jsonpath={..args}"); !strings.Contains(args, `"--private-goals"`) {
		t.Errorf("who views a namespace reads its events, and the controller is not told to tell none: %s", args)
	}
	c.Kubectl(t, "create", "rolebinding", "reads-kpis", "-n", "team-b", "--clusterrole=okr-kpi-viewer-role", "--user=coach")
	for _, test := range []struct {
		reason, user, namespace string
		kinds, verbs            []string
		want                    bool
	}{
		{"who views all namespaces reads no goals", "all-view", "team-b", goalKinds, reading, false},
		{"and sources as before", "all-view", "", []string{"metricsources"}, reading, true},
		{"who views a namespace reads none", "a-view", "team-a", goalKinds, reading, false},
		{"who is given a kind in a namespace reads it", "coach", "team-b", []string{"kpis"}, reading, true},
		{"and no other kind", "coach", "team-b", []string{"objectives", "keyresults"}, reading, false},
		{"nor another namespace", "coach", "team-a", goalKinds, reading, false},
		{"who edits a namespace writes its goals as before", "a-edit", "team-a", goalKinds, both, true},
		{"and so does who administers it", "a-admin", "team-a", goalKinds, both, true},
	} {
		for _, kind := range test.kinds {
			if got := may(t, c, test.user, test.namespace, kind, test.verbs); got != test.want {
				t.Errorf("%s: %s, %v %s in %q: %t, want %t", test.reason, test.user, test.verbs, kind, test.namespace, got, test.want)
			}
		}
	}
	c.Kubectl(t, "apply", "-k", "config/default")
	c.AggregateRoles(t)
	if !may(t, c, "a-view", "team-a", "kpis", reading) {
		t.Error("without the component, who views a namespace reads no goals")
	}
}
