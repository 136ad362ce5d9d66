// Package sample is the vocabulary between those who want a number and those who fetch one: a Question, the
// Sample that answers it, and the Reason why there is none. A leaf: it imports the standard library only.
package sample

import (
	"math"
	"strconv"
	"time"
)

// Reason says why a sample is, or is not, a usable number. The values are reasons of the Measured condition.
type Reason string

const (
	// Sampled: the answer was a single finite number.
	Sampled Reason = "Sampled"

	// NoData: the query returned an empty result.
	NoData Reason = "NoData"
	// NotANumber: the query returned NaN.
	NotANumber Reason = "NotANumber"
	// Infinite: the query returned +Inf or -Inf.
	Infinite Reason = "Infinite"
	// MultipleSeries: the query returned more than one series.
	MultipleSeries Reason = "MultipleSeries"
	// NotAScalar: the query returned a histogram, a matrix or a string.
	NotAScalar Reason = "NotAScalar"
	// HistoryUnavailable: none of the query's selectors has data at the past instant, or at the start of the
	// range, that the question is about.
	HistoryUnavailable Reason = "HistoryUnavailable"
	// InvalidQuery: the query does not parse, here or at the server (bad_data). Only an edit mends it.
	InvalidQuery Reason = "InvalidQuery"

	// QueryFailed: the server answered with an error other than bad_data or a timeout.
	QueryFailed Reason = "QueryFailed"
	// AuthenticationFailed: the server answered 401 or 403.
	AuthenticationFailed Reason = "AuthenticationFailed"
	// SourceUnavailable: nothing came that is Prometheus' JSON envelope.
	SourceUnavailable Reason = "SourceUnavailable"
	// Timeout: no complete answer within the source's deadline, or the server gave up on the query.
	Timeout Reason = "Timeout"
	// PartialResponse: the server warned that the answer may be incomplete.
	PartialResponse Reason = "PartialResponse"
	// ResponseTooLarge: the decoded body exceeded the source's limit.
	ResponseTooLarge Reason = "ResponseTooLarge"
	// SourceDenied: the source is for tenants, and the namespace does not say which one it is; or the namespace
	// asks more than the source allows it. Nothing was sent.
	SourceDenied Reason = "SourceDenied"
)

// Answered reports whether the source gave a complete answer, so that what it says (no data, NaN, …) holds
// now. False means that nothing was learned: the last good value stands until it is stale.
func (r Reason) Answered() bool {
	switch r {
	case Sampled, NoData, NotANumber, Infinite, MultipleSeries, NotAScalar, HistoryUnavailable, InvalidQuery:
		return true
	default:
		return false
	}
}

// Sample is one answer. The zero Sample (Reason "") means that nothing has been asked yet.
type Sample struct {
	// Value is meaningful only if Reason is Sampled; finite, rounded to 12 significant digits.
	Value float64
	// Time is the instant that the value belongs to, in UTC.
	Time time.Time
	// Reason is Sampled, or why there is no value.
	Reason Reason
	// Message says in one line why there is no value. It is stable: equal failures give equal messages. It
	// holds no address, no upstream body and no relative time.
	Message string
	// Series are the values of a question about a range; nil of any other. Then Value means nothing, and Time is the
	// instant of the last point, or one Step before the first while there is none. The reason is Sampled with every
	// complete answer: while all points are NaN, and while all are still to come.
	Series *Series
	// RetryAfter is how long the source asks to be left alone, with an answer of 429 or 503; at least 1 s there,
	// zero otherwise. It is for the one who asks, who clears it before the sample is kept.
	RetryAfter time.Duration
}

// Series are values on a fixed step.
type Series struct {
	// From is the instant of the first value, in Unix seconds.
	From int64
	// Step is the distance between two.
	Step time.Duration
	// Values are finite numbers rounded to 12 significant digits, or NaN where there is none: no data, several series, no
	// number, or an instant of which it is not known that the source still had the data.
	Values []float64
}

// At is the instant of the i-th value, in UTC.
func (s Series) At(i int) time.Time { return time.Unix(s.From, 0).Add(time.Duration(i) * s.Step).UTC() }

// OK reports whether the sample holds a usable number.
func (s Sample) OK() bool { return s.Reason == Sampled }

// Good returns a usable sample: value rounded to 12 significant digits, at t.
func Good(value float64, t time.Time) Sample {
	return Sample{Value: Round(value), Time: t.UTC(), Reason: Sampled}
}

// Round rounds to 12 significant digits, so that the last bits of a float, which differ between equal
// computations, never look like a change.
func Round(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 11, 64), 64)
	if err != nil {
		return v
	}
	return rounded
}

// Display formats v with 4 significant digits, as people read it: 412, 0.04321, 99.95, 108400.
// Integers below 10,000,000 keep all their digits up to 7, for nobody wants 100,400 customers rounded.
func Display(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e7 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	if a := math.Abs(short); a != 0 && (a < 1e-4 || a >= 1e15) {
		return strconv.FormatFloat(short, 'g', 4, 64)
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}
