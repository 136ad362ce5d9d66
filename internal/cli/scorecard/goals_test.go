package scorecard_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/spf13/cobra"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
)

var now = time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)

// run is what a command prints of the recorded cluster, or of objects if there are any.
func run(t *testing.T, of func(*command.Environment) *cobra.Command, namespace string, screen terminal.Screen, objects []client.Object, args ...string) (string, error) {
	t.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	env, out := cluster.Environment(namespace, screen, "")
	if objects != nil {
		c := fake.NewClientBuilder().WithScheme(command.Scheme()).WithObjects(objects...).Build()
		env.Cluster = func() (client.WithWatch, error) { return c, nil }
		env.Now = func() time.Time { return now }
	}
	cmd := of(env)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append([]string{}, args...)) // nil would be those of the test
	cmd.SetContext(t.Context())
	err = cmd.Execute()
	return out.Out.String(), err
}

// kpi is namespace/name with what the controller said of it: health, Aligned and NeedsObjective, the latter two "True",
// "False" or "Unknown", with a reason behind a colon.
func kpi(name, health, aligned, need string, changes ...func(*v1alpha1.KPI)) *v1alpha1.KPI {
	namespace, own, _ := strings.Cut(name, "/")
	k := &v1alpha1.KPI{}
	k.Namespace, k.Name, k.Generation, k.Status.ObservedGeneration = namespace, own, 1, 1
	k.Spec.Title, k.Spec.Unit = "Title of "+own, "days"
	k.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromAll}
	k.Status.Health, k.Status.Value, k.Status.Target = v1alpha1.KPIHealth(health), "12 days", "≤ 10 days"
	k.Status.Measurement = &v1alpha1.Measurement{Value: "12", Time: metav1.NewTime(now.Add(-time.Minute))}
	for condition, said := range map[string]string{
		v1alpha1.MeasuredCondition: "True", v1alpha1.HealthyCondition: "True", v1alpha1.ResolvedRefsCondition: "True",
		v1alpha1.AlignedCondition: aligned, v1alpha1.NeedsObjectiveCondition: need,
	} {
		set(k, condition, said, "")
	}
	for _, change := range changes {
		change(k)
	}
	return k
}

// set sets a condition from "Status:Reason".
func set(k *v1alpha1.KPI, condition, said, message string) {
	status, reason, _ := strings.Cut(said, ":")
	for i := range k.Status.Conditions {
		if k.Status.Conditions[i].Type == condition {
			k.Status.Conditions = append(k.Status.Conditions[:i], k.Status.Conditions[i+1:]...)
			break
		}
	}
	k.Status.Conditions = append(k.Status.Conditions, metav1.Condition{
		Type: condition, Status: metav1.ConditionStatus(status), Reason: reason, Message: message, ObservedGeneration: 1,
	})
}

func needs(message string) func(*v1alpha1.KPI) {
	reason := "True:ShortOfStretch"
	if strings.HasPrefix(message, "unhealthy") {
		reason = "True:Unhealthy"
	}
	return func(k *v1alpha1.KPI) {
		since := metav1.NewTime(now.Add(-6 * 24 * time.Hour))
		k.Status.Frozen = &v1alpha1.KPIFrozen{UnhealthySince: &since}
		set(k, v1alpha1.NeedsObjectiveCondition, reason, message)
	}
}

func stretching(to v1alpha1.Decimal) func(*v1alpha1.KPI) {
	return func(k *v1alpha1.KPI) {
		ten := v1alpha1.Decimal("10")
		k.Spec.Target, k.Spec.StretchTarget = &v1alpha1.Band{AtLeast: &ten}, &to
		k.Status.Target = "≥ 10 days (stretch " + string(to) + " days)"
	}
}

func accepted(k *v1alpha1.KPI) {
	k.Spec.Accepted = &v1alpha1.Acceptance{Until: "2027-01-31", Reason: "We live with it this quarter."}
	set(k, v1alpha1.NeedsObjectiveCondition, "False:Accepted", "accepted")
}

// stale has a value of three days ago, and health says nothing any more.
func stale(k *v1alpha1.KPI) {
	k.Status.Measurement.Time = metav1.NewTime(now.Add(-72 * time.Hour))
	set(k, v1alpha1.MeasuredCondition, "False:Stale", "")
	set(k, v1alpha1.HealthyCondition, "Unknown:Stale", "the source has not answered since 2026-11-13T09:00:00Z: SourceUnavailable")
}

func unevaluated(k *v1alpha1.KPI) { k.Status = v1alpha1.KPIStatus{} }

// by are so many objectives that look after it.
func by(count int) func(*v1alpha1.KPI) {
	return func(k *v1alpha1.KPI) {
		total := int32(count)
		k.Status.AlignedObjectives = &v1alpha1.AlignedObjectives{Count: &total}
		for i := range min(count, 10) {
			k.Status.AlignedObjectives.Names = append(k.Status.AlignedObjectives.Names, fmt.Sprintf("a/objective-%d", i))
		}
	}
}

func ownedBy(o v1alpha1.Owner) func(*v1alpha1.KPI) {
	return func(k *v1alpha1.KPI) { k.Spec.Owner = &o }
}

// objective is namespace/name of 2026-Q4.
func objective(name string, changes ...func(*v1alpha1.ObjectiveSpec)) *v1alpha1.Objective {
	namespace, own, _ := strings.Cut(name, "/")
	o := &v1alpha1.Objective{}
	o.Namespace, o.Name, o.Generation = namespace, own, 1
	o.Spec.Title, o.Spec.Period, o.Spec.Level = "Title of "+own, "2026-Q4", v1alpha1.LevelTeam
	o.Status.Health = v1alpha1.HealthOnTrack
	for _, change := range changes {
		change(&o.Spec)
	}
	return o
}

func naming(namespace, name string) func(*v1alpha1.ObjectiveSpec) {
	return func(o *v1alpha1.ObjectiveSpec) {
		o.KPIRefs = append(o.KPIRefs, v1alpha1.KPIReference{Namespace: namespace, Name: name})
	}
}

func below(namespace, name string) func(*v1alpha1.ObjectiveSpec) {
	return func(o *v1alpha1.ObjectiveSpec) {
		o.ParentRef = &v1alpha1.ParentReference{Namespace: namespace, Name: name}
	}
}

func keyResult(name, of string, changes ...func(*v1alpha1.KeyResultSpec)) *v1alpha1.KeyResult {
	namespace, own, _ := strings.Cut(name, "/")
	kr := &v1alpha1.KeyResult{}
	kr.Namespace, kr.Name, kr.Generation = namespace, own, 1
	kr.Spec.Title, kr.Spec.ObjectiveRef.Name = "Title of "+own, of
	for _, change := range changes {
		change(&kr.Spec)
	}
	return kr
}

// objects are copies that a client may be given.
func objects(all ...client.Object) []client.Object {
	var copies []client.Object
	for _, o := range all {
		copies = append(copies, o.(runtime.Object).DeepCopyObject().(client.Object))
	}
	return copies
}
