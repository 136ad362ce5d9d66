package grafana

// The parts of Grafana's dashboard JSON that are used here, as Grafana 10 to 12 read and export them.
type (
	// Dashboard is one dashboard, as it is imported.
	Dashboard struct {
		UID           string    `json:"uid"`
		Title         string    `json:"title"`
		Description   string    `json:"description"`
		Tags          []string  `json:"tags"`
		SchemaVersion int       `json:"schemaVersion"`
		Editable      bool      `json:"editable"`
		GraphTooltip  int       `json:"graphTooltip"` // 1: the cross-hair shows on all panels
		Refresh       string    `json:"refresh"`
		Time          TimeRange `json:"time"`
		Annotations   Variables `json:"annotations"` // none; the list must be there
		Templating    Variables `json:"templating"`
		Links         []Link    `json:"links"`
		Panels        []Panel   `json:"panels"`
		Timepicker    struct{}  `json:"timepicker"`
	}
	// TimeRange is what a dashboard shows when it is opened.
	TimeRange struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	// Link leads from a dashboard to all those with its tags.
	Link struct {
		Type        string   `json:"type"`
		Title       string   `json:"title"`
		Tags        []string `json:"tags"`
		AsDropdown  bool     `json:"asDropdown"`
		IncludeVars bool     `json:"includeVars"`
		KeepTime    bool     `json:"keepTime"`
		TargetBlank bool     `json:"targetBlank"`
		Icon        string   `json:"icon"`
		Tooltip     string   `json:"tooltip"`
		URL         string   `json:"url"`
	}

	// Variables are those of a dashboard, in the order in which they depend on each other.
	Variables struct {
		List []Variable `json:"list"`
	}
	// Variable is something that people choose above the panels.
	Variable struct {
		Name        string      `json:"name"`
		Label       string      `json:"label"`
		Description string      `json:"description"`
		Type        string      `json:"type"`
		Datasource  *Datasource `json:"datasource,omitempty"`
		Query       any         `json:"query"`
		Definition  string      `json:"definition,omitempty"`
		Multi       bool        `json:"multi"`
		IncludeAll  bool        `json:"includeAll"`
		AllValue    string      `json:"allValue,omitempty"`
		Current     object      `json:"current,omitempty"`
		Options     []object    `json:"options"`
		Refresh     int         `json:"refresh"`
		Regex       string      `json:"regex"`
		Sort        int         `json:"sort"`
		Hide        int         `json:"hide"`
		SkipURLSync bool        `json:"skipUrlSync"`
	}
	// Datasource says who is asked.
	Datasource struct {
		Type string `json:"type"`
		UID  string `json:"uid"`
	}

	// Panel is a panel, or a row: the heading above some.
	Panel struct {
		ID              int              `json:"id"`
		Type            string           `json:"type"`
		Title           string           `json:"title"`
		Description     string           `json:"description,omitempty"`
		GridPos         GridPos          `json:"gridPos"`
		Datasource      *Datasource      `json:"datasource,omitempty"`
		Targets         []Target         `json:"targets,omitempty"`
		Transformations []Transformation `json:"transformations,omitempty"`
		FieldConfig     *FieldConfig     `json:"fieldConfig,omitempty"`
		Options         object           `json:"options,omitempty"`
		// Collapsed and Panels are a row's: what is below it while it is closed.
		Collapsed *bool   `json:"collapsed,omitempty"`
		Panels    []Panel `json:"panels,omitzero"`
	}
	// GridPos is a panel's place, in a grid of 24 columns.
	GridPos struct {
		X int `json:"x"`
		Y int `json:"y"`
		W int `json:"w"`
		H int `json:"h"`
	}
	// Target is a query of a panel.
	Target struct {
		RefID        string     `json:"refId"`
		Datasource   Datasource `json:"datasource"`
		EditorMode   string     `json:"editorMode"`
		Expr         string     `json:"expr"`
		Format       string     `json:"format"`
		Instant      bool       `json:"instant"`
		Range        bool       `json:"range"`
		LegendFormat string     `json:"legendFormat,omitempty"`
	}
	// Transformation is something that Grafana does with the answers.
	Transformation struct {
		ID      string `json:"id"`
		Options object `json:"options"`
	}

	// FieldConfig says how values are shown.
	FieldConfig struct {
		Defaults  Field      `json:"defaults"`
		Overrides []Override `json:"overrides"`
	}
	// Field is how all values of a panel are shown.
	Field struct {
		Unit       string     `json:"unit,omitempty"`
		Decimals   *int       `json:"decimals,omitempty"`
		Min        *float64   `json:"min,omitempty"`
		Max        *float64   `json:"max,omitempty"`
		NoValue    string     `json:"noValue,omitempty"`
		Color      *Color     `json:"color,omitempty"`
		Mappings   []Mapping  `json:"mappings"`
		Thresholds Thresholds `json:"thresholds"`
		Custom     object     `json:"custom,omitempty"`
	}
	// Override is how some of the values are shown otherwise.
	Override struct {
		Matcher    Matcher    `json:"matcher"`
		Properties []Property `json:"properties"`
	}
	// Matcher says which values.
	Matcher struct {
		ID      string `json:"id"`
		Options string `json:"options"`
	}
	// Property is one thing that is shown otherwise.
	Property struct {
		ID    string `json:"id"`
		Value any    `json:"value"`
	}
	// Color says where a value's colour comes from.
	Color struct {
		Mode       string `json:"mode"`
		FixedColor string `json:"fixedColor,omitempty"`
	}
	// Mapping gives values a text and a colour.
	Mapping struct {
		Type    string            `json:"type"`
		Options map[string]Mapped `json:"options"`
	}
	// Mapped is a value's text and colour.
	Mapped struct {
		Color string `json:"color"`
		Index int    `json:"index"`
		Text  string `json:"text"`
	}
	// Thresholds are the values from which on a colour holds.
	Thresholds struct {
		Mode  string `json:"mode"`
		Steps []Step `json:"steps"`
	}
	// Step is one of them; nil: from the smallest on.
	Step struct {
		Color string   `json:"color"`
		Value *float64 `json:"value"`
	}

	object = map[string]any
)
