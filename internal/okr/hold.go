package okr

import "time"

// Waiting is a verdict that waits to be shown; the zero Waiting is none.
type Waiting[H ~string] struct {
	// Health is the nearest to what is shown of the verdicts since then.
	Health H
	// Since is the instant of the number that began it: all since were on the same side of what is shown.
	Since time.Time
}

// Hold is a verdict on a KPI that waits to be shown.
type Hold = Waiting[KPIHealth]

// HoldKPI decides what is shown once a number of an instant has been judged, and what waits from then on. A worsening
// is shown once every number for holdFor was worse than what is shown, as the mildest of them; an improvement the same
// way. To and from Unknown it goes at once. The same number twice changes nothing.
func HoldKPI(shown, newest KPIHealth, at time.Time, holdFor time.Duration, waiting Hold) (KPIHealth, Hold) {
	return hold(shown, newest, at, holdFor, waiting, severity)
}

// HoldGoal is HoldKPI for the verdicts on a goal that is running. All verdicts are those at the instant of the number,
// whatever they were before: what time alone has changed waits for nothing.
func HoldGoal(shown, newest Health, at time.Time, holdFor time.Duration, waiting Waiting[Health]) (Health, Waiting[Health]) {
	return hold(shown, newest, at, holdFor, waiting, Health.severity)
}

// hold knows of a verdict only how bad it is; what is no verdict is below 0.
func hold[H ~string](shown, newest H, at time.Time, holdFor time.Duration, waiting Waiting[H], severity func(H) int) (H, Waiting[H]) {
	side := severity(newest) - severity(shown)
	switch {
	case holdFor <= 0 || severity(shown) < 0 || severity(newest) < 0:
		return newest, Waiting[H]{}
	case side == 0:
		return shown, Waiting[H]{}
	}
	if severity(waiting.Health) < 0 || side*(severity(waiting.Health)-severity(shown)) <= 0 || waiting.Since.After(at) {
		waiting = Waiting[H]{newest, at} // nothing waits, or not for this side, or since a clock that was ahead
	}
	if side*(severity(newest)-severity(waiting.Health)) < 0 {
		waiting.Health = newest
	}
	if at.Sub(waiting.Since) < holdFor {
		return shown, waiting
	}
	if shown = waiting.Health; shown == newest {
		return shown, Waiting[H]{}
	}
	return shown, Waiting[H]{newest, at}
}

// severity orders the verdicts on a KPI from good to bad; what is no verdict is below 0.
func severity(h KPIHealth) int {
	switch h {
	case KPIHealthy:
		return 0
	case KPIWarning:
		return 1
	case KPIUnhealthy:
		return 2
	default:
		return -1
	}
}

// severity orders the verdicts on a goal that is running from good to bad; what is none is below 0.
func (h Health) severity() int {
	switch h {
	case OnTrack, AtRisk, OffTrack:
		return h.rank()
	default:
		return -1
	}
}
