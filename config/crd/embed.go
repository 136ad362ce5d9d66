// Package crd holds the custom resource definitions, as they are generated, for programs that must know them without a cluster.
package crd

import "embed"

// Bases are the generated definitions, one a kind: bases/goals.okr.dev_<plural>.yaml.
//
//go:embed bases/*.yaml
var Bases embed.FS
