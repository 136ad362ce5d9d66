package explain

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/internal/evaluate"
)

// Written compares the status on the server with what is computed now.
type Written struct {
	// Same says that they are equal.
	Same bool `json:"same"`
	// Change is the weightiest thing that differs: First, Transition, Edit, Memory or Value; empty if nothing does.
	Change string `json:"change,omitempty"`
	// Generation is that of the spec, and ObservedGeneration the one that the status is about.
	Generation         int64 `json:"generation"`
	ObservedGeneration int64 `json:"observedGeneration"`
	// Text says in words what that means.
	Text string `json:"text"`
	// Differences are what differs, by their path in the status.
	Differences []Difference `json:"differences,omitempty"`
}

// Difference is a field that differs. A text is empty where the field is absent.
type Difference struct {
	Path     string `json:"path"`
	Server   string `json:"server"`
	Computed string `json:"computed"`
}

// compare compares the status on the server with the computed one.
func (x *explaining) compare(object *metav1.ObjectMeta, before, after any, change evaluate.Change) {
	w := &x.Written
	w.Same, w.Change, w.Generation = change == evaluate.Unchanged, string(change), object.Generation
	w.ObservedGeneration = reflect.ValueOf(before).Elem().FieldByName("ObservedGeneration").Int()
	if w.Same {
		w.Text = "The status on the server says the same."
		return
	}
	w.Differences = differences(before, after)
	switch {
	case change == evaluate.First || w.ObservedGeneration < 0:
		w.Text = "The controller has not evaluated this goal yet: the status on the server is empty. What is shown here is what it would " +
			"say without having asked the source anything."
	case w.ObservedGeneration != w.Generation:
		w.Text = fmt.Sprintf("The status on the server is about generation %d of the spec, and the spec is at generation %d: the controller has "+
			"not evaluated the edit yet, or is not running. What is shown here is about the spec as it is now; where the edit asks "+
			"something else, the source has not been asked.", w.ObservedGeneration, w.Generation)
	case change == evaluate.Value:
		w.Text = "The status on the server has the same verdict; numbers have moved since it was written. The controller writes those once per " +
			"--status-interval (5m by default)."
	default:
		w.Text = "The status on the server differs in more than numbers. The controller writes that at once: it has not looked since " +
			"something that this goal depends on changed or became due, it runs with other flags, or it is not running."
	}
}

// untrusted reports whether what is computed must not be shown: something that may not be read could decide it, and it is
// not what the controller has written, who may.
func (x *explaining) untrusted(change evaluate.Change) bool {
	x.Withheld = slices.Clone(x.reader.missed)
	slices.Sort(x.Withheld)
	if len(x.Withheld) == 0 {
		return false
	}
	if change == evaluate.Unchanged || change == evaluate.Value {
		return false
	}
	x.Written.Same, x.Written.Change, x.Written.Differences = false, "", nil
	x.Written.Text = "What decides this goal may not be read by you, so nothing is computed here: all of this is what the controller has written."
	return true
}

// unreadSummary is what can be said where nothing is computed.
func (x *explaining) unreadSummary() string {
	if x.Health == "" {
		return fmt.Sprintf("The controller has not looked at this goal yet, and %s may not be read by you.", strings.Join(x.Withheld, ", "))
	}
	return fmt.Sprintf("The controller says %s: %s It cannot be checked from here, because %s may not be read by you.", x.Health,
		sentence(x.Message), strings.Join(x.Withheld, ", "))
}

// differences are the fields in which two statuses differ.
func differences(before, after any) []Difference {
	a, b := map[string]string{}, map[string]string{}
	flatten("", plain(before), a)
	flatten("", plain(after), b)
	var all []Difference
	for path, text := range a {
		if b[path] != text {
			all = append(all, Difference{path, text, b[path]})
		}
	}
	for path, text := range b {
		if _, known := a[path]; !known {
			all = append(all, Difference{path, "", text})
		}
	}
	slices.SortFunc(all, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(weight(a.Path), weight(b.Path)), cmp.Compare(a.Path, b.Path))
	})
	return all
}

// weight puts first what people look at first: the verdict, then numbers and conditions, then what only the controller needs.
func weight(path string) int {
	switch {
	case path == "health":
		return 0
	case strings.HasSuffix(path, "bservedGeneration"), strings.HasSuffix(path, ".lastTransitionTime"), strings.HasPrefix(path, "frozen"):
		return 3
	case strings.HasPrefix(path, "conditions"):
		return 2
	default:
		return 1
	}
}

// plain is a status as JSON has it.
func plain(status any) any {
	text, err := json.Marshal(status)
	if err != nil {
		return nil
	}
	var result any
	if json.Unmarshal(text, &result) != nil {
		return nil
	}
	return result
}

// flatten finds the leaves. Items of lists go by what names them.
func flatten(path string, value any, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for key, field := range v {
			if path == "" {
				flatten(key, field, into)
			} else {
				flatten(path+"."+key, field, into)
			}
		}
	case []any:
		for i, item := range v {
			name := fmt.Sprint(i)
			if fields, ok := item.(map[string]any); ok {
				name = fmt.Sprint(cmp.Or(fields["type"], fields["name"], fields["kpi"], fields["time"], any(name)))
			}
			flatten(path+"["+name+"]", item, into)
		}
	default:
		into[path] = fmt.Sprint(v)
	}
}
