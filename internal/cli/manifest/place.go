package manifest

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Place is where a field is written.
type Place struct {
	// Key is what names it: the key of its entry; of an element of a list, and of the whole, the value itself.
	Key *yaml.Node
	// Value is what is written there; nil if the field itself is not there.
	Value *yaml.Node
}

// Locate finds a field below a node, as the API names it, such as spec.checkIns[2].date. Elements of lists may be named by
// their number or by a text in them, as lists with keys are. Of what is not there it is the nearest that is, without a value.
// Aliases and merged mappings are followed.
func Locate(root *yaml.Node, field string) Place {
	at := Place{Key: root, Value: Resolve(root)}
	for _, step := range steps(field) {
		next, found := at.step(step)
		if !found {
			return Place{Key: at.Key}
		}
		at = next
	}
	return at
}

func (p Place) step(step string) (Place, bool) {
	switch {
	case p.Value == nil:
		return Place{}, false
	case p.Value.Kind == yaml.SequenceNode:
		if node := element(p.Value, step); node != nil {
			return Place{Key: node, Value: Resolve(node)}, true
		}
	case p.Value.Kind == yaml.MappingNode:
		if key, value := merged(p.Value, step, map[*yaml.Node]bool{}); key != nil {
			return Place{Key: key, Value: value}, true
		}
	}
	return Place{}, false
}

// element is the one of a number, or the first that has a text among its entries.
func element(list *yaml.Node, step string) *yaml.Node {
	if i, err := strconv.Atoi(step); err == nil {
		if i >= 0 && i < len(list.Content) {
			return list.Content[i]
		}
		return nil
	}
	for _, node := range list.Content {
		entries := Resolve(node)
		if entries.Value == step {
			return node
		}
		for i := 1; i < len(entries.Content); i += 2 {
			if entries.Content[i].Value == step {
				return node
			}
		}
	}
	return nil
}

// merged is an entry of a mapping or of those that are merged into it; nil if there is none. seen are those that were looked
// through: an alias can stand inside of what it stands for, and many times.
func merged(mapping *yaml.Node, name string, seen map[*yaml.Node]bool) (key, value *yaml.Node) {
	if mapping = Resolve(mapping); mapping == nil || seen[mapping] {
		return nil, nil
	}
	seen[mapping] = true
	if mapping.Kind == yaml.SequenceNode { // of mappings, the first of which counts
		for _, one := range mapping.Content {
			if key, value = merged(one, name, seen); key != nil {
				return key, value
			}
		}
		return nil, nil
	}
	if mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	// The last of two entries of one name is the one that counts.
	for i := len(mapping.Content) - 2; i >= 0; i -= 2 {
		if Name(mapping.Content[i]) == name {
			return mapping.Content[i], Resolve(mapping.Content[i+1])
		}
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Tag == "!!merge" {
			if key, value = merged(mapping.Content[i+1], name, seen); key != nil {
				return key, value
			}
		}
	}
	return nil, nil
}

// Name is what a key is called once kubectl has read it: YAML 1.1 makes a truth of on, yes and y.
func Name(key *yaml.Node) string {
	if key = Resolve(key); key.Style == 0 {
		switch strings.ToLower(key.Value) {
		case "y", "yes", "on":
			return "true"
		case "n", "no", "off":
			return "false"
		}
	}
	return key.Value
}
