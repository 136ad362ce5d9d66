package evaluate_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// byHand is a KPI that should stay at 5 or above, with readings of days and values in turn.
func byHand(readings ...string) evaluate.KPIInput {
	k := newKPI(func(k *v1alpha1.KPI) {
		k.Spec.Metric, k.Spec.Unit = nil, "points"
		k.Spec.Target = &v1alpha1.Band{AtLeast: pointer(v1alpha1.Decimal("5"))}
		for i := 0; i < len(readings); i += 2 {
			k.Spec.Readings = append(k.Spec.Readings, v1alpha1.Reading{
				Date: v1alpha1.Date(readings[i]), Value: pointer(v1alpha1.Decimal(readings[i+1])),
			})
		}
	})
	return evaluate.KPIInput{KPI: k, Grace: grace, Objectives: []*v1alpha1.Objective{newObjective()}}
}

func TestReadings(t *testing.T) {
	two := []string{"2026-11-09", "4.5", "2026-11-02", "7.6"} // in any order
	late := []string{"2026-10-12", "7"}
	cases := []struct {
		reason   string
		zone     v1alpha1.TimeZone
		readings []string
		every    v1alpha1.Duration
		now      string
		health   v1alpha1.KPIHealth
		value    string
		measured string
		text     string
	}{
		{"the newest counts", "", two, "", "2026-11-16", "Unhealthy", "4.5 points", "True Sampled", "the reading of 2026-11-09 is held"},
		{"its day has not begun", "", two, "", "2026-11-08T23:59:59", "Healthy", "7.6 points", "True Sampled", "the reading of 2026-11-02 is held"},
		{"its day has begun", "", two, "", "2026-11-09", "Unhealthy", "4.5 points", "True Sampled", "the reading of 2026-11-09 is held"},
		{"days begin where the KPI is", "Asia/Tokyo", two, "", "2026-11-08T15:00:00", "Unhealthy", "4.5 points", "True Sampled", "the reading of 2026-11-09 is held"},
		{"and there it has not", "America/New_York", two, "", "2026-11-09T04:59:59", "Healthy", "7.6 points", "True Sampled", "the reading of 2026-11-02 is held"},
		{"before the first", "", two, "", "2026-11-01T23:59:59", "Unknown", "", "False NoReading", "the first reading is that of 2026-11-02, which has not begun"},
		{"twice a week", "", two, "", "2026-11-22T23:59:59", "Unhealthy", "4.5 points", "True Sampled", "the reading of 2026-11-09 is held"},
		{"and no longer: shown, not judged", "", two, "", "2026-11-23", "Unknown", "4.5 points", "False Stale",
			"the newest reading, of 2026-11-09, is older than twice spec.readEvery: write a new one in spec.readings"},
		{"read monthly", "", two, "31d", "2027-01-09T23:59:59", "Unhealthy", "4.5 points", "True Sampled", "the reading of 2026-11-09 is held"},
		{"days are those of the calendar: clocks are set back on 2026-10-25", "Europe/Berlin", late, "", "2026-10-25T22:59:59", "Healthy", "7 points", "True Sampled", "the reading of 2026-10-12 is held"},
		{"and the 14th ends at midnight", "Europe/Berlin", late, "", "2026-10-25T23:00:00", "Unknown", "7 points", "False Stale",
			"the newest reading, of 2026-10-12, is older than twice spec.readEvery: write a new one in spec.readings"},
		{"over the end of a year", "", []string{"2026-12-31", "7"}, "", "2027-01-13T23:59:59", "Healthy", "7 points", "True Sampled", "the reading of 2026-12-31 is held"},
		{"a rhythm of days and hours", "", []string{"2026-11-09", "7"}, "1d12h", "2026-11-11T23:59:59", "Healthy", "7 points", "True Sampled", "the reading of 2026-11-09 is held"},
		{"the longest rhythm that the API admits", "", []string{"2026-11-09", "7"}, "9y999w9999d99999h9999999m999999999s999999999999ms", "2026-11-10", "Healthy", "7 points",
			"True Sampled", "the reading of 2026-11-09 is held"},
		{"a day as kustomize rewrites it", "", []string{"2026-11-09T00:00:00Z", "7"}, "", "2026-11-09", "Healthy", "7 points", "True Sampled", "the reading of 2026-11-09 is held"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := byHand(c.readings...)
			in.KPI.Spec.TimeZone, in.KPI.Spec.ReadEvery = c.zone, c.every
			got := visitKPI(in, answers{}, at(c.now))
			same(t, "health", c.health, got.Status.Health)
			same(t, "value", c.value, got.Status.Value)
			same(t, "Measured", c.measured, says(got.Status.Conditions, "Measured"))
			same(t, "message", c.text, message(got.Status.Conditions, "Measured"))
			same(t, "Ready", "True Ready", says(got.Status.Conditions, "Ready"))
			same(t, "nothing is asked", 0, len(got.Watches))
		})
	}
}

// A reading waits for its date, and everything that moves with time is looked at then.
func TestReadingInTheFutureWaitsForItsDay(t *testing.T) {
	in := byHand("2026-11-16", "7", "2026-11-17", "4", "2026-11-18", "8")
	in.KPI.Spec.TimeZone = "Europe/Berlin"
	now := at("2026-11-16T22:15:00")
	got := visitKPI(in, answers{}, now)
	same(t, "before", v1alpha1.KPIHealthy, got.Status.Health)
	same(t, "looked at when its day begins", at("2026-11-16T23:00:00"), got.Next)
	got = visitKPI(in, answers{}, got.Next)
	same(t, "its day", v1alpha1.KPIUnhealthy, got.Status.Health)
	same(t, "since then", metav1.NewTime(at("2026-11-16T23:00:00")), *got.Status.Frozen.UnhealthySince)
	same(t, "with its time", metav1.NewTime(at("2026-11-16T23:00:00")), got.Status.Measurement.Time)
	same(t, "and value", "4", got.Status.Measurement.Value)

	again := byHand("2026-11-16", "7", "2026-11-17", "7")
	visitKPI(again, answers{}, at("2026-11-16T23:00:00"))
	got = visitKPI(again, answers{}, at("2026-11-17T00:00:00"))
	same(t, "the same number of another day is shown with its time", metav1.NewTime(at("2026-11-17")), got.Status.Measurement.Time)
}

func TestReadingsAreTheWholeTruth(t *testing.T) {
	in := byHand("2026-11-16", "7")
	in.KPI.Status = visitKPI(kpiInput(newObjective()), answers{live: good(99.95, middle)}, middle).Status
	got := visitKPI(in, answers{}, middle).Status
	same(t, "a KPI that had a metric goes by its readings at once", "7 points", got.Value)
	same(t, "its history is its readings", []v1alpha1.HistoryPoint{{Time: metav1.NewTime(middle), Value: "7"}}, got.History)
	same(t, "nothing is remembered", (*v1alpha1.KPIFrozen)(nil), got.Frozen)
	in.KPI.Spec.Readings[0].Date = "2026-12-01"
	in.KPI.Generation++
	got = visitKPI(in, answers{}, middle).Status
	same(t, "a reading taken back is not shown", "", got.Value)
	same(t, "nor in its history", 0, len(got.History))
	same(t, "nor measured", (*v1alpha1.Measurement)(nil), got.Measurement)
	same(t, "health", "Unknown NoReading", says(got.Conditions, "Healthy"))
}

func TestHistoryOfReadings(t *testing.T) {
	var many []string
	for i := range 40 {
		many = append(many, middle.AddDate(0, 0, i-38).Format("2006-01-02"), "10")
	}
	got := visitKPI(byHand(many...), answers{}, middle).Status.History
	same(t, "no more than 32", 32, len(got))
	same(t, "the newest whose day has begun", metav1.NewTime(middle), got[31].Time)
	same(t, "the oldest first", metav1.NewTime(middle.AddDate(0, 0, -31)), got[0].Time)
}
