package evaluate_test

import (
	"strconv"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// said is a check-in that gives the key result of these tests a value; "" gives none.
func said(date v1alpha1.Date, value v1alpha1.Decimal) v1alpha1.CheckIn {
	about := v1alpha1.KeyResultCheckIn{Name: "latency"}
	if value != "" {
		about.Value = &value
	}
	return v1alpha1.CheckIn{Date: date, KeyResults: []v1alpha1.KeyResultCheckIn{about}}
}

// checkingIn is an objective with check-ins.
func checkingIn(all ...v1alpha1.CheckIn) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) { o.Spec.CheckIns = all }
}

func every(d v1alpha1.Duration) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) { o.Spec.CheckInEvery = d }
}

// keptByHand has neither metric nor kpiRef.
func keptByHand(kr *v1alpha1.KeyResult) { kr.Spec.Metric = nil }

func TestValueByHand(t *testing.T) {
	other := said("2026-11-15", "300")
	other.KeyResults[0].Name = "another"
	cases := []struct {
		reason    string
		objective []func(*v1alpha1.Objective)
		now       time.Time
		want      shown
		measured  string
	}{
		{"none yet", nil, middle, shown{"Unknown", -999, -999, 50, "Unknown NoCheckIn", "False NoCheckIn"},
			"no check-in from 2026-10-01 to 2026-12-31 gives a value; write one in the objective's spec.checkIns, with keyResults: [{name: latency, value: …}]"},
		{"none yet, and it has not begun", nil, begin.Add(-time.Second), shown{"Pending", -999, -999, 0, "Unknown Pending", "Unknown Pending"},
			"kept by hand: a check-in counts from the start on"},
		{"the newest counts, wherever it stands", []func(*v1alpha1.Objective){checkingIn(said("2026-11-14", "550"), said("2026-11-03", "800"), said("2026-11-10", "700"))},
			middle, shown{"OnTrack", 50, 50, 50, "True OnPace", "True Sampled"}, "kept by hand: the check-in of 2026-11-14"},
		{"one without a value says nothing of it", []func(*v1alpha1.Objective){checkingIn(said("2026-11-14", "550"), said("2026-11-15", ""))},
			middle, shown{"OnTrack", 50, 50, 50, "True OnPace", "True Sampled"}, "kept by hand: the check-in of 2026-11-14"},
		{"nor does one about another key result", []func(*v1alpha1.Objective){checkingIn(said("2026-11-14", "550"), other)},
			middle, shown{"OnTrack", 50, 50, 50, "True OnPace", "True Sampled"}, "kept by hand: the check-in of 2026-11-14"},
		{"one that is still to come waits for its date", []func(*v1alpha1.Objective){checkingIn(said("2026-11-14", "550"), said("2026-11-17", "300"))},
			middle, shown{"OnTrack", 50, 50, 50, "True OnPace", "True Sampled"}, "kept by hand: the check-in of 2026-11-14"},
		{"from the start of its day", []func(*v1alpha1.Objective){checkingIn(said("2026-11-16", "300"))},
			middle, shown{"OnTrack", 100, 100, 50, "True TargetReached", "True Sampled"}, "kept by hand: the check-in of 2026-11-16"},
		{"of the objective's day", []func(*v1alpha1.Objective){checkingIn(said("2026-11-16", "300")), func(o *v1alpha1.Objective) { o.Spec.TimeZone = "Asia/Tokyo" }},
			middle.Add(-9 * time.Hour), shown{"OnTrack", 100, 100, 50, "True TargetReached", "True Sampled"}, "kept by hand: the check-in of 2026-11-16"},
		{"one from before the start does not count", []func(*v1alpha1.Objective){checkingIn(said("2026-09-30", "800"))},
			begin, shown{"Unknown", -999, -999, 0, "Unknown NoCheckIn", "False NoCheckIn"},
			"no check-in from 2026-10-01 to 2026-12-31 gives a value: that of 2026-09-30 is dated outside; write one in the objective's spec.checkIns, with keyResults: [{name: latency, value: …}]"},
		{"it stands for two weeks", []func(*v1alpha1.Objective){checkingIn(said("2026-11-02", "550"))},
			middle.Add(-time.Second), shown{"OnTrack", 50, 50, 49, "True OnPace", "True Sampled"}, "kept by hand: the check-in of 2026-11-02"},
		{"and no longer", []func(*v1alpha1.Objective){checkingIn(said("2026-11-02", "550"))},
			middle, shown{"Unknown", 50, 50, 50, "Unknown Stale", "False Stale"}, "the newest check-in with a value is of 2026-11-02, which stands for 2w"},
		{"for twice the rhythm, where one is written", []func(*v1alpha1.Objective){checkingIn(said("2026-10-02", "550")), every("30d")},
			middle, shown{"OnTrack", 50, 50, 50, "True OnPace", "True Sampled"}, "kept by hand: the check-in of 2026-10-02"},
		{"on pace a week ago is on pace today, in the last week too", []func(*v1alpha1.Objective){checkingIn(said("2026-12-25", "338"))},
			end.Add(-time.Second), shown{"OnTrack", 92, 92, 99, "True OnPace", "True Sampled"}, "kept by hand: the check-in of 2026-12-25"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			got := visit(inputOf(newKeyResult(keptByHand), newObjective(c.objective...)), answers{}, c.now)
			same(t, c.reason, c.want, shownOf(got.Status))
			same(t, "Measured", c.measured, message(got.Status.Conditions, "Measured"))
			same(t, "Ready", "True Ready", says(got.Status.Conditions, "Ready"))
			same(t, "questions", 0, len(got.Watches))
		})
	}
}

func TestValueByHandIsShown(t *testing.T) {
	in := inputOf(newKeyResult(keptByHand), newObjective(checkingIn(said("2026-11-14", "550"), said("2026-11-17", "500"))))
	s := visit(in, answers{}, middle)
	same(t, "value", "550 ms", s.Status.Value)
	same(t, "measurement", "550", s.Status.Measurement.Value)
	same(t, "of its day", at("2026-11-14"), s.Status.Measurement.Time.Time)
	same(t, "of no source", "", s.Status.Measurement.Source)
	same(t, "the next one is looked at on its day", at("2026-11-17"), visit(in, answers{}, at("2026-11-16T23:30:00")).Next)
	same(t, "then it counts", "500 ms", visit(in, answers{}, at("2026-11-17")).Status.Value)
	same(t, "and turns stale on time", at("2026-12-01"), visit(in, answers{}, at("2026-11-30T23:59:00")).Next)
}

// TestCheckInsNeverStandInForAMetric holds that a value in a check-in is not used where the number is measured.
func TestCheckInsNeverStandInForAMetric(t *testing.T) {
	in := inputOf(newKeyResult(), newObjective(checkingIn(said("2026-11-14", "300"))))
	same(t, "running", "False NoData", says(visit(in, answers{live: bad("NoData", middle)}, middle).Status.Conditions, "Measured"))
	late := end.Add(8 * 24 * time.Hour)
	same(t, "over", "Unknown FinalUnavailable", says(visit(in, answers{end: bad("NoData", late)}, late).Status.Conditions, "OnTrack"))
}

func TestFinalByHand(t *testing.T) {
	final := end.Add(7 * 24 * time.Hour)
	cases := []struct {
		reason   string
		checkIns []v1alpha1.CheckIn
		now      time.Time
		onTrack  string
		score    string
		measured string
	}{
		{"still to be written down", []v1alpha1.CheckIn{said("2026-12-20", "300")}, final.Add(-time.Second), "Unknown Closing", "", "what people keep by hand is final 1w after the end"},
		{"the newest from inside", []v1alpha1.CheckIn{said("2026-12-20", "300"), said("2027-01-01", "800")}, final, "True Achieved", "1.00", "the final value is held"},
		{"the last day is inside", []v1alpha1.CheckIn{said("2026-12-20", "300"), said("2026-12-31", "550")}, final, "False Missed", "0.50", "the final value is held"},
		{"within two weeks of the end", []v1alpha1.CheckIn{said("2026-12-18", "300")}, final, "True Achieved", "1.00", "the final value is held"},
		{"not older", []v1alpha1.CheckIn{said("2026-12-17", "300")}, final, "Unknown FinalUnavailable", "",
			"the newest check-in with a value is of 2026-12-17, which is more than 2w before the end"},
		{"none from inside", []v1alpha1.CheckIn{said("2027-01-01", "300")}, final, "Unknown FinalUnavailable", "",
			"no check-in from 2026-10-01 to 2026-12-31 gives a value: that of 2027-01-01 is dated outside"},
		{"a controller that was down", []v1alpha1.CheckIn{said("2026-12-31", "300")}, end.AddDate(0, 6, 0), "True Achieved", "1.00", "the final value is held"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			got := visit(inputOf(newKeyResult(keptByHand), newObjective(checkingIn(c.checkIns...))), answers{}, c.now).Status
			same(t, c.reason, c.onTrack, says(got.Conditions, "OnTrack"))
			same(t, "Measured", c.measured, message(got.Conditions, "Measured"))
			if got.Final != nil || c.score != "" {
				same(t, "score", c.score, got.Final.Score)
			}
		})
	}
	in := inputOf(newKeyResult(keptByHand), newObjective(checkingIn(said("2026-12-31", "300"))))
	visit(in, answers{}, final)
	in.Objective.Spec.CheckIns = append(in.Objective.Spec.CheckIns, said("2027-01-20", "800"))
	same(t, "a later check-in changes nothing", "False AsExpected", says(visit(in, answers{}, final.Add(time.Hour)).Status.Conditions, "Reopened"))
	in.Objective.Spec.CheckIns[0] = said("2026-12-31", "310")
	got := visit(in, answers{}, final.Add(time.Hour)).Status
	same(t, "an edited one is seen", "True EditedAfterEnd", says(got.Conditions, "Reopened"))
	same(t, "and changes no score", "1.00", got.Final.Score)
}

// TestReadingsOfAKPIGiveAKeyResultsValue holds that a key result which is measured by a KPI that people read goes by its readings.
func TestReadingsOfAKPIGiveAKeyResultsValue(t *testing.T) {
	kpi := newKPI(func(k *v1alpha1.KPI) {
		k.Spec.Metric, k.Spec.ReadEvery = nil, "31d"
		k.Spec.Readings = []v1alpha1.Reading{
			{Date: "2026-09-30", Value: pointer(v1alpha1.Decimal("800"))}, {Date: "2026-11-14", Value: pointer(v1alpha1.Decimal("550"))},
		}
	})
	through := func(kr *v1alpha1.KeyResult) {
		kr.Spec.Metric, kr.Spec.KPIRef = nil, &v1alpha1.KPIReference{Name: kpi.Name}
	}
	in := evaluate.KeyResultInput{KeyResult: newKeyResult(through), Objective: newObjective(), KPI: kpi}
	same(t, "one from before the start stands", shown{"OnTrack", 0, 0, 1, "True OnPace", "True Sampled"}, shownOf(visit(in, answers{}, at("2026-10-02")).Status))
	same(t, "the newest", shown{"OnTrack", 50, 50, 50, "True OnPace", "True Sampled"}, shownOf(visit(in, answers{}, middle).Status))
	same(t, "says where from", "kept by hand: the reading of 2026-11-14", message(in.KeyResult.Status.Conditions, "Measured"))
	kpi.Spec.TimeZone, kpi.Spec.ReadEvery, kpi.Spec.Readings[1].Date = "Europe/Berlin", "7d", "2026-10-12"
	same(t, "it stands as long as for the KPI itself: whole days, whatever the clocks do", "True Sampled",
		says(visit(in, answers{}, at("2026-10-25T22:59:59")).Status.Conditions, "Measured"))
	same(t, "and no longer", "False Stale", says(visit(in, answers{}, at("2026-10-25T23:00:00")).Status.Conditions, "Measured"))
	kpi.Spec.Readings = nil
	same(t, "without one", "False NoReading", says(visit(in, answers{}, middle).Status.Conditions, "Measured"))
	measuredBaseline(in.KeyResult)
	same(t, "without a baseline", "True NoBaseline", says(visit(in, answers{}, middle).Status.Conditions, "Stalled"))
}

// TestStraightLineThroughWeeklyCheckInsIsNeverRed checks in once a week with exactly what is expected that morning, and
// looks at each of the key result's own next looks, where a week of the last quarter has a day of 25 hours too.
func TestStraightLineThroughWeeklyCheckInsIsNeverRed(t *testing.T) {
	for _, c := range []struct {
		zone     v1alpha1.TimeZone
		period   v1alpha1.Period
		ambition v1alpha1.Ambition
		pass     float64
	}{
		{"UTC", "2026-Q4", v1alpha1.AmbitionCommitted, 100},
		{"Europe/Berlin", "2026-07-24/2026-10-31", v1alpha1.AmbitionCommitted, 100},
		{"Europe/Berlin", "2026-08-01/2026-10-26", v1alpha1.AmbitionAspirational, 70},
		{"America/Santiago", "2026-Q1", v1alpha1.AmbitionCommitted, 100},
	} {
		zone, err := time.LoadLocation(string(c.zone))
		if err != nil {
			t.Fatal(err)
		}
		period, err := okr.ParsePeriod(string(c.period))
		if err != nil {
			t.Fatal(err)
		}
		span := okr.Span{Start: period.First.Start(zone), End: period.Last.End(zone)}
		var checkIns []v1alpha1.CheckIn
		for day := period.First; !period.Last.Before(day); day = day.AddDays(7) {
			value := 1000 * c.pass / 100 * span.Elapsed(day.Start(zone))
			checkIns = append(checkIns, said(v1alpha1.Date(day.String()), v1alpha1.Decimal(strconv.FormatFloat(value, 'f', 9, 64))))
		}
		in := inputOf(newKeyResult(keptByHand, reach("0", "1000")), newObjective(checkingIn(checkIns...), func(o *v1alpha1.Objective) {
			o.Spec.Period, o.Spec.TimeZone, o.Spec.Ambition = c.period, c.zone, c.ambition
		}))
		for now := span.Start; now.Before(span.End); {
			got := visit(in, answers{}, now)
			if got.Status.Health != v1alpha1.HealthOnTrack {
				t.Fatalf("%s in %s at %s: %s", c.period, c.zone, now.In(zone), message(got.Status.Conditions, "OnTrack"))
			}
			now = got.Next
		}
	}
}

// TestDaysByHandAreThoseOfTheCalendar holds that a value stands until its last day is over, though that has 25 hours, or
// another one had 23; and that a key result says what the KPI says that it is measured by.
func TestDaysByHandAreThoseOfTheCalendar(t *testing.T) {
	cases := []struct {
		reason      string
		zone        v1alpha1.TimeZone
		period      v1alpha1.Period
		date        v1alpha1.Date
		every, last string
	}{
		{"clocks are set back on 2026-10-25", "Europe/Berlin", "2026-Q4", "2026-10-12", "7d", "2026-10-25T22:59:59"},
		{"clocks are set forward on 2026-03-29", "Europe/Berlin", "2026-H1", "2026-03-20", "7d", "2026-04-02T21:59:59"},
		{"a rhythm of days and hours", "Europe/Berlin", "2026-Q4", "2026-10-24", "1d12h", "2026-10-26T22:59:59"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			edit := func(o *v1alpha1.Objective) {
				o.Spec.Period, o.Spec.TimeZone, o.Spec.CheckInEvery = c.period, c.zone, v1alpha1.Duration(c.every)
			}
			checked := inputOf(newKeyResult(keptByHand), newObjective(edit, checkingIn(said(c.date, "550"))))
			read := inputOf(newKeyResult(keptByHand, func(kr *v1alpha1.KeyResult) { kr.Spec.KPIRef = &v1alpha1.KPIReference{Name: "availability"} }), newObjective(edit))
			kpi := byHand(string(c.date), "550")
			kpi.KPI.Spec.TimeZone, kpi.KPI.Spec.ReadEvery = c.zone, v1alpha1.Duration(c.every)
			read.KPI = kpi.KPI
			for second, want := range []string{"True Sampled", "False Stale"} {
				now := at(c.last).Add(time.Duration(second) * time.Second)
				same(t, "by check-ins", want, says(visit(checked, answers{}, now).Status.Conditions, "Measured"))
				same(t, "by readings", want, says(visit(read, answers{}, now).Status.Conditions, "Measured"))
				same(t, "the KPI itself", want, says(visitKPI(kpi, answers{}, now).Status.Conditions, "Measured"))
			}
		})
	}
}
