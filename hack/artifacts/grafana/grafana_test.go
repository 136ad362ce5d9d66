package grafana

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// module is where the module's root is.
var module = filepath.Join("..", "..", "..")

// What is in Git is what the source makes, byte for byte, and nothing else is there.
func TestDashboardsAreWhatTheSourceMakes(t *testing.T) {
	root := t.TempDir()
	if err := Write(root); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(module, "config", "grafana", "dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(Dashboards()) {
		t.Errorf("config/grafana/dashboards has %d files, and there are %d dashboards", len(entries), len(Dashboards()))
	}
	for _, d := range Dashboards() {
		made, err := os.ReadFile(filepath.Join(root, d.File()))
		if err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile(filepath.Join(module, d.File()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(made, committed) {
			t.Errorf("%s is out of date: make generate", d.File())
		}
		again, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(made, again) {
			t.Errorf("%s is made otherwise each time", d.File())
		}
	}
}

// The fields that Grafana needs of a dashboard and of a panel, read from the JSON as Grafana reads it.
func TestNothingThatGrafanaNeedsIsMissing(t *testing.T) {
	uids := map[string]bool{}
	for _, d := range Dashboards() {
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var read map[string]any
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"uid", "title", "description", "tags", "schemaVersion", "time", "refresh", "templating", "annotations", "panels", "links", "timepicker"} {
			if read[field] == nil || read[field] == "" {
				t.Errorf("%s has no %s", d.UID, field)
			}
		}
		if _, found := read["id"]; found {
			t.Errorf("%s has the id of one Grafana", d.UID)
		}
		if uids[d.UID] || len(d.UID) > 40 {
			t.Errorf("uid %s is there twice, or longer than Grafana's 40 characters", d.UID)
		}
		uids[d.UID] = true
		everyDatasource(t, d.UID, read)
		for _, panel := range read["panels"].([]any) {
			checkPanelFields(t, d.UID, panel.(map[string]any))
		}
	}
}

// everyDatasource finds each data source in a dashboard: it must be the one that is chosen.
func everyDatasource(t *testing.T, where string, value any) {
	t.Helper()
	switch value := value.(type) {
	case map[string]any:
		for field, inner := range value {
			if field == "datasource" {
				if got := fmt.Sprint(inner); got != "map[type:prometheus uid:${datasource}]" {
					t.Errorf("%s: a data source is baked in: %v", where, got)
				}
				continue
			}
			everyDatasource(t, where+"."+field, inner)
		}
	case []any:
		for i, inner := range value {
			everyDatasource(t, fmt.Sprintf("%s[%d]", where, i), inner)
		}
	}
}

func checkPanelFields(t *testing.T, dashboard string, panel map[string]any) {
	t.Helper()
	where := fmt.Sprintf("%s, panel %q", dashboard, panel["title"])
	needed := []string{"id", "type", "title", "gridPos", "datasource", "targets", "fieldConfig", "options", "description"}
	if panel["type"] == "row" {
		needed = []string{"id", "type", "title", "gridPos", "collapsed", "panels"}
	}
	for _, field := range needed {
		if panel[field] == nil || panel[field] == "" {
			t.Errorf("%s has no %s", where, field)
		}
	}
	if !slices.Contains([]string{"row", "stat", "table", "timeseries"}, fmt.Sprint(panel["type"])) {
		t.Errorf("%s is of type %v, which nobody has looked at", where, panel["type"])
	}
	config, _ := panel["fieldConfig"].(map[string]any)
	if config == nil {
		return
	}
	defaults := config["defaults"].(map[string]any)
	first := defaults["thresholds"].(map[string]any)["steps"].([]any)[0].(map[string]any)
	if value, found := first["value"]; !found || value != nil {
		t.Errorf("%s: its first threshold must be null, from the smallest value on", where)
	}
	if config["overrides"] == nil || defaults["mappings"] == nil {
		t.Errorf("%s: overrides and mappings are lists, even if empty", where)
	}
}

// Panels lie beside and below each other: never upon each other, never outside of the grid, and no row has a hole.
func TestPanelsFillTheGrid(t *testing.T) {
	for _, d := range Dashboards() {
		taken, ids, height := map[[2]int]string{}, map[int]bool{}, 0
		for _, p := range d.Panels {
			if ids[p.ID] || p.ID == 0 {
				t.Errorf("%s: the id %d of %q is not its own", d.UID, p.ID, p.Title)
			}
			ids[p.ID] = true
			g := p.GridPos
			if g.W < 1 || g.H < 1 || g.X < 0 || g.X+g.W > width {
				t.Errorf("%s: %q is outside of the grid: %+v", d.UID, p.Title, g)
			}
			for x := g.X; x < g.X+g.W; x++ {
				for y := g.Y; y < g.Y+g.H; y++ {
					if other, found := taken[[2]int{x, y}]; found {
						t.Errorf("%s: %q lies upon %q", d.UID, p.Title, other)
					}
					taken[[2]int{x, y}] = p.Title
				}
			}
			height = max(height, g.Y+g.H)
		}
		if len(taken) != height*width {
			t.Errorf("%s has holes: %d of %d places are taken", d.UID, len(taken), height*width)
		}
	}
}

// Titles are questions or statements that a person would make, and say nothing twice.
func TestPanelsSayWhatTheyShow(t *testing.T) {
	for _, d := range Dashboards() {
		titles := map[string]bool{}
		for _, p := range d.Panels {
			if titles[p.Title] {
				t.Errorf("%s has two panels %q", d.UID, p.Title)
			}
			titles[p.Title] = true
			if p.Type == "row" {
				continue
			}
			if len(strings.Fields(p.Title)) < 3 || !strings.HasSuffix(p.Description, ".") {
				t.Errorf("%s: %q, described as %q, does not tell what it shows", d.UID, p.Title, p.Description)
			}
			if !unitIsTold(p) {
				t.Errorf("%s: the description of %q does not name its unit: %q", d.UID, p.Title, p.Description)
			}
		}
	}
}

// unitIsTold reports whether a description says what the numbers of a panel are.
func unitIsTold(p Panel) bool {
	words := []string{
		"number of", "how often", "in percent", "percentage points", "per second", "seconds", "in bytes", "cores", "unit", "0 to 1", "the pod", "how long ago",
	}
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(strings.ToLower(p.Description), word) })
}

// Every variable that a query, a title or a link uses is defined, above those that need it, and every one is used.
func TestVariablesAreDefinedAndUsed(t *testing.T) {
	reference := regexp.MustCompile(`\$\{?(\w+)`)
	for _, d := range Dashboards() {
		defined, used := map[string]bool{}, map[string]bool{}
		use := func(where, text string) {
			for _, found := range reference.FindAllStringSubmatch(text, -1) {
				name := found[1]
				if strings.HasPrefix(name, "__") {
					continue // Grafana's own
				}
				used[name] = true
				if !defined[name] {
					t.Errorf("%s: %s uses $%s, which is not defined there", d.UID, where, name)
				}
			}
		}
		for _, v := range d.Templating.List {
			if v.Datasource != nil {
				use("variable "+v.Name, v.Datasource.UID)
			}
			use("variable "+v.Name, v.Definition)
			defined[v.Name] = true
			if v.Label == "" || v.Description == "" {
				t.Errorf("%s: variable %s does not say what it is", d.UID, v.Name)
			}
		}
		for _, p := range d.Panels {
			text, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			use(fmt.Sprintf("panel %q", p.Title), string(text))
		}
		for name := range defined {
			if !used[name] {
				t.Errorf("%s: nothing uses variable %s", d.UID, name)
			}
		}
	}
}

// A link leads to a dashboard of ours, and gives it only variables that it has and columns that the table shows.
func TestLinksLeadSomewhere(t *testing.T) {
	variables := map[string][]string{}
	for _, d := range Dashboards() {
		for _, v := range d.Templating.List {
			variables[d.UID] = append(variables[d.UID], v.Name)
		}
	}
	target := regexp.MustCompile(`^/d/([a-z-]+)\?`)
	given := regexp.MustCompile(`[?&](?:var-(\w+)=|\$\{(\w+):queryparam\})`)
	column := regexp.MustCompile(`\$\{__data\.fields\.([^}:]+)(:percentencode)?\}`)
	links := 0
	for _, d := range Dashboards() {
		if len(d.Links) != 1 || d.Links[0].Tags[0] != d.Tags[0] {
			t.Errorf("%s does not lead to the others", d.UID)
		}
		for _, p := range d.Panels {
			for _, url := range linksOf(p) {
				links++
				to := target.FindStringSubmatch(url)
				if len(to) == 0 || len(variables[to[1]]) == 0 {
					t.Errorf("%s: %q links to %s, which is no dashboard of ours", d.UID, p.Title, url)
					continue
				}
				for _, found := range given.FindAllStringSubmatch(url, -1) {
					if name := found[1] + found[2]; !slices.Contains(variables[to[1]], name) {
						t.Errorf("%s: %q gives %s the variable %s, which it does not have", d.UID, p.Title, to[1], name)
					}
				}
				for _, found := range column.FindAllStringSubmatch(url, -1) {
					if !slices.Contains(columnsOf(p), found[1]) {
						t.Errorf("%s: %q links with column %s, which it does not show", d.UID, p.Title, found[1])
					}
					if found[1] != "Name" && found[2] == "" { // names of objects have no &, owners may
						t.Errorf("%s: %q links with column %s as it is", d.UID, p.Title, found[1])
					}
				}
			}
		}
	}
	if links < 5 {
		t.Errorf("only %d links", links)
	}
}

func linksOf(p Panel) []string {
	var urls []string
	if p.FieldConfig == nil {
		return nil
	}
	for _, o := range p.FieldConfig.Overrides {
		for _, property := range o.Properties {
			if property.ID == "links" {
				for _, link := range property.Value.([]object) {
					urls = append(urls, link["url"].(string))
				}
			}
		}
	}
	return urls
}

// columnsOf are the names of a table's columns.
func columnsOf(p Panel) []string {
	var columns []string
	for _, transformation := range p.Transformations {
		names, _ := transformation.Options["renameByName"].(object)
		for _, name := range names {
			columns = append(columns, name.(string))
		}
	}
	return columns
}

// A number in the unit of its goal, and its bounds, are shown with all their digits: what Grafana finds useful may be the bound.
func TestMeasuredNumbersAreNotRounded(t *testing.T) {
	exact := 0
	for _, d := range Dashboards() {
		for _, p := range d.Panels {
			if p.FieldConfig == nil {
				continue
			}
			for _, o := range p.FieldConfig.Overrides {
				if !slices.Contains([]string{"Value", "At least", "At most"}, o.Matcher.Options) {
					continue
				}
				exact++
				if !slices.Contains(o.Properties, Property{"unit", "string"}) {
					t.Errorf("%s, %q rounds %s", d.UID, p.Title, o.Matcher.Options)
				}
			}
		}
	}
	if exact != 5 {
		t.Errorf("%d such columns, want 5", exact)
	}
}
