package lint

import (
	"strings"
	"testing"
)

// What to write instead depends on what the file is: nobody quotes texts in a Markdown page.
func TestAdvice(t *testing.T) {
	const colon = "mapping values are not allowed in this context"
	cases := map[string]struct{ reason, path, message, says string }{
		"YAML":     {"a slip in YAML", "goals/a.yaml", colon, "quote a text that has a colon"},
		"Letters":  {"however it is spelt", "goals/A.YML", colon, "quote a text that has a colon"},
		"Stdin":    {"what comes from a pipe has no name", "stdin", colon, "quote a text that has a colon"},
		"Markdown": {"a page that was named by mistake", "README.md", colon, "a file .md is hardly YAML"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := advice(tc.path, tc.message); !strings.Contains(got, tc.says) {
				t.Errorf("%s: %s", tc.reason, got)
			}
		})
	}
}

func TestMeant(t *testing.T) {
	for id, want := range map[string]string{
		"OKR7": ": did you mean OKR007?", "kpi08": ": did you mean KPI008?", "OKR0077": ": did you mean OKR007?", "nothing": ": kubectl okr explain-rule lists them",
	} {
		if got := meant(id); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}
