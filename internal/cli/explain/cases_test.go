package explain_test

import (
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/explain"
	"okr.dev/controller/internal/cli/goals"
)

// said is all that an explanation says, on one line.
func said(e explain.Explanation) string {
	text := []string{e.Summary, e.Written.Text}
	for _, s := range e.Sections {
		for _, step := range s.Steps {
			text = append(text, step.Name+": "+step.Text)
			for _, row := range step.Rows {
				text = append(text, strings.Join(row, " "))
			}
		}
	}
	if n := e.Next; n != nil {
		text = append(text, "next: "+n.Health+" "+n.Reason+" if "+n.Assuming)
	}
	return strings.Join(strings.Fields(strings.Join(text, " ")), " ")
}

func decimal(text string) *v1alpha1.Decimal {
	d := v1alpha1.Decimal(text)
	return &d
}

// Cases that the samples do not show, made of one that they do.
func TestKeyResultCases(t *testing.T) {
	cluster := load(t)
	frozen := func(kr *v1alpha1.KeyResult, value string) {
		kr.Status.Frozen.LastGood.Value = value
		kr.Status.ObservedGeneration = kr.Generation
	}
	cases := []struct {
		reason string
		edit   func(*v1alpha1.KeyResult)
		health string
		want   []string
	}{
		{"it went the other way", func(kr *v1alpha1.KeyResult) { frozen(kr, "30") }, "OffTrack",
			[]string{"It has moved away from its target since the start", "progress is below −10 %", "behind"}},
		{"the target is reached, and those who do the work doubt it", func(kr *v1alpha1.KeyResult) { frozen(kr, "61") }, "AtRisk",
			[]string{"The target is reached, which alone would be on track. Those who do the work believe in it with 3 of 10 only, which makes it at risk.", "progressPercent 100, attainmentPercent 103: both rounded down, the first within 0 to 100",
				"OnTrack on any day"}},
		{"a verdict waits", func(kr *v1alpha1.KeyResult) {
			frozen(kr, "39.7")
			kr.Spec.HoldFor = "6h"
			kr.Status.Health = v1alpha1.HealthOnTrack
			kr.Status.Frozen.LastGood.Time = metav1.NewTime(cluster.Time.Add(-time.Minute))
			kr.Status.Frozen.PendingHealth = &v1alpha1.PendingGoalHealth{
				Health: v1alpha1.HealthOffTrack, Since: metav1.NewTime(cluster.Time.Add(-time.Hour)), Value: "39.7", ShownValue: "50",
			}
			meta.FindStatusCondition(kr.Status.Conditions, v1alpha1.OnTrackCondition).Reason = "OnPace"
		}, "AtRisk", // by the confidence of 3 in its check-in
			[]string{"hold: the newest value says OffTrack, since 2026-11-26 00:20:49 UTC; by spec.holdFor the verdict stays that of 50 % until every value for 6h says otherwise",
				"Those who do the work believe in it with 3 of 10 only", "people may lower", "next: OffTrack Behind if the number stays as it is"}},
		{"the goalposts moved, and people said why", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Reach.Target = decimal("50")
			kr.Spec.Reach.Replanned = []v1alpha1.Replan{{Date: "2026-11-12", From: decimal("60"), To: decimal("50"), Reason: "Two of them\nleft."}}
			kr.Spec.Weight = new(int32)
		}, "AtRisk", []string{"promise: moved since: the target 34.92 → 60 %, now 34.92 → 50 %; the weight 1, now 0",
			"replanned: on 2026-11-12 from 60 to 50: Two of them left.", "in which it does not count: its weight is 0"}},
		{"the source fails, and the last number stands in for a day", func(kr *v1alpha1.KeyResult) {
			c := meta.FindStatusCondition(kr.Status.Conditions, v1alpha1.MeasuredCondition)
			c.Status, c.Reason, c.Message = metav1.ConditionFalse, "SourceUnavailable", "nothing came"
			c.LastTransitionTime = metav1.NewTime(cluster.Time.Add(-time.Hour))
		}, "OffTrack", []string{"measured: Measured is False, SourceUnavailable: nothing came", "no answer comes; it stands in for 1d after the last one",
			"next: Unknown SourceUnavailable"}},
		{"the value at the start was not to be had", func(kr *v1alpha1.KeyResult) {
			kr.Status.Frozen.Baseline = nil
			c := meta.FindStatusCondition(kr.Status.Conditions, v1alpha1.MeasuredCondition)
			c.Status, c.Reason, c.Message = metav1.ConditionFalse, "HistoryUnavailable", "baseline: there is no data"
			kr.Status.Health = v1alpha1.HealthUnknown
		}, "Unknown", []string{"baseline: not known: baseline: there is no data", "asked: the same query about 2026-10-12 00:00 UTC, the start",
			"target: t = 60 %, written in spec.reach.target"}},
		{"an answer without a number", func(kr *v1alpha1.KeyResult) {
			c := meta.FindStatusCondition(kr.Status.Conditions, v1alpha1.MeasuredCondition)
			c.Status, c.Reason, c.Message = metav1.ConditionFalse, "NoData", "the query returned nothing"
			kr.Status.Health = v1alpha1.HealthUnknown
		}, "Unknown", []string{"How it stands is not known, which is neither good nor bad news. The query returned nothing.",
			"The last number that was known is 39.71 %", "unknown: there is no number that a verdict could be given by"}},
		{"its objective is not there", func(kr *v1alpha1.KeyResult) { kr.Spec.ObjectiveRef.Name = "lost" }, "Unknown",
			[]string{"something must be put in order first", "notReady: ReferenceNotFound: Objective lost not found"}},
		{"a query that does not parse", func(kr *v1alpha1.KeyResult) { kr.Spec.Metric.Query = "sum(" }, "Unknown",
			[]string{"notReady: Stalled: spec.metric.query"}},
		{"a source that is not there: the last number stands in", func(kr *v1alpha1.KeyResult) { kr.Spec.Metric.SourceRef.Name = "lost" }, "Unknown",
			[]string{"source: is not asked: MetricSource lost not found", "notReady: ReferenceNotFound: MetricSource lost not found"}},
		{"over, and not scored yet", func(kr *v1alpha1.KeyResult) { kr.Spec.DueOn = "2026-11-25" }, "Unknown",
			[]string{"Its time is over, and it is not scored yet. The value at the end is asked for 10m after it.",
				"asked: from 2026-11-26 00:10 UTC on, and until 2026-12-03 00:00 UTC", "100 * avg(avg_over_time(company_influencer_leads_ratio[1w]))",
				"the target 34.92 → 60 %, 2026-10-12 to 2027-01-11, now 34.92 → 60 %, 2026-10-12 to 2026-11-25"}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			set := edited(t, cluster, "social", "influencer-leads", c.edit)
			e := of(t, set, "KeyResult", "social", "influencer-leads", cluster.Time)
			text := said(e)
			if e.Health != c.health {
				t.Errorf("%s, want %s", e.Health, c.health)
			}
			for _, want := range c.want {
				if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
					t.Errorf("%q is not said in\n%s", want, text)
				}
			}
		})
	}
}

// A source that adds a matcher to what is asked of it: the query is shown as it is sent.
func TestQueryIsThatWhichIsSent(t *testing.T) {
	cluster := load(t)
	set := edited(t, cluster, "social", "influencer-leads", func(*v1alpha1.KeyResult) {})
	source := set.Sources[0].DeepCopy()
	source.Spec.Tenancy = &v1alpha1.Tenancy{EnforceLabel: &v1alpha1.EnforcedLabel{Name: "team"}}
	source.Spec.QueryOffset = "1m"
	source.Spec.Limits.MinInterval = "2m"
	var objects []client.Object
	each(set, func(_ string, o client.Object) { objects = append(objects, o) })
	text := said(of(t, goals.New(append(objects, source)), "KeyResult", "social", "influencer-leads", cluster.Time))
	for _, want := range []string{
		`query: 100 * avg(avg_over_time(company_influencer_leads_ratio{team="social"}[1w]))`, "written: 100 * avg(avg_over_time(company_influencer_leads_ratio[$__window]))",
		"every 2m (its limits.minInterval; the metric asks for 30s)", "about 1m earlier (its queryOffset)", `confined to team="social" in every selector`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in\n%s", want, text)
		}
	}
}

func TestObjectiveCases(t *testing.T) {
	cluster := load(t)
	unknown := func(kr *v1alpha1.KeyResult) {
		kr.Status.Health, kr.Status.ProgressPercent = v1alpha1.HealthUnknown, nil
	}
	cases := []struct {
		reason string
		edit   func(*v1alpha1.KeyResult)
		health string
		want   []string
	}{
		{"one that is unknown could decide", unknown, "Unknown",
			[]string{"some key results have no verdict", "atWorst:", "atBest:", "else Unknown", "How it stands is not known"}},
		{"one that weighs nothing does not count", func(kr *v1alpha1.KeyResult) { kr.Spec.Weight = new(int32) }, "OnTrack",
			[]string{"cancelled or weigh 0: influencer-leads, live-audience", "It keeps its pace"}},
		{"it is off track itself", func(kr *v1alpha1.KeyResult) {
			weight := int32(9)
			kr.Spec.Weight = &weight
		}, "OffTrack", []string{"(1×52 + 9×19 + 1×45) / (1 + 9 + 1)", "81.82 % of the weight is in key results that are off track or missed",
			"with half of the weight it is OffTrack once"}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			e := of(t, edited(t, cluster, "social", "influencer-leads", c.edit), "Objective", "social", "community", cluster.Time)
			text := said(e)
			if e.Health != c.health {
				t.Errorf("%s, want %s", e.Health, c.health)
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not said in\n%s", want, text)
				}
			}
		})
	}
}

func TestKPICases(t *testing.T) {
	cluster := load(t)
	set := read(t, cluster.Client())
	cases := []struct {
		reason string
		edit   func(*v1alpha1.KPI)
		health string
		want   []string
	}{
		{"nobody looks after it, and it is a matter for an objective", func(k *v1alpha1.KPI) { k.Name = "another" }, "Unhealthy",
			[]string{"No objective looks after it, and it needs one.", "needed: True, Unhealthy", "objective (spec.objectiveAfter)"}},
		{"an incident so far", func(k *v1alpha1.KPI) { k.Name, k.Spec.ObjectiveAfter = "another", "24h" }, "Unhealthy",
			[]string{"That is an incident so far, and a matter for an objective from 2026-11-27 01:19:15 UTC (in 23h)", "next: Unhealthy if the number stays as it is"}},
		{"a verdict waits", func(k *v1alpha1.KPI) {
			k.Spec.HoldFor = "1h"
			k.Status.Health = v1alpha1.KPIHealthy
			k.Status.Frozen.LastGood.Time = metav1.NewTime(cluster.Time)
			k.Status.Frozen.PendingHealth = &v1alpha1.PendingHealth{Health: v1alpha1.KPIUnhealthy, Since: metav1.NewTime(cluster.Time.Add(-20 * time.Minute))}
		}, "Healthy", []string{"The newest number says Unhealthy; health follows once that has lasted for 1h.", "hold: Unhealthy waits since 2026-11-26 01:00:49 UTC",
			"next: Unhealthy OutsideTarget"}},
		{"no band", func(k *v1alpha1.KPI) { k.Spec.Target, k.Spec.Warning = nil, nil }, "Unknown",
			[]string{"No band to judge by: write spec.target."}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			k := set.KPI("sales", "new-paying-customers").DeepCopy()
			c.edit(k)
			if k.Name == "another" {
				meta.SetStatusCondition(&k.Status.Conditions, metav1.Condition{Type: v1alpha1.AlignedCondition, Status: metav1.ConditionFalse, Reason: "NoAlignedObjective"})
			}
			var objects []client.Object
			each(set, func(_ string, o client.Object) {
				if o.GetName() != "new-paying-customers" {
					objects = append(objects, o)
				}
			})
			for _, source := range set.Sources {
				objects = append(objects, source)
			}
			e := of(t, goals.New(append(objects, k)), "KPI", k.Namespace, k.Name, cluster.Time)
			text := said(e)
			if e.Health != c.health {
				t.Errorf("%s, want %s", e.Health, c.health)
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not said in\n%s", want, text)
				}
			}
		})
	}
}
