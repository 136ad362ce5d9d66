package chart

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The marks in the README between which its table of values is.
const (
	tableBegin = "<!-- values: begin, generated from values.yaml -->\n"
	tableEnd   = "<!-- values: end -->\n"
)

// writeReadme fills the table of values in.
func writeReadme(dir string) error {
	values, err := os.ReadFile(filepath.Join(dir, "values.yaml"))
	if err != nil {
		return err
	}
	table, err := Table(values)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "README.md")
	readme, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(readme, []byte(tableBegin))
	_, after, ended := bytes.Cut(rest, []byte(tableEnd))
	if !found || !ended {
		return fmt.Errorf("%s has no place for the values: want the lines %q and %q", path, tableBegin, tableEnd)
	}
	return os.WriteFile(path, bytes.Join([][]byte{before, []byte(tableBegin), []byte(table), []byte(tableEnd), after}, nil), 0o644)
}

// Table is a values.yaml as a table of Markdown: every value with its default and its comment, which begins with "# --". A value
// without one is an error.
func Table(values []byte) (string, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(values, &document); err != nil {
		return "", err
	}
	if len(document.Content) != 1 {
		return "", errors.New("there are no values")
	}
	table := strings.Builder{}
	table.WriteString("| Value | Default | Meaning |\n|---|---|---|\n")
	err := rows(&table, "", document.Content[0])
	return table.String(), err
}

// rows adds the values of one mapping.
func rows(table *strings.Builder, prefix string, mapping *yaml.Node) error {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		name := prefix + key.Value
		meaning, explained := strings.CutPrefix(strings.Join(strings.Fields(strings.ReplaceAll(key.HeadComment, "\n# ", "\n")), " "), "# -- ")
		if !explained {
			if value.Kind != yaml.MappingNode || len(value.Content) == 0 {
				return fmt.Errorf("value %s has no comment that begins with %q", name, "# -- ")
			}
			if err := rows(table, name+".", value); err != nil {
				return err
			}
			continue
		}
		var standard any
		if err := value.Decode(&standard); err != nil {
			return fmt.Errorf("value %s: %w", name, err)
		}
		shown, err := json.Marshal(standard)
		if err != nil {
			return fmt.Errorf("value %s: %w", name, err)
		}
		fmt.Fprintf(table, "| `%s` | `%s` | %s |\n", name, shown, strings.ReplaceAll(meaning, "|", "\\|"))
	}
	return nil
}
