package main

import (
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"okr.dev/controller/internal/sample"
)

// standIn answers instant queries as Prometheus would, every query with a number of its own, and counts. All it
// knows of PromQL is that equal texts are equal queries.
type standIn struct {
	server   *http.Server
	address  string
	interval time.Duration

	mutex   sync.Mutex
	queries map[string]*asked
	pings   int
	// changing is the percentage of the values that change from one interval to the next.
	changing int
	window   *window
}

// asked is one query.
type asked struct {
	// instant is the newest that the query was asked about, at when that was.
	instant, at time.Time
	// changes is how often its value has changed.
	changes int
}

// window counts the requests about the instants from (included) to (excluded). In a window of whole intervals, each
// query has as many instants as the window has intervals.
type window struct {
	from, to time.Time
	requests map[string]int
	// lateness is how long after the instant that it asks about each request arrived.
	lateness []time.Duration
}

func startStandIn(interval time.Duration) (*standIn, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the Prometheus stand-in: %w", err)
	}
	s := &standIn{address: listener.Addr().String(), interval: interval, queries: map[string]*asked{}}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(listener) }() // It ends with Close.
	return s, nil
}

// URL is what a MetricSource says.
func (s *standIn) URL() string { return "http://" + s.address }

// ServeHTTP answers a query, about a range with nothing. Whatever else is asked does not exist here, as with an old
// Prometheus.
func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now()
	switch r.URL.Path {
	case "/api/v1/query":
	case "/api/v1/query_range":
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[]}}`)
		return
	default:
		http.NotFound(w, r)
		return
	}
	query, seconds := r.FormValue("query"), r.FormValue("time")
	unix, err := strconv.ParseFloat(seconds, 64)
	if query == "" || err != nil {
		http.Error(w, `{"status":"error","errorType":"bad_data","error":"query and time are needed"}`, http.StatusBadRequest)
		return
	}
	value := s.answer(query, time.UnixMilli(int64(math.Round(unix*1000))), arrived)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[%s,"%s"]}]}}`,
		seconds, strconv.FormatFloat(value, 'f', -1, 64))
}

// answer counts a request and returns the query's value.
func (s *standIn) answer(query string, instant, arrived time.Time) float64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if query == sample.Ping {
		s.pings++
		return 1
	}
	q := s.queries[query]
	if q == nil {
		q = &asked{}
		s.queries[query] = q
	}
	if instant.After(q.instant) {
		if s.changing > 0 && int(number(query, instant.Unix())%100) < s.changing {
			q.changes++
		}
		q.instant = instant
	}
	q.at = arrived
	if w := s.window; w != nil && !instant.Before(w.from) && instant.Before(w.to) {
		w.requests[query]++
		w.lateness = append(w.lateness, arrived.Sub(instant))
	}
	return valueOf(query, q.changes)
}

// valueOf is the value of a query after so many changes: between 100 and 999.9, and each change shows among the four
// digits that people read.
func valueOf(query string, changes int) float64 {
	const values = 9000
	return float64(1000+(number(query, 0)+uint64(changes)*37)%values) / 10
}

// number is made of a query and an instant, the same in every run.
func number(query string, instant int64) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%d %s", instant, query) // A hash takes everything.
	sum := h.Sum64()
	return sum ^ sum>>32
}

// change sets how many percent of the values change in an interval from now on.
func (s *standIn) change(percent int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.changing = percent
}

// open counts from now on, for so many intervals.
func (s *standIn) open(intervals int) *window {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	from := time.Now()
	s.window = &window{
		from: from, to: from.Add(time.Duration(intervals) * s.interval), requests: map[string]int{},
	}
	return s.window
}

// shut ends a window.
func (s *standIn) shut() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.window = nil
}

// count is how many requests a window has counted so far.
func (s *standIn) count(w *window) int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(w.lateness)
}

// askedSince is how many different queries were asked after an instant.
func (s *standIn) askedSince(t time.Time) int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	n := 0
	for _, q := range s.queries {
		if q.at.After(t) {
			n++
		}
	}
	return n
}

// close ends the server at once.
func (s *standIn) close() error { return s.server.Close() }

// hung is a server that accepts every connection and never answers.
type hung struct {
	listener net.Listener
	mutex    sync.Mutex
	open     []net.Conn
}

func startHung() (*hung, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the server that hangs: %w", err)
	}
	h := &hung{listener: listener}
	go h.accept()
	return h, nil
}

func (h *hung) accept() {
	for {
		connection, err := h.listener.Accept()
		if err != nil {
			return // It was closed.
		}
		h.mutex.Lock()
		h.open = append(h.open, connection)
		h.mutex.Unlock()
	}
}

// accepted is how many connections there have been.
func (h *hung) accepted() int {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return len(h.open)
}

// URL is what a MetricSource says.
func (h *hung) URL() string { return "http://" + h.listener.Addr().String() }

func (h *hung) close() error {
	err := h.listener.Close()
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for _, connection := range h.open {
		_ = connection.Close() // The other side may have closed it.
	}
	return err
}
