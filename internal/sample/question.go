package sample

import (
	"math"
	"time"
)

// Question asks one source for one number. It is comparable: two objects that ask the same Question share one
// request. Times are Unix seconds, so that equal instants are equal values.
type Question struct {
	// Source is the name of the MetricSource.
	Source string
	// Query is the template as written, placeholders included.
	Query string
	// Window replaces $__window; zero where the template does not use it.
	Window time.Duration
	// Namespace replaces $__namespace; empty where the template does not use it.
	Namespace string
	// Tenant is what the question is confined to; the zero Tenant is not confined.
	Tenant Tenant
	// Start is where $__elapsed counts from, in Unix seconds; zero where the template does not use it.
	Start int64

	// Interval is the distance between two askings of a live question; zero for a past instant.
	Interval time.Duration
	// Offset is how much older than now the value is that a live question asks for; zero: not at all. It is a past
	// instant, which counts only where the source still has the data.
	Offset time.Duration

	// Step asks for a range instead of one instant: the values at From, From + Step and so on, up to the instant that
	// the question is about, which is At, or now for a live one. Zero: one instant. A range of more than 10,000 points
	// is InvalidQuery, and so are $__elapsed and @ in its query: they mean something else at each point. Step is whole
	// milliseconds. Some servers move the points of a range to multiples of Step since the Unix epoch, and a range that
	// they have moved is QueryFailed: choose From so where it may be chosen.
	Step time.Duration
	// From is where a range begins, in Unix seconds; zero where Step is. It does not change when the question is asked.
	From int64

	// At is the past instant that the question is about, in Unix seconds; zero for a live question. Such a
	// question is asked until it is answered with a number, and then never again.
	At int64
	// Settle is how long after At the question is first asked, for data that arrives late.
	Settle time.Duration
	// Lookback is how far before At the last finite value may lie if there is none at At; zero: not at all.
	Lookback time.Duration
}

// Ping is the query that every source answers which answers at all: it needs no data.
const Ping = "vector(1)"

// Tenant confines a question to what one tenant may see. It is comparable and part of the question: answers are
// never shared between tenants.
type Tenant struct {
	// Label and LabelValue are the matcher Label="LabelValue" that every selector of the query is given before it
	// is sent; an empty Label confines nothing.
	Label, LabelValue string
	// Header and HeaderValue are the HTTP header that is sent with the query; none if Header is empty.
	Header, HeaderValue string
}

// Live reports whether the question is asked again and again, about now.
func (q Question) Live() bool { return q.At == 0 }

// Expression is what can be known of a query template without asking anybody.
type Expression struct {
	// Canonical is the expression parsed and printed again, so that white space does not matter.
	Canonical string
	// LongestRange is the longest look back of any of its selectors, subqueries included. It does not count
	// $__elapsed.
	LongestRange time.Duration
	// Elapsed reports whether the template uses $__elapsed: it counts from zero at a start.
	Elapsed bool
	// Windowed reports whether the template uses $__window.
	Windowed bool
	// Namespaced reports whether the template uses $__namespace.
	Namespaced bool
	// Several reports whether the answer may hold more than one series: no aggregation, and no scalar(), keeps it to one.
	Several bool
	// LongestRawRange is the longest look back of a selector of a metric that is not recorded (no colon in its name),
	// offsets not counted. It does not count $__elapsed.
	LongestRawRange time.Duration
	// ShortestRange is the shortest look back of a selector that the value comes from; 5m for one without a range. Zero
	// if there is none of which that is known: recorded metrics have ranges of their own, and $__elapsed grows.
	ShortestRange time.Duration
	// Pushed reports whether a pushed metric is read, which never goes stale, without looking at its age.
	Pushed bool
	// Problem says what is wrong with the template and what to write instead; empty if nothing is.
	Problem string
}

// Owner names an object that asks questions.
type Owner struct {
	Kind, Namespace, Name string
}

// Watch is a question together with what its owner shows of the answer. The owner is woken only by a sample
// that would change that.
type Watch struct {
	Question Question
	// Seen is the newest sample that the owner has taken into account; the zero Sample if none.
	Seen Sample
	// Bounds are the values at which the owner's verdict changes. Being at a bound differs from being on
	// either side of it.
	Bounds []float64
	// Scale is where 0 and 100 percent lie; the zero Scale shows no percentage.
	Scale Scale
	// Awaited is the instant from which on a good sample is news whatever it says, because a verdict waits for its
	// like to last until then; zero if none does.
	Awaited time.Time
	// Stretched is Held's: that intervals begin or cease to be stretched is told with the next sample.
	Stretched bool
}

// Scale maps values to whole percentages.
type Scale struct{ From, To float64 }

// Held is what is known of a question's answer.
type Held struct {
	// Last is the newest sample, good or not; the zero Sample if none has come yet.
	Last Sample
	// Good is the newest usable sample; the zero Sample if none has come yet.
	Good Sample
	// Answered is the reason of the newest sample that was a complete answer, good or not; empty if none has come
	// yet. A failure that follows does not take back what it said.
	Answered Reason
	// Since is the later of Good's time and the moment somebody first asked: staleness counts from here, so
	// that nothing is stale merely because nobody was there to ask.
	Since time.Time
	// Interval is the distance between two askings that is in force: the question's own, raised by the source's
	// limits and stretched under overload. Zero for a past instant, and where nobody has asked yet.
	Interval time.Duration
	// Stretched says that it is stretched.
	Stretched bool
	// Then is what Interval was when Good was taken; zero where that is. Good is as old as that without anything
	// having failed.
	Then time.Duration
}

// Material reports whether next, compared with what the owner has seen, changes anything that is shown: the
// reason, the 4-digit display, a whole percentage, or the side of a bound; or whether it is the one awaited, or a range
// that goes further.
func (w Watch) Material(next Sample) bool {
	seen := w.Seen
	if seen.Reason != next.Reason || (!next.OK() && seen.Message != next.Message) {
		return true
	}
	if !next.OK() {
		return false
	}
	if w.awaits(next) || next.Series != nil && !next.Time.Equal(seen.Time) {
		return true
	}
	if seen.Value == next.Value {
		return false
	}
	if Display(seen.Value) != Display(next.Value) || w.Scale.percent(seen.Value) != w.Scale.percent(next.Value) {
		return true
	}
	for _, bound := range w.Bounds {
		if side(seen.Value, bound) != side(next.Value, bound) {
			return true
		}
	}
	return false
}

// awaits reports whether next, a good sample, is the one awaited; or one from a clock that was set back, by which what
// is awaited is another one.
func (w Watch) awaits(next Sample) bool {
	if w.Awaited.IsZero() {
		return false
	}
	return next.Time.Before(w.Seen.Time) || w.Seen.Time.Before(w.Awaited) && !next.Time.Before(w.Awaited)
}

// percent is floor(100·(v−From)/(To−From)), after rounding to 1e-9 as the arithmetic of goals does.
func (s Scale) percent(v float64) float64 {
	if s.From == s.To {
		return 0
	}
	return math.Floor(math.Round(100*(v-s.From)/(s.To-s.From)*1e9) / 1e9)
}

func side(v, bound float64) int {
	switch {
	case v < bound:
		return -1
	case v > bound:
		return 1
	default:
		return 0
	}
}
