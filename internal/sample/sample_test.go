package sample

import (
	"math"
	"strconv"
	"testing"
	"time"
)

func TestAnswered(t *testing.T) {
	cases := map[string]struct {
		reason   string
		reasons  []Reason
		answered bool
	}{
		"Answered": {"the source said something complete: it holds now",
			[]Reason{Sampled, NoData, NotANumber, Infinite, MultipleSeries, NotAScalar, HistoryUnavailable, InvalidQuery}, true},
		"NotAnswered": {"nothing was learned: the last good value stands until it is stale",
			[]Reason{QueryFailed, AuthenticationFailed, SourceUnavailable, Timeout, PartialResponse, ResponseTooLarge, SourceDenied}, false},
		"NotAsked": {"nothing asked is nothing learned", []Reason{""}, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			for _, r := range tc.reasons {
				if got := r.Answered(); got != tc.answered {
					t.Errorf("%s: %q.Answered() = %t", tc.reason, r, got)
				}
			}
		})
	}
}

func TestRound(t *testing.T) {
	cases := map[string]struct {
		reason   string
		in, want float64
	}{
		"Zero":      {"zero has no digits to round", 0, 0},
		"LastBits":  {"equal computations differ in their last bits only", 0.1 + 0.2, 0.3},
		"Twelve":    {"the twelfth digit is kept", 1.23456789012, 1.23456789012},
		"Thirteen":  {"the thirteenth is not", 1.2345678901249, 1.23456789012},
		"Large":     {"digits count, not places", 123456789012345, 123456789012000},
		"Negative":  {"signs do not matter", -0.1 - 0.2, -0.3},
		"Tiny":      {"small numbers have digits too", 1.00000000000049e-300, 1e-300},
		"MaxFloat":  {"the largest number stays finite", math.MaxFloat64, 1.79769313486e308},
		"Infinite":  {"what is not finite is not touched", math.Inf(1), math.Inf(1)},
		"HalfUp":    {"digits are rounded, not cut", 2.9999999999999, 3},
		"WholeStay": {"whole numbers stay whole", 108400, 108400},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := Round(tc.in); got != tc.want {
				t.Errorf("%s: Round(%v) = %v, want %v", tc.reason, tc.in, got, tc.want)
			}
		})
	}
	if got := Round(math.NaN()); !math.IsNaN(got) {
		t.Errorf("NaN became %v", got)
	}
}

func TestDisplay(t *testing.T) {
	cases := map[string]struct {
		reason string
		in     float64
		want   string
	}{
		"Zero":          {"no sign, no point", 0, "0"},
		"Whole":         {"whole numbers keep their digits", 412, "412"},
		"WholeLarge":    {"nobody wants 1,004,001 customers rounded", 1004001, "1004001"},
		"WholeLargest":  {"up to seven digits", 9999999, "9999999"},
		"WholeTooLarge": {"beyond, four digits count", 12345678, "12350000"},
		"Fraction":      {"four digits", 99.954, "99.95"},
		"FractionUp":    {"rounded, not cut", 99.996, "100"},
		"Small":         {"leading zeros are no digits", 0.043212, "0.04321"},
		"VerySmall":     {"a row of zeros is hard to read", 0.0000123456, "1.235e-05"},
		"VeryLarge":     {"so is a row of digits", 1.23456e18, "1.235e+18"},
		"Negative":      {"signs stay", -3.14159, "-3.142"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := Display(tc.in); got != tc.want {
				t.Errorf("%s: Display(%v) = %q, want %q", tc.reason, tc.in, got, tc.want)
			}
		})
	}
}

func TestGood(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	got := Good(0.1+0.2, time.Date(2026, 11, 15, 1, 0, 0, 0, berlin))
	want := Sample{Value: 0.3, Time: time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC), Reason: Sampled}
	if got != want || !got.OK() {
		t.Errorf("Good() = %+v, want %+v", got, want)
	}
	if (Sample{}).OK() {
		t.Error("a sample that nobody asked for is not usable")
	}
}

func TestMaterial(t *testing.T) {
	good := func(v float64) Sample { return Sample{Value: v, Reason: Sampled} }
	bad := func(r Reason, message string) Sample { return Sample{Reason: r, Message: message} }
	at := func(second int64) Sample { return Good(5, time.Unix(second, 0)) }
	awaiting := func(seen Sample) Watch { return Watch{Seen: seen, Awaited: time.Unix(60, 0)} }
	cases := map[string]struct {
		reason string
		watch  Watch
		next   Sample
		want   bool
	}{
		"First":         {"whoever has seen nothing wants the first", Watch{}, good(1), true},
		"FirstFailure":  {"and wants to know that it failed", Watch{}, bad(Timeout, "late"), true},
		"Same":          {"the same again", Watch{Seen: good(5)}, good(5), false},
		"Display":       {"people would read another number", Watch{Seen: good(99.94)}, good(99.95), true},
		"BelowDisplay":  {"nobody would see it", Watch{Seen: good(99.9511)}, good(99.9512), false},
		"Bound":         {"invisible, but the verdict changes", Watch{Seen: good(99.95004), Bounds: []float64{99.95002}}, good(99.95001), true},
		"OntoBound":     {"a bound belongs to one side: being on it is a place of its own", Watch{Seen: good(99.95001), Bounds: []float64{99.95}}, good(99.95), true},
		"NoBound":       {"not across the bound", Watch{Seen: good(99.95004), Bounds: []float64{99.95002}}, good(99.95003), false},
		"Percent":       {"invisible, but a whole percentage changes", Watch{Seen: good(1000.999), Scale: Scale{From: 1000, To: 1100}}, good(1001.0001), true},
		"SamePercent":   {"the same whole percentage", Watch{Seen: good(1001.1), Scale: Scale{From: 1000, To: 1100}}, good(1001.2), false},
		"PercentDown":   {"a decrease has percentages too", Watch{Seen: good(1098.9999), Scale: Scale{From: 1100, To: 1000}}, good(1099.0001), true},
		"Failed":        {"there is no value any more", Watch{Seen: good(5)}, bad(NoData, "empty"), true},
		"FailedAgain":   {"the same failure", Watch{Seen: bad(NoData, "empty")}, bad(NoData, "empty"), false},
		"FailedNewly":   {"another failure", Watch{Seen: bad(NoData, "empty")}, bad(Timeout, "late"), true},
		"FailedInWords": {"the same reason in other words", Watch{Seen: bad(QueryFailed, "a")}, bad(QueryFailed, "b"), true},
		"Back":          {"there is a value again", Watch{Seen: bad(Timeout, "late")}, good(5), true},
		"Time":          {"a newer time alone is nothing", Watch{Seen: good(5)}, Sample{Value: 5, Reason: Sampled, Time: time.Unix(60, 0)}, false},
		"Awaited":       {"a verdict has waited for it, whatever it says", awaiting(at(59)), at(60), true},
		"TooEarly":      {"before the awaited one", awaiting(at(58)), at(59), false},
		"AwaitedSeen":   {"the awaited one was there already", awaiting(at(60)), at(61), false},
		"AwaitedFailed": {"a failure says nothing to a verdict that waits", awaiting(bad(Timeout, "late")), bad(Timeout, "late"), false},
		"SetBack":       {"the clock was set back, so that the awaited one is another", awaiting(at(50)), at(10), true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := tc.watch.Material(tc.next); got != tc.want {
				t.Errorf("%s: Material() = %t, want %t", tc.reason, got, tc.want)
			}
		})
	}
}

// TestDisplayReadsBack holds that what is shown is the number to four digits, whatever its size.
func TestDisplayReadsBack(t *testing.T) {
	for exponent := -12; exponent <= 20; exponent++ {
		for _, mantissa := range []float64{1, 1.00049, 1.2345678, 5.5555, 9.99949, 9.9996} {
			v := mantissa * math.Pow(10, float64(exponent))
			shown, err := strconv.ParseFloat(Display(v), 64)
			if err != nil || math.Abs(shown-v) > math.Abs(v)*6e-4 {
				t.Errorf("Display(%v) = %q: %v", v, Display(v), err)
			}
		}
	}
}
