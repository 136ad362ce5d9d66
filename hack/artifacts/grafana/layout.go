package grafana

import "fmt"

// The tag by which the dashboards find each other.
const tag = "okr-controller"

// width is how many columns Grafana's grid has.
const width = 24

// section is a heading and the rows of panels below it.
type section struct {
	title string
	rows  []row
}

// row is panels side by side, all of one height. Their widths are their own.
type row struct {
	height int
	panels []Panel
}

// dashboard lays sections out from top to bottom and gives each panel its number.
func dashboard(uid, title, description, from string, variables []Variable, sections ...section) Dashboard {
	d := Dashboard{
		UID: uid, Title: title, Description: description, Tags: []string{tag}, SchemaVersion: 39, Editable: true, GraphTooltip: 1,
		Refresh: "1m", Time: TimeRange{From: from, To: "now"},
		Annotations: Variables{List: []Variable{}}, Templating: Variables{List: append([]Variable{datasourceVariable()}, variables...)},
		Links: []Link{{
			Type: "dashboards", Title: "OKR dashboards", Tags: []string{tag}, IncludeVars: true, KeepTime: true, Icon: "external link",
		}},
	}
	y := 0
	add := func(p Panel) {
		p.ID = len(d.Panels) + 1
		d.Panels = append(d.Panels, p)
	}
	for _, s := range sections {
		add(Panel{Type: "row", Title: s.title, GridPos: GridPos{Y: y, W: width, H: 1}, Collapsed: new(bool), Panels: []Panel{}})
		y++
		for _, r := range s.rows {
			x := 0
			for _, p := range r.panels {
				p.GridPos.X, p.GridPos.Y, p.GridPos.H = x, y, r.height
				x += p.GridPos.W
				add(p)
			}
			y += r.height
		}
	}
	return d
}

// source is whoever is chosen: no data source's own id is part of a dashboard.
func source() Datasource { return Datasource{Type: "prometheus", UID: "${datasource}"} }

func datasourceVariable() Variable {
	return Variable{
		Name: "datasource", Label: "Prometheus", Description: "The Prometheus that scrapes the controller", Type: "datasource",
		Query: "prometheus", Options: []object{}, Refresh: 1,
	}
}

// choice is a variable of one label's values; the first of them is chosen to begin with.
func choice(name, label, description, series, of string) Variable {
	s := source()
	query := fmt.Sprintf("label_values(%s, %s)", series, of)
	return Variable{
		Name: name, Label: label, Description: description, Type: "query", Datasource: &s, Definition: query,
		Query:   object{"query": query, "refId": "StandardVariableQuery"},
		Options: []object{}, Refresh: 2, Sort: 5,
	}
}

// choices is a variable of which any number may be chosen, and all are to begin with. All includes those without the label.
func choices(name, label, description, series, of string) Variable {
	v := choice(name, label, description, series, of)
	v.Multi, v.IncludeAll, v.AllValue = true, true, ".*"
	v.Current = object{"selected": true, "text": []string{"All"}, "value": []string{"$__all"}}
	return v
}

// clusterVariable is for a Prometheus that is asked about several clusters and tells them apart by the label `cluster`.
func clusterVariable(series string) Variable {
	return choices("cluster", "Cluster", "For a Prometheus of several clusters, told apart by the label cluster; else All", series, "cluster")
}
