package evaluate_test

import (
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// summary is a trend as people read it; "" where there is none.
func summary(s v1alpha1.KPIStatus) string {
	if s.Trend == nil {
		return ""
	}
	return s.Trend.Summary
}

func TestTrendOfALiveValue(t *testing.T) {
	lower := &v1alpha1.Band{AtLeast: pointer(v1alpha1.Decimal("50"))}
	upper := &v1alpha1.Band{AtMost: pointer(v1alpha1.Decimal("50"))}
	cases := []struct {
		reason    string
		target    *v1alpha1.Band
		now, then float64
		percent   string
		direction v1alpha1.TrendDirection
		summary   string
	}{
		{"more, where more is wanted", lower, 61.38, 60, "2.3", "Improving", "↑ 2.3 % Improving"},
		{"less, where less is wanted", upper, 35, 40, "-12.5", "Improving", "↓ 12.5 % Improving"},
		{"more, where less is wanted", upper, 45, 40, "12.5", "Worsening", "↑ 12.5 % Worsening"},
		{"hardly anything", lower, 60.06, 60, "0.1", "Flat", "→ 0.1 % Flat"},
		{"nothing", lower, 60, 60, "0.0", "Flat", "→ 0.0 % Flat"},
		{"less than nothing to speak of is no -0.0", lower, 59.999, 60, "0.0", "Flat", "→ 0.0 % Flat"},
		{"out of the band by little", lower, 49.9, 50, "-0.2", "Worsening", "→ 0.2 % Worsening"},
		{"nobody says what is wanted", nil, 66, 60, "10.0", "", "↑ 10.0 %"},
		{"from 0 there is no percentage", lower, 66, 0, "", "Improving", "↑ Improving"},
		{"from next to 0 it says nothing", lower, 66, 0.0000001, "", "Improving", "↑ Improving"},
		{"0 as before", upper, 0, 0, "", "Flat", "→ Flat"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := kpiInput()
			in.KPI.Spec.CompareTo, in.KPI.Spec.Target = "7d", c.target
			got := visitKPI(in, answers{live: good(c.now, middle), start: good(c.then, middle.AddDate(0, 0, -7))}, middle)
			same(t, "trend", &v1alpha1.Trend{ChangePercent: c.percent, Direction: c.direction, Summary: c.summary}, got.Status.Trend)
			want := sample.Question{Source: "default", Query: "availability", Offset: 7 * 24 * time.Hour, Interval: 7 * 24 * time.Hour / 500}
			want.Interval = want.Interval.Truncate(time.Second)
			same(t, "asked about then, less often than about now", want, got.Watches[1].Question)
		})
	}
}

// A trend is shown while both values are known, and a restart keeps what was shown until both are asked for again.
func TestTrendGoesAndComes(t *testing.T) {
	in := kpiInput(newObjective())
	in.KPI.Spec.CompareTo = "7d"
	minute := func(n int) time.Time { return middle.Add(time.Duration(n) * time.Minute) }
	now, old := good(99.95, middle), good(90, middle.AddDate(0, 0, -7))
	const up = "↑ 11.1 % Improving"
	steps := []struct {
		reason string
		held   answers
		before func()
		want   string
	}{
		{"the past is not answered yet", answers{live: now}, nil, ""},
		{"both are known", answers{live: now, start: old}, nil, up},
		{"a restart", answers{}, nil, up},
		{"a restart, and now is known", answers{live: now}, nil, up},
		{"the past has no data", answers{live: now, start: bad(sample.HistoryUnavailable, middle)}, nil, ""},
		{"a restart brings nothing back", answers{}, nil, ""},
		{"both again", answers{live: now, start: old}, nil, up},
		{"now fails", answers{live: then(now, sample.Timeout, middle), start: old}, nil, ""},
		{"both again", answers{live: now, start: old}, nil, up},
		{"now has no number", answers{live: then(now, sample.NoData, middle), start: old}, nil, ""},
		{"both again", answers{live: now, start: old}, nil, up},
		{"edited, and not asked since", answers{}, func() { in.KPI.Generation++ }, ""},
		{"compared no more", answers{live: now, start: old}, func() { in.KPI.Spec.CompareTo = "" }, ""},
	}
	for i, s := range steps {
		if s.before != nil {
			s.before()
		}
		same(t, s.reason, s.want, summary(visitKPI(in, s.held, minute(i)).Status))
	}
}

func TestTrendOfReadings(t *testing.T) {
	cases := []struct {
		reason    string
		readings  []string
		compareTo v1alpha1.Duration
		every     v1alpha1.Duration
		now, want string
	}{
		{"a week before the newest one's day", []string{"2026-11-02", "8", "2026-11-09", "9"}, "7d", "", "2026-11-09", "↑ 12.5 % Improving"},
		{"which stays so while the week goes on", []string{"2026-11-02", "8", "2026-11-09", "9"}, "7d", "", "2026-11-15", "↑ 12.5 % Improving"},
		{"the newest that old, or older", []string{"2026-10-31", "8", "2026-11-03", "7", "2026-11-09", "9"}, "7d", "", "2026-11-09", "↑ 12.5 % Improving"},
		{"read monthly, and a week ago it was that of the month before", []string{"2026-10-01", "8", "2026-11-01", "6"}, "7d", "31d", "2026-11-16", "↓ 25.0 % Worsening"},
		{"a year ago", []string{"2025-11-01", "8", "2026-10-01", "7", "2026-11-01", "6"}, "365d", "31d", "2026-11-16", "↓ 25.0 % Worsening"},
		{"the only one", []string{"2026-11-09", "9"}, "7d", "", "2026-11-09", ""},
		{"none stood then", []string{"2026-10-01", "8", "2026-11-09", "9"}, "7d", "", "2026-11-09", ""},
		{"less than a day is one, for days have one number", []string{"2026-11-08", "8", "2026-11-09", "9"}, "1h", "", "2026-11-09T00:30:00", "↑ 12.5 % Improving"},
		{"one that is stale has no trend", []string{"2026-11-02", "8", "2026-11-09", "9"}, "7d", "", "2026-11-23", ""},
		{"nor has one that is still to come", []string{"2026-11-02", "8", "2026-11-09", "9"}, "7d", "", "2026-11-08", ""},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := byHand(c.readings...)
			in.KPI.Spec.CompareTo, in.KPI.Spec.ReadEvery = c.compareTo, c.every
			same(t, "trend", c.want, summary(visitKPI(in, answers{}, at(c.now)).Status))
		})
	}
}

func TestTrendOfSpans(t *testing.T) {
	september, october, november := at("2026-09-30T22:00:00"), at("2026-10-31T23:00:00"), at("2026-11-30T23:00:00")
	lastYear := at("2025-10-31T23:00:00")
	compared := func(to v1alpha1.Duration) func(*v1alpha1.KPI) {
		return func(k *v1alpha1.KPI) { k.Spec.CompareTo = to }
	}
	in := ofMonths(compared("30d"))
	known := ends{october: good(99.95, october), september: good(90, september)}
	got := known.visit(in, middle)
	same(t, "against the month before", "↑ 11.1 % Improving", summary(got.Status))
	same(t, "which is asked for too", []time.Time{october, september}, asked(got.Watches))
	got = ends{}.visit(in, middle.Add(time.Hour))
	same(t, "once", []time.Time(nil), asked(got.Watches))
	same(t, "and stays", "↑ 11.1 % Improving", summary(got.Status))
	got = ends{}.visit(in, november)
	same(t, "also while the last month stands in", "↑ 11.1 % Improving", summary(got.Status))
	got = ends{november: good(50, november)}.visit(in, november.Add(time.Hour))
	same(t, "what was the last month is remembered, though the source may have forgotten it", "↓ 50.0 % Worsening", summary(got.Status))
	same(t, "and not asked for", []time.Time{november}, asked(got.Watches))

	in.KPI.Generation++
	in.KPI.Spec.Target = nil
	got = ends{october: good(99.95, october)}.visit(in, november.Add(2*time.Hour))
	same(t, "an edit has it asked for again", "↓ 50.0 %", summary(got.Status))

	in = ofMonths(compared("365d"))
	got = ends{october: good(99.95, october), lastYear: good(90, lastYear)}.visit(in, middle)
	same(t, "against the same month of the last year", "↑ 11.1 % Improving", summary(got.Status))

	in = ofMonths(compared("7d"))
	got = ends{october: good(99.95, october), september: bad(sample.HistoryUnavailable, september)}.visit(in, middle)
	same(t, "the source does not know it any more", "", summary(got.Status))
	same(t, "which is no matter of the value", "True Sampled", says(got.Status.Conditions, "Measured"))

	in = ofMonths()
	same(t, "not compared", "", summary(known.visit(in, middle).Status))
}
