package evaluate_test

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

var (
	denied = evaluate.Refusal{Reason: "SourceDenied", Message: "nothing is asked, for the tenant is not known: " +
		"namespace shop has no label tenant, by which MetricSource default tells tenants apart: whoever administers namespaces must set it"}
	unknown = evaluate.Refusal{Reason: "Pending", Message: "nothing is asked, for the tenant is not known: " +
		"waiting for the labels of namespace shop"}
)

func TestTenantOf(t *testing.T) {
	byName := &v1alpha1.EnforcedLabel{Name: "namespace"}
	byLabel := &v1alpha1.EnforcedLabel{Name: "team", NamespaceLabel: "tenant"}
	header := &v1alpha1.TenantHeader{Name: "X-Scope-OrgID", NamespaceLabel: "tenant", OwnTenant: "okr-controller"}
	unasked := func(string) (labels.Set, bool) { panic("labels were read although they do not matter") }
	with := func(set labels.Set) func(string) (labels.Set, bool) {
		return func(namespace string) (labels.Set, bool) { return set, namespace == "shop" }
	}
	unheardOf := func(string) (labels.Set, bool) { return nil, false }
	cases := []struct {
		reason   string
		tenancy  *v1alpha1.Tenancy
		labelsOf func(string) (labels.Set, bool)
		want     sample.Tenant
		refusal  evaluate.Refusal
	}{
		{"no tenancy confines nothing", nil, unasked, sample.Tenant{}, evaluate.Refusal{}},
		{"the namespace's name is known without its labels", &v1alpha1.Tenancy{EnforceLabel: byName}, unasked,
			sample.Tenant{Label: "namespace", LabelValue: "shop"}, evaluate.Refusal{}},
		{"a label of the namespace", &v1alpha1.Tenancy{EnforceLabel: byLabel}, with(labels.Set{"tenant": "checkout"}),
			sample.Tenant{Label: "team", LabelValue: "checkout"}, evaluate.Refusal{}},
		{"a header", &v1alpha1.Tenancy{TenantHeader: header}, with(labels.Set{"tenant": "checkout"}),
			sample.Tenant{Header: "X-Scope-OrgID", HeaderValue: "checkout"}, evaluate.Refusal{}},
		{"both", &v1alpha1.Tenancy{EnforceLabel: byName, TenantHeader: header}, with(labels.Set{"tenant": "checkout"}),
			sample.Tenant{Label: "namespace", LabelValue: "shop", Header: "X-Scope-OrgID", HeaderValue: "checkout"}, evaluate.Refusal{}},
		{"the label is missing", &v1alpha1.Tenancy{EnforceLabel: byLabel}, with(labels.Set{"other": "checkout"}), sample.Tenant{}, denied},
		{"an empty label would stand for the series that nobody has labelled", &v1alpha1.Tenancy{EnforceLabel: byLabel},
			with(labels.Set{"tenant": ""}), sample.Tenant{}, denied},
		{"half a tenant is none", &v1alpha1.Tenancy{EnforceLabel: byName, TenantHeader: header}, with(nil), sample.Tenant{}, denied},
		{"a namespace that is not known yet lacks nothing", &v1alpha1.Tenancy{TenantHeader: header}, unheardOf, sample.Tenant{}, unknown},
	}
	for _, c := range cases {
		source := newSource()
		source.Spec.Tenancy = c.tenancy
		tenant, refusal := evaluate.TenantOf(source, "shop", c.labelsOf)
		same(t, c.reason, c.want, tenant)
		same(t, c.reason+": refusal", c.refusal, refusal)
	}
}

func TestPingHasATenantOfItsOwn(t *testing.T) {
	source := newSource()
	source.Spec.Tenancy = &v1alpha1.Tenancy{
		EnforceLabel: &v1alpha1.EnforcedLabel{Name: "namespace"},
		TenantHeader: &v1alpha1.TenantHeader{Name: "X-Scope-OrgID", NamespaceLabel: "tenant", OwnTenant: "okr-controller"},
	}
	asks := evaluate.MetricSource(evaluate.MetricSourceInput{Source: source}, answers{}.samples, middle).Watches
	same(t, "the controller asks as itself", sample.Question{
		Source: source.Name, Query: sample.Ping, Interval: time.Minute, Tenant: sample.Tenant{Header: "X-Scope-OrgID", HeaderValue: "okr-controller"},
	}, asks[0].Question)
}

// A refusal is no verdict of the source about itself, so Ready stays; what may be seen is not known, so health does not.
func TestRefusedTenantIsUnknownAtOnceAndAsksNothing(t *testing.T) {
	for _, c := range []struct {
		refusal  evaluate.Refusal
		measured string
	}{{denied, "False SourceDenied"}, {unknown, "Unknown Pending"}} {
		kpi := evaluate.KPIInput{KPI: newKPI(), Metric: pointer(newMetric(*newKPI().Spec.Metric))}
		kr := inputOf(newKeyResult(), newObjective())
		asOne := sample.Tenant{Label: "team", LabelValue: "one"}
		kpi.Metric.Tenant, kr.Metric.Tenant = asOne, asOne
		visitKPI(kpi, answers{live: good(99.95, middle)}, middle)
		visit(kr, answers{live: good(412, middle)}, middle)

		kpi.Metric.Tenant, kpi.Metric.Refusal = sample.Tenant{}, c.refusal
		kr.Metric.Tenant, kr.Metric.Refusal = sample.Tenant{}, c.refusal
		others := answers{live: good(99.99, middle), start: good(1, middle), end: good(1, middle)} // of a question that is not ours
		p, k := visitKPI(kpi, others, middle), visit(kr, others, middle)
		same(t, "KPI", v1alpha1.KPIUnknown, p.Status.Health)
		same(t, "key result", v1alpha1.HealthUnknown, k.Status.Health)
		same(t, "Measured of the KPI", c.measured, says(p.Status.Conditions, "Measured"))
		same(t, "Measured", c.measured, says(k.Status.Conditions, "Measured"))
		same(t, "message", c.refusal.Message, message(p.Status.Conditions, "Healthy"))
		same(t, "message", c.refusal.Message, message(k.Status.Conditions, "OnTrack"))
		same(t, "Ready of the KPI", "True Ready", says(p.Status.Conditions, "Ready"))
		same(t, "Ready", "True Ready", says(k.Status.Conditions, "Ready"))
		same(t, "questions", 0, len(p.Watches)+len(k.Watches))
		same(t, "what was measured stays on show", []string{"99.95 %", "412 ms"}, []string{p.Status.Value, k.Status.Value})

		kpi.Metric.Tenant, kpi.Metric.Refusal = asOne, evaluate.Refusal{}
		kr.Metric.Tenant, kr.Metric.Refusal = asOne, evaluate.Refusal{}
		p, k = visitKPI(kpi, answers{}, middle), visit(kr, answers{}, middle)
		same(t, "let in and not answered yet", "Unknown Pending waiting for the first answer",
			says(p.Status.Conditions, "Measured")+" "+message(p.Status.Conditions, "Measured"))
		same(t, "questions", 2, len(p.Watches)+len(k.Watches))
		same(t, "answered", v1alpha1.KPIHealthy, visitKPI(kpi, answers{live: good(99.95, middle)}, middle).Status.Health)
		same(t, "answered", v1alpha1.HealthOnTrack, visit(kr, answers{live: good(412, middle)}, middle).Status.Health)
	}
}

// The namespace becomes another tenant's without an edit of anything that is judged.
func TestAnotherTenantIsAnotherQuestion(t *testing.T) {
	one, two := sample.Tenant{Label: "team", LabelValue: "one"}, sample.Tenant{Label: "team", LabelValue: "two"}
	kpi := evaluate.KPIInput{KPI: newKPI(), Metric: pointer(newMetric(*newKPI().Spec.Metric))}
	kr := inputOf(newKeyResult(measuredBaseline), newObjective())
	kpi.Metric.Tenant, kr.Metric.Tenant = one, one
	visitKPI(kpi, answers{live: good(99.95, middle)}, middle)
	before := visit(kr, answers{live: good(412, middle), start: good(800, begin)}, middle)
	same(t, "judged", v1alpha1.HealthOnTrack, before.Status.Health)

	kpi.Metric.Tenant, kr.Metric.Tenant = two, two
	p, k := visitKPI(kpi, answers{}, middle), visit(kr, answers{}, middle)
	same(t, "KPI: no verdict by the value of the other", v1alpha1.KPIUnknown, p.Status.Health)
	same(t, "key result: no verdict by the value or baseline of the other", v1alpha1.HealthUnknown, k.Status.Health)
	same(t, "Measured", "Unknown Pending", says(p.Status.Conditions, "Measured"))
	same(t, "value and baseline are asked for anew", 2, len(k.Watches))
	for _, w := range append(p.Watches, k.Watches...) {
		same(t, "as the other tenant", two, w.Question.Tenant)
	}
	k = visit(kr, answers{live: good(412, middle)}, middle)
	same(t, "a baseline of one does not judge a value of the other", v1alpha1.HealthUnknown, k.Status.Health)
	k = visit(kr, answers{live: good(412, middle), start: good(500, begin)}, middle)
	same(t, "baseline", "500 ms", k.Status.Baseline)
	same(t, "the remembered value is that of the new one", false, before.Status.Frozen.LastGood.Key == k.Status.Frozen.LastGood.Key)
}

func TestRefusedAfterTheEnd(t *testing.T) {
	in := inputOf(newKeyResult(), newObjective())
	in.Metric.Refusal = denied
	open := visit(in, answers{end: good(400, end)}, end.Add(time.Hour))
	same(t, "nothing that is held closes it", shown{"Unknown", -999, -999, 100, "Unknown Closing", "False SourceDenied"}, shownOf(open.Status))
	same(t, "questions", 0, len(open.Watches))
	lost := visit(in, answers{}, end.AddDate(0, 0, 8))
	same(t, "given up", "Unknown FinalUnavailable", says(lost.Status.Conditions, "OnTrack"))
	in.Metric.Refusal = evaluate.Refusal{}
	asked := visit(in, answers{}, end.AddDate(0, 0, 9))
	same(t, "let in late, it is asked still", 1, len(asked.Watches))
	same(t, "and closed", v1alpha1.HealthMissed, visit(in, answers{end: good(400, end)}, end.AddDate(0, 0, 9)).Status.Health)
}

// What is not known of a tenant is no edit of a goal that is over, and does not undo one.
func TestReopenedWhileTheTenantIsNotKnown(t *testing.T) {
	one, two := sample.Tenant{Label: "team", LabelValue: "one"}, sample.Tenant{Label: "team", LabelValue: "two"}
	in := inputOf(newKeyResult(), newObjective())
	in.Metric.Tenant = one
	closed := visit(in, answers{end: good(300, end)}, end.Add(time.Hour)).Status
	same(t, "closed", v1alpha1.HealthAchieved, closed.Health)
	steps := []struct {
		reason   string
		tenant   sample.Tenant
		refusal  evaluate.Refusal
		gone     bool
		reopened bool
	}{
		{"the label is missing", sample.Tenant{}, denied, false, false},
		{"the source is gone", sample.Tenant{}, evaluate.Refusal{}, true, false},
		{"as before", one, evaluate.Refusal{}, false, false},
		{"another tenant's", two, evaluate.Refusal{}, false, true},
		{"and then nobody's", sample.Tenant{}, denied, false, true},
		{"and the source is gone", sample.Tenant{}, evaluate.Refusal{}, true, true},
		{"tenants are not kept apart any more", sample.Tenant{}, evaluate.Refusal{}, false, true},
		{"as it was", one, evaluate.Refusal{}, false, false},
	}
	for _, s := range steps {
		in.Metric.Tenant, in.Metric.Refusal, in.Metric.SourceFound = s.tenant, s.refusal, !s.gone
		got := visit(in, answers{}, end.Add(2*time.Hour)).Status
		same(t, s.reason, s.reopened, says(got.Conditions, "Reopened") == "True EditedAfterEnd")
		same(t, s.reason+": the score stays", closed.Final, got.Final)
	}
}
