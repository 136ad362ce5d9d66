package okr_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/okr"
)

// Numbers come every minute: H, W and U are their verdicts, ? is no verdict. What is shown follows after 3 minutes.
func TestHoldKPI(t *testing.T) {
	cases := []struct {
		reason         string
		numbers, shown string
	}{
		{"the first verdict is shown at once", "U", "U"},
		{"from Unknown at once", "?W", "?W"},
		{"to Unknown at once, and nothing waits after it", "HUU?UH", "HHH?UU"},
		{"a single bad number is not shown", "HUHHHH", "HHHHHH"},
		{"bad numbers that come and go are not", "HUUHUUHUUH", "HHHHHHHHHH"},
		{"worse for 3 minutes", "HUUUU", "HHHHU"},
		{"worse for 3 minutes, to the mildest seen", "HUWUU", "HHHHW"},
		{"and on to the worse one if that lasts from then on", "HWUUUUUUU", "HHHHWWWUU"},
		{"better for 3 minutes", "UHHHH", "UUUUH"},
		{"better for 3 minutes, to the least good seen", "UHWHH", "UUUUW"},
		{"a worse one in between begins the improvement anew", "WHHUHHHH", "WWWWWWWH"},
		{"from one side to the other begins anew", "WUUHHHH", "WWWWWWH"},
		{"as shown ends the wait", "WUUWUUU", "WWWWWWW"},
		{"inside what is shown nothing waits", "WWWW", "WWWW"},
	}
	letters := map[rune]okr.KPIHealth{'H': okr.KPIHealthy, 'W': okr.KPIWarning, 'U': okr.KPIUnhealthy, '?': okr.KPIUnknown}
	for _, c := range cases {
		var shown okr.KPIHealth
		var waiting okr.Hold
		now, got := at, ""
		for _, letter := range c.numbers {
			shown, waiting = okr.HoldKPI(shown, letters[letter], now, 3*time.Minute, waiting)
			again, still := okr.HoldKPI(shown, letters[letter], now, 3*time.Minute, waiting)
			if again != shown || still != waiting {
				t.Errorf("%s: the same number again made %s %v of %s %v", c.reason, again, still, shown, waiting)
			}
			got += string([]rune{map[okr.KPIHealth]rune{okr.KPIHealthy: 'H', okr.KPIWarning: 'W', okr.KPIUnhealthy: 'U', okr.KPIUnknown: '?'}[shown]})
			now = now.Add(time.Minute)
		}
		if diff := cmp.Diff(c.shown, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.reason, diff)
		}
	}
}

func TestHoldKPIAtItsEdges(t *testing.T) {
	cases := []struct {
		reason  string
		newest  okr.KPIHealth
		after   time.Duration
		holdFor time.Duration
		want    okr.KPIHealth
		waiting okr.Hold
	}{
		{"no hold: at once", okr.KPIUnhealthy, 0, 0, okr.KPIUnhealthy, okr.Hold{}},
		{"a nanosecond short", okr.KPIUnhealthy, time.Minute - 1, time.Minute, okr.KPIHealthy, okr.Hold{okr.KPIUnhealthy, at}},
		{"to the nanosecond", okr.KPIUnhealthy, time.Minute, time.Minute, okr.KPIUnhealthy, okr.Hold{}},
		{"the clock was ahead: the wait begins anew", okr.KPIUnhealthy, -time.Hour, time.Minute, okr.KPIHealthy, okr.Hold{okr.KPIUnhealthy, at.Add(-time.Hour)}},
	}
	for _, c := range cases {
		got, waiting := okr.HoldKPI(okr.KPIHealthy, c.newest, at.Add(c.after), c.holdFor, okr.Hold{okr.KPIUnhealthy, at})
		if got != c.want || waiting != c.waiting {
			t.Errorf("%s: %s %v, want %s %v", c.reason, got, waiting, c.want, c.waiting)
		}
	}
}
