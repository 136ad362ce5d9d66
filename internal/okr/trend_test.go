package okr_test

import (
	"math"
	"testing"

	"okr.dev/controller/internal/okr"
)

func TestCompare(t *testing.T) {
	bound := func(v float64) *float64 { return &v }
	atLeast, atMost := okr.Band{AtLeast: bound(50)}, okr.Band{AtMost: bound(50)}
	both := okr.Band{AtLeast: bound(70), AtMost: bound(85)}
	none := okr.Band{}
	none9 := math.NaN()
	for _, c := range []struct {
		reason          string
		now, then       float64
		target, warning okr.Band
		change          float64
		moved           int
		want            okr.Direction
	}{
		{"up, where more is wanted", 60, 55, atLeast, none, 100.0 / 11, 1, okr.Improving},
		{"deeper into the band still improves", 600, 60, atLeast, none, 900, 1, okr.Improving},
		{"down, where more is wanted", 45, 48, atLeast, none, -6.25, -1, okr.Worsening},
		{"down, where less is wanted", 40, 50, atMost, none, -20, -1, okr.Improving},
		{"up, where less is wanted", 50, 40, atMost, none, 25, 1, okr.Worsening},
		{"less than half a percent", 100.49, 100, atLeast, none, 0.49, 0, okr.Flat},
		{"half a percent", 100.5, 100, atLeast, none, 0.5, 1, okr.Improving},
		{"half a percent, the other way", 99.5, 100, atLeast, none, -0.5, -1, okr.Worsening},
		{"the same", 60, 60, atLeast, none, 0, 0, okr.Flat},
		{"little, but out of the band", 49.9, 50.1, atLeast, none, -100 * 0.2 / 50.1, 0, okr.Worsening},
		{"little, but back into it", 50, 49.9, atLeast, none, 100 * 0.1 / 49.9, 0, okr.Improving},
		{"little, but past the warning", 54.9, 55.1, atLeast, okr.Band{AtLeast: bound(55)}, -100 * 0.2 / 55.1, 0, okr.Worsening},
		{"a range: closer from below", 65, 60, both, none, 25.0 / 3, 1, okr.Improving},
		{"a range: closer from above", 90, 100, both, none, -10, -1, okr.Improving},
		{"a range: further above", 100, 90, both, none, 100.0 / 9, 1, okr.Worsening},
		{"a range: from below it to as far above it", 95, 60, both, none, 100 * 35.0 / 60, 1, okr.Flat},
		{"a range: inside there is no better", 84, 71, both, none, 100 * 13.0 / 71, 1, okr.Flat},
		{"a range: leaving it", 86, 84, both, none, 100 * 2.0 / 84, 1, okr.Worsening},
		{"a range: coming back", 71, 60, both, none, 100 * 11.0 / 60, 1, okr.Improving},
		{"nobody knows what is wanted", 60, 50, none, none, 20, 1, ""},
		{"from nothing there is no percentage", 5, 0, atLeast, none, none9, 1, okr.Improving},
		{"nothing, as before", 0, 0, atLeast, none, none9, 0, okr.Flat},
		{"below 0 up is up", -10, -20, okr.Band{AtLeast: bound(0)}, none, 50, 1, okr.Improving},
		{"through 0", 10, -10, okr.Band{AtLeast: bound(-50)}, none, 200, 1, okr.Improving},
		{"no number", math.Inf(1), 5, atLeast, none, math.Inf(1), 1, ""},
	} {
		got := okr.Compare(c.now, c.then, c.target, c.warning)
		near := math.Abs(got.Change-c.change) < 1e-8 || math.IsNaN(got.Change) && math.IsNaN(c.change) || got.Change == c.change
		if !near || got.Moved != c.moved || got.Direction != c.want {
			t.Errorf("%s: got %+v, want %v %d %q", c.reason, got, c.change, c.moved, c.want)
		}
	}
}

// Where more is wanted, and where less is, a trend reversed says the opposite.
func TestTrendReversed(t *testing.T) {
	random := seeded(t)
	opposite := map[okr.Direction]okr.Direction{okr.Improving: okr.Worsening, okr.Worsening: okr.Improving, okr.Flat: okr.Flat}
	bound := 50.0
	for range 1000 {
		a, b := random.Float64()*100, random.Float64()*100
		for _, band := range []okr.Band{{AtLeast: &bound}, {AtMost: &bound}} {
			forth, back := okr.Compare(a, b, band, okr.Band{}), okr.Compare(b, a, band, okr.Band{})
			if forth.Moved != 0 && back.Moved != 0 && back.Direction != opposite[forth.Direction] {
				t.Fatalf("from %v to %v: %s, and back: %s", b, a, forth.Direction, back.Direction)
			}
		}
	}
}

func TestShortOfStretch(t *testing.T) {
	bound := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		reason     string
		band       okr.Band
		v, stretch float64
		want       bool
	}{
		{"at the stretch target is not short of it", okr.Band{AtLeast: bound(100)}, 300, 300, false},
		{"below it", okr.Band{AtLeast: bound(100)}, 299.99, 300, true},
		{"less is wanted: at it", okr.Band{AtMost: bound(15)}, 5, 5, false},
		{"less is wanted: above it", okr.Band{AtMost: bound(15)}, 5.01, 5, true},
	} {
		if got := c.band.Short(c.v, c.stretch); got != c.want {
			t.Errorf("%s: %v", c.reason, got)
		}
	}
}
