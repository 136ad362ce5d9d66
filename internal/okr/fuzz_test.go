package okr_test

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"okr.dev/controller/internal/okr"
)

// The patterns that the API's schema holds these strings to; whether a day exists is not theirs to say.
var (
	periodPattern = regexp.MustCompile(`^[12][0-9]{3}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$`)
	spanPattern   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	changePattern = regexp.MustCompile(`^[+-][0-9]{1,15}([.][0-9]{1,9})?%?$`)
	zeroPattern   = regexp.MustCompile(`^[+-]0+([.]0+)?%?$`)
)

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2026", "2026-H2", "2026-Q4", "2026-10", "2026-10-01/2026-12-15", "2028-02-29/2028-02-29",
		"2026-02-29/2026-03-01", "2026-+1", "2026-", "/", "9999-12-31/9999-12-31", "0000-01-01/0001-01-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := okr.ParsePeriod(s)
		if err != nil {
			if periodPattern.MatchString(s) {
				t.Errorf("%q is refused, and the API admits it: %v", s, err)
			}
			return
		}
		short := !strings.Contains(s, "/")
		if short && s[0] <= '2' && !periodPattern.MatchString(s) || !short && !spanPattern.MatchString(s) {
			t.Errorf("%q is taken for %s", s, p)
		}
		if !short && p.First.String()+"/"+p.Last.String() != s {
			t.Errorf("%q is read as %s to %s", s, p.First, p.Last)
		}
		if p.Last.Before(p.First) || p.Days() < 1 || p.First.AddDays(p.Days()-1) != p.Last {
			t.Errorf("%q has %d days, from %s to %s", s, p.Days(), p.First, p.Last)
		}
		if span := (okr.Span{Start: p.First.Start(time.UTC), End: p.Last.End(time.UTC)}); !span.Start.Before(span.End) {
			t.Errorf("%q has no length", s)
		}
	})
}

func FuzzParseChange(f *testing.F) {
	for _, s := range []string{"+20%", "-15%", "+15", "-0.5", "0", "+0", "-0.0%", "", "%", "+", "+Inf", "+1e3", "+0x1p4", "+1_0"} {
		f.Add(s, 800.0)
	}
	f.Fuzz(func(t *testing.T, s string, baseline float64) {
		change, err := okr.ParseChange(s)
		admitted := changePattern.MatchString(s) && !zeroPattern.MatchString(s)
		if (err == nil) != admitted {
			t.Fatalf("%q: %v, and the API admits it: %t", s, err, admitted)
		}
		if err != nil {
			return
		}
		if change.Amount == 0 || (change.Amount < 0) != (s[0] == '-') || change.Percent != strings.HasSuffix(s, "%") {
			t.Errorf("%q is read as %+v", s, change)
		}
		target, ok := change.Target(baseline)
		if !ok {
			return
		}
		if math.IsNaN(target) || math.IsInf(target, 0) || (target > baseline) != (change.Amount > 0) {
			t.Errorf("%q leads from %v to %v", s, baseline, target)
		}
		if p := okr.Percent(baseline, target, target); p != 100 || okr.Percent(baseline, target, baseline) != 0 {
			t.Errorf("%q leads from %v to %v, which is %v percent", s, baseline, target, p)
		}
	})
}
