package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// patience is how long the demo waits for something that should take seconds.
const patience = 2 * time.Minute

// today is the day that the samples' dates are moved to. Just after midnight it is still yesterday: a period that
// ended minutes ago is not closed yet, for late data is waited for.
func today() time.Time { return time.Now().UTC().Add(-15 * time.Minute) }

// applySamples applies config/samples as `kubectl apply -k` would, with the dates moved.
func (d *demo) applySamples(ctx context.Context) error {
	samples, err := d.kubectl(ctx, "kustomize", filepath.Join(d.root, "config", "samples"))
	if err != nil {
		return err
	}
	return d.apply(ctx, []byte(samples))
}

// applyAnswer applies the objective that answers the KPI's fall.
func (d *demo) applyAnswer(ctx context.Context) error {
	answer, err := os.ReadFile(filepath.Join(d.root, filepath.FromSlash(answerFile)))
	if err != nil {
		return err
	}
	return d.apply(ctx, answer)
}

func (d *demo) apply(ctx context.Context, sample []byte) error {
	rendered, err := render(sample, today(), d.prometheus.URL)
	if err != nil {
		return err
	}
	_, err = d.kubectlWithInput(ctx, string(rendered), "apply", "--server-side", "-f", "-")
	return err
}

// goals reads the goals as a person would.
func (d *demo) goals() (client.Client, error) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	return client.New(d.plane.Config(), client.Options{Scheme: scheme})
}

// waitMeasured waits until every goal is Ready and has a value, or a score if it is over.
func (d *demo) waitMeasured(ctx context.Context) error {
	reader, err := d.goals()
	if err != nil {
		return err
	}
	return d.until(ctx, func(ctx context.Context) (string, error) {
		missing, total, err := unmeasured(ctx, reader)
		if err != nil || len(missing) == 0 && total > 0 {
			return "", err
		}
		return fmt.Sprintf("%d of %d are measured; waiting for %s", total-len(missing), total, shortList(missing)), nil
	})
}

// until asks again and again until check has nothing left to wait for, says now and then what it is waiting
// for, and gives up in the end with just that.
func (d *demo) until(ctx context.Context, check func(context.Context) (waitingFor string, err error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	told, waitingFor := time.Now(), ""
	for {
		next, err := check(ctx)
		switch {
		case err != nil && ctx.Err() != nil && waitingFor != "": // the time was over in the middle of it
			return fmt.Errorf("%w: %s", ctx.Err(), waitingFor)
		case err != nil || next == "":
			return err
		}
		waitingFor = next
		if time.Since(told) > 10*time.Second {
			d.Note("%s", waitingFor)
			told = time.Now()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %s", ctx.Err(), waitingFor)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// unmeasured names the goals that are not Ready or have no value.
func unmeasured(ctx context.Context, reader client.Reader) (missing []string, total int, err error) {
	var objectives v1alpha1.ObjectiveList
	var keyResults v1alpha1.KeyResultList
	var kpis v1alpha1.KPIList
	for _, list := range []client.ObjectList{&objectives, &keyResults, &kpis} {
		if err := reader.List(ctx, list); err != nil {
			return nil, 0, err
		}
	}
	check := func(o client.Object, conditions []metav1.Condition, settled bool) {
		total++
		if !meta.IsStatusConditionTrue(conditions, v1alpha1.ReadyCondition) || !settled {
			missing = append(missing, o.GetNamespace()+"/"+o.GetName())
		}
	}
	for i := range objectives.Items {
		o := &objectives.Items[i]
		check(o, o.Status.Conditions, o.Status.Health != v1alpha1.HealthUnknown || closing(o))
	}
	for i := range keyResults.Items {
		kr := &keyResults.Items[i]
		// What is still to begin, and what was given up, is not measured.
		still := kr.Status.Health == v1alpha1.HealthPending || kr.Status.Health == v1alpha1.HealthCancelled
		check(kr, kr.Status.Conditions, still || isMeasured(kr.Status.Conditions))
	}
	for i := range kpis.Items {
		kpi := &kpis.Items[i]
		check(kpi, kpi.Status.Conditions, isMeasured(kpi.Status.Conditions))
	}
	return missing, total, nil
}

func isMeasured(conditions []metav1.Condition) bool {
	return meta.IsStatusConditionTrue(conditions, v1alpha1.MeasuredCondition)
}

// closing reports whether an objective is over and waits to be scored: a minute without a new key result.
func closing(o *v1alpha1.Objective) bool {
	c := meta.FindStatusCondition(o.Status.Conditions, v1alpha1.OnTrackCondition)
	return c != nil && c.Reason == v1alpha1.ReasonClosing
}

// waitScored waits until every objective that is over has its score.
func (d *demo) waitScored(ctx context.Context) error {
	reader, err := d.goals()
	if err != nil {
		return err
	}
	return d.until(ctx, func(ctx context.Context) (string, error) {
		var objectives v1alpha1.ObjectiveList
		if err := reader.List(ctx, &objectives); err != nil {
			return "", err
		}
		var open []string
		for i := range objectives.Items {
			if o := &objectives.Items[i]; closing(o) {
				open = append(open, o.Namespace+"/"+o.Name)
			}
		}
		if len(open) == 0 {
			return "", nil
		}
		return "waiting for the scores of " + shortList(open), nil
	})
}

func shortList(names []string) string {
	slices.Sort(names)
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
