package okr

import "time"

// Span is a goal's own time, half-open: Start belongs to it, End does not.
type Span struct{ Start, End time.Time }

// Elapsed is the share of the span that has passed at t, between 0 and 1.
func (s Span) Elapsed(t time.Time) float64 {
	if !t.After(s.Start) {
		return 0
	}
	if !t.Before(s.End) {
		return 1
	}
	return seconds(s.Start, t) / seconds(s.Start, s.End)
}

// lastQuarter is when the last quarter of the span begins: tolerances shrink from there on.
func (s Span) lastQuarter() time.Time { return s.at(0.75) }

// tolerated is the share of a tolerance that is left at t: all of it, then linearly less over the last quarter.
func (s Span) tolerated(t time.Time) float64 { return min(1, 4*(1-s.Elapsed(t))) }

// at is where a share of the span has passed, to the second.
func (s Span) at(share float64) time.Time {
	return time.Unix(s.Start.Unix()+int64(share*seconds(s.Start, s.End)), 0)
}

// seconds is the time from a to b in seconds. A time.Duration ends at 292 years, and a period need not.
func seconds(a, b time.Time) float64 {
	return float64(b.Unix()-a.Unix()) + float64(b.Nanosecond()-a.Nanosecond())/1e9
}

// Checkpoint is how much of the way should be done at an instant.
type Checkpoint struct {
	At time.Time
	// Percent of the way, 0 to 100.
	Percent float64
}

// Pace is the line that progress is expected to follow.
type Pace struct {
	Span
	// Pass is where the line ends, in percent: 100 for a committed goal, 70 for an aspirational one.
	Pass float64
	// Checkpoints bend the line. They rise in time, never fall in percent and lie inside the span, whose
	// start (0) and end (100) are implied; any that lie outside do not count. Empty: the line is straight.
	Checkpoints []Checkpoint
	// Stepped: the line is level up to each checkpoint, and to the end, and rises there at once.
	Stepped bool
}

// Expected is where progress should be at t, in percent from 0 to Pass, not rounded down: pass × curve(s).
func (p Pace) Expected(t time.Time) float64 { return round9(p.line(t)) }

// line is Expected before it is rounded: differences of rounded numbers would not be straight lines.
func (p Pace) line(t time.Time) float64 {
	if !t.After(p.Start) {
		return 0
	}
	if !t.Before(p.End) {
		return p.Pass
	}
	before, after := Checkpoint{p.Start, 0}, Checkpoint{p.End, 100}
	for _, c := range p.Checkpoints {
		if !c.At.After(p.Start) || !c.At.Before(p.End) {
			continue
		}
		if c.At.After(t) {
			after = c
			break
		}
		before = c
	}
	if p.Stepped {
		return p.Pass * before.Percent / 100
	}
	segment := Span{before.At, after.At}
	return p.Pass * (before.Percent + (after.Percent-before.Percent)*segment.Elapsed(t)) / 100
}

// ExpectedPercent is Expected in whole percent, rounded down. Gaps are measured from it.
func (p Pace) ExpectedPercent(t time.Time) int64 { return Whole(p.Expected(t)) }
