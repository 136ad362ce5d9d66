package edit

import (
	"fmt"
	"maps"
	"slices"
)

// get is the value at a path; nil if there is none.
func get(data any, path Path) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := data.(map[string]any)
			data = object[step]
		case int:
			list, _ := data.([]any)
			if step >= len(list) {
				return nil
			}
			data = list[step]
		}
	}
	return data
}

// put is data with a value at a path. What is missing on the way, or null, is made.
func put(data any, path Path, value any) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	switch step := path[0].(type) {
	case string:
		object, ok := data.(map[string]any)
		if !ok && data != nil {
			return nil, fmt.Errorf("what should have %q in it is no mapping", step)
		}
		inner, err := put(object[step], path[1:], value)
		if err != nil {
			return nil, err
		}
		changed := maps.Clone(object)
		if changed == nil {
			changed = map[string]any{}
		}
		changed[step] = inner
		return changed, nil
	case int:
		list, _ := data.([]any)
		if step >= len(list) {
			return nil, fmt.Errorf("there is no item %d", step)
		}
		inner, err := put(list[step], path[1:], value)
		if err != nil {
			return nil, err
		}
		changed := slices.Clone(list)
		changed[step] = inner
		return changed, nil
	default:
		return nil, fmt.Errorf("%v is neither a key nor an index", step)
	}
}

// drop is data without what is at a path.
func drop(data any, path Path) (any, error) {
	if len(path) == 0 {
		return nil, fmt.Errorf("a whole document is not removed")
	}
	last := path[len(path)-1]
	around := get(data, path[:len(path)-1])
	switch last := last.(type) {
	case string:
		object, _ := around.(map[string]any)
		changed := maps.Clone(object)
		delete(changed, last)
		return put(data, path[:len(path)-1], changed)
	case int:
		list, _ := around.([]any)
		if last >= len(list) {
			return nil, fmt.Errorf("there is no item %d", last)
		}
		return put(data, path[:len(path)-1], slices.Delete(slices.Clone(list), last, last+1))
	default:
		return nil, fmt.Errorf("%v is neither a key nor an index", last)
	}
}
