package evaluate

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// recorded freezes the result that stands in spec.final, the record in Git, if the key result is over and there is one:
// at once, and nothing is asked. It needs the dates alone where it has the score, whatever has become of the metric.
func (k *keyResult) recorded() bool {
	record := k.in.KeyResult.Spec.Final
	over := k.pace.Start.Before(k.pace.End) && !k.now.Before(k.pace.End)
	if record == nil || !over || k.in.Objective == nil || k.in.Objective.Spec.State == v1alpha1.ObjectiveDraft {
		return false
	}
	at, bad := k.dateOf(record)
	if bad != nil {
		return false
	}
	if k.shape != nil {
		k.shape.resolve(true)
		k.showTarget()
	}
	percent, known := k.recordedPercent(record)
	if k.watches = nil; !known {
		return false
	}
	points := okr.Hundredths(percent)
	final := v1alpha1.Final{
		Time: second(at), ProgressPercent: pointer(int32(points)),
		Score: score(points), Grade: v1alpha1.Grade(k.ambition.Grade(points)),
	}
	if record.Value != nil {
		final.Value = exact(record.Value.Float64())
		k.status.Value = k.quantity(record.Value.Float64())
	}
	k.status.ExpectedPercent = pointer(int32(k.pace.ExpectedPercent(k.pace.End)))
	k.status.AttainmentPercent = pointer(okr.Whole(percent))
	k.status.Frozen.Final, k.status.Frozen.ClosingKey = &v1alpha1.FrozenFinal{Final: final}, ""
	if k.shape != nil {
		k.status.Frozen.Final.Key = k.finalKey(k.shape.finalQuestion())
	}
	return true
}

// misdated is what is wrong with the record's date; nil if nothing is.
func (k *keyResult) misdated() *problem {
	if record := k.in.KeyResult.Spec.Final; record != nil {
		_, bad := k.dateOf(record)
		return bad
	}
	return nil
}

// dateOf is the end of the day that a record is about, or why it is not used.
func (k *keyResult) dateOf(record *v1alpha1.FinalRecord) (at time.Time, bad *problem) {
	first, last, bad := k.days.days(k.in.KeyResult)
	if bad != nil {
		return at, bad
	}
	day, err := okr.ParseDate(record.Date.String())
	if err != nil || day.Before(first) || last.Before(day) {
		return at, stalled(v1alpha1.ReasonInvalidDates, fmt.Sprintf(
			"spec.final.date: %s is not inside the key result's time, and the record is not used: write the last day that it is about, from %s to %s",
			record.Date, first, last))
	}
	return day.End(k.days.zone), nil
}

// recordedPercent is the progress that a record says: by its score, or else by its value.
func (k *keyResult) recordedPercent(record *v1alpha1.FinalRecord) (float64, bool) {
	spec := &k.in.KeyResult.Spec
	switch {
	case record.Score != nil:
		score, err := strconv.ParseFloat(string(*record.Score), 64)
		return math.Round(100 * score), err == nil
	case k.shape == nil || record.Value == nil:
		return 0, false
	case spec.Guard != nil || spec.Maintain != nil && spec.Maintain.AllowedBreach != "": // the API refuses it
		return 0, false
	default:
		return k.shape.final(sample.Good(record.Value.Float64(), k.pace.End))
	}
}

// recordDiffers reports whether the record says another score than the one that is frozen.
func (k *keyResult) recordDiffers() bool {
	record := k.in.KeyResult.Spec.Final
	if record == nil || k.misdated() != nil { // not used
		return false
	}
	asked := k.watches
	k.shape.resolve(true)
	k.watches = asked
	percent, known := k.recordedPercent(record)
	return known && score(okr.Hundredths(percent)) != k.status.Frozen.Final.Score
}

// showsRecord reports whether the frozen result is that of the record.
func (k *keyResult) showsRecord() bool {
	record, final := k.in.KeyResult.Spec.Final, k.status.Frozen.Final
	switch {
	case record == nil:
		return false
	case record.Score != nil:
		percent, known := k.recordedPercent(record)
		return known && score(okr.Hundredths(percent)) == final.Score
	default:
		return record.Value != nil && exact(record.Value.Float64()) == final.Value
	}
}
