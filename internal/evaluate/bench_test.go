package evaluate_test

import (
	"fmt"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// A key result with a measured baseline that is looked at again: nothing to write.
func BenchmarkKeyResult(b *testing.B) {
	in := inputOf(newKeyResult(measuredBaseline), newObjective())
	held := answers{live: good(550, middle), start: good(800, begin)}
	visit(in, held, middle)
	b.ReportAllocs()
	for b.Loop() {
		evaluate.KeyResult(in, held.samples, middle)
	}
}

// A KPI with an objective that is looked at again: nothing to write.
func BenchmarkKPI(b *testing.B) {
	in := kpiInput(newObjective())
	held := answers{live: good(99.95, middle)}
	visitKPI(in, held, middle)
	b.ReportAllocs()
	for b.Loop() {
		evaluate.KPI(in, held.samples, middle)
	}
}

// An objective of ten, and of 1,000 key results that is looked at again: nothing to write.
func BenchmarkObjective10(b *testing.B)   { benchmarkObjective(b, 10) }
func BenchmarkObjective1000(b *testing.B) { benchmarkObjective(b, 1000) }

func benchmarkObjective(b *testing.B, size int) {
	in := evaluate.ObjectiveInput{Objective: newObjective()}
	for i := range size {
		health := []v1alpha1.Health{"OnTrack", "AtRisk", "OffTrack", "Unknown"}[i%4]
		in.KeyResults = append(in.KeyResults, member(fmt.Sprintf("k%04d", (i*7919)%size), health, int32(i%100), 50))
	}
	visitObjective(in, middle)
	b.ReportAllocs()
	for b.Loop() {
		evaluate.Objective(in, answers{}.samples, middle.Add(time.Minute))
	}
}
