// Package grafana is the one source of the dashboards in config/grafana/dashboards: what Grafana imports is written from here.
package grafana

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Dashboards are all of them, in the order in which one reads them.
func Dashboards() []Dashboard { return []Dashboard{company(), team(), scorecard(), controller()} }

// File is the path of a dashboard in the module.
func (d Dashboard) File() string {
	return filepath.Join("config", "grafana", "dashboards", d.UID+".json")
}

// JSON is what Grafana imports.
func (d Dashboard) JSON() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // queries compare
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(d); err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", d.UID, err)
	}
	return out.Bytes(), nil
}

// Write writes the dashboards below the module's root.
func Write(root string) error {
	for _, d := range Dashboards() {
		text, err := d.JSON()
		if err != nil {
			return err
		}
		file := filepath.Join(root, d.File())
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
