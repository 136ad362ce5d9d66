package prom

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

const (
	// shortRange is the longest range that is not looked at: a source that answers at all holds the last hour.
	shortRange = time.Hour
	// defaultLookback is how far back an instant selector looks for a sample, unless the server says otherwise.
	defaultLookback = 5 * time.Minute
)

// place is an hour, or less, in which data must be found.
type place struct {
	end mark
	// opening: the first hour of a range, rather than an instant.
	opening bool
}

// probe asks whether the source still holds the data that a query reads. It is non-empty if at least one of the
// query's selectors has data at every place that matters: the start of the oldest range, and, for a past instant,
// that instant. The same selector must have it at both: a selector that ended and another that began since do not
// make one history. Every selector is tried at every place, not only where it reads itself, for the question is
// how far back the source remembers, and some series (errors) are rightly absent.
//
// Two places are enough: a source forgets from the old end, and the number of a probe's terms stays linear.
type probe struct {
	// text is the query, relative to the instant asked about; empty if there is nothing to look for.
	text string
	// oldest is where the oldest range begins, or the oldest instant lies.
	oldest mark
}

// newProbe returns the probe of a parsed query about the instant at. A past instant is always looked at, a live
// one only if the query reads further back than an hour.
func newProbe(expr parser.Expr, at time.Time, past bool) probe {
	all := readings(expr, span{})
	if len(all) == 0 {
		return probe{}
	}
	var places []place
	oldest, deep := oldestPlace(all, at)
	if deep {
		places = append(places, oldest)
	}
	if past {
		latest := place{end: latestInstant(all, at)}
		if !deep || latest.end.when(at) > oldest.end.when(at) {
			places = append(places, latest)
		}
	}
	begin := oldest.end
	if oldest.opening {
		begin = begin.plus(-shortRange)
	}
	return probe{text: probeText(all, places), oldest: begin}
}

// oldestPlace returns the oldest place that lies more than an hour back: the first hour of a range, or the instant
// that an offset or @ leads to. ok is false if there is none.
func oldestPlace(all []reading, at time.Time) (oldest place, ok bool) {
	for _, r := range all {
		p := place{end: r.span.to}
		switch {
		case r.span.width() > shortRange:
			p = place{end: r.span.from.plus(shortRange), opening: true}
		case at.UnixMilli()-p.end.when(at) <= shortRange.Milliseconds():
			continue
		}
		if !ok || p.end.when(at) < oldest.end.when(at) {
			oldest, ok = p, true
		}
	}
	return oldest, ok
}

// latestInstant returns the newest instant that any selector reads, but none after at: nothing is known there.
func latestInstant(all []reading, at time.Time) mark {
	latest := all[0].span.to
	for _, r := range all[1:] {
		if r.span.to.when(at) > latest.when(at) {
			latest = r.span.to
		}
	}
	if latest.when(at) > at.UnixMilli() {
		return mark{}
	}
	return latest
}

// probeText joins the terms of the selectors, each once.
func probeText(all []reading, places []place) string {
	if len(places) == 0 {
		return ""
	}
	var terms []string
	known := map[string]bool{}
	for _, r := range all {
		var parts []string
		for _, p := range places {
			parts = append(parts, "count("+presence(r, p)+")")
		}
		if term := strings.Join(parts, " and "); !known[term] {
			known[term] = true
			terms = append(terms, term)
		}
	}
	return strings.Join(terms, " or ")
}

// presence returns the expression that is non-empty where r's selector has data at p. At an instant an instant
// selector must be there by the engine's own rules (stale is absent): "sum(x) or vector(0)" in a gap of scrapes
// would be a 0 that nobody measured.
func presence(r reading, p place) string {
	selector := &parser.VectorSelector{Name: r.selector.Name, LabelMatchers: r.selector.LabelMatchers}
	if p.end.fixed {
		ms := p.end.ms
		selector.Timestamp = &ms
	} else {
		selector.OriginalOffset = time.Duration(-p.end.ms) * time.Millisecond
	}
	width := min(r.span.width(), shortRange)
	switch {
	case p.opening:
		width = shortRange
	case width <= 0:
		return selector.String()
	}
	within := &parser.MatrixSelector{VectorSelector: selector, Range: max(width, defaultLookback)}
	return fmt.Sprintf("present_over_time(%s)", within)
}
