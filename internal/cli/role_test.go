package cli_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
)

// Whoever has the role view in the whole cluster reads what an administrator reads.
func TestViewOfTheCluster(t *testing.T) {
	c := running(t)
	c.allow(t, "vera", "")
	for _, line := range here(t) {
		t.Run(line, func(t *testing.T) {
			screen, args := recorded.Screens()["80"], strings.Fields(line)
			if diff := cmp.Diff(c.run(screen, "", args...), c.run(screen, "vera", args...), cmp.AllowUnexported(printed{})); diff != "" {
				t.Errorf("(-administrator +viewer):\n%s", diff)
			}
		})
	}
}

var (
	// withheld is how commands say that something may not be read.
	withheld = regexp.MustCompile(`(?i)not known|may not read|not read|may not be read|withheld|"not(Known|Read)": \[\s*"`)
	// gone is how they say that something is not there, or not shared.
	gone = regexp.MustCompile(`(?i)missing|not there|there is no|not found|notfound|not shared|does not allow|not allowed|refused|leads? nowhere`)
)

func count(what *regexp.Regexp, in string) int { return len(what.FindAllString(in, -1)) }

// Whoever has the role view in some namespaces is shown everything that an administrator is shown, or told what is withheld.
// Nothing is called missing because it may not be read, and no verdict is another one.
func TestViewOfNamespaces(t *testing.T) {
	c := running(t)
	users := map[string]struct {
		reason     string
		namespaces []string
		in         string
	}{
		"sam":  {"nothing but one's own: the parent is withheld", []string{"sales"}, "sales"},
		"bea":  {"the parent's namespace too: nothing but namespaces, sources and the rest of the company is withheld", []string{"sales", "company"}, "sales"},
		"cora": {"the company's alone: what its teams do is withheld", []string{"company"}, "company"},
	}
	for user, u := range users {
		c.allow(t, user, u.namespaces...)
		for _, line := range lines(t, inSales) {
			if u.in != "sales" && strings.Contains(line, "customers") {
				continue // it is about a goal of sales
			}
			line = strings.Replace(line, "-n sales", "-n "+u.in, 1)
			t.Run(user+" "+line, func(t *testing.T) {
				screen, args := recorded.Screens()["80"], strings.Fields(line)
				all, got := c.run(screen, "", args...), c.run(screen, user, args...)
				if all.code != 0 && got == all {
					return // there is no such cycle in that namespace
				}
				if got.code != 0 || got.err != "" || got.out == "" {
					t.Fatalf("%s: exit %d: %s", u.reason, got.code, got.all())
				}
				if got.out != all.out && count(withheld, got.out) <= count(withheld, all.out) {
					t.Errorf("%s: it does not say that anything is withheld (-administrator +viewer):\n%s", u.reason, cmp.Diff(all.out, got.out))
				}
				if said := strings.ReplaceAll(got.out, "it is not missing", ""); count(gone, said) > count(gone, all.out) {
					t.Errorf("%s: what is withheld is called %q (-administrator +viewer):\n%s", u.reason, gone.FindAllString(said, -1), cmp.Diff(all.out, got.out))
				}
				sameVerdicts(t, all.out, got.out)
			})
		}
	}
}

// sameVerdicts compares the verdicts in two JSON documents, whatever their shapes; others have none that can be compared.
func sameVerdicts(t *testing.T, all, some string) {
	t.Helper()
	if !strings.HasPrefix(all, "{") {
		return
	}
	known, found := verdicts(t, all), verdicts(t, some)
	if len(found) == 0 && len(known) > 0 {
		t.Errorf("no verdicts:\n%s", some)
	}
	for goal, verdict := range found {
		if known[goal] != verdict {
			t.Errorf("%s is %s, and %s to an administrator", goal, verdict, known[goal])
		}
	}
}

// verdicts are the healths in a JSON document by the names beside them.
func verdicts(t *testing.T, document string) map[string]string {
	t.Helper()
	var root any
	if err := json.Unmarshal([]byte(document), &root); err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	found := map[string]string{}
	var walk func(any)
	walk = func(node any) {
		switch n := node.(type) {
		case []any:
			for _, item := range n {
				walk(item)
			}
		case map[string]any:
			kind, _ := n["kind"].(string)
			namespace, _ := n["namespace"].(string)
			name, named := n["name"].(string)
			if health, judged := n["health"].(string); judged && named {
				found[kind+" "+namespace+"/"+name] = health
			}
			for _, value := range n {
				walk(value)
			}
		}
	}
	walk(root)
	return found
}

// Whoever may read nothing, or not as much as was asked for, is told once, and what to do.
func TestNothingMayBeRead(t *testing.T) {
	c := running(t)
	c.allow(t, "one", "sales")
	try := func(user string, lines []string, says string) {
		for _, line := range lines {
			t.Run(user+" "+line, func(t *testing.T) {
				got := c.run(recorded.Screens()["80"], user, strings.Fields(line)...)
				if got.code != command.Failed || got.out != "" || !strings.HasPrefix(got.err, "error: ") || strings.Count(got.err, "\n") != 2 {
					t.Errorf("one error alone: exit %d: %s", got.code, got.all())
				}
				if !strings.Contains(got.err, says) || !strings.Contains(got.err, "forbidden") {
					t.Errorf("it does not say %q: %s", says, got.err)
				}
			})
		}
	}
	try("nobody", lines(t, inSales), "ask for the role `view` in namespace sales")
	try("nobody", lines(t, everywhere), "name one namespace with -n instead of -A")
	try("one", lines(t, everywhere), "name one namespace with -n instead of -A")
}

// A cluster without the kinds of this repository is not one without goals.
func TestKindsAreNotInstalled(t *testing.T) {
	got := running(t).bare
	if got.code != command.Failed || got.out != "" || !strings.Contains(got.err, "the kinds of okr-controller are not installed in this cluster") {
		t.Errorf("exit %d: %s", got.code, got.all())
	}
}
