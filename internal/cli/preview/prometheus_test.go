package preview_test

import (
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// now is the instant at which the tests look.
var now = time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)

// kept is since when the server has data.
var kept = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)

// valueOf is what a query gives at an instant. What is asked whether there is data is asked of the same metrics.
func valueOf(query string, at time.Time) (float64, bool) {
	days := at.Sub(kept).Hours() / 24
	switch {
	case at.Before(kept):
		return 0, false
	case strings.Contains(query, "latency_ms"):
		return math.Round(900 - 2.8*days), true
	case strings.Contains(query, "availability_percent"):
		return 99.95, true
	case strings.Contains(query, "returns_percent"):
		return 12, true
	case strings.Contains(query, "orders_total"):
		return math.Round(1000 + days), true
	default:
		return 0, false
	}
}

// fakePrometheus answers by valueOf. What a real one does is tested with a real one, in hack/demo: here it is about layout.
func fakePrometheus(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.FormValue("query")
		if strings.Contains(query, "refused_ms") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = w.Write([]byte(`{"status":"error","errorType":"execution","error":"many-to-many matching not allowed"}`))
			return
		}
		var data map[string]any
		if strings.HasSuffix(r.URL.Path, "query_range") {
			data = map[string]any{"resultType": "matrix", "result": series(query, number(r, "start"), number(r, "end"), number(r, "step"))}
		} else {
			at := instantOf(number(r, "time"))
			result := []any{}
			if v, found := valueOf(query, at); found || query == "vector(1)" {
				result = append(result, map[string]any{"metric": map[string]string{}, "value": []any{number(r, "time"), format(v)}})
			}
			data = map[string]any{"resultType": "vector", "result": result}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": data})
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func series(query string, start, end, step float64) []any {
	var points []any
	for at := start; at <= end; at += step {
		if v, found := valueOf(query, instantOf(at)); found {
			points = append(points, []any{at, format(v)})
		}
	}
	if points == nil {
		return []any{}
	}
	return []any{map[string]any{"metric": map[string]string{}, "values": points}}
}

func number(r *http.Request, name string) float64 {
	v, _ := strconv.ParseFloat(r.FormValue(name), 64)
	return v
}

func instantOf(seconds float64) time.Time { return time.Unix(0, int64(seconds*1e9)).UTC() }

func format(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
