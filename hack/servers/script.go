package servers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
)

// Script is a Prometheus whose answers a test sets, for those that a real one cannot be made to give. It listens on
// loopback.
type Script struct {
	// URL is its address, http://127.0.0.1:PORT.
	URL string

	server *httptest.Server

	mutex   sync.Mutex
	answers map[string]Answer
	asked   map[string]int
}

// Answer answers one question. The request's form has been read: "query", and "time" in Unix seconds.
type Answer func(w http.ResponseWriter, r *http.Request)

// StartScript starts a scriptable Prometheus. What it has no answer to is answered with an empty vector, but for
// vector(1), which is 1; other paths than queries are not found.
func StartScript() *Script {
	s := &Script{answers: map[string]Answer{"vector(1)": Value("1")}, asked: map[string]int{}}
	s.server = httptest.NewServer(s)
	s.URL = s.server.URL
	return s
}

// Stop ends the server and every answer that is still under way.
func (s *Script) Stop() {
	s.server.CloseClientConnections() // an answer that hangs would hold Close
	s.server.Close()
}

// Set sets the answer to a query, as it is sent, from now on.
func (s *Script) Set(query string, a Answer) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.answers[query] = a
}

// Asked is how often a query has come.
func (s *Script) Asked(query string) int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.asked[query]
}

// ServeHTTP answers by the script.
func (s *Script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Only once the body is read does a server notice that its client has left.
	if err := r.ParseForm(); err != nil {
		http.Error(w, "unreadable form", http.StatusBadRequest)
		return
	}
	if r.URL.Path != "/api/v1/query" && r.URL.Path != "/api/v1/query_range" {
		http.NotFound(w, r)
		return
	}
	query := r.Form.Get("query")
	s.mutex.Lock()
	s.asked[query]++
	answer, scripted := s.answers[query]
	s.mutex.Unlock()
	if !scripted {
		answer = Vector()
	}
	answer(w, r)
}

// Value is a vector of one series, with a value as Prometheus writes it: "412.5", "NaN", "+Inf".
func Value(v string) Answer { return Vector(v) }

// Vector is a series for each value.
func Vector(values ...string) Answer {
	return func(w http.ResponseWriter, r *http.Request) { success(w, "", vector(r, values)) }
}

// Warned is a value with warnings, which is how Prometheus, Thanos and Mimir tell of a part that is missing.
func Warned(v string) Answer {
	return func(w http.ResponseWriter, r *http.Request) {
		success(w, `"warnings":["a part is missing"],`, vector(r, []string{v}))
	}
}

// Partial is a value that VictoriaMetrics calls partial.
func Partial(v string) Answer {
	return func(w http.ResponseWriter, r *http.Request) { success(w, `"isPartial":true,`, vector(r, []string{v})) }
}

// Informed is a value with infos, which take nothing from it.
func Informed(v string) Answer {
	return func(w http.ResponseWriter, r *http.Request) {
		success(w, `"infos":["PromQL info: metric might not be a counter"],`, vector(r, []string{v}))
	}
}

// Misdated is a value that comes with a Date header, as HTTP writes it, that is not now.
func Misdated(v, date string) Answer {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", date)
		success(w, "", vector(r, []string{v}))
	}
}

// Matrix is one series over time.
func Matrix(v string) Answer {
	return func(w http.ResponseWriter, r *http.Request) {
		success(w, "", fmt.Sprintf(`{"resultType":"matrix","result":[{"metric":{},"values":[[%s,%q]]}]}`, asked(r), v))
	}
}

// Text is a string, of digits perhaps.
func Text(v string) Answer {
	return func(w http.ResponseWriter, r *http.Request) {
		success(w, "", fmt.Sprintf(`{"resultType":"string","result":[%s,%q]}`, asked(r), v))
	}
}

// Histogram is a native histogram.
func Histogram() Answer {
	return func(w http.ResponseWriter, r *http.Request) {
		success(w, "", fmt.Sprintf(`{"resultType":"vector","result":[{"metric":{},"histogram":[%s,`+
			`{"count":"3","sum":"4.5","buckets":[[0,"1","2","3"]]}]}]}`, asked(r)))
	}
}

// Body is any body with an HTTP status and headers, given as name, value, name, value.
func Body(status int, body string, headers ...string) Answer {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// Failure is Prometheus' own envelope of an error: with 400 "bad_data", with 422 "execution", with 503 "timeout".
func Failure(status int, kind, text string, headers ...string) Answer {
	body := fmt.Sprintf(`{"status":"error","errorType":%q,"error":%q}`, kind, text)
	return Body(status, body, append([]string{"Content-Type", "application/json"}, headers...)...)
}

func vector(r *http.Request, values []string) string {
	result := ""
	for i, v := range values {
		if i > 0 {
			result += ","
		}
		result += fmt.Sprintf(`{"metric":{"series":"%d"},"value":[%s,%q]}`, i, asked(r), v)
	}
	return `{"resultType":"vector","result":[` + result + `]}`
}

func success(w http.ResponseWriter, extra, data string) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"status":"success",%s"data":%s}`, extra, data)
}

// asked is the instant that a request is about, as Prometheus writes it.
func asked(r *http.Request) string {
	for _, name := range []string{"time", "end"} {
		if seconds, err := strconv.ParseFloat(r.Form.Get(name), 64); err == nil {
			return strconv.FormatFloat(seconds, 'f', -1, 64)
		}
	}
	return "0"
}
