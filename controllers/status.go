package controllers

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/internal/evaluate"
)

// kind is what the kinds of objects have in common for the one who writes their status.
type kind[Object client.Object, Status any] struct {
	name string
	// status is where an object keeps its status.
	status func(Object) *Status
	// verdict is what that status says.
	verdict func(Object) verdict
}

// object is an API object that can be copied as what it is.
type object[T any] interface {
	client.Object
	DeepCopy() T
}

// settle ends every reconcile: it writes what an evaluation at now has changed, if anything, tells of the
// transitions, and returns when to look again. An evaluation that changes nothing costs nothing. What has merely
// moved is written once per status interval: till then the object shows what was written last, and is looked at again
// when the interval is over.
func settle[O object[O], S any](ctx context.Context, e *environment, k kind[O, S], before O, result evaluate.Result[S], now time.Time) (ctrl.Result, error) {
	owner := ownerOf(k.name, client.ObjectKeyFromObject(before))
	wait := e.written.wait(owner, now, e.options.StatusInterval)
	switch {
	case result.Change == evaluate.Unchanged:
		return outcome(ctx, now, result.Next, nil)
	case result.Change == evaluate.Value && wait > 0:
		return outcome(ctx, now, earlier(result.Next, now.Add(wait)), nil)
	}
	after := before.DeepCopy()
	*k.status(after) = result.Status
	if err := e.writeStatus(ctx, before, after, k.name, result.Change); err != nil {
		return outcome(ctx, now, result.Next, err)
	}
	e.written.note(owner, before, after, now)
	e.announce(after, k.verdict(before), k.verdict(after))
	return outcome(ctx, now, result.Next, nil)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// lookAgain is how soon an object is looked at again after a write that the cache has not heard of yet: somebody
// else's, or our own.
const lookAgain = 200 * time.Millisecond

// writeStatus is the only place that writes status: one merge patch from before to after, which fails if
// somebody else has written since before was read.
func (e *environment) writeStatus(ctx context.Context, before, after client.Object, kind string, change evaluate.Change) error {
	patch := client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
	if err := e.client.Status().Patch(ctx, after, patch); err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	e.metrics.writes.WithLabelValues(kind, string(change)).Inc()
	return nil
}

// outcome turns the end of a reconcile into what the queue should do: look again soon after a conflict, never
// again after a deletion, with backoff after any other error, and otherwise at the next look. An error because the
// controller stops is none: whoever starts next looks at everything.
func outcome(ctx context.Context, now, next time.Time, err error) (ctrl.Result, error) {
	switch {
	case err != nil && ctx.Err() != nil:
		return ctrl.Result{}, nil
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
