package okr

import (
	"slices"
	"time"
)

// Claim is an objective that names a KPI or has a key result measured by it.
type Claim struct {
	// Objective is its namespace/name.
	Objective string
	// Span is its period.
	Span Span
	// Draft objectives do not count, but are named.
	Draft bool
}

// The reasons of alignment.
const (
	ObjectiveActive    Reason = "ObjectiveActive"
	ObjectivePlanned   Reason = "ObjectivePlanned"
	BetweenPeriods     Reason = "BetweenPeriods"
	Settling           Reason = "Settling"
	NoAlignedObjective Reason = "NoAlignedObjective"
)

// Settle is how long a KPI must be without an objective before that is said, so that a repository which is
// being applied in any order raises no false flag.
const Settle = 60 * time.Second

// Alignment says whether objectives look after a KPI.
type Alignment struct {
	Status Ternary
	Reason Reason
	// By are the objectives that count, sorted; Later those that do not count yet: drafts, and ones whose
	// period begins later than the grace.
	By, Later []string
	// Next is when the part of one of the objectives changes, or a KPI without one has settled: before it the
	// answer stays as it is. Zero if it stays for good.
	Next time.Time
}

// Align decides the alignment at now. An objective counts from grace before its period to grace after it, both
// instants half-open as the period is. before is what was said last, for beforeReason and since when; a KPI that
// no objective looks after is Settling first, unless that was said already.
func Align(claims []Claim, grace time.Duration, before Ternary, beforeReason Reason, since, now time.Time) Alignment {
	var result Alignment
	rank := 0
	for _, c := range claims {
		opens, closes := c.Span.Start.Add(-grace), c.Span.End.Add(grace)
		if c.Draft || now.Before(opens) {
			result.Later = append(result.Later, c.Objective)
			if !c.Draft {
				result.Next = soonest(result.Next, opens)
			}
			continue
		}
		if !now.Before(closes) {
			continue
		}
		result.By = append(result.By, c.Objective)
		reason, level, next := BetweenPeriods, 1, closes
		switch {
		case now.Before(c.Span.Start):
			reason, level, next = ObjectivePlanned, 2, c.Span.Start
		case now.Before(c.Span.End):
			reason, level, next = ObjectiveActive, 3, c.Span.End
		}
		result.Next = soonest(result.Next, next)
		if level > rank {
			rank, result.Reason = level, reason
		}
	}
	slices.Sort(result.By)
	slices.Sort(result.Later)
	result.By, result.Later = slices.Compact(result.By), slices.Compact(result.Later)
	if len(result.By) > 0 {
		result.Status = True
		return result
	}
	return result.without(before, beforeReason, since, now)
}

// without is the answer where no objective counts.
func (a Alignment) without(before Ternary, beforeReason Reason, since, now time.Time) Alignment {
	settling := before == Neither && beforeReason == Settling && !since.IsZero()
	if !settling {
		since = now
	}
	settled := since.Add(Settle)
	if before == False || !now.Before(settled) {
		a.Status, a.Reason = False, NoAlignedObjective
		return a
	}
	a.Status, a.Reason, a.Next = Neither, Settling, soonest(a.Next, settled)
	return a
}

// soonest is the earlier of two instants, of which a zero one does not count.
func soonest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
