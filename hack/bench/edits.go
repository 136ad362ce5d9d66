package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

const (
	// maxEdits are made, each of another KPI, this far apart.
	maxEdits   = 200
	editsApart = 100 * time.Millisecond
	// A status that takes longer than this to follow is a failure, not a figure.
	editPatience = 2 * time.Minute
)

// edit edits KPIs so that their health flips, and measures how long the status takes to say so: from before the edit
// is sent until a watch sees it. At the beginning and in the middle the source is edited too, so that every KPI is
// looked at and every query asked again meanwhile.
func (b *bench) edit(ctx context.Context, f *figures) error {
	count := min(maxEdits, b.kpis)
	follows := make([]<-chan time.Duration, 0, count)
	for i := range count {
		if i%(maxEdits/2) == 0 {
			if err := b.editSource(ctx, 11+i); err != nil {
				return err
			}
		}
		follow, err := b.editKPI(ctx, i*(b.kpis/count))
		if err != nil {
			return err
		}
		follows = append(follows, follow)
		if err := b.sleep(ctx, editsApart); err != nil {
			return err
		}
	}
	took := make([]time.Duration, 0, count)
	if err := b.until(ctx, editPatience, func(context.Context) (string, error) {
		for len(took) < count {
			select {
			case one := <-follows[len(took)]:
				took = append(took, one)
			default:
				return fmt.Sprintf("%d of %d edits have reached the status", len(took), count), nil
			}
		}
		return "", nil
	}); err != nil {
		return err
	}
	f.editP50, f.editP99, f.editMax = quantile(took, 0.50), quantile(took, 0.99), slices.Max(took)
	f.edits = count
	return nil
}

// editSource changes what has every dependent looked at, and every query asked again, but no answer.
func (b *bench) editSource(ctx context.Context, seconds int) error {
	source := &v1alpha1.MetricSource{}
	source.Name = sourceName
	patch := fmt.Appendf(nil, `{"spec":{"limits":{"timeout":"%ds"}}}`, seconds)
	if err := b.api.Patch(ctx, source, client.RawPatch(types.MergePatchType, patch)); err != nil {
		return fmt.Errorf("editing the source: %w", err)
	}
	return nil
}

// editKPI changes a KPI's target to one that its value misses.
func (b *bench) editKPI(ctx context.Context, i int) (<-chan time.Duration, error) {
	kpi := b.kpi(i)
	follows, err := b.watched.await(client.ObjectKeyFromObject(kpi), v1alpha1.KPIUnhealthy)
	if err != nil {
		return nil, err
	}
	patch := fmt.Appendf(nil, `{"spec":{"target":{"atMost":%d}}}`, unhealthyFrom)
	if err := b.api.Patch(ctx, kpi, client.RawPatch(types.MergePatchType, patch)); err != nil {
		return nil, fmt.Errorf("editing KPI %d: %w", i, err)
	}
	return follows, nil
}
