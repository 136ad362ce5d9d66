package tenants_test

import (
	"strings"
	"testing"
)

// does is something that somebody tries with kubectl.
type does struct {
	reason  string
	who     []string
	kubectl string // its arguments, by blanks
	input   string
	// refused are words of the answer; empty: it is done.
	refused string
}

func (w *world) try(t *testing.T, tries []does) {
	t.Helper()
	for _, c := range tries {
		t.Run(c.reason, func(t *testing.T) {
			out, err := w.Try(c.input, append(strings.Fields(c.kubectl), c.who...)...)
			switch {
			case c.refused == "" && err != nil:
				t.Errorf("%s: %v\n%s", c.kubectl, err, out)
			case c.refused != "" && (err == nil || !strings.Contains(out, c.refused)):
				t.Errorf("%s: want it refused with %q, got %v\n%s", c.kubectl, c.refused, err, out)
			}
		})
	}
}

const (
	forbidden = "Forbidden"
	kpi       = "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata: {name: tried, namespace: NS}\n" +
		"spec: {title: Tried, owner: {team: a}, metric: {query: up}, target: {atLeast: 1}}\n"
	source = "apiVersion: goals.okr.dev/v1alpha1\nkind: MetricSource\nmetadata: {name: mine}\n" +
		"spec: {prometheus: {url: http://elsewhere.example.com}, allowedNamespaces: {from: All}}\n"
	keyResult = "apiVersion: goals.okr.dev/v1alpha1\nkind: KeyResult\nmetadata: {name: tried, namespace: NS}\n" +
		"spec: {title: Tried, objectiveRef: REF, reach: {baseline: 1, target: 2}}\n"
	binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: tried, namespace: NS}\n" +
		"roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: okr-kpi-editor-role}\n" +
		"subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ana}]\n"
)

func in(namespace, text string) string { return strings.ReplaceAll(text, "NS", namespace) }

func about(ref, text string) string { return strings.ReplaceAll(text, "REF", ref) }

func (w *world) access(t *testing.T) {
	w.Kubectl(t, "create", "rolebinding", "sources", "-n", "checkout", "--clusterrole=okr-metricsource-editor-role", "--user=cleo")
	const create = "create --dry-run=server -f -"
	w.try(t, []does{
		{reason: "a team writes its own KPIs", who: ana, kubectl: create, input: in("checkout", kpi)},
		{reason: "not those of others", who: ana, kubectl: create, input: in("search", kpi), refused: forbidden},
		{reason: "the other way round", who: ben, kubectl: create, input: in("checkout", kpi), refused: forbidden},
		{reason: "not the company's", who: ana, kubectl: create, input: in("company", kpi), refused: forbidden},
		{reason: "the leads write the company's", who: lea, kubectl: create, input: in("company", kpi)},
		{reason: "and not the teams'", who: lea, kubectl: create, input: in("checkout", kpi), refused: forbidden},
		{reason: "a guest writes nothing", who: guest, kubectl: create, input: in("checkout", kpi), refused: forbidden},
		{reason: "a key result of one's own", who: ana, kubectl: create, input: about("{name: checkout-feels-instant}", in("checkout", keyResult))},
		{reason: "a key result for others", who: ana, kubectl: create, input: about("{name: everybody-finds-it}", in("search", keyResult)), refused: forbidden},
		{reason: "a reference to an objective elsewhere cannot even be written", who: ana, kubectl: create,
			input: about("{name: everybody-finds-it, namespace: search}", in("checkout", keyResult)), refused: `unknown field "spec.objectiveRef.namespace"`},

		{reason: "a team reads its own", who: ana, kubectl: "get objectives,keyresults,kpis -n checkout"},
		{reason: "not what others do", who: ana, kubectl: "get objectives -n search", refused: forbidden},
		{reason: "not everything at once", who: ana, kubectl: "get objectives -A", refused: forbidden},
		{reason: "everybody reads the company's", who: ana, kubectl: "get objectives,keyresults,kpis -n company"},
		{reason: "a guest too", who: guest, kubectl: "get objective customers-love-us -n company"},
		{reason: "nobody who has not logged in", who: []string{"--as=system:anonymous", "--as-group=system:unauthenticated"}, kubectl: "get objectives -n company", refused: forbidden},

		{reason: "sources belong to administrators", who: ana, kubectl: create, input: source, refused: forbidden},
		{reason: "the leads are none", who: lea, kubectl: create, input: source, refused: forbidden},
		{reason: "their role, bound in a namespace, is worth nothing", who: []string{"--as=cleo"}, kubectl: create, input: source, refused: forbidden},
		{reason: "nor may a team change the one that there is", who: ana, kubectl: `patch metricsource default --type=merge -p {"spec":{"tenancy":null}}`, refused: forbidden},
		{reason: "nor look at it", who: ana, kubectl: "get metricsources", refused: forbidden},
		{reason: "its credentials are nobody's", who: ana, kubectl: "get secrets -n okr-system", refused: forbidden},
		{reason: "rights are not handed on", who: ana, kubectl: create, input: in("checkout", binding), refused: forbidden},
		{reason: "nor taken elsewhere", who: ana, kubectl: create, input: in("search", binding), refused: forbidden},
		{reason: "a team does not lift its quota", who: ana, kubectl: "delete resourcequota goals -n checkout", refused: forbidden},
		{reason: "nor the policies", who: lea, kubectl: "delete validatingadmissionpolicybinding okr-keyresult-commitment", refused: forbidden},
	})
}

func (w *world) labels(t *testing.T) {
	w.Kubectl(t, "create", "clusterrole", "self-service", "--verb=get,create,update,patch", "--resource=namespaces,namespaces/status,namespaces/finalize")
	w.Kubectl(t, "create", "clusterrolebinding", "self-service", "--clusterrole=self-service", "--user=portal")
	const whose, namespace = "whose metrics a namespace may read", "apiVersion: v1\nkind: Namespace\nmetadata: {name: tried, labels: {goals.okr.dev/tenant: search}}\n"
	w.try(t, []does{
		{reason: "a team does not edit namespaces", who: ana, kubectl: "label namespace checkout goals.okr.dev/tenant=search --overwrite", refused: forbidden},
		{reason: "who edits namespaces for others does not choose a tenant", who: portal, kubectl: "label namespace checkout goals.okr.dev/tenant=search --overwrite", refused: whose},
		{reason: "nor take one away", who: portal, kubectl: "label namespace checkout goals.okr.dev/tenant-", refused: whose},
		{reason: "nor write an empty one", who: portal, kubectl: "label namespace company goals.okr.dev/tenant=", refused: whose},
		{reason: "nor make a namespace that has one", who: portal, kubectl: "create -f -", input: namespace, refused: whose},
		{reason: "nor through the status", who: portal, kubectl: `patch namespace checkout --subresource=status --type=merge -p {"metadata":{"labels":{"goals.okr.dev/tenant":"search"}}}`, refused: whose},
		{reason: "other labels are free", who: portal, kubectl: "label namespace checkout floor=3"},
		{reason: "and namespaces without a tenant", who: portal, kubectl: "create namespace newcomers"},
		{reason: "who administers sources sets it", kubectl: "create --dry-run=server -f -", input: namespace},
	})
}

func (w *world) quota(t *testing.T) {
	w.Kubectl(t, "patch", "resourcequota", "goals", "-n", "search", "--subresource=status", "--type=merge", "-p",
		`{"status": {"used": {"count/kpis.goals.okr.dev": "100"}}}`)
	w.try(t, []does{
		{reason: "the hundred and first KPI", who: ben, kubectl: "create -f -", input: in("search", kpi), refused: "exceeded quota: goals"},
		{reason: "the other team is not concerned", who: ana, kubectl: "create --dry-run=server -f -", input: in("checkout", kpi)},
	})
}
