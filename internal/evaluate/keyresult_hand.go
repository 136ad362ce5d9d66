package evaluate

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// rhythm is how often a value that is kept by hand is expected where nothing else is written.
const rhythm = 7 * 24 * time.Hour

// entry is a value that somebody has written down.
type entry struct {
	// at is the instant from which it counts: the start of its day.
	at    time.Time
	date  v1alpha1.Date
	value float64
}

// byHand is a value that people keep: entries with a date, and how often one is expected.
type byHand struct {
	*keyResult
	// entries in any order. Those that are still to come wait for their date.
	entries []entry
	// astray is the newest entry so far that does not count, because it lies outside the key result's time.
	astray *entry
	rhythm time.Duration
	// zone is where the days of the entries are.
	zone *time.Location
	// noun is what one is called, and none the reason where there is none.
	noun, none string
}

// checkIns are the values that the objective's check-ins give this key result. Those outside its time do not count.
func (k *keyResult) checkIns() *byHand {
	hand := &byHand{keyResult: k, rhythm: checkInEvery(k.in.Objective), zone: k.days.zone, noun: "check-in", none: v1alpha1.ReasonNoCheckIn}
	for i := range k.in.Objective.Spec.CheckIns {
		checkIn := &k.in.Objective.Spec.CheckIns[i]
		said := k.said(checkIn)
		if said == nil || said.Value == nil {
			continue
		}
		at, ok := startOf(checkIn.Date, k.days.zone)
		if !ok {
			continue // the API refuses it
		}
		k.next = append(k.next, at)
		e := entry{at, checkIn.Date, said.Value.Float64()}
		if k.during(at) {
			hand.entries = append(hand.entries, e)
		} else if !at.After(k.now) && (hand.astray == nil || !at.Before(hand.astray.at)) {
			hand.astray = &e
		}
	}
	return hand
}

// readings are the values that the KPI's readings give. One from before the start counts until it is too old.
func (k *keyResult) readings() (*byHand, *problem) {
	kpi := k.in.KPI
	location, bad := zone(kpi.Spec.TimeZone)
	if bad != nil {
		return nil, k.blame(bad)
	}
	hand := &byHand{keyResult: k, rhythm: rhythm, zone: location, noun: "reading", none: v1alpha1.ReasonNoReading}
	if every := kpi.Spec.ReadEvery.Duration(); every > 0 {
		hand.rhythm = every
	}
	for _, reading := range kpi.Spec.Readings {
		if at, ok := startOf(reading.Date, location); ok && reading.Value != nil && at.Before(k.pace.End) {
			k.next = append(k.next, at)
			hand.entries = append(hand.entries, entry{at, reading.Date, reading.Value.Float64()})
		}
	}
	return hand, nil
}

// said is what a check-in says of this key result; nil if it says nothing.
func (k *keyResult) said(checkIn *v1alpha1.CheckIn) *v1alpha1.KeyResultCheckIn {
	for i := range checkIn.KeyResults {
		if checkIn.KeyResults[i].Name == k.in.KeyResult.Name {
			return &checkIn.KeyResults[i]
		}
	}
	return nil
}

// during reports whether an instant lies in the key result's time.
func (k *keyResult) during(t time.Time) bool { return !t.Before(k.pace.Start) && t.Before(k.pace.End) }

func checkInEvery(o *v1alpha1.Objective) time.Duration {
	if every := o.Spec.CheckInEvery.Duration(); every > 0 {
		return every
	}
	return rhythm
}

// startOf is when a day begins; false for what is no day, which the API refuses.
func startOf(date v1alpha1.Date, location *time.Location) (time.Time, bool) {
	day, err := okr.ParseDate(date.String())
	if err != nil {
		return time.Time{}, false
	}
	return day.Start(location), true
}

// newest is the newest entry from one instant up to another; nil if there is none. Of two of a day the later one
// written counts.
func (h *byHand) newest(from, to time.Time) *entry {
	var newest *entry
	for i := range h.entries {
		if e := &h.entries[i]; !e.at.Before(from) && !e.at.After(to) && (newest == nil || !e.at.Before(newest.at)) {
			newest = e
		}
	}
	return newest
}

func (h *byHand) every() time.Duration { return h.rhythm }

// past are the entries so far, one a day, from the start on.
func (h *byHand) past() []v1alpha1.HistoryPoint {
	var history []v1alpha1.HistoryPoint
	for _, day := range daysOf(h.entries, func(e entry) time.Time { return e.at }) {
		if e := h.newest(h.pace.Start, day); e != nil && e.at.Equal(day) && !day.After(h.now) {
			history = append(history, v1alpha1.HistoryPoint{Time: second(day), Value: sample.Display(e.value)})
		}
	}
	return history
}

// daysOf are the instants of what people wrote down, in order, each once.
func daysOf[E any](written []E, at func(E) time.Time) []time.Time {
	var all []time.Time
	for _, e := range written {
		all = append(all, at(e))
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}

// standsFor is how long an entry stands for the present value.
func (h *byHand) standsFor() time.Duration { return 2 * min(h.rhythm, longestInterval) }

// until is when an entry ceases to stand. Whole days are those of the calendar, one of which may have 25 hours.
func (h *byHand) until(e *entry) time.Time {
	stands := h.standsFor()
	day, err := okr.ParseDate(e.date.String())
	if err != nil { // it would be no entry
		return e.at
	}
	return day.AddDays(int(stands / wholeDay)).Start(h.zone).Add(stands % wholeDay)
}

// present is the newest entry, for as long as it stands.
func (h *byHand) present() measured {
	newest := h.newest(time.Time{}, h.now)
	if newest == nil {
		return h.nothing()
	}
	staleAt := h.until(newest)
	result := measured{value: &newest.value, time: newest.at}
	if !h.now.Before(staleAt) {
		result.status, result.reason = metav1.ConditionFalse, v1alpha1.ReasonStale
		result.message = fmt.Sprintf("the newest %s with a value is of %s, which stands for %s", h.noun, newest.date, duration(h.standsFor()))
		return result
	}
	result.usable, result.staleAt = true, staleAt
	result.status, result.reason = metav1.ConditionTrue, string(sample.Sampled)
	result.message = fmt.Sprintf("kept by hand: the %s of %s", h.noun, newest.date)
	return result
}

// nothing says that there is no entry yet.
func (h *byHand) nothing() measured {
	if h.now.Before(h.pace.Start) {
		return measured{status: metav1.ConditionUnknown, reason: v1alpha1.ReasonPending,
			message: "kept by hand: a " + h.noun + " counts from the start on"}
	}
	where := "in the KPI's spec.readings"
	if h.none == v1alpha1.ReasonNoCheckIn {
		where = "in the objective's spec.checkIns, with keyResults: [{name: " + h.in.KeyResult.Name + ", value: …}]"
	}
	return measured{status: metav1.ConditionFalse, reason: h.none, message: h.noEntry() + "; write one " + where}
}

// noEntry says in words that nothing was written down in the key result's time.
func (h *byHand) noEntry() string {
	message := fmt.Sprintf("no %s from %s to %s gives a value", h.noun, h.pace.Start.Format(time.DateOnly), h.pace.End.Add(-time.Second).Format(time.DateOnly))
	if h.astray != nil {
		message += ": that of " + h.astray.date.String() + " is dated outside"
	}
	return message
}

// last is the newest entry of the key result's time, once nobody will add one: closing after the end.
func (h *byHand) last() sample.Sample {
	if h.now.Before(h.pace.End.Add(closing)) {
		return sample.Sample{}
	}
	newest := h.newest(h.pace.Start, h.pace.End.Add(-time.Second))
	if newest == nil {
		return sample.Sample{Reason: sample.Reason(h.none), Message: h.noEntry()}
	}
	if h.until(newest).Before(h.pace.End) {
		return sample.Sample{Reason: v1alpha1.ReasonStale, Message: fmt.Sprintf("the newest %s with a value is of %s, which is more than %s before the end",
			h.noun, newest.date, duration(h.standsFor()))}
	}
	return sample.Good(newest.value, newest.at)
}

func (h *byHand) entered() []string {
	if newest := h.newest(h.pace.Start, h.pace.End.Add(-time.Second)); newest != nil {
		return []string{exact(newest.value), strconv.FormatInt(newest.at.Unix(), 10)}
	}
	return nil
}
