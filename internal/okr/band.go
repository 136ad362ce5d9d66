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

// Care is what decides whether a KPI needs an objective.
type Care struct {
	// Health is what is shown.
	Health KPIHealth
	// Since is when it became unhealthy; zero: now. It counts while Health is KPIUnhealthy.
	Since time.Time
	// After is how long it may be unhealthy before that is a matter for an objective.
	After time.Duration
	// Short says that the number is known, and short of what is aspired to.
	Short bool
	// Aligned says whether an objective looks after it.
	Aligned Ternary
	// Accepted is until when people live with it; zero: they do not.
	Accepted time.Time
}

// The reasons why a KPI needs an objective, or does not.
const (
	Unhealthy      Reason = "Unhealthy"
	ShortOfStretch Reason = "ShortOfStretch"
	Accepted       Reason = "Accepted"
	HealthUnknown  Reason = "HealthUnknown"
	AsExpected     Reason = "AsExpected"
)

// Need says whether a KPI needs an objective.
type Need struct {
	Status Ternary
	Reason Reason
	// At is when the answer changes, if the present state of affairs lasts; zero if it does not.
	At time.Time
}

// NeedsObjective decides whether a KPI needs an objective: once it has been unhealthy for long, or while it is short of
// its stretch target, unless an objective looks after it or people have accepted it. Where health or alignment is not known,
// so is the need.
func NeedsObjective(c Care, now time.Time) Need {
	if now.Before(c.Accepted) {
		return Need{Status: False, Reason: Accepted, At: c.Accepted}
	}
	if c.Health == KPIUnknown {
		return Need{Status: Neither, Reason: HealthUnknown}
	}
	if c.Aligned == True {
		return Need{Status: False, Reason: AsExpected}
	}
	need := Need{Status: False, Reason: AsExpected}
	if c.Short {
		need = Need{Status: True, Reason: ShortOfStretch}
	}
	if c.Health == KPIUnhealthy {
		since := c.Since
		if since.IsZero() {
			since = now
		}
		if at := since.Add(c.After); now.Before(at) {
			need.At = at
		} else {
			need = Need{Status: True, Reason: Unhealthy}
		}
	}
	if need.Status == True && c.Aligned == Neither {
		return Need{Status: Neither, Reason: Settling}
	}
	return need
}

// Short reports whether v is short of a stretch target, which lies beyond the one bound of a band.
func (b Band) Short(v, stretch float64) bool {
	if b.AtMost == nil {
		return v < stretch
	}
	return v > stretch
}
