package explain

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
)

// measurement is the newest value as the status has it.
func (x *explaining) measurement(s *Section, m *v1alpha1.Measurement) {
	if m.Query != "" {
		s.add("query", "%s", m.Query).verbatim = true
		s.add("source", "MetricSource %s", m.Source)
	}
	step := s.add("measured", "%s of %s", m.Value, x.when(m.Time.Time)).of(m.Time.Time)
	if v, ok := float(m.Value); ok {
		step.is(v, "")
	}
}

// ready tells what must be put in order, if anything must.
func (x *explaining) ready(s *Section, conditions []metav1.Condition) {
	if c := conditionOf(conditions, v1alpha1.ReadyCondition); c.Status == metav1.ConditionFalse {
		s.add("notReady", "%s: %s", c.Reason, c.Message)
	}
}

// said is a verdict with its reason, where that says more, and its message.
func (x *explaining) said(health any, c metav1.Condition) string {
	if text := fmt.Sprint(health); text != c.Reason {
		return text + ", " + c.Reason + ": " + c.Message
	}
	return c.Reason + ": " + c.Message
}

// conditions are what the status says of itself.
func (x *explaining) conditions(s *Section, all []metav1.Condition) {
	for _, c := range all {
		s.add(c.Type, "%s, %s: %s", c.Status, c.Reason, c.Message)
	}
}
