package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// The number that falls, and the KPI that watches it.
const (
	fallingMetric = "company_new_paying_customers"
	fallenTo      = 30
)

// What the team that answers works on: the number, where the work brings it, and the objective that shows it.
const (
	movingMetric = "company_first_reply_hours"
	movedTo      = 15
)

var answering = client.ObjectKey{Namespace: "sales", Name: "win-back-new-customers"}

// closedObjective is one of the quarter that is over.
var closedObjective = client.ObjectKey{Namespace: "platform", Name: "deploys-are-a-non-event"}

// answerFile is the objective that answers.
const answerFile = "config/samples/company-a/answer.yaml"

var fallingKPI = client.ObjectKey{Namespace: "sales", Name: "new-paying-customers"}

// fall makes the number fall and waits until its KPI says so.
func (d *demo) fall(ctx context.Context) error {
	if err := d.company.SetOverride(fallingMetric, fallenTo); err != nil {
		return err
	}
	return d.untilKPI(ctx, func(kpi *v1alpha1.KPI) bool { return kpi.Status.Health == v1alpha1.KPIUnhealthy })
}

// waitNeed waits until the KPI is said to need an objective. A minute without one must have passed first, so that
// goals which are still being applied raise no false flag.
func (d *demo) waitNeed(ctx context.Context) error {
	return d.untilKPI(ctx, func(kpi *v1alpha1.KPI) bool {
		return meta.IsStatusConditionTrue(kpi.Status.Conditions, v1alpha1.NeedsObjectiveCondition)
	})
}

// answer applies an objective for the KPI and waits until the flag is gone.
func (d *demo) answer(ctx context.Context) error {
	if err := d.applyAnswer(ctx); err != nil {
		return err
	}
	if err := d.untilKPI(ctx, func(kpi *v1alpha1.KPI) bool {
		return meta.IsStatusConditionTrue(kpi.Status.Conditions, v1alpha1.AlignedCondition) &&
			meta.IsStatusConditionFalse(kpi.Status.Conditions, v1alpha1.NeedsObjectiveCondition)
	}); err != nil {
		return err
	}
	return d.waitMeasured(ctx)
}

// move brings the number that the answering team works on halfway, and waits until its objective shows it.
func (d *demo) move(ctx context.Context) error {
	if err := d.company.SetOverride(movingMetric, movedTo); err != nil {
		return err
	}
	reader, err := d.goals()
	if err != nil {
		return err
	}
	return d.until(ctx, func(ctx context.Context) (string, error) {
		o := &v1alpha1.Objective{}
		if err := reader.Get(ctx, answering, o); err != nil {
			return "", err
		}
		if p := o.Status.ProgressPercent; p != nil && *p >= 20 { // half of the way, in one of two key results
			return "", nil
		}
		return fmt.Sprintf("%s has made no progress", answering), nil
	})
}

// tellProgress prints the answer and its key results.
func (d *demo) tellProgress(ctx context.Context) error {
	if err := d.tell(ctx, "Does the answer get anywhere?",
		"The quarter is half over, and little is expected of it yet: its startOn says that work has just begun.",
		"get", "objectives", answering.Name, "-n", answering.Namespace); err != nil {
		return err
	}
	err := d.tell(ctx, "One of its two levers has moved", "VALUE is where the number is, TARGET from where to where it should go.",
		"get", "keyresults", "-n", answering.Namespace, "--field-selector=spec.objectiveRef.name="+answering.Name)
	d.Printf("\n")
	return err
}

func (d *demo) untilKPI(ctx context.Context, so func(*v1alpha1.KPI) bool) error {
	reader, err := d.goals()
	if err != nil {
		return err
	}
	return d.until(ctx, func(ctx context.Context) (string, error) {
		kpi := &v1alpha1.KPI{}
		if err := reader.Get(ctx, fallingKPI, kpi); err != nil {
			return "", err
		}
		if so(kpi) {
			return "", nil
		}
		return describe(kpi), nil
	})
}

// describe says in words where the KPI stands, for those who wait.
func describe(kpi *v1alpha1.KPI) string {
	text := fmt.Sprintf("%s is %s at %s", fallingKPI, kpi.Status.Health, kpi.Status.Value)
	aligned := meta.FindStatusCondition(kpi.Status.Conditions, v1alpha1.AlignedCondition)
	if aligned == nil || aligned.Reason != v1alpha1.ReasonSettling {
		return text
	}
	left := time.Until(aligned.LastTransitionTime.Add(okr.Settle))
	return fmt.Sprintf("%s; a minute without an objective must pass first, %.0f s are left", text, left.Seconds())
}

// tell prints what kubectl prints, below the command that prints it and what to look at.
func (d *demo) tell(ctx context.Context, heading, look string, arguments ...string) error {
	table, err := d.kubectl(ctx, arguments...)
	if err != nil {
		return err
	}
	d.Printf("\n# %s\n", heading)
	if look != "" {
		d.Printf("# %s\n", look)
	}
	d.Printf("$ kubectl")
	for _, argument := range arguments {
		if strings.ContainsAny(argument, `()[]!"`) {
			argument = "'" + argument + "'"
		}
		d.Printf(" %s", argument)
	}
	d.Printf("\n%s", table)
	return nil
}

// tellKPI prints the KPI that the story is about, and what is said of its alignment.
func (d *demo) tellKPI(heading string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := d.tell(ctx, heading, "", "get", "kpi", fallingKPI.Name, "-n", fallingKPI.Namespace); err != nil {
			return err
		}
		reader, err := d.goals()
		if err != nil {
			return err
		}
		kpi := &v1alpha1.KPI{}
		if err := reader.Get(ctx, fallingKPI, kpi); err != nil {
			return err
		}
		for _, kind := range []string{v1alpha1.AlignedCondition, v1alpha1.NeedsObjectiveCondition} {
			if c := meta.FindStatusCondition(kpi.Status.Conditions, kind); c != nil {
				d.Printf("%s=%s: %s\n", c.Type, c.Status, c.Message)
			}
		}
		d.Printf("\n")
		return nil
	}
}

// tellObjectives prints the first table that anybody asks for.
func (d *demo) tellObjectives(ctx context.Context) error {
	if err := d.tell(ctx, "How is everybody doing?", howItStands+" Unknown: last quarter's, which are being scored.",
		"get", "objectives", "-A"); err != nil {
		return err
	}
	d.Printf("\n")
	return nil
}

// howItStands says what to look at in a table of objectives.
const howItStands = "HEALTH says how far PROGRESS is behind EXPECTED, both in percent."

// closedColumns are what one wants to know of an objective that is over.
const closedColumns = "custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,AMBITION:.spec.ambition," +
	"HEALTH:.status.health,SCORE:.status.final.score,GRADE:.status.final.grade,OWN-SCORE:.spec.review.score," +
	"KPI:.status.kpiImpact[0].kpi,AT-START:.status.kpiImpact[0].atStart,AT-END:.status.kpiImpact[0].atEnd," +
	"CHANGE:.status.kpiImpact[0].change"

// tellAll prints the tables that a person would ask for.
func (d *demo) tellAll(ctx context.Context) error {
	reader, err := d.goals()
	if err != nil {
		return err
	}
	closed := &v1alpha1.Objective{}
	if err := reader.Get(ctx, closedObjective, closed); err != nil {
		return err
	}
	for _, table := range []struct {
		heading, look string
		arguments     []string
	}{
		{"How is everybody doing?", howItStands, []string{"get", "objectives", "-A"}},
		{"What proves it?", "From a baseline to a target, a band to stay in (≥ 99.9 %), or milestones. sales/satisfaction is at its target, and its guard still waits for answers.",
			[]string{"get", "keyresults", "-A"}},
		{"Is what we watch healthy, and does somebody look after it?", "ALIGNED: an objective names the KPI, or is measured by it.",
			[]string{"get", "kpis", "-A"}},
		{"Last quarter: scores, and what became of the KPI that each objective was meant to move",
			"A promise (Committed) passes at 1.00, a stretch (Aspirational) at 0.70. OWN-SCORE is the team's, from its review.",
			[]string{"get", "objectives", "-A", "--field-selector=spec.period=" + string(closed.Spec.Period), "-o", closedColumns}},
		{"What needs attention first?", "kubectl finds bin/kubectl-okr in PATH: see docs/cli.md for what else it can do.",
			[]string{"okr", "status", "-A"}},
	} {
		if err := d.tell(ctx, table.heading, table.look, table.arguments...); err != nil {
			return err
		}
	}
	return nil
}
