package main

import (
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// The parts of a manifest of krew's index (krew.googlecontainertools.github.com/v1alpha2) that are used here. Its own types
// come with a client-go of long ago.
type (
	krewPlugin struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Metadata   map[string]string `json:"metadata"`
		Spec       krewSpec          `json:"spec"`
	}
	krewSpec struct {
		Version          string         `json:"version"`
		Homepage         string         `json:"homepage"`
		ShortDescription string         `json:"shortDescription"`
		Description      string         `json:"description"`
		Platforms        []krewPlatform `json:"platforms"`
	}
	krewPlatform struct {
		Selector krewSelector `json:"selector"`
		URI      string       `json:"uri"`
		SHA256   string       `json:"sha256"`
		Bin      string       `json:"bin"`
	}
	krewSelector struct {
		MatchLabels map[string]string `json:"matchLabels"`
	}
)

const krewDescription = `Shows goals (OKRs) that are Kubernetes resources: how they stand and why, who serves whom, which KPIs
need an objective. Writes the weekly check-in, the end of a quarter and the next one into the files that Git keeps, and checks
pull requests that change goals. Needs the CRDs of goals.okr.dev in the cluster, but for commands that read files.
`

// krew writes the manifest of the plugin, of the archives that were made.
func (r *release) krew() error {
	manifest := krewPlugin{
		APIVersion: "krew.googlecontainertools.github.com/v1alpha2", Kind: "Plugin", Metadata: map[string]string{"name": "okr"},
		Spec: krewSpec{Version: r.version, Homepage: "https://okr.dev", ShortDescription: "Goals as code: OKRs and KPIs", Description: krewDescription},
	}
	for _, b := range binaries {
		if b.name != plugin {
			continue
		}
		for _, p := range r.platforms {
			name := b.archive(r.version, p)
			sum, err := checksum(filepath.Join(r.dist, name))
			if err != nil {
				return err
			}
			manifest.Spec.Platforms = append(manifest.Spec.Platforms, krewPlatform{
				Selector: krewSelector{MatchLabels: map[string]string{"os": p.system, "arch": p.architecture}},
				URI:      strings.TrimRight(r.downloads, "/") + "/" + r.version + "/" + name, SHA256: sum, Bin: b.file(p),
			})
		}
	}
	text, err := yaml.Marshal(manifest)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.dist, "okr.yaml"), text, 0o644)
}
