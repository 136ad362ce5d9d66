package okr

import "time"

// Member is a key result as its objective sees it, or a child as its parent does: the published numbers, so that a
// sum by hand agrees.
type Member struct {
	// Name of the member, for Worst.
	Name string
	// Weight relative to the others, for a child times its days; at 0 the member does not count.
	Weight float64
	// Health is the published verdict; Unknown for one that is over and has no final.
	Health Health
	// Doubted says that it would be OnTrack if those who work on it believed in it.
	Doubted bool
	// Progress is the published progressPercent (the last good one while there is no value now); nil if never
	// measured.
	Progress *float64
	// Expected is the published expectedPercent. It is known of every member that has begun, measured or not.
	Expected float64
}

// Objective is what decides the verdict of a running objective.
type Objective struct {
	// Span is its own time, over whose last quarter the tolerances shrink.
	Span Span
	Gaps Gaps
	// Plan is, for a parent of children, how far ahead they reach.
	Plan Plan
}

// RollUp is how a running objective stands.
type RollUp struct {
	Health Health
	Reason Reason
	// Progress and Expected are weighted means in percent, not rounded down; Progress is nil while nothing has
	// been measured.
	Progress *float64
	Expected float64
	// Total counts the members with weight, Measured those of them with progress.
	Total, Measured int
	// Worst is the name of the member furthest behind; empty if none is behind.
	Worst string
}

// The reasons of an objective that a key result does not have.
const (
	NoKeyResults   Reason = "NoKeyResults"
	MembersUnknown Reason = "MembersUnknown"
	NotBegun       Reason = "Pending"
	// Unplanned: the last child of a parent is over, and the parent is not.
	Unplanned Reason = "Unplanned"
)

// objectiveLeast is what the tolerances of an objective never shrink below, in points: its members' numbers are
// whole percentages.
const objectiveLeast = 1

// RollUp computes an objective from its members (active) at t. Where members are Unknown the verdict is computed
// with each of them at its worst and at its best: only what both agree on stands. A member that has begun and has
// no progress, or whose health says nothing of how it stands, is as good as Unknown; one without weight does not
// count.
func (o Objective) RollUp(members []Member, t time.Time) RollUp {
	result := RollUp{Worst: furthestBehind(members)}
	result.Progress, result.Expected, result.Total, result.Measured = means(members, o.Plan.covered())
	result.Health, result.Reason = o.verdict(o.outlook(members), t)
	return result
}

// NextChange is the first whole second after now, and not after until, at which RollUp(members, ·) gives
// another verdict; false if there is none. Tolerances only shrink and a plan only ends, so that a verdict only worsens
// and none comes back.
func (o Objective) NextChange(members []Member, now, until time.Time) (time.Time, bool) {
	outlook := o.outlook(members)
	health, reason := o.verdict(outlook, now)
	return firstChange(now, until, o.Plan.turns(), func(t time.Time) bool {
		thenHealth, thenReason := o.verdict(outlook, t)
		return thenHealth == health && thenReason == reason
	})
}

// outlook is what decides an objective's verdict apart from the time: how its members stand with each unknown one
// at its worst, and at its best.
type outlook struct {
	empty, pending bool
	worst, best    standing
}

// standing is what a verdict is made of, in points of the objective.
type standing struct {
	// behind is how far behind the members are, their means compared; granted is the part of it that members on
	// track, or merely doubted, have been granted by their own verdicts.
	behind, granted float64
	// off is the share of all weight that is off track or missed, and doubted that of the members in doubt, in percent.
	off, doubted float64
	// well says that one is not at risk or worse.
	well bool
}

func (o Objective) outlook(members []Member) outlook {
	result := outlook{empty: true, pending: true}
	for i := range members {
		if members[i].counts() {
			result.empty = false
			result.pending = result.pending && members[i].Health == Pending
		}
	}
	result.worst = o.standing(members, OffTrack, 0)
	result.best = o.standing(members, OnTrack, 100)
	return result
}

// standing adds the members up, with a health and a progress assumed for the unknown ones.
func (o Objective) standing(members []Member, health Health, progress float64) standing {
	var weight, behind, granted, off, doubted float64
	well := false
	for i := range members {
		m := &members[i]
		if !m.counts() {
			continue
		}
		weight += m.Weight
		if m.Health == Pending {
			well = true
			continue
		}
		stands, reached := health, progress
		if m.known() {
			stands, reached = m.Health, *m.Progress
		}
		gap := m.Expected - reached
		behind += m.Weight * gap
		switch {
		case stands == OffTrack || stands == Missed:
			off += m.Weight
		case stands == OnTrack || stands == Achieved || m.Doubted:
			granted += m.Weight * max(0, gap)
			well = well || !m.Doubted
		}
		if m.Doubted {
			doubted += m.Weight
		}
	}
	covered := o.Plan.covered()
	return standing{
		behind: round9(covered * behind / weight), granted: covered * granted / weight,
		off: round9(100 * off / weight), doubted: round9(100 * doubted / weight), well: well,
	}
}

// verdict judges the members at t.
func (o Objective) verdict(members outlook, t time.Time) (Health, Reason) {
	if members.empty {
		return Unknown, NoKeyResults
	}
	if members.pending {
		return Pending, NotBegun
	}
	low, lowReason := o.judge(members.worst, t)
	high, highReason := o.judge(members.best, t)
	switch {
	case low == high:
		return high, highReason
	case low.rank() > 0 && high.rank() > 0:
		return AtRisk, lowReason
	default:
		return Unknown, MembersUnknown
	}
}

// judge judges members of which none is unknown.
func (o Objective) judge(s standing, t time.Time) (Health, Reason) {
	gaps := o.Gaps.at(o.Span, t, objectiveLeast, s.granted)
	health := gaps.verdict(s.behind)
	if health == Unknown || !finite(s.off) {
		return Unknown, NotANumber
	}
	byMembers := OnTrack
	switch {
	case s.off >= 50 && s.behind > gaps.AtRisk:
		byMembers = OffTrack
	case s.off > 0:
		byMembers = AtRisk
	}
	switch {
	case byMembers.rank() > health.rank():
		return byMembers, MembersBehind
	case health != OnTrack:
		return health, Behind
	case s.doubted >= 50:
		return AtRisk, LowConfidence
	case !s.well: // whose own verdicts may be held, while the means go on
		return AtRisk, MembersBehind
	case o.Plan.ended(t):
		return AtRisk, Unplanned
	default:
		return OnTrack, OnPace
	}
}

// means are the weighted means of the measured members' progress and expected; a pending one counts 0 in both.
// Both are multiplied by how much of the time the members cover. There is no progress while nothing has been
// measured. Members without weight are not counted.
func means(members []Member, covered float64) (progress *float64, expected float64, total, measured int) {
	var weight, sumProgress, sumExpected float64
	for i := range members {
		m := &members[i]
		if !m.counts() {
			continue
		}
		total++
		if m.measured() {
			measured++
		}
		switch {
		case m.Health == Pending:
			weight += m.Weight
		case m.measured():
			weight += m.Weight
			sumProgress += m.Weight * *m.Progress
			sumExpected += m.Weight * m.Expected
		}
	}
	mean := round9(covered * sumProgress / weight)
	if measured == 0 || !finite(mean) {
		return nil, 0, total, measured
	}
	return &mean, round9(covered * sumExpected / weight), total, measured
}

// counts reports whether the member counts at all. A weight that is NaN does, and makes the verdict Unknown.
func (m *Member) counts() bool { return !(m.Weight <= 0) }

// measured reports whether the member has progress.
func (m *Member) measured() bool { return m.Progress != nil && finite(*m.Progress) }

// known reports whether the member has a verdict to go by.
func (m *Member) known() bool {
	switch m.Health {
	case OnTrack, AtRisk, OffTrack, Achieved, Missed:
		return m.measured()
	default:
		return false
	}
}

// furthestBehind names the member with the worst verdict; among equals the one with the largest gap, then the
// first name.
func furthestBehind(members []Member) string {
	worst := -1
	for i, m := range members {
		if m.Health.rank() == 0 || !m.counts() {
			continue
		}
		if worst < 0 || compareBehind(m, members[worst]) < 0 {
			worst = i
		}
	}
	if worst < 0 {
		return ""
	}
	return members[worst].Name
}

func compareBehind(a, b Member) int {
	if a.Health.rank() != b.Health.rank() {
		return b.Health.rank() - a.Health.rank()
	}
	if gapA, gapB := a.behind(), b.behind(); gapA != gapB {
		if gapA > gapB {
			return -1
		}
		return 1
	}
	if a.Name < b.Name {
		return -1
	}
	return 1
}

func (m Member) behind() float64 {
	if m.Progress == nil {
		return m.Expected
	}
	return m.Expected - *m.Progress
}
