package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"okr.dev/controller/hack/recorded"
)

// record writes all goals with the statuses that the controller gave them, and what they are related to, into a file: what
// the plugin's documentation and its tests are shown.
func (d *demo) record(file string) func(context.Context) error {
	return func(ctx context.Context) error {
		text, err := d.kubectl(ctx, "get", "objectives,keyresults,kpis,metricsources,namespaces", "-A", "-o", "json")
		if err != nil {
			return err
		}
		var list struct {
			Items []map[string]any `json:"items"`
		}
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return fmt.Errorf("what kubectl printed: %w", err)
		}
		for _, item := range list.Items {
			if metadata, ok := item["metadata"].(map[string]any); ok {
				delete(metadata, "managedFields")
				if annotations, ok := metadata["annotations"].(map[string]any); ok {
					delete(annotations, "kubectl.kubernetes.io/last-applied-configuration")
				}
			}
		}
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", " ")
		if err := encoder.Encode(recorded.Cluster{Time: time.Now().UTC().Truncate(time.Second), Items: list.Items}); err != nil {
			return err
		}
		return os.WriteFile(file, out.Bytes(), 0o644)
	}
}
