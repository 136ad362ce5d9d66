package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"okr.dev/controller/internal/prom"
	"okr.dev/controller/internal/sample"
)

// ask asks the stand-in as the controller does.
func ask(t *testing.T, s *standIn, query string, at time.Time) float64 {
	t.Helper()
	client, err := prom.New(prom.Options{URL: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	answer := client.Ask(context.Background(), sample.Question{Query: query, Interval: time.Minute}, at)
	if !answer.OK() {
		t.Fatalf("%q: %s: %s", query, answer.Reason, answer.Message)
	}
	return answer.Value
}

func startedStandIn(t *testing.T) *standIn {
	t.Helper()
	s, err := startStandIn(time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStandInCounts(t *testing.T) {
	s := startedStandIn(t)
	w := s.open(2)
	inside := w.from.Add(time.Second).Truncate(time.Second)
	ask(t, s, "a", inside)
	ask(t, s, "a", inside.Add(time.Minute))
	ask(t, s, "b", inside)
	ask(t, s, "b", w.from.Add(-time.Minute)) // About an instant before the window.
	ask(t, s, "b", w.to.Add(time.Second))    // And one after it.
	ask(t, s, sample.Ping, inside)           // Whether the source answers is no measurement.
	s.shut()
	ask(t, s, "a", inside)
	if len(w.lateness) != 3 || w.requests["a"] != 2 || w.requests["b"] != 1 || len(w.requests) != 2 {
		t.Errorf("counted %v, want two of a and one of b", w.requests)
	}
	if got := uneven(w.requests, 2); got != 1 {
		t.Errorf("%d queries were not asked twice, want one: b", got)
	}
	if got := s.askedSince(w.from); got != 2 {
		t.Errorf("%d different queries were asked, want two", got)
	}
}

func TestStandInValues(t *testing.T) {
	s := startedStandIn(t)
	at := time.Now().Truncate(time.Second)
	first := ask(t, s, "a", at)
	if first < 100 || first >= healthyUpTo || first <= unhealthyFrom {
		t.Errorf("the value is %v, want a healthy one with four digits", first)
	}
	if again := ask(t, s, "a", at.Add(time.Minute)); again != first {
		t.Errorf("the value moved from %v to %v although none is to change", first, again)
	}
	s.change(100)
	moved := ask(t, s, "a", at.Add(2*time.Minute))
	if sample.Display(moved) == sample.Display(first) {
		t.Errorf("the value stayed %v although all are to change", moved)
	}
	if again := ask(t, s, "a", at.Add(2*time.Minute)); again != moved {
		t.Errorf("about one instant the answers are %v and %v", moved, again)
	}
}

func TestStandInChangesAShare(t *testing.T) {
	s := &standIn{queries: map[string]*asked{}, changing: 30}
	now := time.Now()
	changed := 0
	const queries = 2000
	for i := range queries {
		query := fmt.Sprint("query ", i)
		if s.answer(query, now, now) != valueOf(query, 0) {
			changed++
		}
	}
	if share := float64(changed) / queries; share < 0.25 || share > 0.35 {
		t.Errorf("%.0f %% of the values changed, want 30", 100*share)
	}
}
