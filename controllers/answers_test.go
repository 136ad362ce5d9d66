package controllers

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/sample"
)

// scripted is one bad answer, from a source of its own, and the KPI and the key result that are measured by it.
type scripted struct {
	name   string
	answer servers.Answer
	reason sample.Reason

	script *servers.Script
	source *v1alpha1.MetricSource
	kpi    *v1alpha1.KPI
	kr     *v1alpha1.KeyResult
}

// badAnswers are answers that hold no number to judge by. Where they hold a number at all, it is red, so that using
// it would show.
func badAnswers(elsewhere string) []*scripted {
	const red = "900"
	page := "<html><body>Bad gateway</body></html>"
	return []*scripted{
		{name: "empty", answer: servers.Vector(), reason: sample.NoData},
		{name: "nan", answer: servers.Value("NaN"), reason: sample.NotANumber},
		{name: "plus-inf", answer: servers.Value("+Inf"), reason: sample.Infinite},
		{name: "minus-inf", answer: servers.Value("-Inf"), reason: sample.Infinite},
		{name: "two-series", answer: servers.Vector(red, "1"), reason: sample.MultipleSeries},
		{name: "matrix", answer: servers.Matrix(red), reason: sample.NotAScalar},
		{name: "string", answer: servers.Text(red), reason: sample.NotAScalar},
		{name: "histogram", answer: servers.Histogram(), reason: sample.NotAScalar},
		{name: "bad-data", answer: servers.Failure(http.StatusBadRequest, "bad_data", "unknown function"), reason: sample.InvalidQuery},

		{name: "warnings", answer: servers.Warned(red), reason: sample.PartialResponse},
		{name: "partial", answer: servers.Partial(red), reason: sample.PartialResponse},
		{name: "422", answer: servers.Failure(http.StatusUnprocessableEntity, "execution", "duplicate series"), reason: sample.QueryFailed},
		{name: "503-timeout", answer: servers.Failure(http.StatusServiceUnavailable, "timeout", "query timed out"), reason: sample.Timeout},
		{name: "429", answer: servers.Body(http.StatusTooManyRequests, "slow down", "Retry-After", "1"), reason: sample.SourceUnavailable},
		{name: "503", answer: servers.Body(http.StatusServiceUnavailable, page, "Retry-After", "1"), reason: sample.SourceUnavailable},
		{name: "502-page", answer: servers.Body(http.StatusBadGateway, page), reason: sample.SourceUnavailable},
		{name: "200-page", answer: servers.Body(http.StatusOK, page), reason: sample.SourceUnavailable},
		{name: "401", answer: servers.Body(http.StatusUnauthorized, page), reason: sample.AuthenticationFailed},
		{name: "403", answer: servers.Body(http.StatusForbidden, page), reason: sample.AuthenticationFailed},
		{name: "hang", answer: servers.Hang(), reason: sample.Timeout},
		{name: "drip", answer: servers.Drip(100 * time.Millisecond), reason: sample.Timeout},
		{name: "redirect", answer: servers.Redirect(http.StatusTemporaryRedirect, elsewhere), reason: sample.SourceUnavailable},
		{name: "endless", answer: servers.Endless(), reason: sample.ResponseTooLarge},
		{name: "bomb", answer: servers.Bomb(), reason: sample.ResponseTooLarge},
		{name: "truncated", answer: servers.CutShort(red), reason: sample.SourceUnavailable},
		{name: "half", answer: servers.Body(http.StatusOK, `{"status":"success","data":{"resultType":"vector"`), reason: sample.SourceUnavailable},
		{name: "wrong-types", answer: servers.Body(http.StatusOK, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":["x",900]}]}}`), reason: sample.SourceUnavailable},
		{name: "other-time", answer: servers.Body(http.StatusOK, `{"status":"success","data":{"resultType":"scalar","result":[1,"900"]}}`), reason: sample.QueryFailed},
	}
}

// harmlessAnswers hold a number, and something beside it that takes nothing from it.
func harmlessAnswers() []*scripted {
	return []*scripted{
		{name: "infos", answer: servers.Informed("413"), reason: sample.Sampled},
		{name: "wrong-date", answer: servers.Misdated("413", "Thu, 01 Jan 2015 00:00:00 GMT"), reason: sample.Sampled},
	}
}

// play creates the source, the KPI and the key result of a case; all is well so far.
func (r *rig) play(c *scripted) {
	r.Helper()
	c.script = servers.StartScript()
	r.Cleanup(c.script.Stop)
	c.script.Set("latency", servers.Value("412"))
	c.script.Set("latency + 0", servers.Value("412"))
	c.source = r.source(r.namespace+"-"+c.name, c.script.URL)
	c.source.Spec.Limits.Timeout = "10s"
	if c.reason == sample.Timeout {
		c.source.Spec.Limits.Timeout = "1s"
	}
	measured := func(m *v1alpha1.Metric) { m.SourceRef.Name, m.StaleAfter = c.source.Name, "10m" }
	c.kpi = r.kpi(c.name, "latency", func(k *v1alpha1.KPI) { measured(k.Spec.Metric) })
	c.kr = r.keyResult(c.name, "goal", "latency", fromTo("800", "300"), func(kr *v1alpha1.KeyResult) { measured(kr.Spec.Metric) })
	r.create(c.source, c.kpi, c.kr)
}

// shown checks what the KPI and the key result of a case show.
func (r *rig) shown(c *scripted, value string, known bool, measured sample.Reason) {
	r.Helper()
	status, ready, verdict := metav1.ConditionFalse, metav1.ConditionTrue, metav1.ConditionTrue
	kpiHealth, krHealth := v1alpha1.KPIHealthy, v1alpha1.HealthOnTrack
	if measured == sample.Sampled {
		status = metav1.ConditionTrue
	}
	if measured == sample.InvalidQuery {
		ready = metav1.ConditionFalse
	}
	if !known {
		kpiHealth, krHealth, verdict = v1alpha1.KPIUnknown, v1alpha1.HealthUnknown, metav1.ConditionUnknown
	}
	check := func(conditions []metav1.Condition, kind string) error {
		return all(has(conditions, v1alpha1.MeasuredCondition, status, string(measured)), has(conditions, kind, verdict, ""),
			has(conditions, v1alpha1.ReadyCondition, ready, ""))
	}
	r.await(c.kpi, func() error {
		return all(check(c.kpi.Status.Conditions, v1alpha1.HealthyCondition), is("health", c.kpi.Status.Health, kpiHealth),
			is("value", c.kpi.Status.Value, value))
	})
	r.await(c.kr, func() error {
		return all(check(c.kr.Status.Conditions, v1alpha1.OnTrackCondition), is("health", c.kr.Status.Health, krHealth),
			is("value", c.kr.Status.Value, value))
	})
}

// Must hold 3 of issue 3. Each answer is given by a source of its own. When staleness begins is for the controller's
// clock to say, which only this test moves: nothing depends on how fast the machine is.
func TestEveryBadAnswerIsUnknownForItsReasonWithTheLastGoodValueAndHeals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var visits atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	t.Cleanup(elsewhere.Close)
	bad, harmless := badAnswers(elsewhere.URL), harmlessAnswers()
	r.create(r.objective("goal"))
	for _, c := range append(bad, harmless...) {
		r.play(c)
	}
	seen := r.kpiStatuses(r.namespace)
	r.start()
	for _, c := range append(bad, harmless...) {
		r.shown(c, "412 ms", true, sample.Sampled)
	}

	for _, c := range append(bad, harmless...) {
		c.script.Set("latency", c.answer)
	}
	spoiled := time.Now()
	for _, c := range harmless {
		r.shown(c, "413 ms", true, sample.Sampled)
	}
	for _, c := range bad {
		// What was answered ends a verdict at once. Where no answer came, the last good value stands until it is stale.
		r.shown(c, "412 ms", !c.reason.Answered(), c.reason)
		if at := c.kpi.Status.Measurement.Time.Time; at.After(spoiled.Add(time.Second)) {
			t.Errorf("%s: the last good value is from %s, and nothing good came after %s", c.name, at, spoiled)
		}
	}
	const late = 11 * time.Minute
	r.clock.move(late)
	for _, c := range bad {
		r.look(kindKPI, c.kpi)
		r.look(kindKeyResult, c.kr)
	}
	for _, c := range bad {
		r.shown(c, "412 ms", false, c.reason)
	}

	r.clock.move(-late)
	asked := map[string]int{}
	for _, c := range bad {
		c.script.Set("latency", servers.Value("412"))
		asked[c.name] = c.script.Asked("latency")
		switch c.reason {
		case sample.InvalidQuery: // only an edit mends it
			r.edit(c.kpi, func() { c.kpi.Spec.Metric.Query = "latency + 0" })
			r.edit(c.kr, func() { c.kr.Spec.Metric.Query = "latency + 0" })
		case sample.AuthenticationFailed: // people mend it, in the source, which is asked seldom until then
			r.edit(c.source, func() { c.source.Spec.Limits.Timeout = "20s" })
		}
	}
	for _, c := range bad {
		if c.reason != sample.InvalidQuery {
			c.awaitAsked(t, asked[c.name])
		}
		r.shown(c, "412 ms", true, sample.Sampled)
	}
	if visits.Load() > 0 {
		t.Errorf("a redirect was followed %d times", visits.Load())
	}
	r.neverJudgedByABadAnswer(seen())
}

// awaitAsked waits until the source is asked again by itself, which is after 5 minutes at the latest: how many failures
// the backoff has seen depends on how fast the machine is.
func (c *scripted) awaitAsked(t *testing.T, before int) {
	t.Helper()
	for began := time.Now(); c.script.Asked("latency") == before; time.Sleep(25 * time.Millisecond) {
		if time.Since(began) > 5*time.Minute+patience {
			t.Fatalf("%s: it was not asked again", c.name)
		}
	}
}

// neverJudgedByABadAnswer looks at every status that was written: none may show another colour or number than the
// good answers give.
func (r *rig) neverJudgedByABadAnswer(versions []v1alpha1.KPI) {
	r.Helper()
	for _, kpi := range versions {
		if h := kpi.Status.Health; h != "" && h != v1alpha1.KPIHealthy && h != v1alpha1.KPIUnknown {
			r.Errorf("%s was %s", kpi.Name, h)
		}
		if v := kpi.Status.Value; v != "" && v != "412 ms" && v != "413 ms" {
			r.Errorf("%s showed %s", kpi.Name, v)
		}
		if len(kpi.Status.Conditions) > 0 && kpi.Name != "bad-data" {
			if err := has(kpi.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""); err != nil {
				r.Errorf("%s: a bad answer is no business of Ready: %v", kpi.Name, err)
			}
		}
	}
}
