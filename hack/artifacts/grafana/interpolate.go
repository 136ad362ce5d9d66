package grafana

import (
	"regexp"
	"strings"
)

// Chosen is what somebody has chosen for a dashboard's variables. A variable that is not in it has its default, if that is a
// value of its own that stands for all.
type Chosen map[string][]string

// The intervals of Grafana's own variables, for a panel that shows some minutes of a Prometheus that scrapes often.
var intervals = map[string]string{"__rate_interval": "1m0s", "__interval": "5s", "__range": "900s"}

// variableReference is a variable in a query: $name or ${name}.
var variableReference = regexp.MustCompile(`\$(?:(\w+)|\{(\w+)\})`)

// Interpolate fills a query's variables in, as Grafana does for Prometheus. It also returns those that it has no value for.
func (d Dashboard) Interpolate(query string, chosen Chosen) (filled string, missing []string) {
	filled = variableReference.ReplaceAllStringFunc(query, func(reference string) string {
		name := strings.Trim(reference, "${}")
		if interval, ok := intervals[name]; ok {
			return interval
		}
		for _, v := range d.Templating.List {
			if v.Name == name && (len(chosen[name]) > 0 || v.AllValue != "") {
				return v.value(chosen[name])
			}
		}
		missing = append(missing, name)
		return reference
	})
	return filled, missing
}

// Values says which label of which series a variable has its values from; false for a variable that has others.
func (v Variable) Values() (series, label string, of bool) {
	inside, of := strings.CutPrefix(strings.TrimSuffix(v.Definition, ")"), "label_values(")
	comma := strings.LastIndex(inside, ", ")
	if !of || comma < 0 {
		return "", "", false
	}
	return inside[:comma], inside[comma+2:], true
}

// value is what stands for a variable in a query. Where several may be chosen it is a regular expression.
func (v Variable) value(chosen []string) string {
	if len(chosen) == 0 {
		return v.AllValue
	}
	if !v.Multi && !v.IncludeAll {
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(chosen[0])
	}
	quoted := make([]string, len(chosen))
	for i, value := range chosen {
		// Once for the regular expression, and once more for the string that it stands in.
		quoted[i] = strings.ReplaceAll(regexp.QuoteMeta(value), `\`, `\\`)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return "(" + strings.Join(quoted, "|") + ")"
}
