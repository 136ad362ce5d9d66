package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"okr.dev/controller/hack/artifacts/chart"
)

// manifests renders install.yaml and packs the chart.
func (r *release) manifests(ctx context.Context) error {
	text, err := r.output(ctx, nil, "hack/render.sh", "config/default", r.image+":"+r.version)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.dist, "install.yaml"), []byte(text+"\n"), 0o644); err != nil {
		return err
	}
	return r.chart(ctx)
}

// untaggedImage is an image without the tag that it may have: make's IMG has one. A registry's port is none.
func untaggedImage(image string) string {
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i]
	}
	return image
}

// chart packs the chart as Helm does, but for the time of packing, which would make each package another one.
func (r *release) chart(ctx context.Context) error {
	version := strings.TrimPrefix(r.version, "v")
	if _, err := r.output(ctx, nil, filepath.Join(r.bin, "helm"), "package", chart.Dir, "--version", version, "--app-version", r.version,
		"--destination", r.dist); err != nil {
		return err
	}
	path := filepath.Join(r.dist, filepath.Base(chart.Dir)+"-"+version+".tgz")
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	files, err := untar(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return write(path, func(f *os.File) error { return tarTo(f, files, r.time) })
}
