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

// byHand is a value that people keep.
type byHand struct {
	*keyResult
	entries entries
	// astray is the newest entry so far that does not count, because it lies outside the key result's time.
	astray *entry
	// noun is what one is called, and none the reason where there is none.
	noun, none string
}

// checkIns are the values that the objective's check-ins give this key result. Those outside its time do not count.
func (k *keyResult) checkIns() *byHand {
	hand := &byHand{keyResult: k, noun: "check-in", none: v1alpha1.ReasonNoCheckIn,
		entries: entries{every: checkInEvery(k.in.Objective), zone: k.days.zone}}
	astray := entries{zone: k.days.zone}
	for i := range k.in.Objective.Spec.CheckIns {
		checkIn := &k.in.Objective.Spec.CheckIns[i]
		said := k.said(checkIn)
		if said == nil || said.Value == nil {
			continue
		}
		day, err := okr.ParseDate(checkIn.Date.String())
		if err != nil {
			continue // the API refuses it
		}
		x := entry{day, said.Value.Float64()}
		at := hand.entries.start(x)
		k.next = append(k.next, at)
		if k.during(at) {
			hand.entries.list = append(hand.entries.list, x)
		} else {
			astray.list = append(astray.list, x)
		}
	}
	hand.entries.sort()
	astray.sort()
	if x, found := astray.newest(k.now); found {
		hand.astray = &x
	}
	return hand
}

// readings are the values that the KPI's readings give. One from before the start counts until it is too old.
func (k *keyResult) readings() (*byHand, *problem) {
	location, bad := zone(k.in.KPI.Spec.TimeZone)
	if bad != nil {
		return nil, k.blame(bad)
	}
	all := readingsOf(k.in.KPI, location)
	all.list = slices.DeleteFunc(all.list, func(x entry) bool { return !all.start(x).Before(k.pace.End) })
	for _, x := range all.list {
		k.next = append(k.next, all.start(x))
	}
	return &byHand{keyResult: k, entries: all, noun: "reading", none: v1alpha1.ReasonNoReading}, nil
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

func (h *byHand) every() time.Duration { return h.entries.every }

// past are the entries so far, one a day, from the start on.
func (h *byHand) past() []v1alpha1.HistoryPoint {
	return slices.DeleteFunc(h.entries.history(h.now), func(p v1alpha1.HistoryPoint) bool { return p.Time.Time.Before(h.pace.Start) })
}

// present is the newest entry, for as long as it stands.
func (h *byHand) present() measured {
	newest, found := h.entries.newest(h.now)
	if !found {
		return h.nothing()
	}
	staleAt := h.entries.end(newest)
	result := measured{value: &newest.value, time: h.entries.start(newest)}
	if !h.now.Before(staleAt) {
		result.status, result.reason = metav1.ConditionFalse, v1alpha1.ReasonStale
		result.message = fmt.Sprintf("the newest %s with a value is of %s, which stands for %s", h.noun, newest.day, duration(h.entries.stands()))
		return result
	}
	result.usable, result.staleAt = true, staleAt
	result.status, result.reason = metav1.ConditionTrue, string(sample.Sampled)
	result.message = fmt.Sprintf("kept by hand: the %s of %s", h.noun, newest.day)
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
		message += ": that of " + h.astray.day.String() + " is dated outside"
	}
	return message
}

// last is the newest entry of the key result's time, once nobody will add one: closing after the end.
func (h *byHand) last() sample.Sample {
	if h.now.Before(h.pace.End.Add(Closing)) {
		return sample.Sample{}
	}
	newest, found := h.decisive()
	if !found {
		return sample.Sample{Reason: sample.Reason(h.none), Message: h.noEntry()}
	}
	if h.entries.end(newest).Before(h.pace.End) {
		return sample.Sample{Reason: v1alpha1.ReasonStale, Message: fmt.Sprintf("the newest %s with a value is of %s, which is more than %s before the end",
			h.noun, newest.day, duration(h.entries.stands()))}
	}
	return sample.Good(newest.value, h.entries.start(newest))
}

// decisive is the newest entry of the key result's time; false if there is none.
func (h *byHand) decisive() (entry, bool) {
	newest, found := h.entries.newest(h.pace.End.Add(-time.Second))
	return newest, found && !h.entries.start(newest).Before(h.pace.Start)
}

func (h *byHand) entered() []string {
	newest, found := h.decisive()
	if !found {
		return nil
	}
	return []string{exact(newest.value), strconv.FormatInt(h.entries.start(newest).Unix(), 10)}
}
