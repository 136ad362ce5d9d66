// Package alerts writes the PrometheusRule of config/prometheus from its plain rules file.
package alerts

import (
	"fmt"
	"os"
	"path/filepath"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"
)

// Where the rules are, from the module's root: as people write them, and as the Prometheus operator takes them.
const (
	Source    = "config/prometheus/rules.yaml"
	generated = "config/prometheus/prometheusrule.yaml"
)

// header begins the generated file. The labels that a Prometheus selects by are the cluster's own business.
const header = `# Made from rules.yaml by "make generate": edit that.
#
# A Prometheus finds this if its ruleSelector does. That of the chart kube-prometheus-stack wants the label
# "release: <name of the release>" unless it was told otherwise: add it in your own kustomization.
`

// manifest is a PrometheusRule as it is written by hand: without a status.
type manifest struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   map[string]string `json:"metadata"`
	Spec       any               `json:"spec"`
}

// Rules reads the rules as the Prometheus operator does, which refuses fields that it does not know.
func Rules(root string) (monitoringv1.PrometheusRuleSpec, error) {
	var spec monitoringv1.PrometheusRuleSpec
	text, err := os.ReadFile(filepath.Join(root, Source))
	if err != nil {
		return spec, fmt.Errorf("reading alerts: %w", err)
	}
	if err := yaml.UnmarshalStrict(text, &spec); err != nil {
		return spec, fmt.Errorf("reading alerts: %s: %w", Source, err)
	}
	return spec, nil
}

// Write writes the PrometheusRule below the module's root.
func Write(root string) error {
	rules, err := Rules(root)
	if err != nil {
		return err
	}
	text, err := yaml.Marshal(manifest{
		APIVersion: monitoringv1.SchemeGroupVersion.String(), Kind: monitoringv1.PrometheusRuleKind,
		Metadata: map[string]string{"name": "controller-manager", "namespace": "system"}, Spec: rules,
	})
	if err != nil {
		return fmt.Errorf("writing alerts: %w", err)
	}
	if err := os.WriteFile(filepath.Join(root, generated), append([]byte(header), text...), 0o644); err != nil {
		return fmt.Errorf("writing alerts: %w", err)
	}
	return nil
}
