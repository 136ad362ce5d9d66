package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"okr.dev/controller/internal/cli/lint"
	"okr.dev/controller/internal/practice"
)

// BenchmarkLint lints a folder of a thousand files with 4,000 goals: an objective, two key results and a KPI each.
func BenchmarkLint(b *testing.B) {
	dir := b.TempDir()
	for i := range 1000 {
		name := fmt.Sprintf("g%d", i)
		text := strings.ReplaceAll(all(
			goal("Objective", "NAME", strings.ReplaceAll(fine, "latency", "NAME")+"checkIns:\n- {date: 2026-11-20, confidence: 7, note: First cache is live}\n- {date: 2026-11-13, confidence: 6}"),
			goal("KeyResult", "NAME-a", strings.Replace(moves, "fast", "NAME", 1)+"metric: {query: \"max(max_over_time(a_NAME[$__window]))\", window: 7d}"),
			goal("KeyResult", "NAME-b", strings.Replace(moves, "fast", "NAME", 1)),
			goal("KPI", "NAME", strings.Replace(looked, "sum(latency)", "sum(latency_NAME)", 1))), "NAME", name)
		text = strings.ReplaceAll(text, "NAME", name)
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		report, err := lint.Run(b.Context(), lint.Options{Paths: []string{dir}, Now: now, Thresholds: practice.Defaults(), Complete: true})
		if err != nil || report.Goals != 4000 {
			b.Fatalf("%d goals, %v", report.Goals, err)
		}
	}
}
