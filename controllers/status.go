package controllers

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// lookAgain is how soon an object is looked at again after somebody else changed it: the cache needs to hear of
// that first.
const lookAgain = 200 * time.Millisecond

// writeStatus is the only place that writes status: one merge patch from before to after, which fails if
// somebody else has written since before was read.
func (e *environment) writeStatus(ctx context.Context, before, after client.Object, kind, reason string) error {
	patch := client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
	if err := e.client.Status().Patch(ctx, after, patch); err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	e.metrics.writes.WithLabelValues(kind, reason).Inc()
	return nil
}

// The reasons of a status write.
const (
	// writeTransition: the verdict or a condition's status changed.
	writeTransition = "Transition"
	// writeValue: something else that a person reads changed.
	writeValue = "Value"
)

// outcome turns the end of a reconcile into what the queue should do: look again soon after a conflict, never
// again after a deletion, with backoff after any other error, and otherwise at the next look.
func (e *environment) outcome(now, next time.Time, err error) (ctrl.Result, error) {
	switch {
	case apierrors.IsConflict(err):
		return ctrl.Result{RequeueAfter: lookAgain}, nil
	case apierrors.IsNotFound(err):
		return ctrl.Result{}, nil
	case err != nil:
		return ctrl.Result{}, err
	default:
		return ctrl.Result{RequeueAfter: max(time.Millisecond, next.Sub(now))}, nil
	}
}
