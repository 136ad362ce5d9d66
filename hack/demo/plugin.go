package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/simulate"
	"okr.dev/controller/internal/prom"
)

// waitSimulated waits for an instant at which the plugin, which asks Prometheus itself, gives to every goal exactly the
// status that the controller has written. Numbers move all the time: at some instants one of them is on its way.
func (d *demo) waitSimulated(ctx context.Context) error {
	reader, err := d.goals()
	if err != nil {
		return err
	}
	asker, err := prom.New(prom.Options{URL: d.prometheus.URL, Timeout: 30 * time.Second})
	if err != nil {
		return err
	}
	defer asker.Close()
	return d.until(ctx, func(ctx context.Context) (string, error) { return simulated(ctx, reader, asker) })
}

// simulated says which goal the plugin sees otherwise than the controller; empty if it sees all alike, whether it knows what
// the controller remembers or nothing but the specs.
func simulated(ctx context.Context, reader client.Client, asker simulate.Asker) (string, error) {
	if err := lookAtAll(ctx, reader); err != nil {
		return "", err
	}
	now := beforeFullSecond(ctx)
	live, err := goals.Read(ctx, reader, goals.Scope{})
	if err != nil {
		return "", err
	}
	askers := map[string]simulate.Asker{}
	for _, source := range live.Sources {
		if meta.IsStatusConditionTrue(source.Status.Conditions, v1alpha1.SaturatedCondition) {
			return "this machine is too busy: the controller asks MetricSource " + source.Name + " less often than the goals want", nil
		}
		askers[source.Name] = asker
	}
	answers := simulate.NewAnswers(now, askers)
	after, err := simulate.Run(ctx, live, answers, simulate.Options{})
	if err != nil {
		return "", err
	}
	if differs := firstDifference(live, after); differs != "" {
		return "with the controller's memory, " + differs, nil
	}
	anew, err := simulate.Run(ctx, unremembered(live), answers, simulate.Options{Settled: true})
	if err != nil {
		return "", err
	}
	if differs := firstDifference(live, anew, withoutMemory...); differs != "" {
		return "from the specs alone, " + differs, nil
	}
	return "", nil
}

// lookedAt is a label of namespaces that means nothing.
const lookedAt = "demo.okr.dev/looked-at"

// lookAtAll has the controller look at every goal: at a value in which nobody reads a change it does not look by itself,
// and what else is made of that, such as the last digit of a trend, stays as it was. Labels of a namespace may decide what
// its goals may use, so another one has them all looked at.
func lookAtAll(ctx context.Context, c client.Client) error {
	namespaces := &metav1.PartialObjectMetadataList{}
	namespaces.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("NamespaceList"))
	if err := c.List(ctx, namespaces); err != nil {
		return err
	}
	for i := range namespaces.Items {
		before := &namespaces.Items[i]
		before.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
		after := before.DeepCopy()
		if after.Labels == nil {
			after.Labels = map[string]string{}
		}
		after.Labels[lookedAt] = strconv.FormatInt(time.Now().Unix(), 10)
		if err := c.Patch(ctx, after, client.MergeFrom(before)); err != nil {
			return err
		}
	}
	return nil
}

// beforeFullSecond waits until the second after the next one is nearly over. Questions are asked on full seconds: by then
// what was answered has been written.
func beforeFullSecond(ctx context.Context) time.Time {
	now := time.Now()
	select {
	case <-ctx.Done():
	case <-time.After(now.Truncate(time.Second).Add(2900 * time.Millisecond).Sub(now)):
	}
	return time.Now()
}

// unremembered are the goals as if the controller had never seen them; but for what nobody else knows: since when a KPI is
// unhealthy, and all of a goal whose verdict is held back by holdFor just now, for such a verdict is nothing but memory.
func unremembered(set *goals.Set) *goals.Set {
	var objects []client.Object
	for _, o := range set.Objectives {
		o = o.DeepCopy()
		o.Status = v1alpha1.ObjectiveStatus{ObservedGeneration: -1}
		objects = append(objects, o)
	}
	for _, kr := range set.KeyResults {
		if f := kr.Status.Frozen; f != nil && f.PendingHealth != nil {
			objects = append(objects, kr)
			continue
		}
		kr = kr.DeepCopy()
		kr.Status = v1alpha1.KeyResultStatus{ObservedGeneration: -1}
		objects = append(objects, kr)
	}
	for _, k := range set.KPIs {
		remembered := k.Status.Frozen
		if remembered != nil && remembered.PendingHealth != nil {
			objects = append(objects, k)
			continue
		}
		k = k.DeepCopy()
		k.Status = v1alpha1.KPIStatus{ObservedGeneration: -1}
		if remembered != nil && remembered.UnhealthySince != nil {
			k.Status.Frozen = &v1alpha1.KPIFrozen{UnhealthySince: remembered.UnhealthySince}
		}
		objects = append(objects, k)
	}
	for _, s := range set.Sources {
		objects = append(objects, s)
	}
	for _, n := range set.Namespaces {
		objects = append(objects, n)
	}
	return goals.New(objects)
}

// withoutMemory leaves out what cannot be known from the specs and Prometheus: when the controller first saw something, and
// what it keeps so that it need not ask or decide twice. All that people read of a verdict is compared.
var withoutMemory = []cmp.Option{
	cmpopts.IgnoreFields(metav1.Condition{}, "LastTransitionTime"),
	// Of the newest value the exact digits and the instant are written together with something that is read.
	cmpopts.IgnoreFields(v1alpha1.Measurement{}, "Value", "Time"),
	// A history has the first value of each day that the controller saw.
	cmpopts.IgnoreFields(v1alpha1.ObjectiveStatus{}, "Frozen"),
	// A forecast is drawn through the first value that reads as the newest does.
	cmpopts.IgnoreFields(v1alpha1.KeyResultStatus{}, "Frozen", "History", "Forecast"),
	cmpopts.IgnoreFields(v1alpha1.KPIStatus{}, "Frozen", "History"),
}

// firstDifference says which goal has another status in two sets that hold the same goals, and how; empty if none has.
func firstDifference(live, simulated *goals.Set, options ...cmp.Option) string {
	differs := func(kind string, o client.Object, written, said any) string {
		if diff := cmp.Diff(written, said, options...); diff != "" {
			return fmt.Sprintf("%s %s/%s differs (-controller +plugin):\n%s", kind, o.GetNamespace(), o.GetName(), diff)
		}
		return ""
	}
	for i, kr := range live.KeyResults {
		if text := differs("KeyResult", kr, kr.Status, simulated.KeyResults[i].Status); text != "" {
			return text
		}
	}
	for i, k := range live.KPIs {
		if text := differs("KPI", k, k.Status, simulated.KPIs[i].Status); text != "" {
			return text
		}
	}
	for i, o := range live.Objectives {
		if text := differs("Objective", o, o.Status, simulated.Objectives[i].Status); text != "" {
			return text
		}
	}
	return ""
}
