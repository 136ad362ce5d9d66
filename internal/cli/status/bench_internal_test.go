package status

import (
	"bytes"
	"fmt"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
)

// BenchmarkSummary reads, judges and draws 10,000 objects in 100 namespaces.
func BenchmarkSummary(b *testing.B) {
	var objects []client.Object
	for i := range 2000 {
		namespace, name := fmt.Sprintf("team-%02d", i%100), fmt.Sprintf("goal-%d", i)
		o := objective(func(o *v1alpha1.Objective) {
			o.Namespace, o.Name, o.Spec.CheckInEvery = namespace, name, "7d"
			o.Spec.CheckIns = []v1alpha1.CheckIn{{Date: "2026-11-01"}, {Date: "2026-11-08"}, {Date: "2026-11-15"}}
		})
		kpi := &v1alpha1.KPI{}
		kpi.Namespace, kpi.Name, kpi.Status.Health = namespace, name, v1alpha1.KPIHealthy
		objects = append(objects, o, kpi)
		for j := range 3 {
			objects = append(objects, keyResult(func(kr *v1alpha1.KeyResult) {
				kr.Namespace, kr.Name, kr.Spec.ObjectiveRef.Name = namespace, fmt.Sprintf("proof-%d-%d", i, j), name
			}))
		}
	}
	for b.Loop() {
		var out bytes.Buffer
		s := summaryOf(goals.New(objects), "", command.Selector{}, noon)
		s.draw(&drawing{Screen: terminal.Screen{Width: 100, Unicode: true, Colour: true}, out: &out, now: noon})
		if len(s.Objectives) != 2000 || out.Len() == 0 {
			b.Fatalf("%d objectives", len(s.Objectives))
		}
	}
}
