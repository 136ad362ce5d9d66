package draft

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/draft/spreadsheet"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/practice"
)

const importLong = `Make YAML of the objectives and key results of a spreadsheet that was saved as CSV.

The row with the titles of the columns is found, and so is what separates the cells. Titles that are common in sheets
made by hand and in the exports of OKR suites are understood; --mapping "Our Title=field" says it for others, and
--template prints an empty sheet. An objective may stand once above its key results, or be repeated beside each; exports
with one item a row need columns for its type, title and parent.

Current values become a check-in of today. Nothing is lost: rows that cannot be used are listed with their number and
the reason, and what stands in columns that are not understood is kept in comments. A number or a date with two readings
is never guessed at: other cells of the sheet decide, or --decimal and --date-order.

The YAML goes to standard output, or with --out into a folder, a file for each objective; files that exist are left
alone. Exit code 1 says that rows were left out.`

const importExamples = `  # Look at what would come of it
  kubectl okr import okrs.csv

  # A file for each objective
  kubectl okr import okrs.csv -n checkout --out goals/

  # Columns with titles of one's own, and a period for all
  kubectl okr import okrs.csv --mapping "Where we go=objective" --mapping "How we know=key result" --period 2026-Q4

  # An empty sheet
  kubectl okr import --template > okrs.csv`

// importOptions are the flags of import.
type importOptions struct {
	mapping                           []string
	out, decimal, order, period, zone string
	template                          bool
}

// ImportCommand makes goals of a spreadsheet.
func ImportCommand(env *command.Environment) *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use: "import FILE.csv", Short: "Objectives and key results from a spreadsheet", Long: importLong, Example: importExamples,
		Args: command.Arguments(0, 1, "file", "kubectl okr import okrs.csv"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return []cobra.Completion{"csv", "tsv", "txt"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(_ *cobra.Command, args []string) error { return o.run(env, args) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&o.mapping, "mapping", nil, `What a column is about: "Title=field", or "Title=-" to leave it out. May be repeated.`)
	flags.StringVar(&o.out, "out", manifest.Stdin, "Folder to write a file for each objective into; - is standard output.")
	flags.StringVar(&o.decimal, "decimal", "", "What stands before a fraction: . or ,")
	flags.StringVar(&o.order, "date-order", "", "How dates such as 03/04/2026 are written: dmy (day first) or mdy (month first).")
	flags.StringVar(&o.period, "period", "", "Period of objectives that have none in the sheet, such as 2026-Q4.")
	flags.StringVar(&o.zone, "time-zone", "", "Where days begin and end, such as Europe/Berlin.")
	flags.BoolVar(&o.template, "template", false, "Print an empty sheet that is understood.")
	return cmd
}

func (o *importOptions) run(env *command.Environment, args []string) error {
	if o.template {
		w := csv.NewWriter(env.Out)
		return errors.Join(w.Write(spreadsheet.Template()), flushed(w))
	}
	if len(args) == 0 {
		return errors.New("which file? Write kubectl okr import FILE.csv, or - for standard input; --template prints an empty sheet")
	}
	options, err := o.options()
	if err != nil {
		return err
	}
	content, err := contentOf(args[0], env.In)
	if err != nil {
		return err
	}
	sheet, err := spreadsheet.Read(content, options)
	if err != nil {
		if strings.Contains(err.Error(), "\n") {
			return fmt.Errorf("%s:\n%w", args[0], err)
		}
		return fmt.Errorf("%s: %w", args[0], err)
	}
	source := filepath.Base(args[0])
	goals, notes := convert(sheet, conversion{source: source, namespace: *env.Flags.Namespace, zone: v1alpha1.TimeZone(o.zone), now: env.Now()})
	sheet.Notes = append(sheet.Notes, notes...)
	if o.out == manifest.Stdin {
		_, err = fmt.Fprint(env.Out, whole(sheet, source, goals))
	} else {
		err = o.files(env, sheet, goals)
	}
	if err != nil {
		return err
	}
	report(env, args[0], sheet, goals)
	if len(sheet.LeftOut) > 0 {
		return command.Exit{Code: command.Findings}
	}
	return nil
}

func flushed(w *csv.Writer) error {
	w.Flush()
	return w.Error()
}

// mostContent is how large a sheet may be, in bytes: far more than anybody can read.
const mostContent = 64 << 20

// contentOf reads a file of a size that a sheet has.
func contentOf(path string, in io.Reader) ([]byte, error) {
	if strings.EqualFold(filepath.Ext(path), ".xlsx") || strings.EqualFold(filepath.Ext(path), ".ods") {
		return nil, fmt.Errorf("%s is a workbook: save the sheet as CSV (UTF-8) first", path)
	}
	name := "standard input"
	if path != manifest.Stdin {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close() // it is only read
		in, name = file, path
	}
	content, err := io.ReadAll(io.LimitReader(in, mostContent+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case len(content) > mostContent:
		return nil, fmt.Errorf("%s is larger than %d MiB: that is no sheet of goals", name, mostContent>>20)
	default:
		return content, nil
	}
}

func (o *importOptions) options() (spreadsheet.Options, error) {
	options := spreadsheet.Options{Mapping: map[string]spreadsheet.Field{}, Decimal: o.decimal, DateOrder: spreadsheet.DateOrder(o.order), Period: o.period}
	switch {
	case o.decimal != "" && o.decimal != "." && o.decimal != ",":
		return options, fmt.Errorf("--decimal %q: write . or ,", o.decimal)
	case o.order != "" && options.DateOrder != spreadsheet.DayFirst && options.DateOrder != spreadsheet.MonthFirst:
		return options, fmt.Errorf("--date-order %q: write dmy (day first) or mdy (month first)", o.order)
	}
	if o.period != "" {
		if err := checkPeriod(o.period); err != nil {
			return options, fmt.Errorf("--period: %w", err)
		}
	}
	if o.zone != "" {
		if err := checkZone(o.zone); err != nil {
			return options, fmt.Errorf("--time-zone: %w", err)
		}
	}
	for _, text := range o.mapping {
		at := strings.LastIndex(text, "=")
		if at < 1 {
			return options, fmt.Errorf("--mapping %q: write \"Title of the column=field\"", text)
		}
		field := strings.ToLower(strings.TrimSpace(text[at+1:]))
		if field != string(spreadsheet.FieldIgnored) && !slices.Contains(spreadsheet.Fields(), field) {
			return options, fmt.Errorf("--mapping %q: there is no field %q: there are %s; or - to leave the column out", text, field, strings.Join(spreadsheet.Fields(), ", "))
		}
		options.Mapping[strings.TrimSpace(text[:at])] = spreadsheet.Field(field)
	}
	return options, nil
}

// whole are all goals as one file, with what stood above them, and the rows that were left out.
func whole(sheet *spreadsheet.Sheet, source string, goals []*goal) string {
	var parts []string
	for i, g := range goals {
		text := document(g, false)
		if i == 0 && len(sheet.Above) > 0 {
			text = comment("Above the table: "+strings.Join(sheet.Above, "\n"), 0) + text
		}
		parts = append(parts, text)
	}
	text := strings.Join(parts, "---\n")
	for i, row := range sheet.LeftOut {
		if i == 0 {
			text += "#\n" + comment("Left out of "+source+":", 0)
		}
		text += comment(fmt.Sprintf("- row %d: %s\n  %s", row.Row, row.Reason, spoken(sheet, row)), 0)
	}
	return text
}

// spoken is what a row holds, with the titles of its columns.
func spoken(sheet *spreadsheet.Sheet, row spreadsheet.LeftOut) string {
	var parts []string
	for i, cell := range row.Cells {
		if cell == "" {
			continue
		}
		title := fmt.Sprintf("column %d", i+1)
		if i < len(sheet.Titles) && sheet.Titles[i] != "" {
			title = sheet.Titles[i]
		}
		parts = append(parts, title+": "+terminal.OneLine(cell))
	}
	return strings.Join(parts, "; ")
}

// leftOut is the file in a folder that holds the rows which were left out, to be mended and imported again.
const leftOut = "left-out.csv"

// files writes a file for each objective. If one of them exists or cannot be written, none is.
func (o *importOptions) files(env *command.Environment, sheet *spreadsheet.Sheet, goals []*goal) error {
	texts := map[string]string{}
	for _, g := range goals {
		texts[filepath.Join(o.out, g.objective.Name+".yaml")] = document(g, false)
	}
	if len(sheet.LeftOut) > 0 {
		var b strings.Builder
		w := csv.NewWriter(&b)
		rows := [][]string{sheet.Titles}
		for _, row := range sheet.LeftOut {
			rows = append(rows, row.Cells)
		}
		if err := w.WriteAll(rows); err != nil {
			return err
		}
		texts[filepath.Join(o.out, leftOut)] = b.String()
	}
	var files, there []string
	for file := range texts {
		files = append(files, file)
		if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
			there = append(there, file)
		}
	}
	slices.Sort(files)
	slices.Sort(there)
	if len(there) > 0 {
		return fmt.Errorf("nothing was written, because these exist already: %s; choose another --out", strings.Join(there, ", "))
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	for i, file := range files {
		if err := save(file, texts[file], false); err != nil {
			for _, written := range files[:i] {
				err = errors.Join(err, os.Remove(written))
			}
			return fmt.Errorf("nothing was written: %w", err)
		}
	}
	for _, file := range files {
		fmt.Fprintln(env.Out, file)
	}
	return nil
}

// report says what came of a sheet, and what somebody should look at.
func report(env *command.Environment, path string, sheet *spreadsheet.Sheet, goals []*goal) {
	s := env.Screen
	keyResults := 0
	for _, g := range goals {
		keyResults += len(g.keyResults)
	}
	summary := fmt.Sprintf("%s: %s, %s", path, terminal.Count(len(goals), "objective"), terminal.Count(keyResults, "key result"))
	if n := len(sheet.LeftOut); n > 0 {
		summary += fmt.Sprintf(", %s left out", terminal.Count(n, "row"))
	}
	fmt.Fprintln(env.ErrOut, s.Paint(terminal.Bold, s.Text(summary)))
	item := func(text string) {
		for i, line := range wrap(s.Text(text), s.Width-2) {
			fmt.Fprintln(env.ErrOut, map[bool]string{true: "- ", false: "  "}[i == 0]+line)
		}
	}
	for i := 0; i < len(sheet.LeftOut); {
		first := sheet.LeftOut[i]
		last := first
		for i++; i < len(sheet.LeftOut) && sheet.LeftOut[i].Reason == first.Reason; i++ {
			last = sheet.LeftOut[i]
		}
		rows := fmt.Sprintf("row %d", first.Row)
		if last.Row != first.Row {
			rows = fmt.Sprintf("rows %d to %d", first.Row, last.Row)
		}
		item(fmt.Sprintf("left out: %s: %s", rows, first.Reason))
	}
	for _, title := range sheet.Unknown {
		item(fmt.Sprintf("column %q is not understood, and kept in comments: --mapping \"%s=FIELD\" says what it is about", title, title))
	}
	for _, note := range sheet.Notes {
		item(note)
	}
	for _, line := range rulesBroken(adviceOn(goals, nil, metav1.NewTime(env.Now()))) {
		item(line)
	}
}

// rulesBroken counts findings by rule.
func rulesBroken(findings []practice.Finding) []string {
	counted := map[string]map[practice.Ref]bool{}
	for _, f := range findings {
		if counted[f.Rule] == nil {
			counted[f.Rule] = map[practice.Ref]bool{}
		}
		counted[f.Rule][f.Object] = true
	}
	var lines []string
	for _, rule := range practice.Rules() {
		broken := counted[rule.ID]
		if len(broken) == 0 {
			continue
		}
		var whom []string
		for ref := range broken {
			whom = append(whom, ref.Name)
		}
		slices.Sort(whom)
		if len(whom) > 3 {
			whom = append(whom[:3], fmt.Sprintf("%d more", len(whom)-3))
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s; not here: %s", rule.ID, rule.Severity, rule.Title, strings.Join(whom, ", ")))
	}
	return lines
}
