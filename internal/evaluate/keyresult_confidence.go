package evaluate

import (
	"fmt"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// confident is the confidence, of 10, from which on a verdict stands.
const confident = 4

// doubted lowers a verdict of OnTrack that those who do the work do not believe in. It raises none.
func (k *keyResult) doubted(health okr.Health, reason okr.Reason, message string) (okr.Health, string, string) {
	confidence, date := k.confidence()
	if health != okr.OnTrack || confidence == nil || *confidence >= confident {
		return health, string(reason), message
	}
	return okr.AtRisk, v1alpha1.ReasonLowConfidence, fmt.Sprintf("confidence is %d of 10 in the check-in of %s; %s", *confidence, date, message)
}

// confidence is that of the newest check-in in the key result's time that gives one, and its date; nil without one. In
// one check-in the key result's own goes before the objective's. One that is still to come waits for its date.
func (k *keyResult) confidence() (newest *int32, date v1alpha1.Date) {
	var since time.Time
	for i := range k.in.Objective.Spec.CheckIns {
		checkIn := &k.in.Objective.Spec.CheckIns[i]
		confidence := checkIn.Confidence
		if said := k.said(checkIn); said != nil && said.Confidence != nil {
			confidence = said.Confidence
		}
		if confidence == nil {
			continue
		}
		at, ok := startOf(checkIn.Date, k.days.zone)
		if !ok || !k.during(at) {
			continue
		}
		k.next = append(k.next, at)
		if !at.After(k.now) && !at.Before(since) {
			newest, date, since = confidence, checkIn.Date, at
		}
	}
	return newest, date
}
