package controllers

import (
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// FAULTS: "Stale cache" and, of "Status wiped", etcd restore, after which an object has the version again that our last
// write was made over.
func TestAnObjectIsBehindOurWriteForAMinuteAtMost(t *testing.T) {
	wrote := time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		reason, version string
		after           time.Duration
		want            bool
	}{
		"AtOnce":     {"the cache has not heard of the write", "5", time.Second, true},
		"Heard":      {"it has", "6", time.Second, false},
		"Other":      {"somebody else has written since", "7", time.Second, false},
		"Restored":   {"the write is lost: waiting for it would never end", "5", time.Minute, false},
		"ClockAhead": {"nor would it on a clock that was set back by years", "5", -time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := &written{last: map[sample.Owner]writing{}}
			owner := sample.Owner{Kind: kindKPI, Namespace: "shop", Name: "latency"}
			before, after := &v1alpha1.KPI{}, &v1alpha1.KPI{}
			before.ResourceVersion, after.ResourceVersion = "5", "6"
			w.note(owner, before, after, wrote)
			read := &v1alpha1.KPI{}
			read.ResourceVersion = tc.version
			if got := w.ahead(owner, read, wrote.Add(tc.after)); got != tc.want {
				t.Errorf("%s: ahead is %v", tc.reason, got)
			}
		})
	}
}
