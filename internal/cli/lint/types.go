package lint

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"okr.dev/controller/internal/cli/admission"
)

// aboutType says what to write where a value is of another type than it must be.
func aboutType(name string, known admission.Field, node *yaml.Node, p admission.Problem) string {
	written := readable(p.Value)
	if node != nil {
		written = node.Value
	}
	switch {
	case known.Type == "array":
		return fmt.Sprintf("%s is a list: write it in brackets or with - before each entry", name)
	case known.Type == "object":
		return fieldsInstead(name, written, known)
	case node == nil || node.Kind != yaml.ScalarNode:
		return fmt.Sprintf("%s is %s: write one value", name, article(known))
	case known.IntOrString && node.Tag == "!!float":
		return fmt.Sprintf("YAML makes a rounded number of a fraction: quote it: %s: %q", name, written)
	case known.IntOrString:
		return fmt.Sprintf("YAML made %s of it: write a number, quoted if it has a fraction", kindOf(node, p.Value))
	case known.Type == "string":
		return fmt.Sprintf("YAML made %s of it: %s", kindOf(node, p.Value), quoteIt(name, written, known))
	case known.Type == "integer" && node.Tag == "!!float":
		return fmt.Sprintf("%s takes whole numbers only: write such as %s", name, whole(name))
	case known.Type == "integer" || known.Type == "number":
		return fmt.Sprintf("%s is a number: write it with digits and without quotes", name)
	case known.Type == "boolean":
		return fmt.Sprintf("%s is true or false: write one of them, without quotes", name)
	default:
		return clean(p.Detail)
	}
}

// whole is how a share is written in fields of whole numbers.
func whole(name string) string {
	switch name {
	case "weight":
		return "weight: 1 here and weight: 2 there, rather than 0.5 and 1"
	case "confidence":
		return "confidence: 7, from 0 to 10"
	default:
		return name + ": 5"
	}
}

func article(known admission.Field) string {
	switch {
	case known.IntOrString:
		return "a number"
	case known.Type == "string":
		return "a text"
	case known.Type == "boolean":
		return "true or false"
	default:
		return "a number"
	}
}

// kindOf says what YAML made of a plain value: "the number 2026", or "the number 7 (from 007)".
func kindOf(node *yaml.Node, value any) string {
	made := "the number "
	if _, truth := value.(bool); truth {
		made = "the truth "
	}
	if made += readable(value); strings.HasSuffix(made, " "+node.Value) {
		return made
	}
	return made + " (from " + node.Value + ")"
}

// quoteIt is what to write where a text was meant.
func quoteIt(name, written string, known admission.Field) string {
	says := func(begin string) bool {
		return slices.ContainsFunc(known.Says, func(message string) bool { return strings.HasPrefix(message, begin) })
	}
	switch {
	case says("not a duration"):
		unit := "h"
		if strings.HasSuffix(name, "Every") || strings.HasSuffix(name, "After") {
			unit = "d"
		}
		return fmt.Sprintf("lengths of time have a unit: write such as %s: %s%s", name, strings.Trim(written, "+-"), unit)
	case says("not a share"):
		return fmt.Sprintf("it is a share: write %s: \"%s%%\"", name, written)
	case says("not a signed change"):
		return fmt.Sprintf("quote it, with its sign: %s: %q", name, signed(written))
	case says("there is no such date"):
		return fmt.Sprintf("write the day, such as %s: 2026-10-14", name)
	default:
		return fmt.Sprintf("quote it: %s: %q", name, written)
	}
}

func signed(number string) string {
	if strings.HasPrefix(number, "+") || strings.HasPrefix(number, "-") {
		return number
	}
	return "+" + number
}

// fieldsInstead is what to write where a text stands in place of an object: the text belongs to one of its fields.
func fieldsInstead(name, written string, known admission.Field) string {
	inner := ""
	for _, candidate := range append(slices.Clone(known.Required), "name", "title", "team", "date", "target") {
		if slices.Contains(known.Fields, candidate) {
			inner = candidate
			break
		}
	}
	if inner == "" || strings.ContainsAny(written, "{[\n") || written == "" || written == "null" {
		return "it has fields of its own: write some of " + strings.Join(known.Fields, ", ")
	}
	if strings.ContainsAny(written, `:,#"'{}[]&*!|>%@`) {
		written = fmt.Sprintf("%q", written)
	}
	if isElement(name) {
		return fmt.Sprintf("entries have fields of their own: write {%s: %s}", inner, written)
	}
	return fmt.Sprintf("it has fields of its own: write %s: {%s: %s}", name, inner, written)
}

func isElement(name string) bool { return name != "" && name[0] >= '0' && name[0] <= '9' }
