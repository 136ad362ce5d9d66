package terminal_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/cli/terminal"
)

func TestOf(t *testing.T) {
	cases := map[string]struct {
		reason string
		env    map[string]string
		want   terminal.Screen
	}{
		"NoTerminal": {"a file or a pipe: no colour, a width for pages; a locale that is not set is UTF-8, as in containers",
			nil, terminal.Screen{Width: 100, Unicode: true}},
		"Columns":   {"COLUMNS says the width of what is no terminal", map[string]string{"COLUMNS": "132"}, terminal.Screen{Width: 132, Unicode: true}},
		"TooNarrow": {"nothing can be read in 10 columns", map[string]string{"COLUMNS": "10"}, terminal.Screen{Width: 40, Unicode: true}},
		"Nonsense":  {"what is no number is no width", map[string]string{"COLUMNS": "wide"}, terminal.Screen{Width: 100, Unicode: true}},
		"C":         {"a locale without UTF-8 shows ASCII", map[string]string{"LANG": "C"}, terminal.Screen{Width: 100}},
		"LC_ALL":    {"LC_ALL goes before LANG", map[string]string{"LANG": "C", "LC_ALL": "en_US.utf8"}, terminal.Screen{Width: 100, Unicode: true}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := terminal.Of(&bytes.Buffer{}, func(key string) string { return tc.env[key] })
			if got != tc.want {
				t.Errorf("%s: %+v, want %+v", tc.reason, got, tc.want)
			}
		})
	}
}

func TestText(t *testing.T) {
	fancy, plain := terminal.Screen{Unicode: true}, terminal.Screen{}
	cases := map[string]struct{ reason, in, fancy, plain string }{
		"Plain":     {"ASCII is ASCII", "p99 800 ms", "p99 800 ms", "p99 800 ms"},
		"Signs":     {"the signs of a status have ASCII twins", "800 → 300 ms, ≥ 99.9 %…", "800 → 300 ms, ≥ 99.9 %…", "800 -> 300 ms, >= 99.9 %..."},
		"Letters":   {"a letter that has no twin must not break a terminal", "目标", "目标", "??"},
		"Escapes":   {"a title must not move the cursor or set the window's title", "a\x1b[2Jb\x07\u009bc\rd", "a[2Jbcd", "a[2Jbcd"},
		"Direction": {"nor turn a line round", "a\u202eb\u2066c\u2028d", "abc\nd", "abc\nd"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := fancy.Text(tc.in); got != tc.fancy {
				t.Errorf("%s: %q, want %q", tc.reason, got, tc.fancy)
			}
			if got := plain.Text(tc.in); got != tc.plain {
				t.Errorf("%s: %q, want %q in ASCII", tc.reason, got, tc.plain)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	cases := map[string]struct {
		reason, text string
		width        int
		want         []string
	}{
		"Fits":      {"a short text is a line, as it is", "a  b ", 10, []string{"a  b "}},
		"Spaces":    {"lines break at spaces", "one two three", 8, []string{"one two", "three"}},
		"Hyphens":   {"and nowhere else: a date is not cut", "until 2027-01-12", 14, []string{"until", "2027-01-12"}},
		"Long":      {"what is longer than a line is cut", "see abcdefghij k", 6, []string{"see", "abcdef", "ghij k"}},
		"Wide":      {"some characters take two columns", "目标目标 目", 4, []string{"目标", "目标", "目"}},
		"Lines":     {"its own lines stay", "a b\nc", 10, []string{"a b", "c"}},
		"TooNarrow": {"a character that is wider than the line does not last for ever", "目标", 1, []string{"目标"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, terminal.Wrap(tc.text, tc.width)); diff != "" {
				t.Errorf("%s:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestHealth(t *testing.T) {
	colour, ascii := terminal.Screen{Colour: true, Unicode: true}, terminal.Screen{}
	for _, health := range []string{"OnTrack", "AtRisk", "OffTrack", "Achieved", "Missed", "Healthy", "Warning", "Unhealthy", "Unknown", "Pending", "Cancelled", ""} {
		want := health
		if want == "" {
			want = "-"
		}
		if got := colour.Health(health); !strings.Contains(got, want) || !strings.Contains(got, "\x1b[") {
			t.Errorf("a colour has a word beside it: %q", got)
		}
		if got := ascii.Health(health); strings.ContainsFunc(got, func(r rune) bool { return r > '~' || r < ' ' }) || !strings.HasSuffix(got, " "+want) {
			t.Errorf("without colour and Unicode: %q", got)
		}
	}
}

func percent(n int32) *int32 { return &n }

func TestBar(t *testing.T) {
	cases := map[string]struct {
		reason             string
		progress, expected *int32
		fancy, plain       string
	}{
		"Half":     {"half is half; the marker says where it should be", percent(50), percent(80), "█████░░░│░", "#####...|."},
		"Fraction": {"half a cell is half a block", percent(45), nil, "████▌░░░░░", "####......"},
		"Full":     {"the marker of 100 percent is inside", percent(100), percent(100), "█████████│", "#########|"},
		"Beyond":   {"more than all is all", percent(170), nil, "██████████", "##########"},
		"Negative": {"less than nothing is nothing", percent(-20), nil, "░░░░░░░░░░", ".........."},
		"Unknown":  {"what is not known is not drawn as 0 with a marker of pace", nil, nil, "░░░░░░░░░░", ".........."},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := (terminal.Screen{Unicode: true}).Bar(tc.progress, tc.expected, 10, terminal.Good); got != tc.fancy {
				t.Errorf("%s: %s, want %s", tc.reason, got, tc.fancy)
			}
			if got := (terminal.Screen{}).Bar(tc.progress, tc.expected, 10, terminal.Good); got != tc.plain {
				t.Errorf("%s: %s, want %s in ASCII", tc.reason, got, tc.plain)
			}
		})
	}
}

func TestSparkline(t *testing.T) {
	cases := map[string]struct {
		reason string
		values []float64
		want   string
	}{
		"Rising": {"lowest to highest", []float64{1, 2, 3, 4, 5, 6, 7, 8}, "▁▂▃▄▅▆▇█"},
		"Flat":   {"equal values are a line, not the bottom", []float64{3, 3, 3}, "▅▅▅"},
		"Gap":    {"what is not known is a gap", []float64{0, math.NaN(), 1}, "▁ █"},
		"None":   {"no values are no line", nil, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := (terminal.Screen{Unicode: true}).Sparkline(tc.values); got != tc.want {
				t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestTable(t *testing.T) {
	columns := []terminal.Column{{Title: "NAME"}, {Title: "PERCENT", Right: true}, {Title: "TITLE", Shrinks: true, Least: 12}, {Title: "OWNER", Optional: 1}}
	rows := [][]string{{"a", "5", "A title of some length", "sales"}, {"bcd", "100", "Übersicht", "platform"}}
	cases := map[string]struct {
		reason string
		width  int
		want   string
	}{
		"Wide": {"everything fits", 80, `NAME   PERCENT   TITLE                    OWNER
a            5   A title of some length   sales
bcd        100   Übersicht                platform
`},
		"Narrower": {"titles are cut before anything is left out", 45, `NAME   PERCENT   TITLE               OWNER
a            5   A title of some …   sales
bcd        100   Übersicht           platform
`},
		"Narrow": {"then what is optional is left out", 30, `NAME   PERCENT   TITLE
a            5   A title of s…
bcd        100   Übersicht
`},
		"Together": {"then columns move together, and what shrinks is cut to the bone", 23, `NAME  PERCENT  TITLE
a           5  A title…
bcd       100  Übersic…
`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			terminal.Screen{Width: tc.width, Unicode: true}.Table(&out, columns, rows)
			if diff := cmp.Diff(tc.want, out.String()); diff != "" {
				t.Errorf("%s:\n%s", tc.reason, diff)
			}
		})
	}
	var out bytes.Buffer
	colour := terminal.Screen{Width: 80, Colour: true, Unicode: true}
	colour.Table(&out, columns, [][]string{{colour.Health("OnTrack"), "1", "x", "y"}, {"z", "2", "x", "y"}})
	lines := strings.Split(out.String(), "\n")
	if a, b := terminal.Width(lines[1]), terminal.Width(lines[2]); a != b {
		t.Errorf("escape sequences take no columns: lines of %d and %d columns", a, b)
	}
}
