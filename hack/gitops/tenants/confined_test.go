package tenants_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func (w *world) repositories(t *testing.T) {
	w.Apply(t, w.goals(t, "checkout"), ana...)
	w.Apply(t, w.goals(t, "search"), ben...)
	if out, err := w.Try(w.goals(t, "search"), append([]string{"apply", "-f", "-"}, ana...)...); err == nil || !strings.Contains(out, "orbidden") {
		t.Errorf("ana applied the goals of search: %v\n%s", err, out)
	}
	for _, team := range []struct{ namespace, objective, keyResult, value string }{
		{"checkout", "checkout-feels-instant", "fewer-open-orders", "^12$"}, {"search", "everybody-finds-it", "orders-from-search", "^65432$"},
	} {
		w.Await(t, team.namespace, "kpi/open-orders", "{.status.conditions[?(@.type=='Healthy')].status}", "^True$")
		w.Await(t, team.namespace, "keyresult/"+team.keyResult, "{.status.measurement.value}", team.value)
		w.Await(t, team.namespace, "objective/"+team.objective, "{.status.conditions[?(@.type=='ResolvedRefs')].status}", "^True$")
		for _, kind := range []string{"objectives", "keyresults", "kpis"} {
			w.Kubectl(t, "wait", "--for=condition=Ready", "--timeout=2m", kind, "--all", "-n", team.namespace)
		}
	}
	w.Await(t, "company", "objective/customers-love-us", "{.status.children.total}", "^2$")
	w.try(t, []does{
		{reason: "a team checks in", who: ana, kubectl: `patch objective checkout-feels-instant -n checkout --type=merge -p {"spec":{"checkIns":[{"date":"` +
			time.Now().UTC().Format(time.DateOnly) + `","confidence":7,"keyResults":[{"name":"survey-score","value":"7.4"}]}]}}`},
		{reason: "nobody writes a verdict", who: ana, kubectl: `patch keyresult survey-score -n checkout --subresource=status --type=merge -p {"status":{"progressPercent":100}}`, refused: forbidden},
		{reason: "a status beside a spec is not heard", who: ana, kubectl: `patch keyresult survey-score -n checkout --type=merge -p {"status":{"progressPercent":100}}`},
		{reason: "nobody forgets what was promised", who: ana, kubectl: `patch keyresult survey-score -n checkout --subresource=status --type=merge -p {"status":{"frozen":null}}`, refused: forbidden},
		{reason: "a team does not edit another's", who: ben, kubectl: `patch objective checkout-feels-instant -n checkout --type=merge -p {"spec":{"title":"Slow"}}`, refused: forbidden},
		{reason: "nor delete it", who: ben, kubectl: "delete keyresult survey-score -n checkout", refused: forbidden},
		{reason: "nor the company's", who: ben, kubectl: "delete objective customers-love-us -n company", refused: forbidden},
		{reason: "a target does not move without a reason", who: ana, kubectl: `patch keyresult survey-score -n checkout --type=merge -p {"spec":{"reach":{"target":"7.2"}}}`, refused: "spec.reach.target was 8 and would be 7.2"},
	})
	w.Await(t, "checkout", "keyresult/survey-score", "{.status.value} {.status.progressPercent}", "^7.4 33$")
}

// stolen are questions of checkout about series of search. What they may answer is what they would answer if search had none.
var stolen = []struct{ name, query, measured string }{
	{"all", `sum(orders_open)`, "^True Sampled 12$"},
	{"named", `sum(orders_open{team="search"})`, "^False NoData $"},
	{"any", `sum(orders_open{team=~".+"})`, "^True Sampled 12$"},
	{"others", `sum(orders_open{team!="checkout"})`, "^False NoData $"},
	{"nameless", `sum({__name__=~"orders.*",team=~"search|checkout"})`, "^True Sampled 12$"},
	{"either", `sum(orders_open{team="search"} or orders_open{team="checkout"})`, "^True Sampled 12$"},
	{"count", `count(count by (team) (orders_open))`, "^True Sampled 1$"},
	{"quantile", `quantile(scalar(sum(orders_open{team="search"})) / 1e5, orders_open)`, "^False PartialResponse $"},
	{"quantile-true", `quantile(scalar(orders_open{team="search"} > bool 1e4), orders_open)`, "^False PartialResponse $"},
	{"topk", `sum(topk(scalar(orders_open{team="search"} > bool 1), orders_open)) or vector(0)`, "^False QueryFailed $"},
	{"subquery", `max(max_over_time(orders_open[5m:1m]))`, "^True Sampled 12$"},
	{"relabelled", `sum(label_replace(orders_open, "team", "search", "team", ".*"))`, "^True Sampled 12$"},
	{"joined", `sum(orders_open + ignoring(team) group_left orders_open{team="search"})`, "^False NoData $"},
	{"absent", `absent(orders_open{team="search"})`, "^True Sampled 1$"},
}

func (w *world) confined(t *testing.T) {
	for _, c := range stolen {
		w.Apply(t, fmt.Sprintf("apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata: {name: stolen-%s, namespace: checkout}\n"+
			"spec:\n  title: Stolen\n  owner: {team: checkout}\n  target: {atLeast: 0}\n  metric:\n    query: %q\n", c.name, c.query), ana...)
	}
	for _, c := range stolen {
		t.Run(c.name, func(t *testing.T) {
			w.Await(t, "checkout", "kpi/stolen-"+c.name, `{range .status.conditions[?(@.type=="Measured")]}{.status} {.reason}{end} {.status.measurement.value}`, c.measured)
		})
	}
	// Neither search's number nor the sum stands anywhere in what checkout can read, exactly or with the four digits that are shown.
	seen := w.Kubectl(t, "get", "objectives,keyresults,kpis,events", "-n", "checkout", "-o", "yaml")
	for line := range strings.Lines(seen) {
		if name, _, _ := strings.Cut(strings.TrimSpace(line), ":"); name == "uid" || name == "key" {
			continue // random digits
		}
		for _, secret := range []int{ordersOfSearch, ordersOfSearch + ordersOfCheckout, ordersOfSearch / 10 * 10} {
			if strings.Contains(line, fmt.Sprint(secret)) {
				t.Errorf("%d is seen in checkout: %s", secret, line)
			}
		}
	}
	// What went over the wire has the matcher in every selector: as often as the metric is named, and search's only as search.
	for _, query := range w.asked.all() {
		if n := strings.Count(query, "orders"); n != strings.Count(query, `team="checkout"`) && n != strings.Count(query, `team="search"`) {
			t.Errorf("asked without the tenant in every selector: %s", query)
		}
	}
	if len(w.asked.all()) < len(stolen) {
		t.Errorf("only these were asked: %q", w.asked.all())
	}
}

func (w *world) noTenant(t *testing.T) {
	kpi := "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata: {name: tried, namespace: strangers}\n" +
		"spec: {title: Tried, owner: {team: a}, metric: {query: sum(orders_open_of_strangers)}, target: {atLeast: 1}}\n"
	w.Kubectl(t, "create", "namespace", "strangers")
	w.Apply(t, kpi)
	const measured = `{range .status.conditions[?(@.type=="Measured")]}{.status} {.reason}: {.message}{end}`
	w.Await(t, "strangers", "kpi/tried", measured, "^False SourceDenied: .*strangers.*goals.okr.dev/tenant")
	w.Await(t, "strangers", "kpi/tried", "{.status.health}", "^Unknown$")
	for _, query := range w.asked.all() {
		if strings.Contains(query, "strangers") {
			t.Errorf("asked for a namespace without a tenant: %s", query)
		}
	}
	w.Kubectl(t, "label", "namespace", "strangers", "goals.okr.dev/tenant=strangers") // as an administrator
	w.Await(t, "strangers", "kpi/tried", measured, "^False NoData")
	asked := strings.Join(w.asked.all(), "\n")
	if !strings.Contains(asked, `orders_open_of_strangers{team="strangers"}`) {
		t.Errorf("with a tenant it is asked, confined; these were:\n%s", asked)
	}
}

func (w *world) consent(t *testing.T) {
	w.Apply(t, "apiVersion: goals.okr.dev/v1alpha1\nkind: Objective\nmetadata: {name: uninvited, namespace: checkout}\n"+
		"spec: {title: Uninvited, owner: {team: checkout}, period: "+running()+", parentRef: {name: everybody-finds-it, namespace: search}}\n", ana...)
	const resolved = `{range .status.conditions[?(@.type=="ResolvedRefs")]}{.status} {.message}{end}`
	refused := w.Await(t, "checkout", "objective/uninvited", resolved, "^False ")
	if !strings.Contains(refused, "not found, or not shared with this namespace") {
		t.Error(refused)
	}
	if got := w.Kubectl(t, "get", "objective", "everybody-finds-it", "-n", "search", "-o", "jsonpath={.status.children}"); got != "" {
		t.Errorf("search's objective counts children that it did not invite: %s", got)
	}
	// A number of others is no way round the source's tenancy.
	w.Apply(t, "apiVersion: goals.okr.dev/v1alpha1\nkind: KeyResult\nmetadata: {name: borrowed, namespace: checkout}\n"+
		"spec: {title: Borrowed, objectiveRef: {name: checkout-feels-instant}, kpiRef: {name: open-orders, namespace: search}, reach: {baseline: 1, target: 2}}\n", ana...)
	w.Await(t, "checkout", "keyresult/borrowed", `{range .status.conditions[?(@.type=="Ready")]}{.status} {.reason}{end} {.status.value}`, "^False ReferenceNotFound $")
}
