package grafana

import "strings"

// show is what most panels need: a plain statement or question, how to read it, and how wide it is.
type show struct {
	title, description string
	width              int
	unit               string
	decimals           *int // nil: as many as Grafana finds useful
	noValue            string
}

func (s show) panel(kind string, options object) Panel {
	datasource := source()
	return Panel{
		Type: kind, Title: s.title, Description: s.description, GridPos: GridPos{W: s.width}, Datasource: &datasource, Options: options,
		FieldConfig: &FieldConfig{
			Defaults: Field{
				Unit: s.unit, Decimals: s.decimals, NoValue: s.noValue, Mappings: []Mapping{},
				Thresholds: steps("text"), Color: &Color{Mode: "thresholds"},
			},
			Overrides: []Override{},
		},
	}
}

// line is a query and what its series are called.
type line struct{ expr, legend string }

// ask gives a panel its queries: their newest values, or their course.
func (p Panel) ask(instant bool, lines ...line) Panel {
	for i, l := range lines {
		p.Targets = append(p.Targets, Target{
			RefID: letter(i), Datasource: source(), EditorMode: "code", Expr: l.expr, Format: "time_series",
			Instant: instant, Range: !instant, LegendFormat: l.legend,
		})
	}
	return p
}

func letter(i int) string { return string(rune('A' + i)) }

// stat is large numbers: the newest value of each series.
func stat(s show, lines ...line) Panel {
	mode := "value"
	for _, l := range lines {
		if l.legend != "" {
			mode = "value_and_name"
		}
	}
	return s.panel("stat", object{
		"showPercentChange": false, "percentChangeColorMode": "standard",
		"colorMode": "value", "graphMode": "none", "justifyMode": "auto", "orientation": "auto", "textMode": mode, "wideLayout": true,
		"reduceOptions": object{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
	}).ask(true, lines...)
}

// chart is the course of its series over time. The legend says the last value: of what is not known any more there is none.
func chart(s show, lines ...line) Panel {
	p := s.panel("timeseries", object{
		"legend":  object{"calcs": []string{"last"}, "displayMode": "table", "placement": "bottom", "showLegend": true},
		"tooltip": object{"mode": "multi", "sort": "desc"},
	}).ask(false, lines...)
	p.FieldConfig.Defaults.Color = &Color{Mode: "palette-classic"}
	p.FieldConfig.Defaults.Custom = object{
		"drawStyle": "line", "lineInterpolation": "linear", "lineWidth": 2, "fillOpacity": 0, "showPoints": "auto", "pointSize": 5,
		// What was not known is a gap, and neither 0 nor what was known before.
		"spanNulls": false, "axisPlacement": "auto", "stacking": object{"group": "A", "mode": "none"},
	}
	return p
}

// stacked puts the series of a chart upon each other: together they are all.
func (p Panel) stacked() Panel {
	p.Options["legend"] = object{"calcs": []string{}, "displayMode": "list", "placement": "bottom", "showLegend": true}
	p.FieldConfig.Defaults.Custom["stacking"] = object{"group": "A", "mode": "normal"}
	p.FieldConfig.Defaults.Custom["fillOpacity"] = 40
	return p
}

// dashed draws the series of one query as dashes: what is expected or allowed, beside what is.
func (p Panel) dashed(refIDs ...string) Panel {
	for _, id := range refIDs {
		p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, Override{
			Matcher: Matcher{ID: "byFrameRefID", Options: id},
			Properties: []Property{
				{"custom.lineStyle", object{"dash": []int{8, 8}, "fill": "dash"}},
				{"custom.lineWidth", 1}, {"custom.fillOpacity", 0}, {"custom.stacking", object{"group": "A", "mode": "none"}},
			},
		})
	}
	return p
}

// between fixes the ends of a scale.
func (p Panel) between(least, most float64) Panel {
	p.FieldConfig.Defaults.Min, p.FieldConfig.Defaults.Max = &least, &most
	return p
}

// fromZero has a scale begin at 0.
func (p Panel) fromZero() Panel {
	p.FieldConfig.Defaults.Min = new(float64)
	return p
}

// inColours sets the thresholds from which on a number is shown in a colour.
func (p Panel) inColours(t Thresholds) Panel {
	p.FieldConfig.Defaults.Thresholds = t
	return p
}

// saying gives the values of a panel texts.
func (p Panel) saying(m Mapping) Panel {
	p.FieldConfig.Defaults.Mappings = []Mapping{m}
	return p
}

// steps are thresholds: the colour from the smallest value on, and then each value's.
func steps(first string, rest ...Step) Thresholds {
	return Thresholds{Mode: "absolute", Steps: append([]Step{{Color: first}}, rest...)}
}

func from(value float64, colour string) Step { return Step{Color: colour, Value: &value} }

// none is good and any is not: of what somebody should look after.
func noneIsGood() Thresholds { return steps("green", from(1, "orange")) }

// state is a value of health and what people read instead.
type state struct{ value, text, colour string }

// No colour stands alone: each has its text. Grey is for what has no verdict.
const grey = "#8e8e8e"

var goalStates = []state{
	{"OnTrack", "On track", "green"}, {"AtRisk", "At risk", "orange"}, {"OffTrack", "Off track", "red"},
	{"Unknown", "Unknown", grey}, {"Pending", "Not begun", grey},
	{"Achieved", "Achieved", "blue"}, {"Missed", "Missed", "purple"}, {"Cancelled", "Cancelled", grey},
}

var kpiStates = []state{
	{"Healthy", "Healthy", "green"}, {"Warning", "Warning", "orange"}, {"Unhealthy", "Unhealthy", "red"}, {"Unknown", "Unknown", grey},
}

// mapping is the states as the texts of a column.
func mapping(states ...state) Mapping {
	m := Mapping{Type: "value", Options: map[string]Mapped{}}
	for i, s := range states {
		m.Options[s.value] = Mapped{Color: s.colour, Index: i, Text: s.text}
	}
	return m
}

// inStates gives series that are named after states their texts and colours.
func (p Panel) inStates(states []state) Panel {
	for _, s := range states {
		p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, Override{
			Matcher:    Matcher{ID: "byName", Options: s.value},
			Properties: []Property{{"color", Color{Mode: "fixed", FixedColor: s.colour}}, {"displayName", s.text}},
		})
	}
	return p
}

// link is a data link to another dashboard, which takes the data source, the cluster and what is given with it.
func link(title, uid string, with ...string) Property {
	url := "/d/" + uid + "?${datasource:queryparam}&${cluster:queryparam}"
	if len(with) > 0 {
		url += "&" + strings.Join(with, "&")
	}
	return Property{"links", []object{{"title": title, "url": url}}}
}
