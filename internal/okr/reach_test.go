package okr_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"okr.dev/controller/internal/okr"
)

// seeded is a source of randomness that is the same in every run, and another for every test.
func seeded(t testing.TB) *rand.Rand {
	var sum uint64
	for _, r := range t.Name() {
		sum = sum*31 + uint64(r)
	}
	return rand.New(rand.NewPCG(sum, uint64(*rounds)))
}

var notFinite = []float64{math.NaN(), math.Inf(1), math.Inf(-1)}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		reason                  string
		baseline, target, value float64
		want                    float64
		whole                   int64
	}{
		{"increase, half way", 0, 100, 50, 50, 50},
		{"decrease, half way", 100, 20, 60, 50, 50},
		{"beyond the target is not clamped", 0, 100, 125, 125, 125},
		{"the wrong way is negative", 800, 300, 1200, -80, -80},
		{"rounded down below zero too", 0, 100, -0.5, -0.5, -1},
		{"99.6 is not 100", 0, 100, 99.6, 99.6, 99},
		{"1e-9 short of 100 is not 100", 0, 100, 99.999999999, 99.999999999, 99},
		{"less than 1e-9 short of 100 is 100", 0, 100, 99.9999999996, 100, 100},
		{"the last bits of a float decide nothing", 0, 0.3, 0.1 + 0.2, 100, 100},
		{"a third", 0, 3, 1, 33.333333333, 33},
		{"below zero, upward", -50, -40, -45, 50, 50},
		{"across zero, downward", 10, -10, 0, 50, 50},
		{"beyond the ends of an integer", 0, 1e-9, 1e15, 1e26, 1e15},
		{"differences that overflow", -1e308, 1e308, 0, 50, 50},
		{"a quotient that overflows", 0, 5e-324, 1e308, math.MaxFloat64, 1e15},
		{"a quotient that overflows downward", 0, 5e-324, -1e308, -math.MaxFloat64, -1e15},
	} {
		got := okr.Percent(c.baseline, c.target, c.value)
		if math.Abs(got-c.want) > math.Abs(c.want)*1e-15 || okr.Whole(got) != c.whole {
			t.Errorf("%s: Percent(%v, %v, %v) = %v, %d; want %v, %d",
				c.reason, c.baseline, c.target, c.value, got, okr.Whole(got), c.want, c.whole)
		}
	}
}

func TestPercentOfNothing(t *testing.T) {
	for _, x := range notFinite {
		for _, args := range [][3]float64{{x, 1, 2}, {1, x, 2}, {1, 2, x}, {x, x, x}} {
			if p := okr.Percent(args[0], args[1], args[2]); okr.Known(p) {
				t.Errorf("Percent(%v) = %v, want NaN", args, p)
			}
		}
		if got := okr.Whole(x); got != -1e15 {
			t.Errorf("Whole(%v) = %d", x, got)
		}
		if got := okr.Clamp(x); okr.Known(got) {
			t.Errorf("Clamp(%v) = %v", x, got)
		}
	}
	if p := okr.Percent(5, 5, 5); okr.Known(p) {
		t.Errorf("a way of no length gives %v, want NaN", p)
	}
}

// decimal is a random number as the API admits it.
func decimal(r *rand.Rand) float64 {
	scale := math.Pow(10, float64(r.IntN(10)))
	return float64(r.IntN(2_000_001)-1_000_000) / scale
}

// TestPercentAgainstRationals compares with exact arithmetic, rounded to 1e-9 at the end.
func TestPercentAgainstRationals(t *testing.T) {
	r := seeded(t)
	for range 5000 * *rounds {
		b, target, v := decimal(r), decimal(r), decimal(r)
		if b == target {
			continue
		}
		exact := new(big.Rat).Quo(new(big.Rat).Sub(rat(v), rat(b)), new(big.Rat).Sub(rat(target), rat(b)))
		want, _ := exact.Mul(exact, big.NewRat(100, 1)).Float64()
		// A float holds 53 bits of each number, and a short way between large ones cancels most of them.
		lost := 0x1p-51 * max(math.Abs(b), math.Abs(target), math.Abs(v)) / math.Abs(target-b)
		if got := okr.Percent(b, target, v); math.Abs(got-want) > 1e-9+lost*(100+math.Abs(want)) {
			t.Fatalf("Percent(%v, %v, %v) = %v, want %v", b, target, v, got, want)
		}
	}
}

func TestProgressIsMonotoneTowardTheTarget(t *testing.T) {
	r := seeded(t)
	for range 5000 * *rounds {
		b, target := decimal(r), decimal(r)
		if b == target {
			continue
		}
		near, far := decimal(r), decimal(r)
		if (near < far) != (b < target) {
			near, far = far, near // far lies further toward the target
		}
		less, more := okr.Percent(b, target, near), okr.Percent(b, target, far)
		if less > more || okr.Whole(less) > okr.Whole(more) {
			t.Fatalf("from %v to %v: %v is %v and %v, which is further, %v", b, target, near, less, far, more)
		}
		for _, p := range []float64{less, more} {
			if shown := okr.Whole(okr.Clamp(p)); shown < 0 || shown > 100 || float64(shown) > max(0, p) {
				t.Fatalf("progress of %v is shown as %d", p, shown)
			}
		}
	}
}

func TestParseChange(t *testing.T) {
	for _, c := range []struct {
		reason, in string
		want       okr.Change
		fails      bool
	}{
		{"a percentage up", "+20%", okr.Change{Amount: 20, Percent: true}, false},
		{"a percentage down", "-15%", okr.Change{Amount: -15, Percent: true}, false},
		{"a number", "+15", okr.Change{Amount: 15}, false},
		{"a fraction", "-0.5", okr.Change{Amount: -0.5}, false},
		{"a fraction of a percent", "+0.25%", okr.Change{Amount: 0.25, Percent: true}, false},
		{"the smallest", "+0.000000001", okr.Change{Amount: 1e-9}, false},
		{"no sign", "20%", okr.Change{}, true},
		{"no movement", "+0%", okr.Change{}, true},
		{"no movement, at length", "-0.000", okr.Change{}, true},
		{"no number", "+%", okr.Change{}, true},
		{"only a sign", "-", okr.Change{}, true},
		{"nothing", "", okr.Change{}, true},
		{"only a percent sign", "%", okr.Change{}, true},
		{"two percent signs", "+1%%", okr.Change{}, true},
		{"two signs", "+-1", okr.Change{}, true},
		{"infinite", "+Inf", okr.Change{}, true},
		{"not a number", "+NaN", okr.Change{}, true},
		{"an exponent", "+1e3", okr.Change{}, true},
		{"hexadecimal", "+0x1p4", okr.Change{}, true},
		{"no digit before the point", "+.5", okr.Change{}, true},
		{"no digit after it", "+5.", okr.Change{}, true},
		{"a space", "+ 5", okr.Change{}, true},
		{"too long", "+1234567890123456", okr.Change{}, true},
		{"too fine", "+0.0000000001", okr.Change{}, true},
	} {
		got, err := okr.ParseChange(c.in)
		if (err != nil) != c.fails || (err == nil && got != c.want) {
			t.Errorf("%s: ParseChange(%q) = %+v, %v; want %+v, error %t", c.reason, c.in, got, err, c.want, c.fails)
		}
	}
}

func TestChangeTarget(t *testing.T) {
	for _, c := range []struct {
		reason, change   string
		baseline, target float64
		ok               bool
	}{
		{"a fifth more", "+20%", 50, 60, true},
		{"a fifth less", "-20%", 50, 40, true},
		{"a fifth of its size up, from below zero", "+20%", -50, -40, true},
		{"a fifth of its size down, from below zero", "-20%", -50, -60, true},
		{"no percentage of 0", "+20%", 0, 0, false},
		{"a number from 0", "+15", 0, 15, true},
		{"a number down", "-15", 10, -5, true},
		{"below what a float of the size can show", "+1", 1e17, 0, false},
		{"beyond all floats", "+100%", 1.7e308, 0, false},
		{"from nowhere", "+1", math.NaN(), 0, false},
		{"from infinity", "-50%", math.Inf(1), 0, false},
	} {
		change, err := okr.ParseChange(c.change)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := change.Target(c.baseline)
		if ok != c.ok || (ok && got != c.target) {
			t.Errorf("%s: %s of %v = %v, %t; want %v, %t", c.reason, c.change, c.baseline, got, ok, c.target, c.ok)
		}
	}
}

func TestAlreadyMet(t *testing.T) {
	for _, c := range []struct {
		reason           string
		baseline, target float64
		increase, want   bool
	}{
		{"below, upward", 10, 20, true, false},
		{"at, upward", 20, 20, true, true},
		{"above, upward", 21, 20, true, true},
		{"above, downward", 21, 20, false, false},
		{"at, downward", 20, 20, false, true},
		{"below, downward", 19, 20, false, true},
	} {
		if got := okr.AlreadyMet(c.baseline, c.target, c.increase); got != c.want {
			t.Errorf("%s: got %t, want %t", c.reason, got, c.want)
		}
	}
}
