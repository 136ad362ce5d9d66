package spreadsheet

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Field is what a column is about.
type Field string

// The fields, by the names that a mapping gives them.
const (
	FieldObjective   Field = "objective"
	FieldKeyResult   Field = "key result"
	FieldType        Field = "type"
	FieldTitle       Field = "title"
	FieldID          Field = "id"
	FieldDescription Field = "description"
	FieldRationale   Field = "rationale"
	FieldOwner       Field = "owner"
	FieldTeam        Field = "team"
	FieldPerson      Field = "person"
	FieldContact     Field = "contact"
	FieldKROwner     Field = "key result owner"
	FieldLevel       Field = "level"
	FieldPeriod      Field = "period"
	FieldStart       Field = "start"
	FieldDue         Field = "due"
	FieldUnit        Field = "unit"
	FieldBaseline    Field = "baseline"
	FieldCurrent     Field = "current"
	FieldTarget      Field = "target"
	FieldProgress    Field = "progress"
	FieldWeight      Field = "weight"
	FieldConfidence  Field = "confidence"
	FieldParent      Field = "parent"
	FieldKPI         Field = "kpi"
	FieldQuery       Field = "query"
	FieldAmbition    Field = "ambition"
	FieldStatus      Field = "status"
	FieldAction      Field = "action"
	FieldNotes       Field = "notes"
	// FieldIgnored is a column that is left out on purpose.
	FieldIgnored Field = "-"
)

// headings are the titles that columns have, beside the fields' own names: in the exports of OKR suites and in sheets made by
// hand, in English and German. They are compared in small letters, without signs and what stands in parentheses.
var headings = map[Field][]string{
	FieldObjective:   {"objectives", "objective title", "objective name", "okr objective", "goal", "goals", "goal name", "goal title", "o", "ziel", "ziele"},
	FieldKeyResult:   {"key results", "keyresult", "kr", "krs", "key result title", "key result name", "kr title", "kr name", "measure", "measure of success", "success metric", "schlüsselergebnis", "schlüsselergebnisse"},
	FieldType:        {"item type", "record type", "okr type", "kind", "typ", "art"},
	FieldTitle:       {"name", "item", "okr", "okr name", "okr title", "item name", "item title", "titel", "bezeichnung"},
	FieldID:          {"okr id", "item id", "objective id", "ref", "no", "nr"},
	FieldDescription: {"objective description", "details", "why", "why it matters", "purpose", "beschreibung"},
	FieldRationale:   {"why now", "reason", "background"},
	FieldOwner:       {"owners", "objective owner", "responsible", "accountable", "assignee", "assigned to", "dri", "lead", "owned by", "owner name", "verantwortlich", "verantwortliche", "verantwortlicher", "zuständig"},
	FieldTeam:        {"teams", "owning team", "owner team", "team name", "department", "group", "squad", "division", "business unit", "abteilung", "bereich"},
	FieldPerson:      {"contact person", "individual"},
	FieldContact:     {"channel", "slack", "slack channel", "email", "owner email", "mail"},
	FieldKROwner:     {"kr owner", "key results owner"},
	FieldLevel:       {"objective level", "okr level", "scope", "ebene"},
	FieldPeriod:      {"quarter", "cycle", "okr cycle", "time period", "timeframe", "time frame", "session", "planning period", "planning session", "quartal", "zeitraum"},
	FieldStart:       {"start date", "starts", "starts on", "start on", "begin", "begins", "beginn", "startdatum"},
	FieldDue:         {"due date", "due on", "end", "end date", "ends", "ends on", "deadline", "target date", "finish", "fällig", "fällig am", "frist", "enddatum", "termin"},
	FieldUnit:        {"units", "unit of measure", "unit of measurement", "metric unit", "uom", "einheit"},
	FieldBaseline:    {"base line", "start value", "starting value", "initial", "initial value", "starting point", "from", "base", "startwert", "ausgangswert"},
	FieldCurrent:     {"current value", "actual", "actual value", "actuals", "latest", "latest value", "present", "now", "value", "today", "present value", "aktuell", "aktueller wert", "istwert", "ist"},
	FieldTarget:      {"target value", "goal value", "end value", "to", "desired", "desired value", "final target", "zielwert", "sollwert", "soll"},
	FieldProgress:    {"progress percent", "percent complete", "complete", "completion", "percent done", "percentage complete", "overall progress", "done percent", "fortschritt"},
	FieldWeight:      {"weighting", "weight percent", "importance", "gewicht", "gewichtung"},
	FieldConfidence:  {"confidence level", "confidence score", "confidence rating", "zuversicht"},
	FieldParent:      {"parent objective", "parent goal", "parent okr", "aligned to", "aligned with", "alignment", "supports", "contributes to", "linked to", "parent title", "parent name", "parent id", "übergeordnetes ziel", "zahlt ein auf"},
	FieldKPI:         {"kpis", "kpi ref", "moves kpi"},
	FieldQuery:       {"promql", "metric query", "prometheus"},
	FieldAmbition:    {"commitment", "ambition type", "committed or aspirational"},
	FieldStatus:      {"state"},
	FieldAction:      {"actions", "initiative", "initiatives", "task", "tasks", "project", "projects", "action plan", "action items", "maßnahme", "maßnahmen", "initiativen"},
	FieldNotes:       {"note", "comment", "comments", "remark", "remarks", "update", "last update", "status update", "latest update", "last comment", "check in note", "kommentar", "kommentare", "bemerkung", "bemerkungen", "notiz", "notizen"},
}

var byHeading = func() map[string]Field {
	found := map[string]Field{}
	for field, titles := range headings {
		for _, title := range append(titles, string(field)) {
			if other, taken := found[title]; taken {
				panic(fmt.Sprintf("the heading %q means %s and %s", title, field, other))
			}
			found[title] = field
		}
	}
	return found
}()

// Fields are the names of all fields, sorted.
func Fields() []string {
	var names []string
	for field := range maps.Keys(headings) {
		names = append(names, string(field))
	}
	slices.Sort(names)
	return names
}

// Template are the columns of an empty sheet, in the order in which one fills it in.
func Template() []string {
	return []string{"Objective", "Key result", "Owner", "Contact", "Level", "Period", "Parent", "Unit", "Baseline", "Current", "Target", "Due", "Weight",
		"Confidence", "Action", "Notes"}
}

var (
	aside = regexp.MustCompile(`\([^)]*\)|\[[^\]]*\]`)
	signs = regexp.MustCompile(`[^\pL\pN]+`)
)

// plain is a title as it is compared.
func plain(title string) string {
	title = strings.ReplaceAll(aside.ReplaceAllString(strings.ToLower(title), " "), "%", " percent ")
	return strings.TrimSpace(signs.ReplaceAllString(title, " "))
}

// columns are the columns of a sheet by what they are about.
type columns struct {
	titles []string
	of     map[Field]int
	// unknown are those that nobody understood.
	unknown []int
}

func (c columns) title(column int) string {
	if column < len(c.titles) && c.titles[column] != "" {
		return c.titles[column]
	}
	return "Column " + letter(column)
}

// at names a cell, as in: row 7, column F "Target".
func (c columns) at(r row, column int) string {
	return fmt.Sprintf("row %d, column %s %q", r.number, letter(column), c.title(column))
}

// recognize finds out what the columns are about. mapping says it, by the title as it is written or as it is compared, where the title does not.
func recognize(titles []string, mapping map[string]Field) columns {
	c := columns{titles: titles, of: map[Field]int{}}
	said := map[string]Field{}
	for title, field := range mapping {
		said[plain(title)] = field
	}
	rest := map[int]bool{}
	for i, title := range titles { // what is said goes first
		field, mapped := said[plain(title)]
		if _, taken := c.of[field]; !mapped || title == "" {
			rest[i] = true
		} else if field != FieldIgnored && !taken {
			c.of[field] = i
		}
	}
	for i, title := range titles {
		if !rest[i] {
			continue
		}
		field, known := byHeading[plain(title)]
		if _, taken := c.of[field]; known && !taken {
			c.of[field] = i
		} else {
			c.unknown = append(c.unknown, i)
		}
	}
	c.settle()
	return c
}

// settle decides what a column that is called title is about, by the others.
func (c *columns) settle() {
	title, titled := c.of[FieldTitle]
	_, objective := c.of[FieldObjective]
	_, keyResult := c.of[FieldKeyResult]
	_, typed := c.of[FieldType]
	switch {
	case !titled, typed && !keyResult && !objective:
		return
	case !objective:
		c.of[FieldObjective] = title
	case !keyResult:
		c.of[FieldKeyResult] = title
	default:
		c.unknown = append(c.unknown, title)
		slices.Sort(c.unknown)
	}
	delete(c.of, FieldTitle)
}

// numbered are columns whose title has two meanings, which their cells decide: a start may be a day or a number.
var numbered = map[Field]Field{FieldStart: FieldBaseline, FieldDue: FieldTarget}

// settleByCells looks at the cells of columns whose titles have two meanings, and says what was decided. What mapping says stays.
func (c *columns) settleByCells(body []row, mapping map[string]Field) (decided []string) {
	mapped := func(column int) bool {
		for title := range mapping {
			if plain(title) == plain(c.titles[column]) {
				return true
			}
		}
		return false
	}
	for _, day := range []Field{FieldStart, FieldDue} {
		column, there := c.of[day]
		number := numbered[day]
		if _, taken := c.of[number]; !there || taken || mapped(column) || !all(body, column, isNumber) || all(body, column, serial.MatchString) {
			continue
		}
		delete(c.of, day)
		c.of[number] = column
		decided = append(decided, fmt.Sprintf("column %q holds numbers: it is taken for the %s", c.titles[column], number))
	}
	if column, there := c.of[FieldNotes]; there && !mapped(column) && all(body, column, isDate) { // when something was said, and not what
		delete(c.of, FieldNotes)
		c.unknown = append(c.unknown, column)
		slices.Sort(c.unknown)
	}
	return decided
}

// all reports whether there are cells in a column, and each of them is such.
func all(body []row, column int, such func(string) bool) bool {
	found := false
	for _, line := range body {
		if text := line.cell(column); text != "" {
			if !such(text) {
				return false
			}
			found = true
		}
	}
	return found
}

func isNumber(text string) bool {
	_, err := parseNumber(text, convention{})
	var ambiguous errAmbiguous
	return err == nil || errors.As(err, &ambiguous)
}

func isDate(text string) bool {
	_, _, err := parseDate(text, "")
	var ambiguous errAmbiguousDate
	return err == nil || errors.As(err, &ambiguous)
}

// usable says what is missing for the columns to hold goals.
func (c columns) usable() bool {
	if _, titled := c.of[FieldTitle]; titled {
		return true
	}
	_, objective := c.of[FieldObjective]
	return objective
}

// headerWithin is how many rows may stand above the titles of the columns.
const headerWithin = 20

// header finds the row with the titles: of the first rows, the one with the most that are understood. -1: there is none.
func header(rows []row, mapping map[string]Field) (at, understood int) {
	at = -1
	for i := 0; i < len(rows) && i < headerWithin; i++ {
		c := recognize(rows[i].cells, mapping)
		if n := len(c.of); c.usable() && n > understood && (n > 1 || len(mapping) > 0) {
			at, understood = i, n
		}
	}
	return at, understood
}
