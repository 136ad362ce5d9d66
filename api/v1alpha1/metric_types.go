package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Metric says where a number comes from: a PromQL query and the MetricSource that answers it.
//
// +kubebuilder:validation:XValidation:rule="self.query.contains('$__window') || !has(self.window)",fieldPath=".window",message="the query does not use window: write [$__window] in metric.query where the window belongs, or remove metric.window"
type Metric struct {
	// sourceRef names the MetricSource to ask. Default: the one named "default".
	// +optional
	// +kubebuilder:default={name: "default"}
	SourceRef SourceReference `json:"sourceRef,omitempty,omitzero"`

	// query is a PromQL expression that gives exactly one number: a scalar, or a
	// vector of one series. Wrap it in sum(), max() or the like where there could
	// be several.
	//
	// Placeholders: $__window is metric.window, or the span of the KPI's
	// calendarWindow, as in rate(x[$__window]). $__namespace is the namespace of
	// the object, for use inside a matcher's quotes. $__elapsed (KeyResults only)
	// is the time since the key result's start in whole minutes, as in
	// increase(x[$__elapsed]), for numbers that count up from 0.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Query string `json:"query,omitempty"`

	// window replaces $__window in the query: a length of time such as 7d. Needed
	// where the query has $__window, and only there; not beside the calendarWindow
	// of a KPI, which gives the length itself. A value over a day or longer keeps
	// one bad minute from deciding a goal.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self.matches('[1-9]') || !self.matches('^([0-9]+[a-z]+)+$')",message="a window must be longer than 0: write a length of time such as 7d"
	Window Duration `json:"window,omitempty"`

	// interval is the time between two askings, 1s or longer, such as 5m. Absent:
	// the longest range in the query divided by 500, between 1m and 1h. The
	// MetricSource's limits.minInterval raises it, and a source that is asked more
	// than its limits admit stretches it.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self.matches('[1-9][0-9]*([ywdhs]|m([0-9]|$)|[0-9]{3}ms)') || !self.matches('^([0-9]+[a-z]+)+$')",message="too short: write an interval of 1s or longer, such as 5m"
	Interval Duration `json:"interval,omitempty"`

	// staleAfter is how long the last good value stands while the source gives no
	// answer, such as 1h; after that health is Unknown. It is at least three of
	// the intervals in force. Absent: 24h for a KeyResult, 15m for a KPI. With
	// calendarWindow it counts from when the next span's value is first asked for;
	// absent: until the span after that is over.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self.matches('[1-9]') || !self.matches('^([0-9]+[a-z]+)+$')",message="staleAfter must be longer than 0: write a length of time such as 1h"
	StaleAfter Duration `json:"staleAfter,omitempty"`

	// settle is how long after its end the value of a key result, or of a span of
	// the calendar, is first asked for, because data may arrive late, such as 1h
	// where it is written remotely. 0s: at the end. Absent: 10m.
	// +optional
	Settle Duration `json:"settle,omitempty"`
}

// Measurement is the newest good value and where it came from.
type Measurement struct {
	// query is the query as written, placeholders included.
	// +optional
	Query string `json:"query,omitempty"`
	// source is the MetricSource that was asked.
	// +optional
	Source string `json:"source,omitempty"`
	// value is the number, with up to 12 significant digits.
	// +optional
	Value string `json:"value,omitempty"`
	// time is the instant the value belongs to. It is written together with other
	// changes only: a value that stays the same does not touch it.
	// +optional
	Time metav1.Time `json:"time,omitempty,omitzero"`
}

// FrozenValue is a value that is remembered, with what it was measured by.
type FrozenValue struct {
	// value is the number, with up to 12 significant digits.
	// +optional
	Value string `json:"value,omitempty"`
	// time is the instant the value belongs to.
	// +optional
	Time metav1.Time `json:"time,omitempty,omitzero"`
	// key identifies the expression, the source, the tenant and the instant. Under
	// the same key the frozen value wins over any later answer.
	// +optional
	Key string `json:"key,omitempty"`
}
