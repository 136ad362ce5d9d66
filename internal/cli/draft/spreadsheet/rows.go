package spreadsheet

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"okr.dev/controller/internal/okr"
)

// text is a row's cell of a field.
func (r *reader) text(line row, field Field) string {
	if column, there := r.columns.of[field]; there {
		return line.cell(column)
	}
	return ""
}

// one is a text in one line.
func one(text string) string { return strings.Join(strings.Fields(text), " ") }

// take makes of a row what it says.
func (r *reader) take(line row) {
	if _, typed := r.columns.of[FieldTitle]; typed {
		r.takeTyped(line)
		return
	}
	objective, keyResult := r.text(line, FieldObjective), r.text(line, FieldKeyResult)
	if keyResult == "" && slices.Contains(totals, plain(objective)) {
		r.note("row %d adds up the others, and is passed over: %s", line.number, one(strings.Join(nonEmpty(line.cells), ", ")))
		return
	}
	if objective != "" {
		r.present = r.objective(line, objective)
	}
	switch {
	case r.present == nil:
		r.leave(line, "it stands before the first objective: write the objective in its column")
		return
	case keyResult == "" && objective == "" && !r.ofObjective(line):
		r.leave(line, "it names neither an objective nor a key result")
		return
	}
	r.describe(r.present, line, keyResult == "")
	if keyResult == "" {
		return
	}
	if parts := items(keyResult); len(parts) > 1 && r.text(line, FieldTarget)+r.text(line, FieldBaseline)+r.text(line, FieldCurrent) == "" {
		for _, part := range parts {
			r.keyResult(r.present, line, part)
		}
		return
	}
	r.keyResult(r.present, line, keyResult)
}

// totals are what the last rows of sheets are called that add the others up.
var totals = []string{"total", "totals", "grand total", "sum", "average", "overall", "summe", "gesamt", "durchschnitt"}

// ofObjective reports whether a row without names continues the objective above: it has actions or notes for it.
func (r *reader) ofObjective(line row) bool {
	return r.text(line, FieldAction) != "" || r.text(line, FieldNotes) != ""
}

// takeTyped makes of a row what its type says: exports with an item a row.
func (r *reader) takeTyped(line row) {
	title, kind := r.text(line, FieldTitle), plain(r.text(line, FieldType))
	parent := r.text(line, FieldParent)
	switch {
	case title == "":
		r.leave(line, "it has no title")
	case slices.Contains([]string{"objective", "goal", "o", "company objective", "team objective", "personal objective", "individual objective", "department objective", "ziel"}, kind):
		r.present = r.objective(line, title)
		r.describe(r.present, line, true)
	case slices.Contains([]string{"key result", "keyresult", "kr", "metric", "measure", "target", "schlüsselergebnis"}, kind):
		if o := r.find(parent, line); o != nil {
			r.keyResult(o, line, title)
		}
	case slices.Contains([]string{"initiative", "action", "task", "project", "activity", "to do", "todo", "milestone", "maßnahme"}, kind):
		o := r.byKeyResult[plain(parent)]
		if parent == "" || o == nil {
			o = r.find(parent, line)
		}
		if o != nil {
			o.Actions = append(o.Actions, one(title))
			if status := r.text(line, FieldStatus); status != "" {
				r.note("row %d: the action %q is %q: if it is done, write its doneOn", line.number, one(title), status)
			}
		}
	case kind == "":
		r.leave(line, "it has no type: write Objective, Key Result or Action")
	default:
		r.leave(line, fmt.Sprintf("type %q is not known: write Objective, Key Result or Action", r.text(line, FieldType)))
	}
}

// find is the objective that a row of a key result names as its parent; without one, the one above. nil: it is left out.
func (r *reader) find(parent string, line row) *Objective {
	if parent == "" {
		if r.present == nil {
			r.leave(line, "it stands before the first objective: write the objective as its parent")
		}
		return r.present
	}
	if o := cmp.Or(r.byID[plain(parent)], r.byTitle[plain(strip(parent))]); o != nil {
		return o
	}
	r.leave(line, fmt.Sprintf("its parent %q is no objective above it", one(parent)))
	return nil
}

func (r *reader) leave(line row, reason string) {
	reason = strings.TrimPrefix(reason, fmt.Sprintf("row %d, ", line.number)) // it is said anyhow
	r.sheet.LeftOut = append(r.sheet.LeftOut, LeftOut{line.number, line.cells, reason})
}

var (
	// marker is what sheets number their goals with: O1:, KR 1.2 -, 3.
	marker = regexp.MustCompile(`^(?:(?i:objective|key result|kr|o)\s*#?\s*(\d+(?:\.\d+)*)?\s*[:.)–-]\s*|(?i:kr|o)\s*(\d+(?:\.\d+)*)\s+|\d+[.)]\s+|[-•*–]\s+)`)
	lead   = regexp.MustCompile(`^(?i:(?:objective|key result|kr|o)\s*#?\s*\d+(?:\.\d+)*)`)
)

// strip is a title without its number.
func strip(title string) string {
	title = one(title)
	if rest := marker.ReplaceAllString(title, ""); rest != "" {
		return rest
	}
	return title
}

// items are the lines of a cell that lists several things; one thing otherwise.
func items(cell string) []string {
	var found []string
	for line := range strings.Lines(cell) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if !marker.MatchString(line) {
			return []string{cell}
		}
		found = append(found, line)
	}
	return found
}

// lines are the things that a cell holds, one a line or between semicolons.
func lines(cell string) []string {
	var found []string
	for _, part := range strings.FieldsFunc(cell, func(c rune) bool { return c == '\n' || c == ';' }) {
		if part = strip(part); part != "" {
			found = append(found, part)
		}
	}
	return found
}

// objective is the one of a title: that which is there already, where a sheet repeats it.
func (r *reader) objective(line row, title string) *Objective {
	key := plain(strip(title))
	if o := r.byTitle[key]; o != nil {
		return o
	}
	o := &Objective{Row: line.number, Title: strip(title), ID: r.text(line, FieldID)}
	r.byTitle[key] = o
	for _, id := range []string{o.ID, lead.FindString(one(title))} {
		if id != "" {
			r.byID[plain(id)] = o
			r.byID[strings.ReplaceAll(plain(id), " ", "")] = o
		}
	}
	r.sheet.Objectives = append(r.sheet.Objectives, o)
	return o
}

// describe takes from a row what is about the objective. alone says that the row is about nothing else.
func (r *reader) describe(o *Objective, line row, alone bool) {
	first := func(into *string, field Field) {
		if *into == "" {
			*into = r.text(line, field)
		}
	}
	for field, into := range map[Field]*string{
		FieldDescription: &o.Description, FieldRationale: &o.Rationale, FieldContact: &o.Contact, FieldPerson: &o.Person, FieldTeam: &o.Team, FieldParent: &o.Parent,
	} {
		first(into, field)
	}
	r.owner(o, line)
	r.period(o, line)
	r.words(o, line, alone)
	for _, kpi := range lines(r.text(line, FieldKPI)) {
		if !slices.Contains(o.KPIs, kpi) {
			o.KPIs = append(o.KPIs, kpi)
		}
	}
	for _, action := range lines(r.text(line, FieldAction)) {
		if !slices.Contains(o.Actions, action) {
			o.Actions = append(o.Actions, action)
		}
	}
	if !alone {
		return
	}
	if notes := r.text(line, FieldNotes); notes != "" {
		o.Notes = append(o.Notes, notes)
	}
	o.Confidence = cmp.Or(o.Confidence, r.confidence(line, &o.Said))
	o.Said = append(o.Said, r.said(line, FieldBaseline, FieldCurrent, FieldTarget, FieldProgress, FieldUnit, FieldWeight, FieldKROwner, FieldQuery)...)
}

// owner takes whose an objective is: a team where no other column names one.
func (r *reader) owner(o *Objective, line row) {
	owner := r.text(line, FieldOwner)
	_, teams := r.columns.of[FieldTeam]
	switch {
	case owner == "":
	case teams && o.Person == "":
		o.Person = owner
	case !teams && o.Team == "":
		o.Team = owner
	}
}

// period takes when an objective is: from its period, or from the days on which it begins and ends.
func (r *reader) period(o *Objective, line row) {
	if text := r.text(line, FieldPeriod); text != "" {
		period, err := parsePeriod(text, r.order)
		switch {
		case err != nil && r.options.Period != "":
			o.Said = addSaid(o.Said, Said{r.columns.titles[r.columns.of[FieldPeriod]], text})
		case err != nil:
			o.unread = fmt.Sprintf("%s: %v", r.columns.at(line, r.columns.of[FieldPeriod]), err)
			o.Said = addSaid(o.Said, r.saying(FieldPeriod, text))
		case o.Period == "":
			o.Period = period
		case o.Period != period:
			r.note("%s: the objective is of %s already, so %q is not used", r.columns.at(line, r.columns.of[FieldPeriod]), o.Period, text)
		}
	}
	if r.text(line, FieldKeyResult) != "" {
		return
	}
	if start := r.date(line, FieldStart, &o.Said); start != "" && o.Start == "" {
		o.Start = start
	}
	due := r.date(line, FieldDue, &o.Said)
	switch {
	case due == "":
	case o.Period == "" && o.Start != "" && o.Start <= due:
		o.Period, o.Start = called(o.Start+"/"+due), ""
	default:
		if period, err := okr.ParsePeriod(o.Period); err != nil || period.Last.String() != due {
			o.Said = addSaid(o.Said, r.saying(FieldDue, due))
		}
	}
}

// words takes what is said in words that the API has: level, ambition and state.
func (r *reader) words(o *Objective, line row, alone bool) {
	for _, w := range []struct {
		field Field
		into  *string
		words map[string]string
	}{{FieldLevel, &o.Level, levels}, {FieldAmbition, &o.Ambition, ambitions}, {FieldStatus, &o.State, states}} {
		text := r.text(line, w.field)
		if text == "" || w.field == FieldStatus && !alone {
			continue
		}
		if word, known := w.words[plain(text)]; known {
			*w.into = cmp.Or(*w.into, word)
		} else {
			o.Said = addSaid(o.Said, Said{r.columns.titles[r.columns.of[w.field]], text})
		}
	}
}

var (
	levels = map[string]string{
		"company": "Company", "organization": "Company", "organisation": "Company", "org": "Company", "corporate": "Company", "enterprise": "Company",
		"department": "Department", "division": "Department", "area": "Department", "function": "Department", "business unit": "Department",
		"team": "Team", "group": "Team", "squad": "Team", "individual": "Individual", "personal": "Individual", "person": "Individual", "employee": "Individual",
	}
	ambitions = map[string]string{
		"committed": "Committed", "commitment": "Committed", "roofshot": "Committed", "operational": "Committed", "must": "Committed",
		"aspirational": "Aspirational", "aspiration": "Aspirational", "stretch": "Aspirational", "moonshot": "Aspirational", "ambitious": "Aspirational",
	}
	states = map[string]string{
		"draft": "Draft", "proposed": "Draft", "cancelled": "Cancelled", "canceled": "Cancelled", "abandoned": "Cancelled", "dropped": "Cancelled",
		"active": "", "open": "", "in progress": "",
	}
)

// addSaid adds what is not said yet.
func addSaid(said []Said, more ...Said) []Said {
	for _, s := range more {
		if !slices.Contains(said, s) {
			said = append(said, s)
		}
	}
	return said
}

// said is what a row says in columns that nobody understood, and in the fields.
func (r *reader) said(line row, fields ...Field) []Said {
	var found []Said
	for _, column := range r.columns.unknown {
		if text := line.cell(column); text != "" {
			found = addSaid(found, Said{r.columns.title(column), text})
		}
	}
	for i := len(r.columns.titles); i < len(line.cells); i++ { // cells beyond the last title
		if line.cells[i] != "" {
			found = addSaid(found, Said{r.columns.title(i), line.cells[i]})
		}
	}
	for _, field := range fields {
		if text := r.text(line, field); text != "" {
			found = addSaid(found, Said{r.columns.titles[r.columns.of[field]], text})
		}
	}
	return found
}

// date reads a date; one that is none is kept as it is said.
func (r *reader) date(line row, field Field, said *[]Said) string {
	text := r.text(line, field)
	if text == "" {
		return ""
	}
	date, _, err := parseDate(text, r.order)
	if err != nil {
		column := r.columns.of[field]
		r.note("%s: %v; kept as a comment", r.columns.at(line, column), err)
		*said = addSaid(*said, Said{r.columns.titles[column], text})
		return ""
	}
	return date.String()
}
