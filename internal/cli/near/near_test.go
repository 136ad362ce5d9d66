package near_test

import (
	"slices"
	"strings"
	"testing"

	"okr.dev/controller/internal/cli/near"
)

func TestName(t *testing.T) {
	names := []string{"content-shares", "acquisition-cost", "rating", "KPI"}
	for _, c := range []struct{ reason, name, want string }{
		{"a letter is missing", "content-share", "content-shares"},
		{"a dash is missing", "contentshares", "content-shares"},
		{"several letters are wrong in a long name", "aqisition-cost", "acquisition-cost"},
		{"a name that is not finished", "acq", "acquisition-cost"},
		{"a part of a name", "shares", "content-shares"},
		{"a letter too many", "ratings", "rating"},
		{"neighbours are exchanged, in a short name", "kip", "KPI"},
		{"other capitals", "Rating", "rating"},
		{"a letter may be part of anything", "a", ""},
		{"nothing is near to anything", "", ""},
		{"something else", "something-else", ""},
	} {
		if got := near.Name(c.name, names); got != c.want {
			t.Errorf("%s: %q is near %q, want %q", c.reason, c.name, got, c.want)
		}
	}
}

func TestSlip(t *testing.T) {
	names := []string{"ambition", "fast", "KPI"}
	for _, c := range []struct{ reason, name, want string }{
		{"neighbours are exchanged", "ambitoin", "ambition"},
		{"in a short name", "fats", "fast"},
		{"other capitals", "kpi", "KPI"},
		{"a longer name is a name of its own", "fast-checkout", ""},
		{"so is a shorter one", "amb", ""},
		{"nothing", "", ""},
	} {
		if got := near.Slip(c.name, names); got != c.want {
			t.Errorf("%s: %q was %q, want %q", c.reason, c.name, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	names := []string{"checkout-errors", "checkout-latency", "search-latency", "checkout", "latency-of-search"}
	for _, c := range []struct {
		reason, name string
		most         int
		want         string
	}{
		{"the nearest first, then as they come", "chekout", 3, "checkout"},
		{"all that begin with it", "check", 3, "checkout-errors checkout-latency checkout"},
		{"a letter too many is a slip before it is more than a name", "checkoutt", 1, "checkout"},
		{"no more than were asked for", "check", 2, "checkout-errors checkout-latency"},
		{"what begins with it is nearer than what has it inside", "latency", 4, "latency-of-search checkout-latency search-latency"},
	} {
		if got := near.Names(c.name, names, c.most); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s: %v, want %s", c.reason, got, c.want)
		}
	}
}
