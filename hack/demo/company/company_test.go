package company_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"okr.dev/controller/hack/demo/company"
)

var start = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)

func daysAgo(days float64) time.Time {
	return start.Add(-time.Duration(days * 24 * float64(time.Hour)))
}

// The table is what authors of samples choose baselines and targets from.
func TestTableOfREADME(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	c := company.New(start)
	for _, m := range company.Metrics() {
		kind := "gauge"
		if m.Counter {
			kind = "counter: per day"
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s | %s |", m.Name, m.Team, m.Help, kind)
		for _, ago := range []float64{137, 45, 0} {
			value := c.Value(m.Name, daysAgo(ago))
			if m.Counter {
				value = c.Pace(m.Name, daysAgo(ago))
			}
			fmt.Fprintf(&rows, " %s |", strconv.FormatFloat(round(value), 'f', -1, 64))
		}
		rows.WriteString("\n")
	}
	if !bytes.Contains(readme, []byte(rows.String())) {
		t.Errorf("the table in hack/demo/README.md should read:\n%s", rows.String())
	}
}

func round(value float64) float64 { return math.Round(value*1e4) / 1e4 }

func TestCountersOnlyGrow(t *testing.T) {
	c := company.New(start)
	for _, m := range company.Metrics() {
		if !m.Counter {
			continue
		}
		last := math.Inf(-1)
		for day := -float64(company.HistoryDays); day < 30; day += 0.01 {
			value := c.Value(m.Name, daysAgo(-day))
			if value < last {
				t.Fatalf("%s falls from %v to %v on day %v", m.Name, last, value, day)
			}
			last = value
		}
	}
}

// What is scraped from now on must continue what was written for the past.
func TestHistoryMeetsTheExporter(t *testing.T) {
	c := company.New(time.Now())
	exporter, err := company.Export(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := exporter.Stop(); err != nil {
			t.Error(err)
		}
	})
	page := scrape(t, exporter)
	series := 0
	for s := range c.History() {
		series++
		last := s.Points[len(s.Points)-1]
		if now := c.Value(s.Name, c.Start()); last.Value != now || !last.Time.Equal(c.Start()) {
			t.Errorf("%s ends with %v at %s, want %v at the start", s.Name, last.Value, last.Time, now)
		}
		if !strings.Contains(page, fmt.Sprintf("\n%s{team=%q} ", s.Name, s.Labels["team"])) {
			t.Errorf("the exporter does not show %s", s.Name)
		}
	}
	if series != len(company.Metrics()) {
		t.Errorf("history has %d series, want %d", series, len(company.Metrics()))
	}
}

func TestOverride(t *testing.T) {
	const name = "company_new_paying_customers"
	c := company.New(time.Now())
	exporter, err := company.Export(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := exporter.Stop(); err != nil {
			t.Error(err)
		}
	})
	for _, step := range []struct {
		reason, query, want string
		status              int
	}{
		{"a number falls", "metric=" + name + "&value=30", "\n" + name + `{team="sales"} 30` + "\n", 200},
		{"and follows its own course again", "metric=" + name, "\n" + name + `{team="sales"} 5`, 200},
		{"a counter only grows", "metric=company_closed_deals_total&value=1", "", 400},
		{"unknown number", "metric=nonsense&value=1", "", 400},
		{"not a number", "metric=" + name + "&value=many", "", 400},
	} {
		response, err := http.Post("http://"+exporter.Address+"/override?"+step.query, "", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != step.status {
			t.Errorf("%s: status %d, want %d", step.reason, response.StatusCode, step.status)
		}
		if page := scrape(t, exporter); !strings.Contains(page, step.want) {
			t.Errorf("%s: metrics do not show %q", step.reason, step.want)
		}
	}
}

func scrape(t *testing.T, exporter *company.Exporter) string {
	t.Helper()
	response, err := http.Get("http://" + exporter.Address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
