package main

import (
	"strings"
	"testing"
	"time"
)

func TestRender(t *testing.T) {
	tests := []struct {
		reason, sample string
		today          string
		want           []string
	}{
		{
			reason: "on the day that the samples are written for, a named period is its two days",
			sample: "kind: Objective\nspec: {period: 2026-Q4, startOn: 2026-11-15}",
			today:  "2026-11-15",
			want:   []string{"period: 2026-10-01/2026-12-31", `startOn: "2026-11-15"`},
		},
		{
			reason: "ten days later, everything is ten days later",
			sample: "kind: Objective\nspec: {period: \"2026\", checkIns: [{date: \"2026-11-13\", note: By 2026-11-30.}]}",
			today:  "2026-11-25",
			want:   []string{"period: 2026-01-11/2027-01-10", `date: "2026-11-23"`, "note: By 2026-12-10."},
		},
		{
			reason: "a period of two dates moves like all dates, across a leap day",
			sample: "kind: Objective\nspec: {period: 2026-07-01/2027-03-31}",
			today:  "2028-02-29",
			want:   []string{"period: 2027-10-15/2028-07-14"},
		},
		{
			reason: "a query is asked every few seconds, one over weeks of data less often",
			sample: "kind: KPI\nspec: {metric: {query: up}}\n---\nkind: KeyResult\nspec: {metric: {query: \"x[$__window]\", window: 7d}}",
			today:  "2026-11-15",
			want:   []string{"interval: 5s", "interval: 30s", "objectiveAfter: 10s", "holdFor: 10s"},
		},
		{
			reason: "a query that has an interval keeps it",
			sample: "kind: KPI\nspec: {metric: {query: \"x[$__window]\", window: 30d, interval: 6h}}",
			today:  "2026-11-15",
			want:   []string{"interval: 6h"},
		},
		{
			reason: "an objective that is born in the middle of its period says why",
			sample: "kind: Objective\nspec: {period: 2026-Q4}",
			today:  "2026-11-15",
			want:   []string{"goals.okr.dev/lint-ignore: OKR019="},
		},
		{
			reason: "a query about the last month is asked once a month",
			sample: "kind: KPI\nspec: {calendarWindow: Month, metric: {query: up}}",
			today:  "2026-11-15",
			want:   []string{"metric:\n    query: up\n  objectiveAfter: 10s"},
		},
		{
			reason: "a number kept by hand has no query",
			sample: "kind: KPI\nspec:\n  readings: [{date: \"2026-10-31\", value: \"7.6\"}]",
			today:  "2026-11-16",
			want:   []string{"objectiveAfter: 10s\n  readings:\n  - date: \"2026-11-01\"\n    value: \"7.6\""},
		},
		{
			reason: "the source is the demo's own",
			sample: "kind: MetricSource\nspec: {prometheus: {url: http://prometheus.monitoring.svc:9090}}",
			today:  "2026-11-15",
			want:   []string{"url: http://127.0.0.1:1", "minInterval: 1s"},
		},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			today, err := time.Parse(time.DateOnly, test.today)
			if err != nil {
				t.Fatal(err)
			}
			got, err := render([]byte(test.sample), today, "http://127.0.0.1:1")
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range test.want {
				if !strings.Contains(string(got), want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
		})
	}
}

func TestRenderRefusesWhatItCannotMove(t *testing.T) {
	for reason, sample := range map[string]string{
		"a day that does not exist":    "kind: Objective\nspec: {startOn: \"2026-11-31\"}",
		"a period that does not exist": "kind: Objective\nspec: {period: 2026-Q5}",
	} {
		if got, err := render([]byte(sample), writtenOn, "http://127.0.0.1:1"); err == nil {
			t.Errorf("%s is rendered as\n%s", reason, got)
		}
	}
}
