package controllers

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/sample"
)

// Bad input of issue 2: what Prometheus answers is Unknown at once, for a reason of its own, and what was good
// before stays on show.
func TestAnswerWithoutAUsableNumberIsUnknownAtOnceForItsOwnReasonAndTheLastGoodValueStays(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	cases := []struct {
		name, query string
		spoil       func()
		reason      sample.Reason
	}{
		{"nothing", r.series("nothing") + " > 0", func() { r.set("nothing", -1) }, sample.NoData},
		{"ratio", r.series("ratio") + " / " + r.series("ratio"), func() { r.set("ratio", 0) }, sample.NotANumber},
		{"infinite", "1 / " + r.series("infinite"), func() { r.set("infinite", 0) }, sample.Infinite},
		{"two", r.series("two"), func() {
			second := servers.Series{Name: "two", Labels: map[string]string{"test": r.namespace, "second": "yes"},
				Points: []servers.Point{{Time: time.Now(), Value: 1}}}
			if err := prometheusServer.Write(t.Context(), second); err != nil {
				t.Fatal(err)
			}
		}, sample.MultipleSeries},
	}
	r.create(r.objective("goal"))
	for _, c := range cases {
		r.set(c.name, 0.5)
		r.create(r.kpi(c.name, c.query), r.keyResult(c.name, "goal", c.query, fromTo("0", "2")))
	}
	r.start()
	type good struct {
		value       string
		measurement v1alpha1.Measurement
	}
	held := map[string]good{}
	for _, c := range cases {
		kpi, kr := r.kpi(c.name, ""), r.keyResult(c.name, "", "", v1alpha1.Reach{})
		r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIHealthy) })
		r.await(kr, func() error { return is("health", kr.Status.Health, v1alpha1.HealthOnTrack) })
		held[c.name] = good{kpi.Status.Value, *kpi.Status.Measurement}
	}
	for _, c := range cases {
		c.spoil()
		kpi, kr := r.kpi(c.name, ""), r.keyResult(c.name, "", "", v1alpha1.Reach{})
		r.await(kpi, func() error {
			return all(is("health", kpi.Status.Health, v1alpha1.KPIUnknown),
				has(kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(c.reason)),
				has(kpi.Status.Conditions, v1alpha1.HealthyCondition, metav1.ConditionUnknown, string(c.reason)),
				has(kpi.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""),
				is("value", kpi.Status.Value, held[c.name].value),
				is("measured value", kpi.Status.Measurement.Value, held[c.name].measurement.Value))
		})
		if kpi.Status.Measurement.Time.Time.Before(held[c.name].measurement.Time.Time) || time.Since(kpi.Status.Measurement.Time.Time) > patience {
			t.Errorf("%s: the last good value has the time %s", c.name, kpi.Status.Measurement.Time)
		}
		r.await(kr, func() error {
			return all(is("health", kr.Status.Health, v1alpha1.HealthUnknown),
				has(kr.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(c.reason)),
				has(kr.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionUnknown, string(c.reason)),
				has(kr.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""),
				is("value", kr.Status.Value, held[c.name].value))
		})
	}
}

func TestWhatOnlyAnEditCanMendIsStalledAndHealsByTheEdit(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412)
	good := r.series("latency")
	unzoned := func(k *v1alpha1.KPI) { k.Spec.TimeZone = "Mars/Olympus" }
	broken := map[string]*v1alpha1.KPI{
		"unparsed": r.kpi("unparsed", "sum("), "range": r.kpi("range", good+"[5m]"), "string": r.kpi("string", `"text"`),
		"placeholder": r.kpi("placeholder", "sum(rate(x[$__rate_interval]))"),
	}
	lost := r.objective("lost", func(o *v1alpha1.Objective) { o.Spec.TimeZone = "Mars/Olympus" })
	kr := r.keyResult("unparsed", "goal", "sum(", fromTo("800", "300"))
	through := r.keyResult("through", "goal", "", fromTo("800", "300"), measuredBy(broken["unparsed"]))
	adrift := r.keyResult("adrift", "lost", good, fromTo("800", "300"))
	zoneless := r.kpi("unzoned", good, unzoned)
	for _, kpi := range broken {
		r.create(kpi)
	}
	r.create(r.objective("goal"), lost, kr, through, adrift, zoneless)
	r.start()

	stalled := func(conditions func() []metav1.Condition, reason string) func() error {
		return func() error {
			return all(has(conditions(), v1alpha1.StalledCondition, metav1.ConditionTrue, reason),
				has(conditions(), v1alpha1.ReadyCondition, metav1.ConditionFalse, v1alpha1.ReasonStalled))
		}
	}
	for _, kpi := range broken {
		r.await(kpi, stalled(func() []metav1.Condition { return kpi.Status.Conditions }, v1alpha1.ReasonInvalidQuery))
	}
	r.await(zoneless, stalled(func() []metav1.Condition { return zoneless.Status.Conditions }, v1alpha1.ReasonInvalidTimeZone))
	r.await(kr, stalled(func() []metav1.Condition { return kr.Status.Conditions }, v1alpha1.ReasonInvalidQuery))
	r.await(lost, stalled(func() []metav1.Condition { return lost.Status.Conditions }, v1alpha1.ReasonInvalidTimeZone))
	// Those that depend on them have nothing to mend themselves.
	for _, dependent := range []*v1alpha1.KeyResult{through, adrift} {
		r.await(dependent, func() error {
			return all(has(dependent.Status.Conditions, v1alpha1.StalledCondition, metav1.ConditionFalse, ""),
				has(dependent.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionFalse, ""))
		})
	}

	for _, kpi := range broken {
		r.edit(kpi, func() { kpi.Spec.Metric.Query = good })
		r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIHealthy) })
	}
	r.edit(lost, func() { lost.Spec.TimeZone = "Europe/Berlin" })
	r.edit(kr, func() { kr.Spec.Metric.Query = good })
	for _, mended := range []*v1alpha1.KeyResult{kr, through, adrift} {
		r.await(mended, func() error {
			return all(has(mended.Status.Conditions, v1alpha1.StalledCondition, metav1.ConditionFalse, ""),
				has(mended.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""), is("value", mended.Status.Value, "412 ms"))
		})
	}
}

func TestMissingReferenceIsNotReadyAndHealsWhenItComesInEitherOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412)
	late := r.namespace + "-late"
	elsewhere := func(m *v1alpha1.Metric) { m.SourceRef.Name = late }
	kpi := r.kpi("kpi", r.series("latency"), func(k *v1alpha1.KPI) { elsewhere(k.Spec.Metric) })
	kr := r.keyResult("kr", "goal", r.series("latency"), fromTo("800", "300"), func(kr *v1alpha1.KeyResult) { elsewhere(kr.Spec.Metric) })
	through := r.keyResult("through", "goal", "", fromTo("800", "300"), measuredBy(kpi))
	r.create(kpi, kr, through)
	r.start()

	ready := func(status metav1.ConditionStatus, reason string) {
		t.Helper()
		r.await(kpi, func() error {
			return all(has(kpi.Status.Conditions, v1alpha1.ReadyCondition, status, reason),
				has(kpi.Status.Conditions, v1alpha1.StalledCondition, metav1.ConditionFalse, ""))
		})
		for _, kr := range []*v1alpha1.KeyResult{kr, through} {
			r.await(kr, func() error {
				return all(has(kr.Status.Conditions, v1alpha1.ReadyCondition, status, reason),
					has(kr.Status.Conditions, v1alpha1.StalledCondition, metav1.ConditionFalse, ""))
			})
		}
	}
	ready(metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound)
	goal := r.objective("goal")
	r.create(goal)
	ready(metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound)
	source := r.source(late, prometheusServer.URL)
	r.create(source)
	ready(metav1.ConditionTrue, "")
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIHealthy) })

	r.delete(source)
	ready(metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound)
	r.create(r.source(late, prometheusServer.URL))
	ready(metav1.ConditionTrue, "")
	r.delete(goal)
	for _, kr := range []*v1alpha1.KeyResult{kr, through} {
		r.await(kr, func() error {
			return has(kr.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound)
		})
	}
	r.create(r.objective("goal"))
	ready(metav1.ConditionTrue, "")

	// Refused is as good as missing, and given back as good as created.
	shared := r.source(late, "")
	r.edit(shared, func() {
		shared.Spec.AllowedNamespaces = v1alpha1.SourceNamespaces{From: v1alpha1.NamespacesFromSelector,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"may": "ask"}}}
	})
	ready(metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound)
	namespace := r.newNamespace(r.namespace)
	r.edit(namespace, func() { namespace.Labels["may"] = "ask" })
	ready(metav1.ConditionTrue, "")
}

// door stands in front of Prometheus and can be shut.
type door struct {
	*testing.T
	address string
	mutex   sync.Mutex
	server  *http.Server
}

func newDoor(t *testing.T) *door {
	t.Helper()
	address, err := servers.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	d := &door{T: t, address: address}
	d.open()
	t.Cleanup(d.shut)
	return d
}

func (d *door) open() {
	d.Helper()
	listener, err := net.Listen("tcp", d.address)
	if err != nil {
		d.Fatal(err)
	}
	target, err := url.Parse(prometheusServer.URL)
	if err != nil {
		d.Fatal(err)
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.server = &http.Server{Handler: httputil.NewSingleHostReverseProxy(target), ReadHeaderTimeout: patience}
	go func(server *http.Server) { _ = server.Serve(listener) }(d.server) // it ends with Close
}

// shut refuses connections from now on, and drops those that there are.
func (d *door) shut() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	_ = d.server.Close()
}

func TestSourceThatIsDownIsNotMeasuredAtOnceAndHealthIsKeptUntilStaleThenHeals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412)
	door := newDoor(t)
	source := r.source(r.namespace, "")
	r.edit(source, func() { source.Spec.Prometheus.URL = "http://" + door.address })
	soon := func(m *v1alpha1.Metric) { m.StaleAfter = "6s" }
	kpi := r.kpi("latency", r.series("latency"), func(k *v1alpha1.KPI) { soon(k.Spec.Metric) })
	kr := r.keyResult("patient", "goal", r.series("latency")+" + 0", fromTo("800", "300"))
	r.create(kpi, r.objective("goal"), kr)
	r.start()
	healthy := func() {
		t.Helper()
		r.await(kpi, func() error {
			return all(is("health", kpi.Status.Health, v1alpha1.KPIHealthy),
				has(kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, ""))
		})
		r.await(kr, func() error {
			return has(kr.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, "")
		})
	}
	healthy()
	health := kr.Status.Health
	seen := r.kpiStatuses(r.namespace)
	door.shut()
	r.await(kpi, func() error {
		return all(is("health", kpi.Status.Health, v1alpha1.KPIUnknown), is("value", kpi.Status.Value, "412 ms"),
			has(kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(sample.SourceUnavailable)),
			has(kpi.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""))
	})
	r.await(kr, func() error {
		return all(is("health", kr.Status.Health, health),
			has(kr.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(sample.SourceUnavailable)))
	})
	kept := false
	for _, version := range seen() {
		down := has(version.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(sample.SourceUnavailable)) == nil
		kept = kept || down && version.Status.Health == v1alpha1.KPIHealthy
		if err := has(version.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""); err != nil {
			t.Errorf("a source that is down is no business of Ready: %v", err)
		}
	}
	if !kept {
		t.Error("health was not kept while the source was down and the value not stale")
	}
	door.open()
	healthy()
}
