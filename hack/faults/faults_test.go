package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// rows are the names of all rows, so that none is lost: a row that is added is added here too.
var rows = []string{
	"Prometheus down: refused, no DNS",
	"Slow, hanging or dripping body",
	"Huge body or compressed bomb",
	"400 bad_data",
	"422: duplicate series, too many samples",
	"429, 503",
	"401, 403",
	"Redirect",
	"Warnings, partial response",
	"NaN, infinities, nothing, stale series, two series, matrix, string, histogram, wrong types, truncated JSON",
	"Clock skew",
	"API server restarted, watch dropped, 429, conflict",
	"Crash anywhere",
	"Two leaders",
	"Stale cache",
	"Reference missing, late, deleted or refused",
	"Reference cycle",
	"Period edges, DST, leap days, zones",
	"Status wiped",
	"Status of a goal that is over wiped",
	"Clock set back, old cache or restart while a budget is counted",
	"Retention shorter than the question, `or vector(0)` over nothing, `increase` over a fraction of its range",
	"Late data",
	"More demand than the source's limits",
	"One tenant's expensive queries",
	"Suspended machine, clock steps",
	"Hot loop",
	"Absurd specs that the API admits",
	"Restart of the controller",
	"Panic in one evaluation",
	"Leaks",
	"Source edited, Secret rotated, source deleted",

	"SSRF by a tenant's URL",
	"Credentials sent to a tenant's URL",
	"Secrets of other namespaces",
	"A service account token replayed against the API server",
	"Credentials over plain http",
	"A tenant who edits its namespace's label",
	"Reading another tenant's metrics through PromQL",
	"A key result attached to another team's objective",
	"Reading another team's status through references",
	"Header or parameter injection",
	"Files, commands, templates in specs",
	"Memory and query-cost attacks",
	"Secrets in logs, events, status, metrics, pages",
	"Metrics endpoint and profiling",
	"Script injection through titles and URLs on pages",
}

// notYetRows may say that they cannot happen yet; all others have tests.
var notYetRows = []string{"Script injection through titles and URLs on pages"}

const root = "../.."

func table(t *testing.T) []Row {
	t.Helper()
	read, err := ReadTable(filepath.Join(root, "docs", "faults.md"))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestTableHasExactlyTheKnownRows(t *testing.T) {
	var names []string
	for _, row := range table(t) {
		names = append(names, row.Name)
	}
	for _, name := range rows {
		if !slices.Contains(names, name) {
			t.Errorf("docs/faults.md has no row %q", name)
		}
	}
	for _, name := range names {
		if !slices.Contains(rows, name) {
			t.Errorf("docs/faults.md has a row %q that is not in the list of this test", name)
		}
	}
	if len(names) != len(rows) {
		t.Errorf("docs/faults.md has %d rows, the list of this test %d", len(names), len(rows))
	}
}

func TestEveryRowHasATestThatExists(t *testing.T) {
	declared := map[string]map[string]bool{}
	for _, row := range table(t) {
		if row.NotYet != "" {
			if !slices.Contains(notYetRows, row.Name) {
				t.Errorf("%s: says %q, and may not", row.Name, row.NotYet)
			}
			continue
		}
		if len(row.Tests) == 0 {
			t.Errorf("%s: no test", row.Name)
		}
		for _, test := range row.Tests {
			if declared[test.Package] == nil {
				declared[test.Package] = testsOf(t, filepath.Join(root, test.folder()))
			}
			if !declared[test.Package][test.Name] {
				t.Errorf("%s: there is no %s", row.Name, test)
			}
		}
	}
}

// testsOf are the tests and fuzz targets that are declared in a folder.
func testsOf(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil {
				found[f.Name.Name] = true
			}
		}
	}
	return found
}

func TestParse(t *testing.T) {
	cases := map[string]struct {
		reason, line string
		want         Row
		fails        bool
	}{
		"tests":       {"both kinds of tests, in any package", "| A, b | does | `internal/prom.TestX`, `main.FuzzY` |", Row{Name: "A, b", Tests: []Test{{"internal/prom", "TestX"}, {"main", "FuzzY"}}}, false},
		"none":        {"seen by the test that looks for it", "| A | does | |", Row{Name: "A"}, false},
		"not yet":     {"says why", "| A | does | Not yet: no such field |", Row{Name: "A", NotYet: "no such field"}, false},
		"typing slip": {"a test that is not one must not be passed over", "| A | does | `internal/prom.Tests`, `prom/TestY` |", Row{}, true},
		"words":       {"nor words instead of a test", "| A | does | reviewed |", Row{}, true},
		"columns":     {"nor a column that is missing", "| A | does |", Row{}, true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := parseRow(tc.line)
			if (err != nil) != tc.fails || got.Name != tc.want.Name || got.NotYet != tc.want.NotYet || !slices.Equal(got.Tests, tc.want.Tests) {
				t.Errorf("%s: got %+v, %v, want %+v", tc.reason, got, err, tc.want)
			}
		})
	}
}

func TestReport(t *testing.T) {
	const (
		survived = "\n1 rows in 2s: 1 ok, 0 not yet, 0 failed\n"
		lost     = "\n1 rows in 2s: 0 ok, 0 not yet, 1 failed\nFAILED  r\n"
	)
	one, other := Test{"a", "TestOne"}, Test{"a", "TestOther"}
	cases := map[string]struct {
		reason string
		row    Row
		passed map[Test]bool
		end    string
	}{
		"all pass":    {"survived", Row{Name: "r", Tests: []Test{one, other}}, map[Test]bool{one: true, other: true}, survived},
		"one fails":   {"all must pass", Row{Name: "r", Tests: []Test{one, other}}, map[Test]bool{one: true, other: false}, lost},
		"one did not": {"what did not run, or was skipped, shows nothing", Row{Name: "r", Tests: []Test{one, other}}, map[Test]bool{one: true}, lost},
		"no test":     {"shows nothing", Row{Name: "r"}, nil, lost},
		"not yet":     {"cannot happen", Row{Name: "r", NotYet: "because"}, nil, "\n1 rows in 2s: 0 ok, 1 not yet, 0 failed\n"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			failed := report(&out, []Row{tc.row}, tc.passed, 2*time.Second)
			if !strings.HasSuffix(out.String(), tc.end) || (len(failed) > 0) != (tc.end == lost) {
				t.Errorf("%s: %q failed, and the end is not %q:\n%s", tc.reason, failed, tc.end, out.String())
			}
		})
	}
}
