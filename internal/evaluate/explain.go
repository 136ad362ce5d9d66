package evaluate

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// What follows tells how an evaluation has come to its status: the same evaluation, with its parts laid open. Nothing is
// computed here that the evaluation does not compute.

// Phase is how far a goal is in its life.
type Phase string

// The phases.
const (
	PhaseBlocked   Phase = "Blocked"   // something must be mended, or is missing
	PhaseDraft     Phase = "Draft"     // not decided yet
	PhaseCancelled Phase = "Cancelled" // given up
	PhasePending   Phase = "Pending"   // its time has not begun
	PhaseRunning   Phase = "Running"   // it is judged by its pace
	PhaseClosing   Phase = "Closing"   // over, and not scored
	PhaseScored    Phase = "Scored"    // over, and its score is frozen
)

// Known is what is known of a number: a value, or that of a guard.
type Known struct {
	// Value is the newest good one; nil if there is none.
	Value *float64
	// Time is the instant that it belongs to.
	Time time.Time
	// Usable says that a verdict may be given by it.
	Usable bool
	// Status, Reason and Message are what Measured says of it.
	Status          metav1.ConditionStatus
	Reason, Message string
	// StaleAt is when it ceases to be usable if nothing comes, as far as that is known: of a number that is asked for it
	// counts from the newest sample, which only the controller holds. Zero if nothing is said.
	StaleAt time.Time
}

func knownOf(m measured) Known {
	return Known{Value: m.value, Time: m.time, Usable: m.usable, Status: m.status, Reason: m.reason, Message: m.message, StaleAt: m.staleAt}
}

// The purposes of questions.
const (
	ForValue      = "value"
	ForBaseline   = "baseline"
	ForGuard      = "guard"
	ForBudget     = "time outside"
	ForEnd        = "value at the end"
	ForGuardEnd   = "guard at the end"
	ForComparison = "comparison"
	ForKPIStart   = "KPI at the start"
	ForKPIEnd     = "KPI at the end"
)

// Asked is a question, and what it is asked for.
type Asked struct {
	Purpose  string
	Question sample.Question
	// About names the KPI that it is about, where that is another object.
	About string
	// Metric as it is asked.
	Metric Metric
	// Answered says that the answer is frozen, and is not asked for again.
	Answered bool
}

// May reports whether the question may be sent: its source is there and shared, and the tenant is known.
func (a Asked) May() bool { return a.Metric.asked() }

// WhyNot says why it may not be sent; empty if it may.
func (a Asked) WhyNot() string {
	if refused := a.Metric.unasked(""); refused != nil {
		return refused.message
	}
	return ""
}

// Settles is how long after the instant that it is about the question is first asked.
func (a Asked) Settles() time.Duration { return a.Question.Settle + a.Metric.QueryOffset }

// Rhythm is the time between two askings: the metric's, or the source's least.
func (a Asked) Rhythm() time.Duration { return max(a.Question.Interval, a.Metric.MinInterval) }

// StaleAfter is how long a good value of the object's kind stands while no answer comes.
func (a Asked) StaleAfter(kpi bool) time.Duration {
	otherwise := keyResultStaleAfter
	if kpi {
		otherwise = kpiStaleAfter
	}
	return a.Metric.staleAfter(otherwise, a.Rhythm())
}

// Calendar is a goal's time.
type Calendar struct {
	Zone *time.Location
	// First and Last are its days, the last one included.
	First, Last okr.Date
	okr.Span
}

// lasting is a number that stays as it is, and the query that gives it.
type lasting struct {
	source, query string
	tenant        sample.Tenant
	value         float64
	// unanswered is since when no answer comes; zero while one does.
	unanswered time.Time
}

// forEver is how long what is answered stands.
const forEver = 100 * 365 * day

// lastingOf are the samples at now of numbers that stay as they are: questions about the present, and those about instants
// later than from once they are asked, are answered with them. What is not answered stays so, and goes stale; and no count
// goes on. About anything else nothing is known.
func lastingOf(numbers []lasting, from, now time.Time) Samples {
	return func(q sample.Question) (sample.Held, bool) {
		for _, n := range numbers {
			if n.source != q.Source || n.query != q.Query || n.tenant != q.Tenant || q.Offset > 0 {
				continue
			}
			at := whole(now)
			if !q.Live() {
				at = time.Unix(q.At, 0).UTC()
			}
			switch {
			case q.Step > 0 && q.Live():
				return sample.Held{Since: at.Add(forEver)}, true
			case q.Step > 0, !q.Live() && (!at.After(from) || now.Before(at.Add(q.Settle))):
				return sample.Held{}, false
			case q.Live() && !n.unanswered.IsZero():
				return sample.Held{Since: n.unanswered}, true
			}
			good := sample.Good(n.value, at)
			return sample.Held{Last: good, Good: good, Answered: sample.Sampled, Since: at.Add(forEver)}, true
		}
		return sample.Held{}, false
	}
}

// lasting is the number that a question asks for, as it is known; false if there is none, or it may not be asked. since is
// when Measured has last turned.
func (a Asked) lasting(known Known, since time.Time) (lasting, bool) {
	if known.Value == nil || !a.May() {
		return lasting{}, false
	}
	n := lasting{source: a.Question.Source, query: a.Question.Query, tenant: a.Question.Tenant, value: *known.Value}
	if known.Status == metav1.ConditionFalse {
		n.unanswered = since
	}
	return n, true
}

// turnedAt is when a condition has last turned; zero if it is not set.
func turnedAt(all []metav1.Condition, kind string) time.Time {
	if c := meta.FindStatusCondition(all, kind); c != nil {
		return c.LastTransitionTime.Time
	}
	return time.Time{}
}
