package controllers

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/sample"
)

// What a real Prometheus answers about now and about a day ago.
func TestTrendComparesWithWhatWasSomeTimeAgo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.write("queue", servers.Point{Time: time.Now().Add(-25 * time.Hour), Value: 1})
	for ago := 24*time.Hour + 10*time.Minute; ago > 23*time.Hour; ago -= 4 * time.Minute {
		r.write("queue", servers.Point{Time: time.Now().Add(-ago), Value: 480})
	}
	r.set("queue", 420)
	r.set("young", 420)
	compared := func(k *v1alpha1.KPI) { k.Spec.CompareTo = "1d" }
	kpi, young := r.kpi("queue", r.series("queue"), compared), r.kpi("young", r.series("young"), compared)
	r.create(r.objective("goal", naming(kpi, young)), kpi, young)
	r.start()
	r.await(kpi, func() error {
		return all(is("trend", trendOf(kpi), "↓ 12.5 % Improving"), is("value", kpi.Status.Value, "420 ms"))
	})
	r.await(young, func() error {
		return all(is("trend", trendOf(young), ""), is("health", young.Status.Health, v1alpha1.KPIHealthy),
			has(young.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, string(sample.Sampled)))
	})
	value := fmt.Sprintf(`okr_kpi_value{goal_namespace=%q,name="queue"}`, r.namespace)
	r.soon(func() error { return is("the present value is exported", r.scrape()[value], 420.0) })

	r.set("queue", 528)
	r.await(kpi, func() error {
		return all(is("trend", trendOf(kpi), "↑ 10.0 % Worsening"), is("health", kpi.Status.Health, v1alpha1.KPIUnhealthy),
			is("change", kpi.Status.Trend.ChangePercent, strconv.FormatFloat(10, 'f', 1, 64)))
	})
	r.stop()
	r.start()
	r.samplings(2)
	if writes := r.total("okr_status_writes_total", `kind="KPI"`); writes != 0 {
		t.Errorf("a restart wrote %d times: %v", writes, r.counts())
	}
}
