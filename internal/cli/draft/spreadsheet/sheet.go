package spreadsheet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Options say how to read a sheet where it does not say so itself.
type Options struct {
	// Mapping says what columns are about, by their titles.
	Mapping map[string]Field
	// Decimal is "." or ","; empty: as the sheet's numbers have it.
	Decimal string
	// DateOrder of days and months that are both numbers; empty: as the sheet's dates have it.
	DateOrder DateOrder
	// Period of objectives without one, as the API has it; empty: there must be one.
	Period string
}

// Sheet is what a file holds.
type Sheet struct {
	Objectives []*Objective
	// Titles are those of the columns.
	Titles []string
	// LeftOut are rows that cannot be used.
	LeftOut []LeftOut
	// Notes are what was taken in a way that somebody should look at.
	Notes []string
	// Unknown are the titles of columns that nobody understood.
	Unknown []string
	// OwnersAreTeams says that what stands in the column of owners was taken for teams, because no column has those.
	OwnersAreTeams bool
	// Above is what stands over the titles of the columns.
	Above []string
}

// LeftOut is a row that cannot be used.
type LeftOut struct {
	Row    int
	Cells  []string
	Reason string
}

// Said is what a row says beside what the API has a field for: the column's title and the cell.
type Said struct{ Column, Text string }

// Objective is one of a sheet. What is not there is empty.
type Objective struct {
	Row                                                             int
	ID, Title, Description, Rationale, Team, Person, Contact, Level string
	Period, Start, Ambition, State, Parent                          string
	KPIs                                                            []string
	Actions                                                         []string
	// Serves is the objective of the sheet that Parent names; nil if it is none of the sheet.
	Serves *Objective
	// Confidence is 0 to 10; nil if there is none.
	Confidence *int32
	Notes      []string
	Said       []Said
	KeyResults []*KeyResult

	// unread is what is wrong with the cell that should tell its period.
	unread string
}

// KeyResult is one of an objective of a sheet.
type KeyResult struct {
	Row             int
	ID, Title, Unit string
	// Owner is who answers for it, where that is somebody else than for the objective; Team says that it is a team.
	Owner                     string
	Team                      bool
	Start, Due, State, Query  string
	Baseline, Target, Current string
	// Assumed says where the baseline comes from, if not from the sheet.
	Assumed string
	// Weight is an integer, 0 to 1000; empty if there is none.
	Weight     string
	Confidence *int32
	// Step says that it has no number: it is done or not. Done is whether.
	Step, Done bool
	Said       []Said
}

// Read reads a sheet. It fails where nothing can be made of it, or where numbers or dates have two readings; single rows that
// cannot be used are left out and told.
func Read(content []byte, o Options) (*Sheet, error) {
	text, err := decode(content)
	if err != nil {
		return nil, err
	}
	rows, err := table(text, func(rows []row) int { _, n := header(rows, o.Mapping); return n })
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("the file is empty")
	}
	at, _ := header(rows, o.Mapping)
	if at < 0 {
		return nil, noHeader(rows)
	}
	r := &reader{
		options: o, columns: recognize(rows[at].cells, o.Mapping), sheet: &Sheet{Titles: rows[at].cells},
		byTitle: map[string]*Objective{}, byID: map[string]*Objective{}, byKeyResult: map[string]*Objective{},
	}
	body := rows[at+1:]
	for _, decided := range r.columns.settleByCells(body, o.Mapping) {
		r.note("%s", decided)
	}
	if err := r.mapped(); err != nil {
		return nil, err
	}
	for _, above := range rows[:at] {
		if !above.empty() {
			r.sheet.Above = append(r.sheet.Above, strings.TrimSpace(strings.Join(nonEmpty(above.cells), " ")))
		}
	}
	_, owners := r.columns.of[FieldOwner]
	_, teams := r.columns.of[FieldTeam]
	if r.sheet.OwnersAreTeams = owners && !teams; r.sheet.OwnersAreTeams {
		r.note("column %q is taken for teams: --mapping %q says that they are people", r.columns.titles[r.columns.of[FieldOwner]], r.columns.titles[r.columns.of[FieldOwner]]+"=person")
	}
	if err := r.conventions(body); err != nil {
		return nil, err
	}
	for _, line := range body {
		if !line.empty() && !slices.Equal(line.cells, rows[at].cells) {
			r.take(line)
		}
	}
	r.finish(body)
	return r.sheet, nil
}

func nonEmpty(cells []string) []string {
	return slices.DeleteFunc(slices.Clone(cells), func(c string) bool { return c == "" })
}

func noHeader(rows []row) error {
	first := rows[0]
	for _, r := range rows {
		if !r.empty() {
			first = r
			break
		}
	}
	return fmt.Errorf("no row tells which column holds the objectives: row %d has %s. Say it, as in --mapping %q; fields are %s; `kubectl okr import --template` prints a sheet that is understood",
		first.number, quotedList(nonEmpty(first.cells)), "Our Goal=objective", strings.Join(Fields(), ", "))
}

func quotedList(texts []string) string {
	var quoted []string
	for i, text := range texts {
		if i == 12 {
			quoted = append(quoted, "…")
			break
		}
		if letters := []rune(text); len(letters) > 40 {
			text = string(letters[:39]) + "…"
		}
		quoted = append(quoted, fmt.Sprintf("%q", text))
	}
	return strings.Join(quoted, ", ")
}

// reader is a sheet while it is read.
type reader struct {
	options    Options
	columns    columns
	sheet      *Sheet
	convention convention
	order      DateOrder
	// present is the objective that rows without one belong to.
	present       *Objective
	byTitle, byID map[string]*Objective
	// byKeyResult are objectives by the ids and titles of their key results, which actions may name as their parents; nil where
	// several objectives have one of the name.
	byKeyResult map[string]*Objective
}

// mapped reports a mapping of columns that there are not, and tells which columns are unknown.
func (r *reader) mapped() error {
	for title := range r.options.Mapping {
		if !slices.ContainsFunc(r.columns.titles, func(t string) bool { return plain(t) == plain(title) }) {
			return fmt.Errorf("--mapping: there is no column %q: there are %s", title, quotedList(nonEmpty(r.columns.titles)))
		}
	}
	for _, column := range r.columns.unknown {
		if r.columns.titles[column] != "" {
			r.sheet.Unknown = append(r.sheet.Unknown, r.columns.titles[column])
		}
	}
	return nil
}

var (
	numberFields = []Field{FieldBaseline, FieldCurrent, FieldTarget}
	dateFields   = []Field{FieldStart, FieldDue}
)

// conventions finds out how the sheet writes fractions and dates: by those of its cells that leave no doubt. Where cells are in
// doubt, and the others do not tell or contradict each other, all of them are told, and nothing is read.
func (r *reader) conventions(body []row) error {
	decimals, orders := map[rune]string{}, map[DateOrder]string{}
	each(body, r.columns, numberFields, func(line row, column int, text string) {
		parts := written.FindStringSubmatch(comparison.ReplaceAllString(text, ""))
		if parts == nil {
			return
		}
		digits := strings.Trim(strings.TrimSpace(parts[2]), "()+-−")
		plain := strings.NewReplacer(" ", "", "'", "", "’", "", "\u202f", "").Replace(digits)
		if decimal, ambiguous := evidence(plain, plain != digits); decimal != 0 && !ambiguous {
			decimals[decimal] = r.columns.at(line, column) + fmt.Sprintf(": %q", text)
		}
	})
	each(body, r.columns, dateFields, func(line row, column int, text string) {
		if _, order, err := parseDate(text, ""); err == nil && order != "" && !strings.Contains(text, ".") {
			orders[order] = r.columns.at(line, column) + fmt.Sprintf(": %q", text)
		}
	})
	if r.options.Decimal != "" {
		r.convention = convention{decimal: rune(r.options.Decimal[0]), said: true}
	} else if len(decimals) == 1 {
		for decimal := range decimals {
			r.convention.decimal = decimal
		}
	}
	r.order = r.options.DateOrder
	if r.order == "" && len(orders) == 1 {
		for order := range orders {
			r.order = order
		}
	}
	return r.doubts(body, decimals, orders)
}

// doubts are the cells with two readings, and by which cell the others were read.
func (r *reader) doubts(body []row, decimals map[rune]string, orders map[DateOrder]string) error {
	var doubts []string
	used, ordered := false, false
	each(body, r.columns, numberFields, func(line row, column int, text string) {
		var ambiguous errAmbiguous
		if _, err := parseNumber(text, convention{}); errors.As(err, &ambiguous) {
			used = true
			if r.convention.decimal == 0 {
				doubts = append(doubts, r.columns.at(line, column)+": "+ambiguous.Error())
			}
		}
	})
	doubt := func(line row, column int, err error) {
		var ambiguous errAmbiguousDate
		if errors.As(err, &ambiguous) {
			ordered = true
			if r.order == "" {
				doubts = append(doubts, r.columns.at(line, column)+": "+ambiguous.Error())
			}
		}
	}
	each(body, r.columns, dateFields, func(line row, column int, text string) {
		_, _, err := parseDate(text, "")
		doubt(line, column, err)
	})
	each(body, r.columns, []Field{FieldPeriod}, func(line row, column int, text string) {
		_, err := parsePeriod(text, "")
		doubt(line, column, err)
	})
	if len(doubts) > 0 {
		more := ""
		if len(doubts) > maxDoubts {
			more = fmt.Sprintf("\n… and %d more", len(doubts)-maxDoubts)
			doubts = doubts[:maxDoubts]
		}
		return errors.New(strings.Join(doubts, "\n") + more)
	}
	if used && !r.convention.said {
		r.note("numbers are read with %q before their fractions, as in %s", string(r.convention.decimal), decimals[r.convention.decimal])
	}
	if ordered && r.options.DateOrder == "" {
		r.note("dates are read as %s, as in %s", r.order, orders[r.order])
	}
	return nil
}

const maxDoubts = 10

// each calls a function for the cells of some columns that are not empty.
func each(body []row, c columns, fields []Field, do func(line row, column int, text string)) {
	for _, line := range body {
		for _, field := range fields {
			column, there := c.of[field]
			if text := line.cell(column); there && text != "" {
				do(line, column, text)
			}
		}
	}
}

func (r *reader) note(format string, args ...any) {
	r.sheet.Notes = append(r.sheet.Notes, fmt.Sprintf(format, args...))
}
