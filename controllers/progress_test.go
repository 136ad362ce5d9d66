package controllers

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	promapi "github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// direct asks Prometheus itself.
func (r *rig) direct(query string, at time.Time) float64 {
	r.Helper()
	c, err := promapi.NewClient(promapi.Config{Address: prometheusServer.URL})
	if err != nil {
		r.Fatal(err)
	}
	answer, _, _, err := promv1.NewAPI(c).Query(r.Context(), query, at)
	if err != nil {
		r.Fatalf("%s: %v", query, err)
	}
	vector, ok := answer.(model.Vector)
	if !ok || len(vector) != 1 {
		r.Fatalf("%s at %s gives %v, want one value", query, at, answer)
	}
	return float64(vector[0].Value)
}

// Must hold 4 of issue 2. The percentages are computed here by the formula of the handbook, from nothing that the
// controller says but the instant it asked about.
func TestProgressIsTheArithmeticByHandOnWhatPrometheusAnswers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	now := time.Now()
	r.set("latency", 412.25)
	r.set("customers", 1803.5)
	r.write("signups", servers.Point{Time: begins.Add(-time.Minute), Value: 1000.5}, servers.Point{Time: now, Value: 1787.25})
	for i := range 60 {
		r.write("queue", servers.Point{Time: now.Add(time.Duration(i-60) * 5 * time.Second), Value: float64(i * i % 97)})
	}
	counted := today.AddDate(0, 0, -1)
	r.write("orders_total", servers.Point{Time: counted.Add(-time.Minute), Value: 100},
		servers.Point{Time: counted.Add(time.Minute), Value: 100}, servers.Point{Time: counted.Add(6 * time.Hour), Value: 700.5}, servers.Point{Time: now, Value: 1300.25})

	kpi := r.kpi("queue", "avg_over_time("+r.series("queue")+"[$__window])", func(k *v1alpha1.KPI) { k.Spec.Metric.Window = "10m" })
	cases := []struct {
		name     string
		query    string
		reach    v1alpha1.Reach
		edit     func(*v1alpha1.KeyResult)
		baseline func() float64
		target   func(baseline float64) float64
		asked    func(at time.Time) string
	}{
		{name: "increase", query: r.series("customers"), reach: fromTo("1500", "2000"),
			baseline: constant(1500), target: always(2000)},
		{name: "decrease", query: r.series("latency"), reach: fromTo("800", "300"),
			baseline: constant(800), target: always(300)},
		{name: "wrong-way", query: r.series("latency"), reach: fromTo("400", "300"),
			baseline: constant(400), target: always(300)},
		{name: "beyond", query: r.series("customers"), reach: fromTo("1000", "1700"),
			baseline: constant(1000), target: always(1700)},
		{name: "change-in-percent", query: r.series("customers"),
			reach:    v1alpha1.Reach{Baseline: decimal("1600"), Change: "+20%"},
			baseline: constant(1600), target: func(b float64) float64 { return b * 1.2 }},
		{name: "change-down", query: r.series("latency"), reach: v1alpha1.Reach{Baseline: decimal("450.5"), Change: "-100"},
			baseline: constant(450.5), target: func(b float64) float64 { return b - 100 }},
		{name: "measured-baseline", query: r.series("signups"),
			reach:    v1alpha1.Reach{Target: decimal("4000"), Direction: v1alpha1.DirectionIncrease},
			baseline: func() float64 { return r.direct(r.series("signups"), begins) }, target: always(4000)},
		{name: "change-of-measured", query: r.series("signups"), reach: v1alpha1.Reach{Change: "+90%"},
			baseline: func() float64 { return r.direct(r.series("signups"), begins) },
			target:   func(b float64) float64 { return b * 1.9 }},
		{name: "by-kpi", reach: fromTo("0", "80"), edit: measuredBy(kpi), baseline: constant(0), target: always(80),
			asked: func(time.Time) string { return "avg_over_time(" + r.series("queue") + "[10m])" }},
		{name: "counted", query: "increase(" + r.series("orders_total") + "[$__elapsed])",
			reach:    v1alpha1.Reach{Target: decimal("3000")},
			edit:     func(kr *v1alpha1.KeyResult) { kr.Spec.StartOn = v1alpha1.Date(counted.Format(time.DateOnly)) },
			baseline: constant(0), target: always(3000),
			asked: func(at time.Time) string {
				return fmt.Sprintf("increase(%s[%dm])", r.series("orders_total"), int(at.Sub(counted).Minutes()))
			}},
	}

	r.create(r.objective("goal"), kpi)
	for _, c := range cases {
		edit := c.edit
		if edit == nil {
			edit = func(*v1alpha1.KeyResult) {}
		}
		r.create(r.keyResult(c.name, "goal", c.query, c.reach, edit))
	}
	r.start()
	var progress, expected float64
	for _, c := range cases {
		kr := r.keyResult(c.name, "goal", c.query, c.reach)
		r.await(kr, func() error {
			if kr.Status.ProgressPercent == nil || kr.Status.Measurement == nil {
				return fmt.Errorf("no progress")
			}
			return nil
		})
		at := kr.Status.Measurement.Time.Time
		asked := c.query
		if c.asked != nil {
			asked = c.asked(at)
		}
		value, baseline := r.direct(asked, at), c.baseline()
		p := math.Round(1e9*100*(value-baseline)/(c.target(baseline)-baseline)) / 1e9
		if err := all(
			is("value", kr.Status.Value, sample.Display(value)+" ms"),
			is("measurement", kr.Status.Measurement.Value, strconv.FormatFloat(sample.Round(value), 'g', -1, 64)),
			percent("progress", kr.Status.ProgressPercent, int32(math.Floor(min(100, max(0, p))))),
			is("attainment", *kr.Status.AttainmentPercent, int64(math.Floor(p))),
			percent("expected", kr.Status.ExpectedPercent, expectedBy(kr, time.Now())),
			has(kr.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""),
			has(kr.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, "Sampled"),
		); err != nil {
			t.Errorf("%s: Prometheus answers %v at %s, which is %v %%: %v", c.name, value, at, p, err)
		}
		progress += float64(*kr.Status.ProgressPercent)
		expected += float64(*kr.Status.ExpectedPercent)
	}
	objective := r.objective("goal")
	n := float64(len(cases))
	r.await(objective, func() error {
		if objective.Status.KeyResults == nil {
			return fmt.Errorf("no key results")
		}
		return all(
			is("key results", objective.Status.KeyResults.Summary, fmt.Sprintf("%d/%d", len(cases), len(cases))),
			percent("progress", objective.Status.ProgressPercent, int32(math.Floor(progress/n))),
			percent("expected", objective.Status.ExpectedPercent, int32(math.Floor(expected/n))),
		)
	})
}

// expectedBy is the elapsed share of a key result's own time, in whole percent.
func expectedBy(kr *v1alpha1.KeyResult, now time.Time) int32 {
	start := begins
	if kr.Spec.StartOn != "" {
		start, _ = time.Parse(time.DateOnly, string(kr.Spec.StartOn))
	}
	return int32(math.Floor(100 * float64(now.Sub(start)) / float64(ends.Sub(start))))
}

func constant(v float64) func() float64 { return func() float64 { return v } }

func always(v float64) func(float64) float64 { return func(float64) float64 { return v } }

// A closed objective is scored from history, whatever the series says today, and stays as it is scored.
func TestWhatIsOverIsScoredFromHistoryAndStaysWhenSourceAndSpecChange(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, end := today.AddDate(0, 0, -40), today.AddDate(0, 0, -2)
	r.write("latency", servers.Point{Time: first.Add(-time.Minute), Value: 800},
		servers.Point{Time: end.Add(-time.Minute), Value: 350}, servers.Point{Time: time.Now(), Value: 5000})
	over := func(o *v1alpha1.Objective) { o.Spec.Period = daysFrom(first, end) }
	goal := r.objective("goal", over)
	stretch := r.objective("stretch", over, func(o *v1alpha1.Objective) { o.Spec.Ambition = v1alpha1.AmbitionAspirational })
	missed := r.keyResult("missed", "goal", r.series("latency"), fromTo("800", "300"))
	reached := r.keyResult("reached", "goal", r.series("latency"), fromTo("700", "400"))
	baseline := r.keyResult("measured", "stretch", r.series("latency"), v1alpha1.Reach{Change: "-50%"})
	r.create(goal, stretch, missed, reached, baseline)
	r.clock.move(okr.Settle + time.Second) // what is over waits that long for more key results
	r.start()

	scored := func(kr *v1alpha1.KeyResult, health v1alpha1.Health, score string, grade v1alpha1.Grade, reopened metav1.ConditionStatus) {
		t.Helper()
		r.await(kr, func() error {
			if kr.Status.Final == nil {
				return fmt.Errorf("no final")
			}
			return all(is("score", kr.Status.Final.Score, score), is("grade", kr.Status.Final.Grade, grade),
				is("value", kr.Status.Final.Value, "350"), is("health", kr.Status.Health, health),
				has(kr.Status.Conditions, v1alpha1.ReopenedCondition, reopened, ""))
		})
	}
	graded := func(o *v1alpha1.Objective, health v1alpha1.Health, score string, grade v1alpha1.Grade, reopened metav1.ConditionStatus) {
		t.Helper()
		r.await(o, func() error {
			if o.Status.Final == nil {
				return fmt.Errorf("no final")
			}
			return all(is("score", o.Status.Final.Score, score), is("grade", o.Status.Final.Grade, grade),
				is("health", o.Status.Health, health), has(o.Status.Conditions, v1alpha1.ReopenedCondition, reopened, ""))
		})
	}
	asScored := func(reopened metav1.ConditionStatus) {
		t.Helper()
		scored(missed, v1alpha1.HealthMissed, "0.90", v1alpha1.GradeAmber, reopened)
		scored(reached, v1alpha1.HealthAchieved, "1.00", v1alpha1.GradeGreen, metav1.ConditionFalse)
		scored(baseline, v1alpha1.HealthAchieved, "1.00", v1alpha1.GradeGreen, metav1.ConditionFalse)
		graded(goal, v1alpha1.HealthMissed, "0.95", v1alpha1.GradeAmber, reopened)
		graded(stretch, v1alpha1.HealthAchieved, "1.00", v1alpha1.GradeGreen, metav1.ConditionFalse)
	}
	asScored(metav1.ConditionFalse)

	source := r.source(r.namespace, "")
	r.delete(source)
	r.soon(func() error { return is("questions", r.env.sampler.Entries(), 0) })
	r.lookAtAll()
	for _, kr := range []*v1alpha1.KeyResult{missed, reached, baseline} {
		r.await(kr, func() error { // nothing is asked any more, so the source is not missed
			return has(kr.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, v1alpha1.ReasonReady)
		})
	}
	asScored(metav1.ConditionFalse)

	r.edit(missed, func() { missed.Spec.Reach.Target = decimal("350") })
	asScored(metav1.ConditionTrue)
	r.stop()
	r.start()
	r.soon(func() error {
		if n := r.total("okr_reconciles_total", `kind="KeyResult"`); n < 3 {
			return fmt.Errorf("%d key results were looked at", n)
		}
		return nil
	})
	asScored(metav1.ConditionTrue)
	if writes := r.total("okr_status_writes_total"); writes != 0 {
		t.Errorf("a restart wrote %v, want nothing", r.counts())
	}
	if strings.Contains(fmt.Sprint(r.scrape()), "okr_source_queries_total") {
		t.Error("what is scored is asked for again")
	}
}
