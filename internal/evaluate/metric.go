package evaluate

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// Metric is a metric together with what the caller has found out about it.
type Metric struct {
	// Spec is the metric; that of the KPI where a key result is measured by one.
	Spec v1alpha1.Metric
	// Namespace is where the metric is written: the value of $__namespace.
	Namespace string
	// Expression is what offline parsing of the query found.
	Expression sample.Expression
	// SourceFound reports whether the MetricSource exists and is shared with Namespace.
	SourceFound bool
	// Tenant is what questions are confined to; known only if the source is found and Refusal is zero.
	Tenant sample.Tenant
	// Refusal says why nothing may be asked although the source is found.
	Refusal Refusal
	// MinInterval is the source's: shorter intervals are raised to it, which is reported.
	MinInterval time.Duration
	// QueryOffset is the source's: answers about now are that much older.
	QueryOffset time.Duration
}

// longestInterval is the longest distance between two askings that counts: three of the longest that the API admits
// would not fit into a time.Duration.
const longestInterval = 10 * 365 * day

// elapsedFrom is how long after a start a query with $__elapsed is first asked.
const elapsedFrom = 5 * time.Minute

// question is what all questions about a metric have in common.
func (m Metric) question(span okr.Span) sample.Question {
	q := sample.Question{Source: m.Spec.SourceRef.Name, Query: m.Spec.Query, Tenant: m.Tenant}
	if m.Expression.Windowed {
		q.Window = m.Spec.Window.Duration()
	}
	if m.Expression.Namespaced {
		q.Namespace = m.Namespace
	}
	if m.Expression.Elapsed {
		q.Start = span.Start.Unix()
	}
	return q
}

// live is the question for the present value. The span matters to queries with $__elapsed only.
func (m Metric) live(span okr.Span) sample.Question {
	q := m.question(span)
	q.Interval = m.interval(span)
	return q
}

// at is the question for the value at a past instant, or shortly before: a scrape gap at midnight must not
// decide a quarter.
func (m Metric) at(instant time.Time, settle time.Duration, span okr.Span) sample.Question {
	q := m.question(span)
	q.At, q.Settle = instant.Unix(), settle
	q.Lookback = max(time.Hour, span.End.Sub(span.Start)/100).Truncate(time.Second)
	return q
}

// interval is the time between two askings: as written, or the longest range in the query divided by 500,
// between a minute and an hour. The source may allow less often only.
func (m Metric) interval(span okr.Span) time.Duration {
	if m.Spec.Interval != "" {
		return max(time.Second, m.Spec.Interval.Duration())
	}
	longest := m.Expression.LongestRange
	if m.Expression.Elapsed {
		longest = max(longest, span.End.Sub(span.Start))
	}
	return min(time.Hour, max(time.Minute, longest/500)).Truncate(time.Second)
}

// settle is how long after an end the final value is first asked for.
func (m Metric) settle() time.Duration {
	if m.Spec.Settle == "" {
		return 10 * time.Minute
	}
	return m.Spec.Settle.Duration()
}

// rhythmText says, of a question that is asked less often than it wants to be, how often and why; it is empty for any
// other. How far a source that has too much to answer stretches intervals moves all the time and is not said here.
func (m Metric) rhythmText(q sample.Question, held sample.Held) string {
	var text string
	if m.MinInterval > q.Interval {
		text = "; asked every " + duration(m.MinInterval) + " instead of every " + duration(q.Interval) + ": the source's limits.minInterval"
	}
	if held.Stretched {
		text += "; asked less often while the source has more to answer than its limits admit: its condition Saturated says how much"
	}
	return text
}

// staleAfter is how long after the instant asked about a good value stands while no answer comes: as written, or the
// default, but at least three of the intervals in force, lest one failure between two askings ends a verdict, nor a
// source that is asked more often from now on. Answers that are meant to be older stand for longer by just that.
func (m Metric) staleAfter(otherwise, interval time.Duration) time.Duration {
	after := otherwise
	if m.Spec.StaleAfter != "" {
		after = m.Spec.StaleAfter.Duration()
	}
	return m.QueryOffset + max(after, 3*min(interval, longestInterval))
}

// key identifies what a value was measured by: the expression parsed and printed again, the source, the instant of a
// past question, and the further parts; behind a slash, as which tenant.
func (m Metric) key(q sample.Question, further ...string) string {
	key := digest(append([]string{m.Expression.Canonical, strconv.FormatBool(m.Expression.Elapsed), q.Source, q.Namespace,
		strconv.FormatInt(q.Start, 10), strconv.FormatInt(q.At, 10)}, further...)...)
	if t := q.Tenant; t != (sample.Tenant{}) {
		key += "/" + digest(t.Label, t.LabelValue, t.Header, t.HeaderValue)
	}
	return key
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// invalid reports whether the query itself is at fault.
func (m Metric) invalid() bool { return m.Expression.Problem != "" }

// asked reports whether the metric's questions may be asked, and so whether its tenant is known.
func (m Metric) asked() bool { return m.SourceFound && m.Refusal == (Refusal{}) }

// unasked is why a metric is not asked; nil if it is.
func (m Metric) unasked(prefix string) *obstacle {
	switch {
	case !m.SourceFound:
		return &obstacle{metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound, prefix + m.sourceMissing()}
	case !m.asked():
		return &obstacle{m.Refusal.status(), m.Refusal.Reason, prefix + m.Refusal.Message}
	default:
		return nil
	}
}

// problem is what is wrong with the metric, or with its reference.
func (m Metric) problem() *problem {
	if m.invalid() {
		return stalled(v1alpha1.ReasonInvalidQuery, "spec.metric.query: "+m.Expression.Problem)
	}
	if !m.SourceFound {
		return missing(m.sourceMissing())
	}
	return nil
}

func (m Metric) sourceMissing() string { return notFound("MetricSource", m.Spec.SourceRef.Name) }
