package draft_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli"
	"okr.dev/controller/internal/cli/terminal"
)

// run runs the plugin on the recorded cluster, and returns what it says: on standard output, then on standard error.
func run(t *testing.T, namespace string, screen terminal.Screen, in string, args ...string) (out, errOut string, code int) {
	t.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	env, said := cluster.Environment(namespace, screen, in)
	code = cli.Run(env, args)
	return said.Out.String(), said.Err.String(), code
}

// goldens are the runs whose output is looked at.
var goldens = map[string]struct {
	namespace string
	// answers are lines that are typed.
	answers []string
	args    []string
}{
	"from-kpi":         {namespace: "sales", args: []string{"new", "--from-kpi", "new-paying-customers"}},
	"from-kpi-healthy": {namespace: "platform", args: []string{"new", "--from-kpi", "api-latency-p99", "--title", "The API answers before you ask"}},
	"from-kpi-levers":  {namespace: "online-shop", args: []string{"new", "--from-kpi", "operating-cash-flow", "--level", "Team"}},
	"flags": {namespace: "sales", args: []string{
		"new", "first-answer", "--title", "Prospects choose us", "--rationale", "Five lost prospects said the same: our reply came a day late.",
		"--owner", "sales", "--person", "Jo", "--contact", "#sales", "--kpi", "new-paying-customers", "--parent", "company/double-earnings", "--ambition", "Aspirational",
		"--action", "Somebody answers all day long|Jo|2026-12-04", "--action", "Three answers ready",
		"--key-result", "First reply from 26 to 4 h|||", "--key-result", "Closed deals, a week|deals||>=25|kpi:closed-deals",
		"--key-result", "Prospects who choose us|%||>=25|100 * max(company_win_ratio)",
	}},
	"restates": {namespace: "sales", args: []string{
		"new", "--title", "Grow to 50 customers", "--period", "2027-Q1", "--key-result", "New customers|customers||>=50|kpi:new-paying-customers",
	}},
	"questions": {namespace: "sales", args: []string{"new", "-i", "--from-kpi", "new-paying-customers"}, answers: []string{
		"Win 50 customers", "Prospects choose us again", "", "", "", "", "", "2026-Q5", "", "", "", "company/double-earnings", "",
		"Somebody answers all day long", "", "2026-12-04", "",
		"yes", "", "", "", ">=25",
		"First reply from 26 to 4 h", "", "", "", "", "",
	}},
}

func TestNew(t *testing.T) {
	for name, g := range goldens {
		for width, screen := range recorded.Screens() {
			if name != "from-kpi" && name != "questions" && width != "80" {
				continue // the YAML is the same on every screen
			}
			t.Run(name+"-"+width, func(t *testing.T) {
				out, errOut, code := run(t, g.namespace, screen, strings.Join(g.answers, "\n")+"\n", g.args...)
				if code != 0 {
					t.Fatalf("exit %d: %s", code, errOut)
				}
				recorded.Golden(t, name+"-"+width, out+"==== standard error ====\n"+errOut)
			})
		}
	}
}

// sheets are the files of the corpus, and with which flags they are read.
var sheets = map[string][]string{
	"merged.csv": nil, "german.csv": nil, "suite.tsv": nil, "utf16.csv": nil,
	"hand-made.csv": {"--mapping", "What we want=objective", "--mapping", "How we know=key result", "--mapping", "Who=person", "--period", "2026-Q4"},
	"awkward.csv":   nil, "ambiguous.csv": nil, "no-header.csv": nil, "latin1.csv": nil, "unclosed.csv": nil, "workbook.csv": nil,
	"deutsch.csv": {"--period", "2026-Q4"}, "shared-sheet.csv": {"--period", "2026-Q4", "--mapping", "Owner=person"}, "item-a-row.csv": nil,
}

func TestImport(t *testing.T) {
	files, err := filepath.Glob("testdata/sheets/*")
	if err != nil || len(files) != len(sheets) {
		t.Fatalf("%d files in the corpus, %d are tested (%v)", len(files), len(sheets), err)
	}
	for name, flags := range sheets {
		t.Run(name, func(t *testing.T) {
			out, errOut, code := run(t, "checkout", recorded.Screens()["80"], "", append([]string{"import", "testdata/sheets/" + name}, flags...)...)
			recorded.Golden(t, "import-"+name, out+"==== standard error, exit "+string(rune('0'+code))+" ====\n"+errOut)
		})
	}
}

// Every cell of every row is somewhere in what comes out: in the YAML or in what is told.
func TestNothingOfASheetIsLost(t *testing.T) {
	content, err := os.ReadFile("testdata/sheets/awkward.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"Orphan", "kind: Secret", "quoted", "braces", "high", "soon", "Nothing like it", "checkout-latency", "My KPI", "a: b", "not a comment", "null",
		"rm -rf", "sum(rate(x", "Cancelled", "12345678901234567890", "sum(", "FY27 Q1", "Totals", "beyond the last column", "2027-03-01", "boringly-reliable"} {
		if !strings.Contains(string(content), word) {
			t.Fatalf("%q is not in the sheet", word)
		}
		out, errOut, _ := run(t, "checkout", recorded.Screens()["160"], "", "import", "testdata/sheets/awkward.csv")
		if !strings.Contains(out+errOut, word) {
			t.Errorf("%q is neither in the YAML nor told:\n%s\n%s", word, out, errOut)
		}
	}
}
