package controllers

import (
	"context"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/sampler"
)

// goals collects the metrics about goals at scrape, from the cache and the sampler: nothing is kept, so that a
// series goes with its object, and values are exact although status is written seldom.
type goals struct {
	world   gather.World
	sampler *sampler.Sampler
	// elected is closed once this replica leads: the others hold no samples, and would repeat each series.
	elected <-chan struct{}
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, append([]string{"goal_namespace", "name"}, labels...), nil)
}

func describeSource(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"source"}, nil)
}

var (
	objectiveProgress = describe("okr_objective_progress_ratio", "Progress of an objective, 0 to 1.")
	objectiveExpected = describe("okr_objective_expected_ratio", "Where an objective's progress should be now, 0 to 1.")
	objectiveHealth   = describe("okr_objective_health", "1 for the present health of an objective.", "health")
	objectiveScore    = describe("okr_objective_score_ratio", "Final score of an objective, 0 to 1. Absent before it has one.")
	objectiveCheckIn  = describe("okr_objective_checked_in", "1 if no check-in is overdue, 0 if one is. Absent while that is not known.")
	objectiveReviewed = describe("okr_objective_reviewed", "1 if an objective that is over has a review, 0 if not. Absent before.")
	objectiveInfo     = describe("okr_objective_info", "1, with what an objective is.", "owner", "period", "level", "title", "parent")
	keyResultProgress = describe("okr_keyresult_progress_ratio", "Progress of a key result, 0 to 1.")
	keyResultExpected = describe("okr_keyresult_expected_ratio", "Where a key result's progress should be now, 0 to 1.")
	keyResultHealth   = describe("okr_keyresult_health", "1 for the present health of a key result.", "health")
	keyResultInfo     = describe("okr_keyresult_info", "1, with what a key result is.", "owner", "period", "level", "title", "objective", "unit")
	keyResultValue    = describe("okr_keyresult_value", "Present value of a key result, in its unit. Absent while it is not measured.")
	keyResultMeasured = describe("okr_keyresult_measured", "1 if a key result has a fresh number, 0 if not. Absent while that is not known.", "source", "reason")
	kpiValue          = describe("okr_kpi_value", "Present value of a KPI, in its unit. Absent while it is not measured.")
	kpiHealth         = describe("okr_kpi_health", "1 for the present health of a KPI.", "health")
	kpiAligned        = describe("okr_kpi_aligned", "1 if an objective looks after a KPI, 0 if none does. Absent while that is not known.")
	kpiNeeds          = describe("okr_kpi_needs_objective", "1 if a KPI needs an objective, 0 if not. Absent while that is not known.")
	kpiMeasured       = describe("okr_kpi_measured", "1 if a KPI has a fresh number, 0 if not. Absent while that is not known.", "source", "reason")
	kpiTarget         = describe("okr_kpi_target", "Bounds of a KPI's target, in its unit.", "bound")
	kpiInfo           = describe("okr_kpi_info", "1, with what a KPI is.", "owner", "level", "title", "unit")
	sourceReachable   = describeSource("okr_source_reachable", "1 while a source answers, 0 while it does not. Absent while that is not known.")
	sourceSaturated   = describeSource("okr_source_saturated", "1 while more is asked of a source than its limits admit, 0 if not. Absent while that is not known.")
	breakerOpen       = describeSource("okr_source_breaker_open", "1 while a source fails and is not asked, 0 while it is.")
	samplerEntries    = prometheus.NewDesc("okr_sampler_entries", "Distinct questions that are asked.", nil, nil)
)

// Describe sends nothing: the collector is unchecked, because a goal may lack any of its series.
func (g *goals) Describe(chan<- *prometheus.Desc) {}

// Collect reads the cache. A kind that cannot be read is left out and the scrape says so.
func (g *goals) Collect(out chan<- prometheus.Metric) {
	select {
	case <-g.elected:
	default:
		return
	}
	emit := emitter(out)
	emit.gauge(samplerEntries, float64(g.sampler.Entries()))
	ctx := context.Background()
	for desc, collect := range map[*prometheus.Desc]func(context.Context, emitter) error{
		objectiveHealth: g.objectives, keyResultHealth: g.keyResults, kpiHealth: g.kpis, breakerOpen: g.sources,
	} {
		if err := collect(ctx, emit); err != nil {
			out <- prometheus.NewInvalidMetric(desc, err)
		}
	}
}

type emitter chan<- prometheus.Metric

func (e emitter) gauge(desc *prometheus.Desc, value float64, labels ...string) {
	e <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
}

func (e emitter) percent(desc *prometheus.Desc, percent *int32, labels ...string) {
	if percent != nil {
		e.gauge(desc, float64(*percent)/100, labels...)
	}
}

func (e emitter) bound(desc *prometheus.Desc, bound *v1alpha1.Decimal, labels ...string) {
	if bound != nil {
		e.gauge(desc, bound.Float64(), labels...)
	}
}

// score emits a final score; there is none before the end, or where a member has none.
func (e emitter) score(desc *prometheus.Desc, final *v1alpha1.Final, labels ...string) {
	if final == nil {
		return
	}
	if score, err := strconv.ParseFloat(final.Score, 64); err == nil {
		e.gauge(desc, score, labels...)
	}
}

// health emits the present health; there is none before the first visit.
func (e emitter) health(desc *prometheus.Desc, o client.Object, health string) {
	if health != "" {
		e.gauge(desc, 1, o.GetNamespace(), o.GetName(), health)
	}
}

// condition emits 1 for True and 0 for False, and nothing for Unknown.
func (e emitter) condition(desc *prometheus.Desc, conditions []metav1.Condition, kind string, labels ...string) {
	if c := meta.FindStatusCondition(conditions, kind); known(c) {
		e.gauge(desc, truth(c), labels...)
	}
}

// measured emits whether an object has a fresh number, which source it is to come from (none where people keep it), and the
// reason why it has none. A query that does not parse and a reference that is missing leave an object not Ready and its Measured
// Unknown. Nothing is asked then: that there is no number is known, and somebody should hear of it.
func (e emitter) measured(desc *prometheus.Desc, o client.Object, conditions []metav1.Condition, metric *v1alpha1.Metric) {
	c := meta.FindStatusCondition(conditions, v1alpha1.MeasuredCondition)
	unasked := metric != nil && meta.IsStatusConditionFalse(conditions, v1alpha1.ReadyCondition)
	if c == nil || !known(c) && !unasked {
		return
	}
	source := ""
	if metric != nil {
		source = metric.SourceRef.Name
	}
	e.gauge(desc, truth(c), o.GetNamespace(), o.GetName(), source, c.Reason)
}

func known(c *metav1.Condition) bool { return c != nil && c.Status != metav1.ConditionUnknown }

func truth(c *metav1.Condition) float64 {
	if c.Status == metav1.ConditionTrue {
		return 1
	}
	return 0
}

func (g *goals) objectives(ctx context.Context, emit emitter) error {
	var list v1alpha1.ObjectiveList
	if err := g.world.Match(ctx, &list); err != nil {
		return err
	}
	for i := range list.Items {
		o := &list.Items[i]
		emit.percent(objectiveProgress, o.Status.ProgressPercent, o.Namespace, o.Name)
		emit.percent(objectiveExpected, o.Status.ExpectedPercent, o.Namespace, o.Name)
		emit.health(objectiveHealth, o, string(o.Status.Health))
		emit.score(objectiveScore, o.Status.Final, o.Namespace, o.Name)
		emit.condition(objectiveCheckIn, o.Status.Conditions, v1alpha1.CheckedInCondition, o.Namespace, o.Name)
		emit.condition(objectiveReviewed, o.Status.Conditions, v1alpha1.ReviewedCondition, o.Namespace, o.Name)
		parent := ""
		if key, named := gather.ParentKey(o); named {
			parent = key.String()
		}
		emit.gauge(objectiveInfo, 1, o.Namespace, o.Name, team(o.Spec.Owner), string(o.Spec.Period), string(o.Spec.Level), o.Spec.Title, parent)
	}
	return nil
}

func (g *goals) keyResults(ctx context.Context, emit emitter) error {
	var list v1alpha1.KeyResultList
	if err := g.world.Match(ctx, &list); err != nil {
		return err
	}
	for i := range list.Items {
		kr := &list.Items[i]
		emit.percent(keyResultProgress, kr.Status.ProgressPercent, kr.Namespace, kr.Name)
		emit.percent(keyResultExpected, kr.Status.ExpectedPercent, kr.Namespace, kr.Name)
		emit.health(keyResultHealth, kr, string(kr.Status.Health))
		g.value(emit, keyResultValue, kindKeyResult, kr, kr.Status.Conditions, kr.Status.Measurement)
		metric, err := g.metricOf(ctx, kr)
		if err != nil {
			return err
		}
		emit.measured(keyResultMeasured, kr, kr.Status.Conditions, metric)
		objective := &v1alpha1.Objective{}
		if _, err := g.world.See(ctx, client.ObjectKey{Namespace: kr.Namespace, Name: kr.Spec.ObjectiveRef.Name}, objective); err != nil {
			return err
		}
		owner := team(kr.Spec.Owner)
		if owner == "" {
			owner = team(objective.Spec.Owner)
		}
		emit.gauge(keyResultInfo, 1, kr.Namespace, kr.Name, owner, string(objective.Spec.Period),
			string(objective.Spec.Level), kr.Spec.Title, kr.Spec.ObjectiveRef.Name, kr.Spec.Unit)
	}
	return nil
}

// metricOf is what measures a key result: its own metric or its KPI's; nil where people keep it, or the KPI is missing.
func (g *goals) metricOf(ctx context.Context, kr *v1alpha1.KeyResult) (*v1alpha1.Metric, error) {
	if kr.Spec.KPIRef == nil {
		return kr.Spec.Metric, nil
	}
	kpi := &v1alpha1.KPI{}
	_, err := g.world.See(ctx, gather.KPIKey(*kr.Spec.KPIRef, kr.Namespace), kpi)
	return kpi.Spec.Metric, err
}

func (g *goals) kpis(ctx context.Context, emit emitter) error {
	var list v1alpha1.KPIList
	if err := g.world.Match(ctx, &list); err != nil {
		return err
	}
	for i := range list.Items {
		kpi := &list.Items[i]
		g.value(emit, kpiValue, kindKPI, kpi, kpi.Status.Conditions, kpi.Status.Measurement)
		emit.health(kpiHealth, kpi, string(kpi.Status.Health))
		emit.condition(kpiAligned, kpi.Status.Conditions, v1alpha1.AlignedCondition, kpi.Namespace, kpi.Name)
		emit.condition(kpiNeeds, kpi.Status.Conditions, v1alpha1.NeedsObjectiveCondition, kpi.Namespace, kpi.Name)
		emit.measured(kpiMeasured, kpi, kpi.Status.Conditions, kpi.Spec.Metric)
		if band := kpi.Spec.Target; band != nil {
			emit.bound(kpiTarget, band.AtLeast, kpi.Namespace, kpi.Name, "atLeast")
			emit.bound(kpiTarget, band.AtMost, kpi.Namespace, kpi.Name, "atMost")
		}
		emit.gauge(kpiInfo, 1, kpi.Namespace, kpi.Name, team(kpi.Spec.Owner), string(kpi.Spec.Level), kpi.Spec.Title, kpi.Spec.Unit)
	}
	return nil
}

func (g *goals) sources(ctx context.Context, emit emitter) error {
	var list v1alpha1.MetricSourceList
	if err := g.world.Match(ctx, &list); err != nil {
		return err
	}
	for i := range list.Items {
		source := &list.Items[i]
		open := 0.0
		if g.sampler.State(source.Name).Open {
			open = 1
		}
		emit.gauge(breakerOpen, open, source.Name)
		emit.condition(sourceReachable, source.Status.Conditions, v1alpha1.ReachableCondition, source.Name)
		emit.condition(sourceSaturated, source.Status.Conditions, v1alpha1.SaturatedCondition, source.Name)
	}
	return nil
}

// value emits the exact value of an object that is measured: the sampler's newest of the query that the written one is
// of, or else the written one. What an object asks besides, such as its guard, is not its value.
func (g *goals) value(emit emitter, desc *prometheus.Desc, kind string, o client.Object, conditions []metav1.Condition, written *v1alpha1.Measurement) {
	if written == nil || !meta.IsStatusConditionTrue(conditions, v1alpha1.MeasuredCondition) {
		return
	}
	if live, found := g.sampler.Live(ownerOf(kind, client.ObjectKeyFromObject(o)), written.Query); found && live.Good.OK() {
		emit.gauge(desc, live.Good.Value, o.GetNamespace(), o.GetName())
		return
	}
	if v, err := strconv.ParseFloat(written.Value, 64); err == nil {
		emit.gauge(desc, v, o.GetNamespace(), o.GetName())
	}
}

func team(owner *v1alpha1.Owner) string {
	if owner == nil {
		return ""
	}
	return owner.Team
}
