package walkthrough

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/hack/servers"
)

func TestSteps(t *testing.T) {
	page := "# A\n```console\n$ a \\\n    b\none\n\ntwo\n$ c\n```\n<!-- $ d -->\n```sh\n$ e\n```\n```console\n$ f\n\n```\n"
	got, err := steps(page)
	want := []step{
		{line: 3, command: "a \\\n    b", output: "one\n\ntwo"}, {line: 8, command: "c"}, {line: 10, command: "d", unseen: true}, {line: 15, command: "f"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(step{})); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for reason, page := range map[string]string{
		"the rest of the page would be taken for output":   "```console\n$ a\n",
		"a command that goes on would be run without that": "<!-- $ a\nb -->\n",
	} {
		if _, err := steps(page); err == nil {
			t.Errorf("%s: no error", reason)
		}
	}
}

func TestFill(t *testing.T) {
	page := "```console\n$ a \\\n    b\nold\nold\n\n$ c\n$ d\nby hand\n```\nend\n"
	got := fill(page, map[int]string{2: "new", 7: "x\ny"})
	if want := "```console\n$ a \\\n    b\nnew\n\n$ c\nx\ny\n$ d\nby hand\n```\nend\n"; got != want {
		t.Errorf("got:\n%s", got)
	}
	if again := fill(got, map[int]string{2: "new", 6: "x\ny"}); again != got {
		t.Errorf("filled twice it is another one:\n%s", again)
	}
	if got := fill(page, map[int]string{2: "", 7: ""}); got != "```console\n$ a \\\n    b\n\n$ c\n$ d\nby hand\n```\nend\n" {
		t.Errorf("commands that print nothing:\n%s", got)
	}
}

func TestNormal(t *testing.T) {
	cases := map[string]struct {
		reason, a, b string
		same         bool
	}{
		"Age":      {"a page is older than a run", "x   True   5s\n", "x  True  2m10s", true},
		"Date":     {"and of another day", "since 2026-11-26, 10s ago", "since 2027-01-01, 3s ago", true},
		"Helm":     {"Helm says when", "LAST DEPLOYED: Thu Nov 26 04:42:55 2026", "LAST DEPLOYED: Fri Jan  1 14:00:00 2027", true},
		"Quarter":  {"and of another quarter", "2026-Q4 · ends in 35 days", "2027-Q1 · ends in 1 day", true},
		"Next":     {"what comes next depends on what is left", "Next • check in by 2026-12-03\n  • its time ends on 2026-12-31\nKEY", "Next • its time ends on 2027-03-31, today\nKEY", true},
		"Verdict":  {"a verdict is what it is about", "a OnTrack 24 % 5s", "a AtRisk 24 % 5s", false},
		"Value":    {"and so is a number", "24 %", "25 %", false},
		"Missing":  {"and a line that is missing", "a created\nb created", "a created", false},
		"Reached":  {"a source that does not answer is not one that has not been asked", "default True False http://x", "default True Unknown http://x", false},
		"Aligned":  {"alignment is not known at once", "kpi ≤ 90 %   Unknown   5s", "kpi ≤ 90 %   False   1m", true},
		"Aligned2": {"but one that is looked after is", "kpi ≤ 90 %   True   5s", "kpi ≤ 90 %   False   1m", false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if a, b := normal(tc.a), normal(tc.b); (a == b) != tc.same {
				t.Errorf("%s: %q and %q", tc.reason, a, b)
			}
		})
	}
}

func TestShown(t *testing.T) {
	cases := map[string]struct {
		reason, printed, want string
		with                  replacement
	}{
		"Wider":    {"columns after an address move along", "NAME   URL        AGE\nx      http://a   5s  ", "NAME   URL              AGE\nx      http://example   5s", replacement{"http://a", "http://example"}},
		"Narrower": {"and after a period", "P             O\n2026/2027     a\n", "P        O\n2027     a", replacement{"2026/2027", "2027"}},
		"Text":     {"in a text nothing moves", "see http://a now\nlike this, or that", "see http://b.c now\nlike this, or that", replacement{"http://a", "http://b.c"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, shown(tc.printed, tc.with)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFirstObjectiveTakesAtMostTenCommands(t *testing.T) {
	root, err := servers.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "install.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "\n## Ten commands\n")
	section, _, closed := strings.Cut(rest, "\n## ")
	if !found || !closed {
		t.Fatal("docs/install.md has no section \"Ten commands\"")
	}
	all, err := steps(section)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 10 {
		t.Errorf("%d commands, not ten", len(all))
	}
	last := all[len(all)-1]
	if !strings.HasPrefix(last.command, "kubectl okr status ") || !strings.Contains(last.output, "OnTrack") {
		t.Errorf("the last one does not show an objective:\n%s\n%s", last.command, last.output)
	}
	for _, s := range all {
		if s.unseen {
			t.Errorf("a newcomer does not see %q", s.command)
		}
		if s.output == "" && !strings.HasPrefix(s.command, "make plugin") {
			t.Errorf("what %q prints is not shown", s.command)
		}
	}
}
