package preview

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// fieldChange is one edited field. Of what is not there the text is empty.
type fieldChange struct {
	// Path as the API names it, such as spec.checkIns[2026-11-13].note.
	Path string `json:"path"`
	Was  string `json:"was,omitempty"`
	Is   string `json:"is,omitempty"`
}

// fieldChanges are the edited fields of an object, by path.
func fieldChanges(was, is client.Object) []fieldChange {
	before, after := map[string]string{}, map[string]string{}
	flatten("spec", plain(specOf(was)), before)
	flatten("spec", plain(specOf(is)), after)
	paths := map[string]bool{}
	for _, side := range []map[string]string{before, after} {
		for path := range side {
			paths[path] = true
		}
	}
	var changes []fieldChange
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if before[path] != after[path] {
			changes = append(changes, fieldChange{path, before[path], after[path]})
		}
	}
	return changes
}

// plain is a value as JSON has it.
func plain(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		return nil // specs come from JSON
	}
	var result any
	if json.Unmarshal(text, &result) != nil {
		return nil
	}
	return result
}

// flatten writes the leaves of a value by their paths. Elements of lists are named by their key, so that one that is added
// in front moves no other.
func flatten(path string, value any, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			flatten(path+"."+key, inner, into)
		}
	case []any:
		key := keyOf(v)
		if key == "" {
			text, err := json.Marshal(v)
			if err == nil {
				into[path] = string(text)
			}
			return
		}
		for _, inner := range v {
			element := inner.(map[string]any)
			name := element[key].(string)
			rest := maps.Clone(element)
			delete(rest, key)
			if len(rest) == 0 {
				into[path+"["+name+"]"] = "(there)"
			}
			flatten(path+"["+name+"]", rest, into)
		}
	case string:
		into[path] = v
	case nil:
	default:
		text, err := json.Marshal(v)
		if err == nil {
			into[path] = strings.TrimSpace(string(text))
		}
	}
}

// keyOf is the field that names the elements of a list; empty if they have none.
func keyOf(list []any) string {
	for _, key := range []string{"date", "title", "name"} {
		seen := map[string]bool{}
		for _, inner := range list {
			element, ok := inner.(map[string]any)
			if !ok {
				return ""
			}
			if name, ok := element[key].(string); ok {
				seen[name] = true
			}
		}
		if len(seen) == len(list) && len(list) > 0 {
			return key
		}
	}
	return ""
}
