package controllers

import (
	"context"
	"fmt"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/gather"
)

// indexReads finds the sources that read a Secret or ConfigMap, by its kind and name.
const indexReads = "reads"

func addIndexes(ctx context.Context, cache client.FieldIndexer) error {
	reads := gather.Index{Object: &v1alpha1.MetricSource{}, Key: indexReads, Values: func(o client.Object) []string {
		var objects []string
		for _, ref := range referencesOf(o.(*v1alpha1.MetricSource)) {
			objects = append(objects, ref.object())
		}
		return slices.Compact(objects)
	}}
	for _, index := range append(gather.Indexes(), reads) {
		if err := cache.IndexField(ctx, index.Object, index.Key, index.Values); err != nil {
			return fmt.Errorf("index %q of %T: %w", index.Key, index.Object, err)
		}
	}
	return nil
}
