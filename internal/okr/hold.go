package okr

import "time"

// Hold is a verdict on a KPI that waits to be shown; the zero Hold is none.
type Hold struct {
	// Health is the nearest to what is shown of the verdicts since then.
	Health KPIHealth
	// Since is the instant of the number that began it: all since were on the same side of what is shown.
	Since time.Time
}

// HoldKPI decides what is shown once a number of an instant has been judged, and what waits from then on. A worsening
// is shown once every number for holdFor was worse than what is shown, as the mildest of them; an improvement the same
// way. To and from Unknown it goes at once. The same number twice changes nothing.
func HoldKPI(shown, newest KPIHealth, at time.Time, holdFor time.Duration, waiting Hold) (KPIHealth, Hold) {
	side := severity(newest) - severity(shown)
	switch {
	case holdFor <= 0 || severity(shown) < 0 || severity(newest) < 0:
		return newest, Hold{}
	case side == 0:
		return shown, Hold{}
	}
	if severity(waiting.Health) < 0 || side*(severity(waiting.Health)-severity(shown)) < 0 || waiting.Since.After(at) {
		waiting = Hold{newest, at} // nothing waits, or for the other side, or since a clock that was ahead
	}
	if side*(severity(newest)-severity(waiting.Health)) < 0 {
		waiting.Health = newest
	}
	if at.Sub(waiting.Since) < holdFor {
		return shown, waiting
	}
	if shown = waiting.Health; shown == newest {
		return shown, Hold{}
	}
	return shown, Hold{newest, at}
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
