package draft_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
)

// write makes a file of a test's own.
func write(t *testing.T, file, text string) string {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func content(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestNothingIsOverwritten(t *testing.T) {
	const held = "# ours\na: 1 # stays"
	arguments := []string{"new", "--title", "Customers come back", "--file"}
	cases := map[string]struct {
		reason, held string
		flags        []string
		code         int
		// begins is what the file begins with afterwards; says is a part of the message.
		begins, says string
	}{
		"Exists":     {"a file that exists is left alone", held, nil, 2, held, "exists already"},
		"Append":     {"what it holds stays, to the byte, and further documents follow", held, []string{"--append"}, 0, held + "\n---\napiVersion:", "objective customers-come-back"},
		"Newline":    {"with its last line ended", held + "\n", []string{"--append"}, 0, held + "\n---\napiVersion:", ""},
		"Separator":  {"a separator that is there is enough", held + "\n---\n", []string{"--append"}, 0, held + "\n---\napiVersion:", ""},
		"OpenEnd":    {"even at the very end", held + "\n---", []string{"--append"}, 0, held + "\n---\napiVersion:", ""},
		"Empty":      {"an empty file needs none", "", []string{"--append"}, 0, "apiVersion:", ""},
		"Broken":     {"nothing is written behind what does not parse", "a: [", []string{"--append"}, 2, "a: [", "mend it first"},
		"SameObject": {"an object that is there already is not written again", "apiVersion: goals.okr.dev/v1alpha1\nkind: Objective\nmetadata: {name: customers-come-back, namespace: sales}\n", []string{"--append"}, 2, "apiVersion", "already"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			file := write(t, filepath.Join(t.TempDir(), "goals.yaml"), tc.held)
			_, errOut, code := run(t, "sales", recorded.Screens()["80"], "", append(append(arguments, file), tc.flags...)...)
			if got := content(t, file); code != tc.code || !strings.HasPrefix(got, tc.begins) || !strings.Contains(errOut, tc.says) || code != 0 && got != tc.held {
				t.Errorf("%s: exit %d, %s\n%s", tc.reason, code, errOut, got)
			}
		})
	}
}

func TestImportIntoAFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "goals")
	arguments := []string{"import", "testdata/sheets/suite.tsv", "--out", folder}
	out, errOut, code := run(t, "checkout", recorded.Screens()["80"], "", arguments...)
	want := fmt.Sprintf("%[1]s/checkout-feels-instant.yaml\n%[1]s/customers-love-us.yaml\n%[1]s/left-out.csv\n", folder)
	if code != command.Findings || out != want {
		t.Fatalf("exit %d, wrote\n%swant\n%s%s", code, out, want, errOut)
	}
	left := content(t, filepath.Join(folder, "left-out.csv"))
	if !strings.HasPrefix(left, "Type,Title,Parent,") || strings.Count(left, "\n") != 3 {
		t.Errorf("what was left out can be mended and imported again:\n%s", left)
	}
	before := content(t, filepath.Join(folder, "customers-love-us.yaml"))
	if err := os.Remove(filepath.Join(folder, "checkout-feels-instant.yaml")); err != nil {
		t.Fatal(err)
	}
	_, errOut, code = run(t, "checkout", recorded.Screens()["80"], "", arguments...)
	if _, err := os.Stat(filepath.Join(folder, "checkout-feels-instant.yaml")); code != command.Failed || err == nil || !strings.Contains(errOut, "exist already") {
		t.Errorf("with a file in its way nothing is written: exit %d, %v, %s", code, err, errOut)
	}
	if content(t, filepath.Join(folder, "customers-love-us.yaml")) != before {
		t.Error("a file was overwritten")
	}
}

func TestBaselinesAreAsked(t *testing.T) {
	answers := map[string]string{
		"max(reply_hours)": `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[AT,"26.0213"]}]}}`,
		"max(nothing)":     `{"status":"success","data":{"resultType":"vector","result":[]}}`,
	}
	prometheus := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, strings.Replace(answers[r.FormValue("query")], "AT", r.FormValue("time"), 1))
	}))
	t.Cleanup(prometheus.Close)
	cases := map[string]struct {
		reason, keyResult, prometheus string
		code                          int
		says                          string
	}{
		"Asked":     {"the number of now is the baseline", "First reply|h||4|max(reply_hours)", prometheus.URL, 0, `reach: {baseline: "26.02", target: 4}`},
		"NoData":    {"without a number it is not 0", "First reply|h||4|max(nothing)", prometheus.URL, 2, "NoData"},
		"Measured":  {"but measured at the start, where it is said which way to go", "First reply|h||<=4|max(nothing)", prometheus.URL, 0, "reach: {target: 4, direction: Decrease}"},
		"Reached":   {"it is there already", "First reply|h||<=30|max(reply_hours)", prometheus.URL, 2, "is at 26.02 already"},
		"Down":      {"a server that is down gives no number", "First reply|h||4|max(reply_hours)", "http://127.0.0.1:1", 2, "SourceUnavailable"},
		"NoAddress": {"an address is one", "First reply|h||4|max(reply_hours)", "localhost", 2, "--prometheus: the url's scheme"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			out, errOut, code := run(t, "sales", recorded.Screens()["80"], "", "new", "--title", "Prospects choose us", "--prometheus", tc.prometheus, "--key-result", tc.keyResult)
			if code != tc.code || !strings.Contains(out+errOut, tc.says) || code != 0 && out != "" {
				t.Errorf("%s: exit %d\n%s%s", tc.reason, code, out, errOut)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		says   string
	}{
		"NoTitle":     {"a goal has a title", []string{"new"}, "--title"},
		"NoKPI":       {"a KPI that there is not", []string{"new", "--from-kpi", "nonsense"}, "sales/nonsense is not found, or not shared"},
		"NearKPI":     {"one whose name is nearly that", []string{"new", "--from-kpi", "closed-deal"}, "did you mean closed-deals?"},
		"OtherKPI":    {"one of another namespace", []string{"new", "--from-kpi", "inventory-turnover"}, "there is one with -n online-shop"},
		"NotShared":   {"and one that is not shared", []string{"new", "--from-kpi", "marketing/qualified-leads"}, "not shared with namespace sales"},
		"Taken":       {"a name that is taken would replace another goal", []string{"new", "new-prospects", "--from-kpi", "closed-deals"}, "already"},
		"Period":      {"a period", []string{"new", "--title", "x", "--period", "Q4"}, "--period"},
		"Start":       {"a start after the period", []string{"new", "--title", "x", "--period", "2026-Q3", "--start-on", "2026-10-02"}, "after the period"},
		"Level":       {"a level", []string{"new", "--title", "x", "--level", "Boss"}, "Individual"},
		"Name":        {"a name", []string{"new", "My Goal", "--title", "x"}, "small letters"},
		"AppendAlone": {"standard output has no end to write behind", []string{"new", "--title", "x", "--append"}, "--file"},
		"Ended":       {"answers that end early write nothing", []string{"new", "-i"}, "nothing was written"},
		"NoFile":      {"import needs a file", []string{"import"}, "--template"},
		"Workbook":    {"a workbook is not read", []string{"import", "okrs.xlsx"}, "save the sheet as CSV"},
		"Mapping":     {"a mapping names a field", []string{"import", "testdata/sheets/merged.csv", "--mapping", "Owner=boss"}, `no field "boss"`},
		"Column":      {"and a column", []string{"import", "testdata/sheets/merged.csv", "--mapping", "Chief=person"}, `no column "Chief"`},
		"Decimal":     {"a decimal sign is one of two", []string{"import", "testdata/sheets/merged.csv", "--decimal", ";"}, "write . or ,"},
		"DateOrder":   {"an order too", []string{"import", "testdata/sheets/merged.csv", "--date-order", "ymd"}, "dmy"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			out, errOut, code := run(t, "sales", recorded.Screens()["80"], "", tc.args...)
			if code != command.Failed || out != "" || !strings.Contains(errOut, tc.says) {
				t.Errorf("%s: exit %d\n%s%s", tc.reason, code, out, errOut)
			}
		})
	}
}

// The empty sheet, filled in, is understood in full.
func TestTemplate(t *testing.T) {
	out, _, code := run(t, "sales", recorded.Screens()["80"], "", "import", "--template")
	file := write(t, filepath.Join(t.TempDir(), "okrs.csv"), out+"We are heard,Listeners,radio,#radio,Team,2026-Q4,company/double-earnings,listeners,100,250,1000,2026-12-15,2,7,Ask them,Going well\n")
	yaml, errOut, filled := run(t, "sales", recorded.Screens()["80"], "", "import", file)
	if code != 0 || filled != 0 || strings.Contains(errOut, "not understood") || strings.Contains(yaml, "Column") {
		t.Errorf("exit %d, %d\n%s%s", code, filled, yaml, errOut)
	}
	for _, part := range []string{`owner: {team: radio, contact: "#radio"}`, "parentRef: {name: double-earnings, namespace: company}", "- {title: Ask them}", "value: 250, confidence: 7", "weight: 2", `dueOn: "2026-12-15"`} {
		if !strings.Contains(yaml, part) {
			t.Errorf("%s is missing:\n%s", part, yaml)
		}
	}
}
