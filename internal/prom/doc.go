// Package prom talks to one Prometheus-compatible endpoint: it reads query templates, asks, guards the
// exchange, and turns whatever comes back into a sample.Sample with a reason. What cannot be trusted is never a
// value: DESIGN's first sentence, "never a wrong verdict", is kept or broken here.
package prom
