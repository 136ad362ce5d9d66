package tree

import (
	"fmt"
	"io"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
)

// BenchmarkDraw is what the command does with 10,000 objectives once they are read and related: trees of ten children each
// are made and drawn.
func BenchmarkDraw(b *testing.B) {
	objects := make([]client.Object, 0, 10000)
	for i := range 10000 {
		o := &v1alpha1.Objective{}
		o.Namespace, o.Name = "company", fmt.Sprintf("objective-%d", i)
		o.Spec.Title, o.Spec.Period = "Customers love us, and tell their friends", "2026-Q4"
		o.Status.Health, o.Status.ProgressPercent, o.Status.ExpectedPercent = v1alpha1.HealthOnTrack, new(int32), new(int32)
		if i > 0 {
			o.Spec.ParentRef = &v1alpha1.ParentReference{Name: fmt.Sprintf("objective-%d", (i-1)/10)}
		}
		objects = append(objects, o)
	}
	set := goals.New(objects)
	drawing := text{screen: terminal.Screen{Width: 120, Unicode: true, Colour: true}}
	for b.Loop() {
		forest, _ := Objectives(set, Selection{})
		if len(forest.Roots) != 1 {
			b.Fatalf("%d trees", len(forest.Roots))
		}
		drawing.draw(io.Discard, forest)
	}
}
