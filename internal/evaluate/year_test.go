package evaluate_test

import (
	"fmt"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// A year of four quarters in zones whose days have 23 to 25 hours, begin at 01:00, or are left out: each quarter opens,
// asks for check-ins, closes, is scored and reviewed, and nothing happens on a wrong day. The clock stands at the next
// looks alone, but for the quiet middle of a quarter, where it leaps.
func TestYear(t *testing.T) {
	cases := []struct {
		reason, zone string
		year         int
	}{
		{"no change of clocks", "UTC", 2026},
		{"changes of an hour", "Europe/Berlin", 2026},
		{"changes of an hour, behind UTC", "America/New_York", 2026},
		{"changes of half an hour", "Australia/Lord_Howe", 2026},
		{"an offset of 45 minutes", "Pacific/Chatham", 2026},
		{"the first to begin a day", "Pacific/Kiritimati", 2026},
		{"a day that is left out", "Pacific/Apia", 2011},
		{"a day that begins at 01:00", "America/Santiago", 2026},
		{"a leap year", "Asia/Kathmandu", 2028},
	}
	for _, c := range cases {
		t.Run(c.zone, func(t *testing.T) {
			t.Parallel()
			loc, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			for quarter := range 4 {
				q := newQuarterLife(c.year, quarter, loc)
				q.live(t)
				if t.Failed() {
					t.Fatalf("%s: quarter %d of %d in %s", c.reason, quarter+1, c.year, c.zone)
				}
			}
		})
	}
}

// quarterLife is an objective, its key result and its KPI through one quarter: the value goes from 0 to 100 in a
// straight line.
type quarterLife struct {
	loc         *time.Location
	first, next string // the first day of it, and of the one after it
	start, end  time.Time
	objective   evaluate.ObjectiveInput
	keyResult   evaluate.KeyResultInput
	now         time.Time
}

func newQuarterLife(year, quarter int, loc *time.Location) *quarterLife {
	month := time.Month(1 + 3*quarter)
	q := &quarterLife{loc: loc, start: time.Date(year, month, 1, 0, 0, 0, 0, loc), end: time.Date(year, month+3, 1, 0, 0, 0, 0, loc)}
	q.first, q.next = q.start.Format(time.DateOnly), q.end.Format(time.DateOnly)
	q.objective = impacted(newKPI(), inZone(v1alpha1.TimeZone(loc.String())), checkedIn("7d"), func(o *v1alpha1.Objective) {
		o.Spec.Period = v1alpha1.Period(fmt.Sprintf("%d-Q%d", year, quarter+1))
	})
	q.keyResult = inputOf(newKeyResult(reach("0", "100")), q.objective.Objective)
	q.objective.KeyResults = []*v1alpha1.KeyResult{q.keyResult.KeyResult}
	return q
}

func (q *quarterLife) value(t time.Time) float64 {
	return 100 * t.Sub(q.start).Seconds() / q.end.Sub(q.start).Seconds()
}

func (q *quarterLife) samples(question sample.Question) (sample.Held, bool) {
	if question.Live() {
		return good(q.value(q.now), q.now), true
	}
	at := time.Unix(question.At, 0)
	if q.now.Before(at.Add(question.Settle)) {
		return sample.Held{}, false
	}
	return good(q.value(at), at), true
}

func (q *quarterLife) day(t time.Time) string { return t.In(q.loc).Format(time.DateOnly) }

// phase is what a calendar on the wall says.
func (q *quarterLife) phase(t time.Time) string {
	switch day := q.day(t); {
	case day < q.first:
		return "before"
	case day < q.next:
		return "running"
	default:
		return "over"
	}
}

func (q *quarterLife) live(t *testing.T) {
	q.now = q.start.Add(-30 * time.Hour)
	overdue := q.start.AddDate(0, 0, 8) // no check-in ever comes
	var seen string
	for until := q.end.Add(50 * time.Hour); q.now.Before(until); {
		kr := evaluate.KeyResult(q.keyResult, q.samples, q.now)
		q.keyResult.KeyResult.Status = kr.Status
		o := evaluate.Objective(q.objective, q.samples, q.now)
		q.objective.Objective.Status = o.Status
		if phase := q.phase(q.now); phase != seen {
			if seen != "" && q.phase(q.now.Add(-time.Second)) == phase {
				t.Errorf("%s begins unnoticed: first looked at %v", phase, q.now.In(q.loc))
			}
			seen = phase
		}
		q.check(t, kr.Status, o.Status)
		if got, want := says(o.Status.Conditions, "CheckedIn") == "False CheckInOverdue", seen == "running" && !q.now.Before(overdue); got != want {
			t.Errorf("at %v a check-in is overdue: %v, want %v", q.now.In(q.loc), got, want)
		}
		if t.Failed() {
			return
		}
		if q.now.Before(overdue) && o.Next.After(overdue) {
			t.Errorf("nobody looks when a check-in is overdue: at %v, and then %v", q.now.In(q.loc), o.Next.In(q.loc))
		}
		if q.now = kr.Next; o.Next.Before(q.now) {
			q.now = o.Next
		}
		if q.now.After(overdue.Add(24*time.Hour)) && q.now.Before(q.end.Add(-72*time.Hour)) {
			q.now = q.now.Add(12 * time.Hour)
		}
		if seen == "over" && q.now.After(q.end.Add(24*time.Hour)) {
			q.objective.Objective.Spec.Review = &v1alpha1.Review{Outcome: "It worked."}
		}
	}
	same(t, "over, scored and reviewed", "over True Reviewed 1.00 Green", fmt.Sprintf("%s %s %s %s", seen,
		says(q.objective.Objective.Status.Conditions, "Reviewed"), q.objective.Objective.Status.Final.Score, q.objective.Objective.Status.Final.Grade))
	same(t, "impact", []v1alpha1.KPIImpact{{KPI: "availability", AtStart: "0 %", AtEnd: "100 %", Change: "+100 points"}}, q.objective.Objective.Status.KPIImpact)
}

// check holds what is shown against the calendar on the wall.
func (q *quarterLife) check(t *testing.T, kr v1alpha1.KeyResultStatus, o v1alpha1.ObjectiveStatus) {
	t.Helper()
	lastDay := v1alpha1.Date(q.day(q.end.Add(-time.Second)))
	switch closed := !q.now.Before(q.end.Add(time.Hour + 10*time.Minute)); q.phase(q.now) {
	case "before":
		same(t, "health", "Pending Pending", string(kr.Health+" "+o.Health))
	case "running":
		same(t, "health", "OnTrack OnTrack", string(kr.Health+" "+o.Health))
		same(t, "promised", v1alpha1.Date(q.first)+" "+lastDay, kr.Frozen.Commitment.StartOn+" "+kr.Frozen.Commitment.DueOn)
		same(t, "nothing has moved", "", kr.OriginalTarget)
		if kr.Forecast != nil {
			same(t, "forecast", lastDay, kr.Forecast.ReachesTargetOn)
		}
	default:
		switch {
		case kr.Final != nil:
			same(t, "the value at the end", q.end.UTC(), kr.Final.Time.Time)
			same(t, "all of the way", "100 1.00", kr.Final.Value+" "+kr.Final.Score)
			same(t, "health", v1alpha1.HealthAchieved, kr.Health)
		case closed:
			t.Errorf("no final at %v", q.now.In(q.loc))
		default:
			same(t, "health", v1alpha1.HealthUnknown, kr.Health)
		}
		if o.Final != nil {
			same(t, "the end of the period", q.end.UTC(), o.Final.Time.Time)
		}
		reviewed := "False NoReview"
		if q.objective.Objective.Spec.Review != nil {
			reviewed = "True Reviewed"
		}
		same(t, "Reviewed", reviewed, says(o.Conditions, "Reviewed"))
	}
	if t.Failed() {
		t.Logf("at %v", q.now.In(q.loc))
	}
}
