package okr

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestForecast(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	quarter := Span{Date{2026, 10, 1}.Start(time.UTC), Date{2027, 1, 1}.Start(time.UTC)} // 92 days
	inBerlin := Span{Date{2026, 10, 1}.Start(berlin), Date{2027, 1, 1}.Start(berlin)}
	day := func(d Date) time.Time { return d.Start(time.UTC) }
	half := day(Date{2026, 11, 16})
	cases := []struct {
		reason                  string
		span                    Span
		baseline, target, value float64
		at                      time.Time
		want                    bool
		atEnd, percent          float64
		reaches                 string // the day; empty: never
	}{
		{"on pace at half time: the last day, not the one after it", quarter, 0, 100, 50, half, true, 100, 100, "2026-12-31"},
		{"on pace, downwards", quarter, 800, 300, 550, half, true, 300, 100, "2026-12-31"},
		{"half as fast as needed: twice the time", quarter, 0, 100, 25, half, true, 50, 50, "2027-04-02"},
		{"twice as fast: half of the time", quarter, 0, 100, 100, half, true, 200, 200, "2026-11-15"},
		{"ten times too slow is told", quarter, 0, 100, 5, half, true, 10, 10, "2029-04-07"},
		{"slower is not", quarter, 0, 100, 4.9, half, true, 9.8, 9.8, ""},
		{"not moved at all", quarter, 0, 100, 0, half, true, 0, 0, ""},
		{"the wrong way", quarter, 800, 300, 900, half, true, 1000, -40, ""},
		{"a tenth of the time", quarter, 0, 100, 10, quarter.Start.Add(794880 * time.Second), true, 100, 100, "2026-12-31"},
		{"a second before it", quarter, 0, 100, 10, quarter.Start.Add(794879 * time.Second), false, 0, 0, ""},
		{"not begun", quarter, 0, 100, 10, quarter.Start, false, 0, 0, ""},
		{"over", quarter, 0, 100, 10, quarter.End, false, 0, 0, ""},
		{"no way to go", quarter, 100, 100, 10, half, false, 0, 0, ""},
		{"no number", quarter, 0, 100, math.NaN(), half, false, 0, 0, ""},
		{"beyond all numbers", quarter, 0, 100, math.MaxFloat64, half, false, 0, 0, ""},
		{"a day of 25 hours on the way", inBerlin, 0, 100, 50, inBerlin.at(0.5), true, 100, 100, "2026-12-31"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			f, found := c.span.Forecast(c.baseline, c.target, c.value, c.at)
			if found != c.want {
				t.Fatalf("found %v, want %v: %+v", found, c.want, f)
			}
			if math.Abs(f.Value-c.atEnd) > 1e-9*math.Abs(c.atEnd) || math.Abs(f.Percent-c.percent) > 1e-9 {
				t.Errorf("%v and %v %% at the end, want %v and %v %%", f.Value, f.Percent, c.atEnd, c.percent)
			}
			var reaches string
			if !f.Reaches.IsZero() {
				reaches = DayUpTo(f.Reaches, c.span.Start.Location()).String()
			}
			if reaches != c.reaches {
				t.Errorf("reached on %q (%v), want %q", reaches, f.Reaches, c.reaches)
			}
		})
	}
}

// The forecast says at the end what the progress would be, and arrives in time if, and only if, that is 100 or more.
func TestForecastAgreesWithItself(t *testing.T) {
	d := rand.New(rand.NewPCG(6, 1))
	span := Span{Date{2026, 10, 1}.Start(time.UTC), Date{2027, 1, 1}.Start(time.UTC)}
	for range 10_000 {
		baseline, target, value := d.Float64()*200-100, d.Float64()*200-100, d.Float64()*400-200
		f, found := span.Forecast(baseline, target, value, span.at(0.1+0.89*d.Float64()))
		if !found {
			t.Fatalf("no forecast from %v to %v at %v", baseline, target, value)
		}
		inTime := !f.Reaches.IsZero() && !f.Reaches.After(span.End)
		if near := math.Abs(f.Percent-100) < 1e-4; !near && inTime != (f.Percent >= 100) {
			t.Fatalf("%v %% at the end, and reached at %v", f.Percent, f.Reaches)
		}
	}
}
