package prom

import (
	"context"
	"fmt"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"okr.dev/controller/internal/sample"
)

const (
	// maxPoints bounds a look back; Prometheus itself refuses 11,000.
	maxPoints = 1000
	// minStep is the finest look back: nothing is scraped more often as a rule.
	minStep = 15 * time.Second
)

// askLive asks about now, and trusts a value only if the source holds the data that its ranges reach back to.
// The value comes first: a query that has no data now says so, rather than that it had none long ago.
func (c *Client) askLive(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
	text, failed := rendered(q, at)
	if failed.Reason != "" {
		return failed
	}
	known, ok := c.coverage.find(keyOf(q), at)
	var p probe
	if !ok {
		expr, err := parse(text)
		if err != nil {
			return failure(sample.InvalidQuery, at, "%s", problem(err))
		}
		p = newProbe(expr, at, false)
	}
	s := c.instant(ctx, text, at)
	if !s.OK() {
		return s
	}
	if !ok {
		if known, failed = c.probeLive(ctx, q, p, at); failed.Reason != "" {
			return failed
		}
		c.coverage.keep(keyOf(q), known)
	}
	if known.problem != "" {
		return failure(sample.HistoryUnavailable, at, "%s", known.problem)
	}
	return s
}

// probeLive looks for the data that a live question reaches back to. It returns a failure if that cannot be known.
func (c *Client) probeLive(ctx context.Context, q sample.Question, p probe, at time.Time) (covered, sample.Sample) {
	if p.text == "" {
		return covered{at: at, validFor: minCovered}, sample.Sample{}
	}
	found, failed := c.holds(ctx, p, at)
	if failed.Reason != "" {
		return covered{}, failed
	}
	if !found {
		return covered{problem: uncovered(q, p), at: at, validFor: negativeFor(q.Interval)}, sample.Sample{}
	}
	depth := at.Sub(time.UnixMilli(p.oldest.when(at)))
	return covered{at: at, validFor: positiveFor(depth)}, sample.Sample{}
}

// uncovered says which data is missing, in words that do not change from one asking to the next.
func uncovered(q sample.Question, p probe) string {
	const advice = "raise the source's retention"
	switch {
	case p.oldest.fixed:
		return fmt.Sprintf("the source has no data at %s, which the query's @ modifier leads to: change it or %s",
			stamp(time.UnixMilli(p.oldest.ms)), advice)
	case strings.Contains(q.Query, elapsedPlaceholder):
		return fmt.Sprintf("the source has no data at %s, where $__elapsed begins: %s",
			stamp(time.Unix(q.Start, 0)), advice)
	default:
		back := model.Duration(time.Duration(-p.oldest.ms) * time.Millisecond)
		return fmt.Sprintf("the source has no data %s back, where the query's range begins: shorten the range or %s",
			back, advice)
	}
}

// holds asks a probe. The failure is that of a probe that was not answered.
func (c *Client) holds(ctx context.Context, p probe, at time.Time) (bool, sample.Sample) {
	s := c.instant(ctx, p.text, at)
	switch {
	case s.OK():
		return true, sample.Sample{}
	case s.Reason == sample.NoData:
		return false, sample.Sample{}
	case s.Reason.Answered():
		// An answer that a count cannot give: nothing is known, and the query's author is not to blame.
		return false, failure(sample.QueryFailed, at, "whether the source holds the data cannot be found out: %s", s.Message)
	}
	return false, s
}

// askPast asks about a past instant: what the source remembers of it first, then the value, and if there is none,
// the last finite one before it.
func (c *Client) askPast(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
	text, failed := rendered(q, at)
	if failed.Reason != "" {
		return failed
	}
	expr, err := parse(text)
	if err != nil {
		return failure(sample.InvalidQuery, at, "%s", problem(err))
	}
	p := newProbe(expr, at, true)
	s := forgotten(q, at)
	held := p.text == ""
	if !held {
		if held, failed = c.holds(ctx, p, at); failed.Reason != "" {
			return failed
		}
	}
	if held {
		s = c.instant(ctx, text, at)
	}
	if q.Lookback <= 0 || !blank(s.Reason) {
		return s
	}
	earlier := c.lookBack(ctx, q, expr, p, at)
	if earlier.Reason == sample.NoData {
		return s
	}
	return earlier
}

// forgotten says that the source has no data about a past instant, in words that do not change from one asking to the
// next.
func forgotten(q sample.Question, at time.Time) sample.Sample {
	const nothing = "none of the query's selectors has data %s (and where its ranges begin): "
	if q.Live() {
		return failure(sample.HistoryUnavailable, at, nothing+"raise the source's retention",
			model.Duration(q.Offset).String()+" back")
	}
	return failure(sample.HistoryUnavailable, at, nothing+"write the value in spec.reach.baseline, or raise the source's retention",
		"at "+stamp(at))
}

// blank reports whether a reason says that there was no number at that instant, so that one before it may stand in.
func blank(r sample.Reason) bool {
	switch r {
	case sample.NoData, sample.NotANumber, sample.Infinite, sample.HistoryUnavailable:
		return true
	}
	return false
}

// lookBack returns the last finite value within q.Lookback before at, with its own time; NoData if there is none.
// The probe is part of the query, so that a value counts only where there was data behind it.
func (c *Client) lookBack(ctx context.Context, q sample.Question, expr parser.Expr, p probe, at time.Time) sample.Sample {
	s := c.lastFinite(ctx, guarded(expr, p), at, q.Lookback)
	if !s.OK() || !strings.Contains(q.Query, elapsedPlaceholder) && !anchored(expr) {
		return s
	}
	// At each point of a range query $__elapsed and @ end() still mean what they mean at its end: ask again
	// for the point that was found.
	text, failed := rendered(q, s.Time)
	if failed.Reason != "" {
		return failed
	}
	return c.instant(ctx, text, s.Time)
}

// guarded returns the query whose result is expr's where the probe finds data.
func guarded(expr parser.Expr, p probe) string {
	text := "(" + printed(expr) + ")"
	if p.text == "" {
		return text
	}
	if expr.Type() == parser.ValueTypeScalar {
		text = "vector" + text
	}
	return text + " and on () (" + p.text + ")"
}

// lastFinite asks one range query that ends at the instant at.
func (c *Client) lastFinite(ctx context.Context, text string, at time.Time, lookback time.Duration) sample.Sample {
	step := max(minStep, (lookback/maxPoints + time.Second - 1).Truncate(time.Second))
	start := at.Add(-(lookback / step) * step) // the grid ends at the instant itself
	seen := &exchange{}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, exchangeKey{}, seen), c.timeout)
	defer cancel()
	value, warnings, _, err := c.api.QueryRange(ctx, text, v1.Range{Start: start, End: at, Step: step}, c.giveUp())
	return decodeRange(answer{seen, value, warnings, err}, start, at)
}

// stamp prints an instant in a message.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
