package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// grace is how late a request of a window may come and still be counted. One that is later is missing.
const grace = 2 * time.Second

// observed is what was seen in a window.
type observed struct {
	window *window
	// cores is the CPU time of the controller by the time that passed, mib the most memory it had.
	cores, mib float64
	// writes are the status writes that the watch saw, or that the controller says it made if those are more.
	writes int
	// intervals are how many passed while they were counted: those of the window, and the grace.
	intervals  float64
	begin, end metrics
}

// observe watches the controller for a window. The two scrapes are part of it: a Prometheus would make as many.
func (b *bench) observe(ctx context.Context) (o observed, err error) {
	pid := b.controller.PID()
	stop := highest(ctx, pid)
	cpuBefore, err := cpuTime(pid)
	if err != nil {
		return o, err
	}
	began := time.Now()
	if o.begin, err = b.scraper.scrape(ctx, b.controller.MetricsAddress); err != nil {
		return o, err
	}
	writes, _ := b.watched.counts()
	o.window = b.source.open(b.intervals())
	defer b.source.shut()
	if err := b.passWindow(ctx, o.window); err != nil {
		return o, err
	}
	more, _ := b.watched.counts()
	o.intervals = time.Since(o.window.from).Seconds() / b.interval.Seconds()
	if o.end, err = b.scraper.scrape(ctx, b.controller.MetricsAddress); err != nil {
		return o, err
	}
	o.writes = max(more-writes, int(o.end.writes-o.begin.writes))
	cpuAfter, err := cpuTime(pid)
	if err != nil {
		return o, err
	}
	o.cores = (cpuAfter - cpuBefore).Seconds() / time.Since(began).Seconds()
	o.mib, err = stop()
	return o, err
}

// passWindow waits until a window is over and its late requests have come.
func (b *bench) passWindow(ctx context.Context, w *window) error {
	return b.until(ctx, w.to.Sub(w.from)+time.Minute, func(context.Context) (string, error) {
		left := time.Until(w.to.Add(grace))
		if left <= 0 {
			return "", nil
		}
		writes, _ := b.watched.counts()
		return fmt.Sprintf("%.0f s left; %d requests so far, %d status writes since the start", left.Seconds(), b.source.count(w), writes), nil
	})
}

// quiet measures while nothing changes.
func (b *bench) quiet(ctx context.Context, f *figures) error {
	var o observed
	err := b.profiled(ctx, "quiet", func(ctx context.Context) (err error) {
		o, err = b.observe(ctx)
		return err
	})
	if err != nil {
		return err
	}
	n := b.intervals()
	f.requestsPerInterval = float64(len(o.window.lateness)) / float64(n)
	f.distinctQueries = len(o.window.requests)
	f.writesQuiet = o.writes
	f.writesChanged = float64(o.writes) / o.intervals // With CHANGE=0 this is the phase to look at.
	f.cpuCores, f.rssMiB, f.goroutines = o.cores, o.mib, o.end.goroutines
	f.lateness = o.window.lateness
	f.uneven = uneven(o.window.requests, n)
	f.scrapeMiB = float64(o.end.bytes) / (1 << 20)
	f.looksQuiet = (o.end.looks - o.begin.looks) / o.intervals
	return nil
}

// uneven is how many queries were not asked exactly n times.
func uneven(requests map[string]int, n int) int {
	count := 0
	for _, times := range requests {
		if times != n {
			count++
		}
	}
	return count
}

// hang adds a source that accepts and never answers, with KPIs that ask it, and measures how the other one is asked.
func (b *bench) hang(ctx context.Context, f *figures) error {
	server, err := startHung()
	if err != nil {
		return err
	}
	b.keep(server.close)
	source := metricSource(hungName, server.URL())
	if err := b.api.Create(ctx, source); err != nil {
		return fmt.Errorf("creating the source that hangs: %w", err)
	}
	if err := b.createNamespace(ctx, hungNamespace); err != nil {
		return err
	}
	// A tenth as many, so that a run takes no longer; with many KPIs more than the source is asked at once.
	count := min(max(b.kpis/10, 10), perNamespace)
	for i := range count {
		if err := b.api.Create(ctx, b.hungKPI(i)); err != nil {
			return fmt.Errorf("creating a KPI of the source that hangs: %w", err)
		}
	}
	if err := b.waitHanging(ctx, count); err != nil {
		return err
	}
	if server.accepted() == 0 {
		return errors.New("nobody connected to the server that hangs")
	}
	hanging, err := b.passing(ctx)
	if err != nil {
		return err
	}
	f.latenessHungP99 = quantile(hanging, 0.99)
	f.hungRequests = float64(len(hanging)) / float64(b.intervals())
	if err := b.api.DeleteAllOf(ctx, &v1alpha1.KPI{}, client.InNamespace(hungNamespace)); err != nil {
		return fmt.Errorf("deleting the KPIs of the source that hangs: %w", err)
	}
	if err := b.api.Delete(ctx, source); err != nil {
		return fmt.Errorf("deleting the source that hangs: %w", err)
	}
	// What is compared with lies before and after, so that a machine that grows busier does not decide.
	after, err := b.passing(ctx)
	if err != nil {
		return err
	}
	f.latenessBefore, f.latenessAfter = quantile(f.lateness, 0.99), quantile(after, 0.99)
	f.lateness = append(f.lateness, after...)
	return nil
}

// waitHanging waits until every KPI of the source that hangs says so. From then on it costs what it costs for ever.
func (b *bench) waitHanging(ctx context.Context, count int) error {
	return b.until(ctx, 5*time.Minute, func(ctx context.Context) (string, error) {
		var kpis v1alpha1.KPIList
		if err := b.api.List(ctx, &kpis, client.InNamespace(hungNamespace)); err != nil {
			return "", fmt.Errorf("listing the KPIs of the source that hangs: %w", err)
		}
		late := 0
		for i := range kpis.Items {
			c := meta.FindStatusCondition(kpis.Items[i].Status.Conditions, v1alpha1.MeasuredCondition)
			if c != nil && c.Reason == string(sample.Timeout) {
				late++
			}
		}
		if late == count {
			return "", nil
		}
		return fmt.Sprintf("%d of %d KPIs have noticed that their source hangs", late, count), b.sleep(ctx, time.Second)
	})
}

// passing lets a window pass and returns how late its requests were.
func (b *bench) passing(ctx context.Context) ([]time.Duration, error) {
	w := b.source.open(b.intervals())
	defer b.source.shut()
	err := b.passWindow(ctx, w)
	return w.lateness, err
}

// hungKPI is a KPI of the source that hangs.
func (b *bench) hungKPI(i int) *v1alpha1.KPI {
	kpi := b.kpi(i)
	kpi.Namespace, kpi.Labels = hungNamespace, map[string]string{benchLabel: hangs}
	kpi.Spec.Metric.SourceRef.Name = hungName
	kpi.Spec.Metric.Query = fmt.Sprintf(`sum(rate(hung_requests_total{service="%06d"}[5m]))`, i)
	return kpi
}

// restart stops the controller and starts it again. It is back when every query was asked and every KPI evaluated;
// writes are counted for another interval.
func (b *bench) restart(ctx context.Context, f *figures) error {
	writes, losses := b.watched.counts()
	old := b.controller
	b.controller = nil
	began := time.Now()
	if err := old.Stop(toEnd); err != nil {
		return err
	}
	stopped := time.Now()
	if err := b.startController(ctx); err != nil {
		return err
	}
	if err := b.until(ctx, 10*time.Minute+b.interval, func(context.Context) (string, error) {
		if n := b.source.askedSince(stopped); n < b.distinct() {
			return fmt.Sprintf("%d of %d queries were asked", n, b.distinct()), nil
		}
		return "", nil
	}); err != nil {
		return err
	}
	if err := b.waitLooked(ctx); err != nil {
		return err
	}
	f.restartMeasured = time.Since(began)
	if err := b.sleep(ctx, b.interval); err != nil {
		return err
	}
	writesAfter, lossesAfter := b.watched.counts()
	f.restartWrites, f.restartLosses = writesAfter-writes, lossesAfter-losses
	_, peak, err := memory(b.controller.PID())
	f.peakMiB = peak
	return err
}

// waitLooked waits until a controller that has just started has evaluated every KPI.
func (b *bench) waitLooked(ctx context.Context) error {
	return b.until(ctx, 10*time.Minute, func(ctx context.Context) (string, error) {
		began := time.Now()
		m, err := b.scraper.scrape(ctx, b.controller.MetricsAddress)
		if err != nil {
			return "", err
		}
		if m.looks < float64(b.kpis) || m.queued > 0 {
			// A scrape of 100,000 KPIs takes seconds of CPU time: most of the time must go into what is waited for.
			return fmt.Sprintf("%.0f evaluations, %.0f KPIs wait for one", m.looks, m.queued), b.sleep(ctx, 4*time.Since(began))
		}
		return "", nil
	})
}

// change measures while values change.
func (b *bench) change(ctx context.Context, f *figures) error {
	b.source.change(b.changing)
	var o observed
	err := b.profiled(ctx, "changing", func(ctx context.Context) (err error) {
		o, err = b.observe(ctx)
		return err
	})
	if err != nil {
		return err
	}
	f.writesChanged = float64(o.writes) / o.intervals
	f.cpuCores, f.rssMiB, f.goroutines = o.cores, o.mib, o.end.goroutines
	f.queuedBefore, f.queuedAfter = o.begin.queued, o.end.queued
	f.looksChanging = (o.end.looks - o.begin.looks) / o.intervals
	return nil
}
