package lint

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"okr.dev/controller/internal/cli/admission"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/cli/near"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/practice"
)

// refusal says why the API server refuses, and what to write instead. The server knows types and no intentions: what it says of
// a slip is translated.
func (o *object) refusal(kind *admission.Kind, p admission.Problem) Finding {
	name := last(p.Field)
	node := o.valueOf(p.Field)
	if p.Type == field.ErrorTypeTypeInvalid { // the server tells the type alone
		p.Value = valueAt(o.content, p.Field)
	}
	switch p.Cause {
	case admission.Unknown:
		return o.finding("API002", practice.Error, p.Field, o.unknown(kind, p.Field, name))
	case admission.Metadata:
		return o.finding("API005", practice.Error, p.Field, aboutMetadata(p, node))
	case admission.Rule:
		return o.finding("API004", practice.Error, p.Field, p.Detail)
	default:
		known, _ := kind.Field(p.Field)
		return o.finding("API003", practice.Error, p.Field, aboutValue(p, name, known, node))
	}
}

// valueOf is the scalar that is written in a field; nil if none is.
func (o *object) valueOf(path string) *yaml.Node {
	if o.node == nil {
		return nil
	}
	if value := manifest.Locate(o.node, path).Value; value != nil && value.Kind == yaml.ScalarNode {
		return value
	}
	return nil
}

// valueAt is what an object has in a field; nil if it has nothing there.
func valueAt(content any, path string) any {
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		switch at := content.(type) {
		case map[string]any:
			content = at[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(at) {
				return nil
			}
			content = at[i]
		default:
			return nil
		}
	}
	return content
}

func last(path string) string {
	if i := strings.LastIndexAny(strings.TrimSuffix(path, "]"), ".["); i >= 0 {
		return strings.TrimSuffix(path[i+1:], "]")
	}
	return path
}

// synonyms are names that people write for fields that are called otherwise.
var synonyms = map[string][]string{
	"from": {"baseline"}, "start": {"startOn", "baseline"}, "to": {"target"}, "goal": {"target"}, "end": {"dueOn"}, "due": {"dueOn"}, "dueDate": {"dueOn"},
	"deadline": {"dueOn"}, "by": {"dueOn"}, "startDate": {"startOn"}, "begin": {"startOn"}, "on": {"date"}, "day": {"date"}, "when": {"date"}, "objective": {"objectiveRef"},
	"parent": {"parentRef"}, "kpi": {"kpiRef", "kpiRefs"}, "kpis": {"kpiRefs"}, "kpiRef": {"kpiRefs"}, "source": {"sourceRef"}, "done": {"doneOn"}, "completed": {"doneOn"},
	"min": {"atLeast"}, "minimum": {"atLeast"}, "max": {"atMost"}, "maximum": {"atMost"}, "name": {"title"}, "expr": {"query"}, "promql": {"query"}, "expression": {"query"},
	"quarter": {"period"}, "comment": {"note"}, "notes": {"note"}, "why": {"rationale", "reason"}, "team": {"owner"}, "why not": {"reason"}, "tasks": {"actions"},
	"initiatives": {"actions"}, "range": {"window"}, "every": {"interval", "checkInEvery"}, "token": {"bearerTokenSecretRef"}, "password": {"passwordSecretRef"},
}

// shown is how many names of fields are listed where none is near.
const shown = 14

// unknown says what a field that there is not is called, or where it belongs.
func (o *object) unknown(kind *admission.Kind, path, name string) string {
	parent := strings.TrimSuffix(strings.TrimSuffix(path, name), ".")
	known, _ := kind.Field(parent)
	written := name
	if o.node != nil {
		if key := manifest.Locate(o.node, path).Key; key != nil && manifest.Name(key) == name {
			written = key.Value
		}
	}
	said := fmt.Sprintf("there is no field %s", written)
	if written != name {
		said += fmt.Sprintf(" (YAML reads it as %s)", name)
	}
	for _, other := range synonyms[written] {
		if slices.Contains(known.Fields, other) {
			return said + ": write " + other
		}
	}
	if other := near.Slip(written, known.Fields); other != "" {
		return said + ": did you mean " + other + "?"
	}
	if holding := kind.Holding(written); len(holding) > 0 && len(holding) <= 3 {
		return said + " here: it belongs in " + strings.Join(holding, " or ")
	}
	for _, other := range synonyms[written] {
		if holding := kind.Holding(other); len(holding) > 0 && len(holding) <= 3 {
			return said + ": write " + other + " in " + strings.Join(holding, " or ")
		}
	}
	if len(known.Fields) > shown {
		return said + ": kubectl explain " + strings.ToLower(kind.Name) + explained(parent) + " lists those that there are"
	}
	return said + ": write one of " + strings.Join(known.Fields, ", ")
}

var index = regexp.MustCompile(`\[[^\]]*\]`)

func explained(path string) string {
	if path == "" {
		return ""
	}
	return "." + index.ReplaceAllString(path, "")
}

// aboutValue says what is wrong with a value, and what to write.
func aboutValue(p admission.Problem, name string, known admission.Field, node *yaml.Node) string {
	switch p.Type {
	case field.ErrorTypeRequired:
		return strings.TrimSpace(fmt.Sprintf("%s is missing: write it. %s", name, firstSentence(known.Description)))
	case field.ErrorTypeDuplicate:
		return fmt.Sprintf("%s is written twice: keep one", readable(p.Value))
	case field.ErrorTypeTooLong:
		return strings.TrimPrefix(p.Detail, "may not be ") + ": shorten it"
	case field.ErrorTypeTooMany:
		return p.Detail + ": leave some out"
	case field.ErrorTypeNotSupported:
		return unsupported(p)
	case field.ErrorTypeTypeInvalid:
		return aboutType(name, known, node, p)
	default:
		return clean(p.Detail)
	}
}

func unsupported(p admission.Problem) string {
	values := strings.TrimPrefix(p.Detail, "supported values: ")
	said := fmt.Sprintf("%s is none of %s", readable(p.Value), strings.ReplaceAll(values, `"`, ""))
	var names []string
	for quoted := range strings.SplitSeq(values, ", ") {
		names = append(names, strings.Trim(quoted, `"`))
	}
	if other := near.Slip(fmt.Sprint(p.Value), names); other != "" {
		return said + ": write " + other
	}
	return said + ": write one of them"
}

// inBody is what the server's validator says before what it has to say.
var inBody = regexp.MustCompile(`^\S* in body `)

func clean(detail string) string { return inBody.ReplaceAllString(detail, "") }

// readable is a value as one would write it.
func readable(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}

// firstSentence is the beginning of a comment.
func firstSentence(text string) string {
	text = terminal.OneLine(text)
	if i := strings.Index(text, ". "); i >= 0 {
		text = text[:i+1]
	}
	return text
}

func aboutMetadata(p admission.Problem, node *yaml.Node) string {
	switch {
	case p.Type == field.ErrorTypeTypeInvalid && node != nil && strings.HasSuffix(p.Detail, "string"):
		return fmt.Sprintf("YAML made %s of it, and only texts go here: quote it: %q", kindOf(node, p.Value), node.Value)
	case p.Type == field.ErrorTypeRequired && p.Field == "metadata.name":
		return "name is missing: write one, such as name: checkout-feels-instant"
	case p.Field == "metadata.name" && slug(readable(p.Value)) != "":
		return fmt.Sprintf("%q cannot be a name, which has lower-case letters, digits, - and . only: write %s", readable(p.Value), slug(readable(p.Value)))
	default:
		return clean(p.Detail)
	}
}

var noName = regexp.MustCompile(`[^a-z0-9.]+`)

// slug is the name that a text would have.
func slug(text string) string {
	name := strings.Trim(noName.ReplaceAllString(strings.ToLower(text), "-"), "-.")
	if len(name) > 253 {
		return ""
	}
	return name
}
