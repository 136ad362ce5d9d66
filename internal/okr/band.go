package okr

import "time"

// Band is where a number should stay; a nil bound is no bound. Bounds are inclusive.
type Band struct{ AtLeast, AtMost *float64 }

// Contains reports whether v lies in the band.
func (b Band) Contains(v float64) bool {
	return (b.AtLeast == nil || v >= *b.AtLeast) && (b.AtMost == nil || v <= *b.AtMost)
}

// Bounds are the band's bounds, for those who watch a value cross them.
func (b Band) Bounds() []float64 {
	var bounds []float64
	for _, bound := range []*float64{b.AtLeast, b.AtMost} {
		if bound != nil {
			bounds = append(bounds, *bound)
		}
	}
	return bounds
}

// KPIHealth is the verdict on a KPI. The texts are those of the API.
type KPIHealth string

// The verdicts on KPIs.
const (
	KPIHealthy   KPIHealth = "Healthy"
	KPIWarning   KPIHealth = "Warning"
	KPIUnhealthy KPIHealth = "Unhealthy"
	KPIUnknown   KPIHealth = "Unknown"
)

// JudgeKPI says where v lies: outside target Unhealthy, inside target but outside warning Warning, else Healthy.
// What is no finite number lies nowhere: Unknown.
func JudgeKPI(v float64, target, warning Band) KPIHealth {
	switch {
	case !finite(v):
		return KPIUnknown
	case !target.Contains(v):
		return KPIUnhealthy
	case !warning.Contains(v):
		return KPIWarning
	default:
		return KPIHealthy
	}
}

// Ternary is a condition's status. The texts are those of the API.
type Ternary string

// The statuses of a condition.
const (
	True    Ternary = "True"
	False   Ternary = "False"
	Neither Ternary = "Unknown"
)

// Need says whether a KPI needs an objective.
type Need struct {
	Status Ternary
	// At is when the answer changes, if the present state of affairs lasts; zero if it does not.
	At time.Time
}

// NeedsObjective decides whether a KPI that has been unhealthy since an instant (zero: since now) needs an
// objective: after objectiveAfter, unless it is aligned. Where health or alignment is not known, so is the need.
func NeedsObjective(health KPIHealth, since time.Time, objectiveAfter time.Duration, aligned Ternary, now time.Time) Need {
	if health == KPIUnknown {
		return Need{Status: Neither}
	}
	if health != KPIUnhealthy || aligned == True {
		return Need{Status: False}
	}
	if since.IsZero() {
		since = now
	}
	if at := since.Add(objectiveAfter); now.Before(at) {
		return Need{Status: False, At: at}
	}
	if aligned == False {
		return Need{Status: True}
	}
	return Need{Status: Neither}
}
