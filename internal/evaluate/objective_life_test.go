package evaluate_test

import (
	"strings"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

func checkedIn(every string, dates ...string) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) {
		o.Spec.CheckInEvery = v1alpha1.Duration(every)
		for _, date := range dates {
			o.Spec.CheckIns = append(o.Spec.CheckIns, v1alpha1.CheckIn{Date: v1alpha1.Date(date), Note: "said on " + date})
		}
	}
}

func inZone(name v1alpha1.TimeZone) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) { o.Spec.TimeZone = name }
}

func givenUp(o *v1alpha1.Objective) {
	o.Spec.State = v1alpha1.ObjectiveCancelled
	o.Spec.Cancelled = &v1alpha1.Cancellation{Date: "2027-11-01", Reason: "The shop\n  closes."}
}

func TestCheckedIn(t *testing.T) {
	type edits = []func(*v1alpha1.Objective)
	cases := []struct {
		reason string
		edits  edits
		now    time.Time
		want   string
		says   string
		next   time.Time // zero: the hourly look
	}{
		{"nobody asks for any", nil, middle, "True NotRequired", "spec.checkInEvery is not set: no check-in is missed", time.Time{}},
		{"nor over", nil, end, "True NotRequired", "spec.checkInEvery is not set: no check-in is missed", time.Time{}},
		{"not begun", edits{checkedIn("7d")}, begin.Add(-time.Second), "Unknown Pending", "begins on 2026-10-01", begin},
		{"the first one counts from the start", edits{checkedIn("7d")}, begin, "True CheckedIn", "the first check-in is due by 2026-10-08", time.Time{}},
		{"all of its day counts", edits{checkedIn("7d")}, at("2026-10-08T23:59:59"), "True CheckedIn", "the first check-in is due by 2026-10-08", at("2026-10-09")},
		{"then it is overdue", edits{checkedIn("7d")}, at("2026-10-09"), "False CheckInOverdue",
			"no check-in since the start on 2026-10-01, and one was due by 2026-10-08: add it to spec.checkIns", time.Time{}},
		{"the newest counts, in any order", edits{checkedIn("7d", "2026-10-12", "2026-10-05")}, at("2026-10-19T23:30:00"), "True CheckedIn",
			"checked in on 2026-10-12; the next check-in is due by 2026-10-19", at("2026-10-20")},
		{"overdue again", edits{checkedIn("7d", "2026-10-12", "2026-10-05")}, at("2026-10-20"), "False CheckInOverdue",
			"no check-in since that of 2026-10-12, and one was due by 2026-10-19: add it to spec.checkIns", time.Time{}},
		{"as kustomize writes dates", edits{checkedIn("7d", "2026-10-12T00:00:00Z")}, at("2026-10-19"), "True CheckedIn",
			"checked in on 2026-10-12; the next check-in is due by 2026-10-19", time.Time{}},
		{"one that is still to come waits for its day", edits{checkedIn("7d", "2026-10-25")}, at("2026-10-24T23:30:00"), "False CheckInOverdue",
			"no check-in since the start on 2026-10-01, and one was due by 2026-10-08: add it to spec.checkIns", at("2026-10-25")},
		{"and counts from its first second", edits{checkedIn("7d", "2026-10-25")}, at("2026-10-25"), "True CheckedIn",
			"checked in on 2026-10-25; the next check-in is due by 2026-11-01", time.Time{}},
		{"one from before the start does not shorten the first stretch", edits{checkedIn("7d", "2026-09-20")}, at("2026-10-08"), "True CheckedIn",
			"the first check-in is due by 2026-10-08", time.Time{}},
		{"days are those of the zone", edits{checkedIn("1w", "2026-10-19"), inZone("Europe/Berlin")}, at("2026-10-26T22:59:59"), "True CheckedIn",
			"checked in on 2026-10-19; the next check-in is due by 2026-10-26", at("2026-10-26T23:00:00")},
		{"also after the clock was set back", edits{checkedIn("1w", "2026-10-19"), inZone("Europe/Berlin")}, at("2026-10-26T23:00:00"), "False CheckInOverdue",
			"no check-in since that of 2026-10-19, and one was due by 2026-10-26: add it to spec.checkIns", time.Time{}},
		{"over", edits{checkedIn("7d", "2026-12-28")}, end, "Unknown Over", "over", time.Time{}},
		{"a draft", edits{checkedIn("7d"), draft}, middle, "Unknown Draft", "a draft is not judged", time.Time{}},
		{"given up; that it is dated later changes nothing", edits{checkedIn("7d"), givenUp}, middle, "Unknown Cancelled", "cancelled on 2027-11-01: The shop closes.", time.Time{}},
		{"not in order", edits{checkedIn("7d"), inZone("Mars/Olympus")}, middle, "Unknown InvalidTimeZone",
			`spec.timeZone: there is no time zone "Mars/Olympus": write an IANA name such as Europe/Berlin`, time.Time{}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			got := visitObjective(evaluate.ObjectiveInput{Objective: newObjective(c.edits...)}, c.now)
			same(t, "CheckedIn", c.want, says(got.Status.Conditions, "CheckedIn"))
			same(t, "message", c.says, message(got.Status.Conditions, "CheckedIn"))
			next := c.next
			if next.IsZero() {
				next = c.now.Add(time.Hour)
			}
			same(t, "next look", next, got.Next)
		})
	}
}

func TestReviewed(t *testing.T) {
	reviewed := func(o *v1alpha1.Objective) { o.Spec.Review = &v1alpha1.Review{Outcome: "It worked."} }
	members := []*v1alpha1.KeyResult{finished("a", 1, "1.00")}
	cases := []struct {
		reason string
		edits  []func(*v1alpha1.Objective)
		now    time.Time
		want   string
	}{
		{"not begun", nil, begin.Add(-time.Second), "Unknown Pending"},
		{"running", nil, middle, "Unknown Pending"},
		{"written too early", []func(*v1alpha1.Objective){reviewed}, end.Add(-time.Second), "Unknown Pending"},
		{"over", nil, end, "False NoReview"},
		{"over and written", []func(*v1alpha1.Objective){reviewed}, end, "True Reviewed"},
		{"a draft", []func(*v1alpha1.Objective){draft, reviewed}, end, "Unknown Draft"},
		{"given up", []func(*v1alpha1.Objective){givenUp, reviewed}, end, "Unknown Cancelled"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := evaluate.ObjectiveInput{Objective: newObjective(c.edits...), KeyResults: members}
			same(t, "Reviewed", c.want, says(visitObjective(in, c.now).Status.Conditions, "Reviewed"))
		})
	}
	in := evaluate.ObjectiveInput{Objective: newObjective(), KeyResults: members}
	visitObjective(in, end.Add(time.Hour))
	in.Objective.Spec.Period = "2026-10-01/2027-06-30"
	same(t, "a score that is known is over, whatever the period says now", "False NoReview",
		says(visitObjective(in, end.Add(2*time.Hour)).Status.Conditions, "Reviewed"))
}

func TestLastWord(t *testing.T) {
	behind := []*v1alpha1.KeyResult{member("a", "OffTrack", 10, 50)}
	cases := []struct {
		reason  string
		members []*v1alpha1.KeyResult
		edits   []func(*v1alpha1.Objective)
		now     time.Time
		want    string
	}{
		{"off track: the newest note", behind, []func(*v1alpha1.Objective){checkedIn("", "2026-11-10", "2026-11-02", "2026-11-17")}, middle,
			"10 % done, 50 % expected by now; furthest behind: a; 2026-11-10: said on 2026-11-10"},
		{"on track: none", []*v1alpha1.KeyResult{member("a", "OnTrack", 50, 50)}, []func(*v1alpha1.Objective){checkedIn("", "2026-11-10")}, middle,
			"50 % done, 50 % expected by now"},
		{"missed: the newest note", []*v1alpha1.KeyResult{finished("a", 1, "0.40")}, []func(*v1alpha1.Objective){checkedIn("", "2026-11-10")}, end,
			"over: score 0.40 (Red); 2026-11-10: said on 2026-11-10"},
		{"achieved: none", []*v1alpha1.KeyResult{finished("a", 1, "1.00")}, []func(*v1alpha1.Objective){checkedIn("", "2026-11-10")}, end, "over: score 1.00 (Green)"},
		{"of two of a day, one as kustomize writes it, the later one", behind, []func(*v1alpha1.Objective){checkedIn("", "2026-11-10", "2026-11-10T00:00:00Z")}, middle,
			"10 % done, 50 % expected by now; furthest behind: a; 2026-11-10: said on 2026-11-10T00:00:00Z"},
		{"on one line", behind, []func(*v1alpha1.Objective){checkedIn("", "2026-11-10"), func(o *v1alpha1.Objective) {
			o.Spec.CheckIns[0].Note = "The vendor\nis late:\n\n- again\n"
		}}, middle, "10 % done, 50 % expected by now; furthest behind: a; 2026-11-10: The vendor is late: - again"},
		{"the newest says nothing", behind, []func(*v1alpha1.Objective){checkedIn("", "2026-11-10"), func(o *v1alpha1.Objective) {
			o.Spec.CheckIns[0].Note = ""
		}}, middle, "10 % done, 50 % expected by now; furthest behind: a"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := evaluate.ObjectiveInput{Objective: newObjective(c.edits...), KeyResults: c.members}
			same(t, "message", c.want, message(visitObjective(in, c.now).Status.Conditions, "OnTrack"))
		})
	}
	long := newObjective(checkedIn("", "2026-11-10"))
	long.Spec.CheckIns[0].Note = strings.Repeat("long ", 400)
	text := message(visitObjective(evaluate.ObjectiveInput{Objective: long, KeyResults: behind}, middle).Status.Conditions, "OnTrack")
	same(t, "at most 1 KiB", true, len(text) <= 1024 && strings.HasSuffix(text, "…"))
}
