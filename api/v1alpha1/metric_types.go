package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Metric says where a number comes from: a PromQL query and the MetricSource that answers it.
//
// +kubebuilder:validation:XValidation:rule="self.query.contains('$__window') == has(self.window)",message="window and $__window go together: write metric.window (such as 7d) and use it in the query as [$__window], or leave both out"
type Metric struct {
	// SourceRef names the MetricSource to ask; absent, the one named "default".
	// +optional
	// +kubebuilder:default={name: "default"}
	SourceRef SourceReference `json:"sourceRef,omitempty,omitzero"`

	// Query is a PromQL expression that gives exactly one number: a scalar, or a vector of one series. Wrap it
	// in sum(), max() or the like where there could be several. Placeholders: $__window is metric.window;
	// $__namespace is the namespace of the object, for use inside a matcher's quotes; $__elapsed (KeyResults
	// only) is the time since the key result's start in whole minutes, for numbers that count up from zero.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Query string `json:"query,omitempty"`

	// Window replaces $__window in the query, such as 7d. A value over a day or longer keeps one bad minute
	// from deciding a goal.
	// +optional
	Window Duration `json:"window,omitempty"`

	// Interval is the time between two askings. Absent: the longest range in the query divided by 500, between
	// 1m and 1h. The source's limits.minInterval raises it.
	// +optional
	Interval Duration `json:"interval,omitempty"`

	// StaleAfter is how long the last good value stands while the source gives no answer; after that health is
	// Unknown. Absent: 24h for a KeyResult; 15m or three intervals, whichever is longer, for a KPI.
	// +optional
	StaleAfter Duration `json:"staleAfter,omitempty"`
}

// Measurement is the newest good value and where it came from.
type Measurement struct {
	// Query is the query as written, placeholders included.
	// +optional
	Query string `json:"query,omitempty"`
	// Source is the MetricSource that was asked.
	// +optional
	Source string `json:"source,omitempty"`
	// Value is the number, with up to 12 significant digits.
	// +optional
	Value string `json:"value,omitempty"`
	// Time is the instant the value belongs to. It is written together with other changes only: a value that
	// stays the same does not touch it.
	// +optional
	Time metav1.Time `json:"time,omitempty,omitzero"`
}

// FrozenValue is a value that is remembered, with what it was measured by.
type FrozenValue struct {
	// Value is the number, with up to 12 significant digits.
	// +optional
	Value string `json:"value,omitempty"`
	// Time is the instant the value belongs to.
	// +optional
	Time metav1.Time `json:"time,omitempty,omitzero"`
	// Key identifies the expression, the source and the instant. Under the same key the frozen value wins
	// over any later answer.
	// +optional
	Key string `json:"key,omitempty"`
}
