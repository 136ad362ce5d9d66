package main

import (
	"context"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/explain"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/evaluate"
)

// waitExplained waits until, at one instant, `kubectl okr explain` computes of every goal exactly the status that the
// controller has written. The controller goes on meanwhile: a goal that it is just about to write differs for a moment.
func (d *demo) waitExplained(ctx context.Context) error {
	reader, err := client.New(d.plane.Config(), client.Options{Scheme: command.Scheme()})
	if err != nil {
		return err
	}
	return d.until(ctx, func(ctx context.Context) (string, error) {
		set, err := goals.Read(ctx, reader, goals.Scope{})
		if err != nil {
			return "", err
		}
		differ, total, err := unlike(ctx, set, time.Now())
		if err != nil || len(differ) == 0 && total > 0 {
			return "", err
		}
		return fmt.Sprintf("of %d goals %d have another status than explain computes: %s", total, len(differ), shortList(differ)), nil
	})
}

// unlike are the goals of a set of which explain computes another status at an instant than they have, with what differs.
func unlike(ctx context.Context, set *goals.Set, now time.Time) (differ []string, total int, err error) {
	check := func(kind string, o client.Object) error {
		total++
		e, err := explain.Of(ctx, set, kind, o.GetNamespace(), o.GetName(), explain.Options{Now: now, Grace: evaluate.DefaultGrace})
		if err == nil && !e.Written.Same {
			text := fmt.Sprintf("%s %s/%s", kind, o.GetNamespace(), o.GetName())
			for _, field := range e.Written.Differences {
				text += fmt.Sprintf(" (%s: %q, computed %q)", field.Path, field.Server, field.Computed)
			}
			differ = append(differ, text)
		}
		return err
	}
	for _, o := range set.Objectives {
		if err := check("Objective", o); err != nil {
			return nil, 0, err
		}
	}
	for _, kr := range set.KeyResults {
		if err := check("KeyResult", kr); err != nil {
			return nil, 0, err
		}
	}
	for _, k := range set.KPIs {
		if err := check("KPI", k); err != nil {
			return nil, 0, err
		}
	}
	return differ, total, nil
}
