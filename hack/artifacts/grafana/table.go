package grafana

// column is a column of a table: a label of its rows, or a query of its own, of which the value is shown, or a label.
type column struct {
	name  string // what people read
	label string
	expr  string
	width int
	shows []Property
}

// table is one line per series of the first query. Each other query adds a column to those of its series that have the same
// labels: Grafana merges them.
type table struct {
	show
	rows    string
	columns []column
	hidden  []string // labels that tell the lines apart, and that nobody needs to read
	sort    string   // the column by which it is sorted
	falling bool
}

func (t table) panel() Panel {
	p := t.show.panel("table", object{
		"frameIndex": 0, "cellHeight": "sm", "showHeader": true, "footer": object{"show": false, "reducer": []string{"sum"}, "countRows": false, "fields": ""},
		"sortBy": []object{{"displayName": t.sort, "desc": t.falling}},
	})
	p.FieldConfig.Defaults.Custom = object{"align": "auto", "cellOptions": object{"type": "auto"}, "inspect": false, "filterable": true}
	lines := []line{{expr: t.rows}}
	for _, c := range t.columns {
		if c.expr != "" {
			lines = append(lines, line{expr: c.expr})
		}
	}
	p = p.ask(true, lines...)
	hidden, order, names := object{"Time": true}, object{}, object{}
	value := func(ref int) string {
		if len(lines) == 1 {
			return "Value"
		}
		return "Value #" + letter(ref)
	}
	hidden[value(0)] = true
	for _, label := range t.hidden {
		hidden[label] = true
	}
	ref := 0
	for i, c := range t.columns {
		field := c.label
		if c.expr != "" {
			ref++
			if field == "" {
				field = value(ref)
			} else {
				hidden[value(ref)] = true
			}
		}
		order[field], names[field] = i, c.name
		if o := c.override(); len(o.Properties) > 0 {
			p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, o)
		}
	}
	for i := range p.Targets {
		p.Targets[i].Format = "table"
	}
	p.Transformations = []Transformation{
		{ID: "merge", Options: object{}},
		{ID: "organize", Options: object{"excludeByName": hidden, "indexByName": order, "renameByName": names}},
	}
	return p
}

func (c column) override() Override {
	o := Override{Matcher: Matcher{ID: "byName", Options: c.name}, Properties: c.shows}
	if c.width > 0 {
		o.Properties = append([]Property{{"custom.width", c.width}}, o.Properties...)
	}
	return o
}

// as is a column of a label.
func as(name, label string, width int, shows ...Property) column {
	return column{name: name, label: label, width: width, shows: shows}
}

// of is a column of a query's value.
func of(name, expr string, width int, shows ...Property) column {
	return column{name: name, expr: expr, width: width, shows: shows}
}

// whose are the columns that say which goal a line is about, at the end of the line.
func whose() []column {
	return []column{as("Namespace", "goal_namespace", 130), as("Name", "name", 200), as("Cluster", "cluster", 100)}
}

// healthColumn shows the present health as a coloured word.
func healthColumn(s scope, states []state) column {
	return column{name: "Health", label: "health", expr: s.labelled("health", "health"), width: 100, shows: []Property{
		{"mappings", []Mapping{mapping(states...)}}, {"custom.cellOptions", object{"type": "color-text"}},
	}}
}

// share shows a part of a whole as a bar with its percent.
func share(colour string) []Property {
	return []Property{
		{"unit", "percentunit"}, {"decimals", 0}, {"min", 0}, {"max", 1}, {"noValue", noData},
		{"color", Color{Mode: "fixed", FixedColor: colour}},
		{"custom.cellOptions", object{"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}},
	}
}

// exactly shows a number with all its digits: left to itself, Grafana shows 99.96 as 100.0, beside a bound of 99.99.
func exactly(noValue string) []Property {
	return []Property{{"unit", "string"}, {"noValue", noValue}}
}

// What is said of a value that there is not: never 0.
const noData = "no data"

// yesOrNo shows 1 and 0 as words, in the colours given.
func yesOrNo(yes, no state) []Property {
	yes.value, no.value = "1", "0"
	return []Property{
		{"mappings", []Mapping{mapping(yes, no)}}, {"noValue", "unknown"}, {"custom.cellOptions", object{"type": "color-text"}},
	}
}
