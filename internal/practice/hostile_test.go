package practice_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/practice"
)

// TestHostileAnnotations holds that whatever is written into lint-ignore costs little, is told in a short message of one
// line that stays the same, and silences nothing but the rules that it names with a reason.
func TestHostileAnnotations(t *testing.T) {
	many := make([]string, 60000)
	for i := range many {
		many[i] = fmt.Sprintf("X%05d", i)
	}
	cases := map[string]struct {
		reason, text string
		silenced     string // OKR001's reason
		malformed    int
	}{
		"one":               {"as documented", "OKR001=a slogan", "a slogan", 0},
		"equals":            {"a reason may hold the sign", "OKR001=a=b", "a=b", 0},
		"newlines":          {"as YAML's blocks write it", "OKR001=two\nlines;\n", "two lines", 0},
		"semicolons":        {"nothing between two", ";;;OKR001=x;;;", "x", 0},
		"separator inside":  {"a reason cannot hold the sign that ends it", "OKR001=a; b", "a", 1},
		"twice":             {"the last word counts", "OKR001=a;OKR001=b", "b", 0},
		"unicode":           {"cut between characters", "OKR001=" + strings.Repeat("é", 5000), "", 0},
		"not UTF-8":         {"the API server refuses it, a file may hold it", "OKR001=\xff\xfe", "", 0},
		"control":           {"nothing that moves a cursor", "OKR001=\x1b[31mred\x07", "", 0},
		"itself":            {"it cannot be silenced", "IGN001=no", "", 1},
		"no reason":         {"a question that nobody can answer", "OKR001", "", 1},
		"blank reason":      {"nor that", "OKR001= \t\n", "", 1},
		"empty":             {"says nothing", " ; ;", "", 1},
		"a megabyte":        {"one long word", strings.Repeat("x", 1<<20), "", 1},
		"60,000 of nothing": {"they are not all read", strings.Join(many, ";"), "", 65},
		"after 60,000":      {"where nobody looks", strings.Join(many, ";") + ";OKR001=x", "", 65},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := &v1alpha1.Objective{}
			o.Name, o.Namespace, o.Spec.Period = "goal", "team", "2026-Q4"
			o.Annotations = map[string]string{practice.IgnoreAnnotation: c.text}
			f := practice.NewObjective(o, time.UTC)
			f.KeyResults, f.Children = []*practice.KeyResult{}, []*practice.Objective{}
			began := time.Now()
			report := f.Check(practice.Thresholds{}, time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC))
			if took := time.Since(began); took > time.Second {
				t.Errorf("looked at for %s", took)
			}
			malformed, silenced := 0, "?"
			for _, f := range report.Findings {
				if f.Rule == "IGN001" {
					malformed++
				}
				if f.Rule == "OKR001" {
					silenced = f.Silenced
				}
				for _, text := range []string{f.Message, f.Silenced} {
					if len(text) > 300 || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
						t.Errorf("%s: %d bytes %q", f.Rule, len(text), text)
					}
				}
			}
			if summary := report.Summary(); len(summary) > 1024 || !utf8.ValidString(summary) || strings.ContainsAny(summary, "\n\x1b") {
				t.Errorf("a summary of %d bytes: %q", len(summary), summary)
			}
			if malformed != c.malformed || c.silenced != "" && silenced != c.silenced {
				t.Errorf("%s: %d complaints, and OKR001 is silenced by %q; want %d and %q", c.reason, malformed, silenced, c.malformed, c.silenced)
			}
		})
	}
}

// TestManyBreachesCostLittle holds that the largest objective that the API admits, of which everything is wrong, is
// looked at and summed up in no time.
func TestManyBreachesCostLittle(t *testing.T) {
	o := &v1alpha1.Objective{}
	o.Name, o.Namespace, o.Spec.Period = "goal", "team", "2026"
	for i := range 100 {
		c := v1alpha1.CheckIn{Date: v1alpha1.Date(time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))}
		for k := range 16 {
			c.KeyResults = append(c.KeyResults, v1alpha1.KeyResultCheckIn{Name: fmt.Sprintf("%s-%d", strings.Repeat("é", 120), k)})
		}
		o.Spec.CheckIns = append(o.Spec.CheckIns, c)
	}
	f := practice.NewObjective(o, time.UTC)
	f.KeyResults = []*practice.KeyResult{}
	began := time.Now()
	report := f.Check(practice.Thresholds{}, time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC))
	summary := report.Summary()
	if took := time.Since(began); took > time.Second {
		t.Errorf("looked at and summed up for %s", took)
	}
	if len(report.Findings) < 1600 || len(summary) > 1024 || !strings.Contains(summary, "OKR0") {
		t.Errorf("%d findings in %d bytes: %s", len(report.Findings), len(summary), summary)
	}
}
