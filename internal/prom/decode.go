package prom

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"okr.dev/controller/internal/sample"
)

// maxDrift is how far the time in an answer may lie from the instant asked about.
const maxDrift = time.Second

// manySeries is where counting series ends: beyond, the count would change from one answer to the next, and the
// message with it.
const manySeries = 10

// answer is all that came back from one question.
type answer struct {
	seen     *exchange
	value    model.Value
	warnings v1.Warnings
	err      error
}

// envelope is the frame of every answer of the Prometheus API.
type envelope struct {
	Status    string          `json:"status"`
	ErrorType string          `json:"errorType"`
	Error     string          `json:"error"`
	Data      json.RawMessage `json:"data"`
	// IsPartial is how VictoriaMetrics says that some of its storage did not answer.
	IsPartial bool `json:"isPartial"`
}

// decode turns the answer to an instant query about the instant at into a sample.
func decode(a answer, at time.Time) sample.Sample {
	frame, failed := admit(a, at)
	if failed.Reason != "" {
		return failed
	}
	number, when, s := single(a.value, at)
	switch {
	case (s.Reason == "" || s.Reason == sample.NoData) && !wellFormed(frame.Data):
		return notPrometheus(a.seen.status, at)
	case s.Reason != "":
		return s
	}
	if drift := when.Sub(at); drift > maxDrift || drift < -maxDrift {
		return failure(sample.QueryFailed, at, "the source answered for another time than it was asked for: it, or a "+
			"proxy before it, ignores the time parameter")
	}
	return finite(number, at)
}

// admit returns the envelope of an answer that holds a complete result, or else the failure.
func admit(a answer, at time.Time) (envelope, sample.Sample) {
	var frame envelope
	status := a.seen.status
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return frame, unauthorized(status, at)
	case status == 0 && a.err != nil:
		return frame, unanswered(a.err, at)
	}
	noEnvelope := json.Unmarshal(a.seen.body, &frame) != nil
	failed := frame.Status == "error" && frame.ErrorType != ""
	switch {
	case overloaded(status) && (!failed || frame.ErrorType != "timeout"):
		return frame, busy(a.seen, failed, at)
	case noEnvelope:
		return frame, notPrometheus(status, at)
	case failed:
		return frame, refused(frame, a.seen.secrets, at)
	case status/100 == 2 && frame.Status == "success" && isString(frame.Data):
		return frame, notANumber("string", at) // client_golang has no decoder for it
	case status/100 != 2 || frame.Status != "success" || a.err != nil || a.value == nil:
		return frame, notPrometheus(status, at)
	case frame.IsPartial || incomplete(a.warnings):
		return frame, failure(sample.PartialResponse, at, "the server warned that the answer may be incomplete or wrong")
	}
	return frame, sample.Sample{}
}

// incomplete reports whether the server warned of anything. Infos are harmless; Prometheus before 3.0 sent them
// among the warnings.
func incomplete(warnings v1.Warnings) bool {
	for _, w := range warnings {
		if !strings.HasPrefix(w, "PromQL info: ") {
			return true
		}
	}
	return false
}

// single returns the one number of a result and its time, or the sample that says why there is none.
func single(value model.Value, at time.Time) (float64, time.Time, sample.Sample) {
	switch v := value.(type) {
	case *model.Scalar:
		return float64(v.Value), v.Timestamp.Time(), sample.Sample{}
	case model.Vector:
		switch {
		case len(v) == 0:
			return 0, at, failure(sample.NoData, at, "the query returned no data: is the metric's name right, and does a series match now?")
		case len(v) > 1:
			return 0, at, several(len(v), at)
		case v[0] == nil:
			return 0, at, notPrometheus(http.StatusOK, at)
		case v[0].Histogram != nil:
			return 0, at, failure(sample.NotAScalar, at, "the query returned a native histogram: write a function such as "+
				"histogram_quantile() around it")
		}
		return float64(v[0].Value), v[0].Timestamp.Time(), sample.Sample{}
	default:
		return 0, at, notANumber(value.Type().String(), at)
	}
}

func notANumber(kind string, at time.Time) sample.Sample {
	return failure(sample.NotAScalar, at, "the query returned a %s, not a number: write a function around it that gives "+
		"one number", kind)
}

func several(count int, at time.Time) sample.Sample {
	number := strconv.Itoa(count)
	if count > manySeries {
		number = "more than " + strconv.Itoa(manySeries)
	}
	return failure(sample.MultipleSeries, at, "the query returned %s series: write an aggregation such as sum() or max() "+
		"around it", number)
}

// finite is the sample of a number at the instant at.
func finite(number float64, at time.Time) sample.Sample {
	switch {
	case math.IsNaN(number):
		return failure(sample.NotANumber, at, "the query returned NaN: 0 divided by 0, or a series that holds NaN")
	case math.IsInf(number, 0):
		return failure(sample.Infinite, at, "the query returned an infinite number: a division by 0")
	}
	return sample.Good(number, at)
}
