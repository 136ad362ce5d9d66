// Package oracle_test leads the real sampler and the real evaluation through random schedules of faults, and holds what
// they publish, at every step, against a naive evaluator that is written from the rules in docs/ alone.
package oracle_test

import (
	"math"
	"time"
)

// event is one thing that happened to an object, in the order in which it happened.
type event struct {
	what what
	// clock is what the controller's clock showed.
	clock time.Time
	// answer, of an answer, and the interval that was in force then.
	answer  answer
	inForce time.Duration
	// rules are in force from then on, of any other event.
	rules rules
	// remembered is the last number that the status holds, of a start: one that came since and was not written is lost.
	remembered *answer
}

type what string

const (
	// answered: the source answered, or did not.
	answered what = "answered"
	// started: a controller started, or the question was written otherwise: nothing has been asked since.
	started what = "started"
	// edited: the spec was edited.
	edited what = "edited"
	// limited: the source's limits were edited.
	limited what = "limited"
	// replaced: the query is about something else now.
	replaced what = "replaced"
	// wiped: the status was wiped while a controller was running.
	wiped what = "wiped"
	// forgotten: the status was wiped while none was.
	forgotten what = "forgotten"
	// passed: time has passed, and somebody looks.
	passed what = "passed"
)

// answer is what a source said about an instant.
type answer struct {
	at     time.Time
	reason string
	value  float64
}

func (a answer) number() bool { return a.reason == "Sampled" }

// complete reports whether the source answered, so that what it says holds.
func (a answer) complete() bool {
	switch a.reason {
	case "Sampled", "NoData", "NotANumber", "Infinite", "MultipleSeries", "NotAScalar", "HistoryUnavailable":
		return true
	default:
		return false
	}
}

// rules are what a verdict depends on beside the answers.
type rules struct {
	holdFor time.Duration
	// staleAfter is how long a number stands, by the interval that was in force when it came.
	staleAfter func(then time.Duration) time.Duration
	// judge gives the verdict on a value at an instant: one of ranks, from good to bad, in which a verdict never jumps
	// back as values go from one side to the other.
	judge func(value float64, now time.Time) string
}

const unknown = "Unknown"

// naive is what is known after part of a history. It keeps whole lists where the product keeps a few fields.
type naive struct {
	rules rules
	// begun is when the running controller began to ask.
	begun time.Time
	// numbers are all that came; asked is the instant that the running controller was completely answered about last.
	numbers []answer
	asked   time.Time
	// said is the newest complete answer that the running controller got, got the newest number, then the interval in
	// force when said came.
	said, got answer
	then      time.Duration
	// known says that the newest complete answer was a number and is not stale.
	known bool
	// shown is the answer that the verdict is given by, run what has been on one side of it since.
	shown answer
	run   []answer
	// looked is when somebody looked last, and saw the verdict.
	looked  time.Time
	verdict string
}

// health is the verdict on an object after a history, at now.
func health(history []event, now time.Time) string {
	var n naive
	for _, e := range append(history[:len(history):len(history)], event{what: passed, clock: now}) {
		n.take(e)
	}
	return n.verdict
}

// take goes one event further.
func (n *naive) take(e event) {
	if e.what == passed { // nobody looks at any other time: not while an answer arrives, nor before a start
		n.age(e.clock)
		if n.known {
			n.confirm(n.numbers[len(n.numbers)-1], e.clock)
		}
		if n.looked, n.verdict = e.clock, unknown; n.known {
			n.verdict = n.rules.judge(n.shown.value, e.clock) // may change with time
		}
	}
	if e.rules.judge != nil {
		n.rules = e.rules
	}
	switch e.what {
	case answered:
		n.answer(e)
	case started:
		n.begun, n.asked, n.said, n.got, n.then = e.clock, time.Time{}, answer{}, answer{}, 0
		if e.remembered != nil && len(n.numbers) > 0 {
			n.numbers = append(n.numbers, *e.remembered)
			if n.known && n.run == nil {
				n.shown = *e.remembered
			}
		}
	case replaced, forgotten:
		*n = naive{rules: n.rules, begun: e.clock}
	case wiped:
		n.wipe()
	case edited:
		n.settle()
	}
}

// age ends the verdict of a value that is stale.
func (n *naive) age(now time.Time) {
	if !n.known {
		return
	}
	since := n.begun
	if n.said.at.After(since) { // a number, or it would not be known
		since = n.said.at
	}
	if now.Sub(since) >= n.rules.staleAfter(n.then) {
		n.known, n.shown, n.run = false, answer{}, nil
	}
}

// settle shows the verdict on the newest value, whatever was shown.
func (n *naive) settle() {
	n.shown, n.run = answer{}, nil
	if n.known {
		n.shown = n.numbers[len(n.numbers)-1]
	}
}

// wipe forgets what only the status knew: the answers from before the running controller.
func (n *naive) wipe() {
	n.numbers, n.known = nil, n.said.number()
	if n.got.number() {
		n.numbers = []answer{n.got}
	}
	n.settle()
}

func (n *naive) answer(e event) {
	a, now, inForce := e.answer, e.clock, e.inForce
	if a.at.Before(n.asked) && !n.asked.After(now) {
		return // about an older instant: too late
	}
	if !a.complete() {
		return
	}
	n.asked = a.at
	if n.said, n.then = a, inForce; !a.number() {
		n.known, n.shown, n.run = false, answer{}, nil
		return
	}
	n.got = a
	if last := len(n.numbers) - 1; last >= 0 && a.at.Before(n.numbers[last].at) && !n.numbers[last].at.After(now) {
		a = n.numbers[last] // a newer number under the same query is never replaced by an older one
	}
	first := !n.known
	n.known = true
	n.numbers = append(n.numbers, a)
	if n.confirm(a, e.clock) {
		return
	}
	if asWritten := e.remembered; n.run == nil && asWritten != nil && asWritten.number() && e.clock.Sub(n.looked) > time.Hour {
		n.shown.value = asWritten.value // the machine has slept, or its clock was set
	}
	n.hold(a, first, e.remembered)
}

// confirm has nothing wait any more where the newest number says what is shown.
func (n *naive) confirm(a answer, now time.Time) bool {
	if n.rules.judge(a.value, now) != n.verdict {
		return false
	}
	n.shown, n.run = a, nil
	return true
}

// hold has the verdict given by another answer once all for holdFor, judged when the last of them came, were on one side
// of it: by the one that is nearest to it. What waits begins with the number as it was written.
func (n *naive) hold(a answer, first bool, remembered *answer) {
	now := a.at.Truncate(time.Second)
	place := func(b answer) float64 { return rank(n.rules.judge(b.value, now)) }
	side := func(b answer) bool { return place(b) > place(n.shown) }
	if n.rules.holdFor == 0 || first || place(a) == place(n.shown) {
		n.shown, n.run = a, nil
		return
	}
	if n.run == nil && remembered != nil && remembered.number() {
		n.shown.value = remembered.value
	}
	for _, b := range n.run {
		if place(b) == place(n.shown) || side(b) != side(a) || b.at.After(a.at) {
			n.run = nil
			break
		}
	}
	n.run = append(n.run, a)
	if now.Sub(n.run[0].at.Truncate(time.Second)) < n.rules.holdFor {
		return
	}
	nearest := a
	for _, b := range n.run {
		if math.Abs(place(b)-place(n.shown)) < math.Abs(place(nearest)-place(n.shown)) || place(b) == place(nearest) && n.nearer(b, nearest) {
			nearest = b
		}
	}
	if n.run = nil; place(nearest) == place(a) {
		n.shown = a
		return
	}
	n.shown, n.run = nearest, []answer{a}
}

// nearer reports whether a lies between what is shown and b.
func (n *naive) nearer(a, b answer) bool {
	return math.Abs(a.value-n.shown.value) < math.Abs(b.value-n.shown.value)
}

func rank(health string) float64 {
	return map[string]float64{"Healthy": 0, "Warning": 1, "Unhealthy": 2, "OnTrack": 0, "AtRisk": 1, "OffTrack": 2}[health]
}

// band judges a KPI that should be at most limit, and is warned of above half of it.
func band(value, limit float64) string {
	switch {
	case value > limit:
		return "Unhealthy"
	case value > limit/2:
		return "Warning"
	default:
		return "Healthy"
	}
}

// pace judges a key result from 0 to 100 between two instants, asked every so often.
func pace(value float64, start, end, now time.Time, interval time.Duration) string {
	share := func(t time.Time) float64 { return min(1, max(0, float64(t.Sub(start))/float64(end.Sub(start)))) }
	s := share(now)
	expected := math.Floor(100*s + 1e-9)
	rise := 100 * (s - share(now.Add(-interval)))
	nano := func(v float64) float64 { return math.Round(v*1e9) / 1e9 }
	tolerance := func(gap float64) float64 { return nano(max(gap*min(1, 4*(1-s)), rise)) }
	gap := nano(expected - value)
	switch {
	case value >= 100:
		return "OnTrack"
	case gap > tolerance(25):
		return "OffTrack"
	case gap > tolerance(10) || value < -10:
		return "AtRisk"
	default:
		return "OnTrack"
	}
}
