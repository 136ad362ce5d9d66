package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// PrometheusEndpoint is where a server that speaks Prometheus' HTTP API is reached.
type PrometheusEndpoint struct {
	// URL is the server's address, such as https://prometheus.monitoring.svc:9090, with a path prefix where
	// there is one. Redirects are not followed.
	// +required
	// +kubebuilder:validation:MinLength=8
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHost() != ''",message="write an address such as https://prometheus.monitoring.svc:9090"
	// +kubebuilder:validation:XValidation:rule="!self.contains('@') && !self.contains('?') && !self.contains('#')",message="write the address alone, without user, query (?) or fragment (#)"
	URL string `json:"url,omitempty"`
}

// SourceNamespaces says which namespaces may use a source.
//
// +kubebuilder:validation:XValidation:rule="self.from != 'Same'",message="a MetricSource has no namespace of its own: write from: All, or from: Selector with a selector"
// +kubebuilder:validation:XValidation:rule="(self.from == 'Selector') == has(self.selector)",message="selector goes with from: Selector, and only with it"
type SourceNamespaces struct {
	// From is All (every namespace) or Selector (those whose labels match selector).
	// +required
	From NamespacesFrom `json:"from,omitempty"`

	// Selector matches the labels of namespaces.
	// +optional
	Selector *metav1.LabelSelector `json:"selector,omitempty"`
}

// SourceLimits protect a server from its askers, and the controller from the server.
type SourceLimits struct {
	// Timeout is the deadline over a whole exchange: connecting, headers and body.
	// +optional
	// +kubebuilder:default="10s"
	Timeout Duration `json:"timeout,omitempty"`

	// MaxConcurrent is how many queries may be under way at once.
	// +optional
	// +kubebuilder:default=4
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=256
	MaxConcurrent *int32 `json:"maxConcurrent,omitempty"`

	// QueriesPerSecond is how many queries may begin in a second.
	// +optional
	// +kubebuilder:default=50
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10000
	QueriesPerSecond *int32 `json:"queriesPerSecond,omitempty"`

	// MinInterval is the shortest time between two askings of one query; shorter intervals are raised to it.
	// +optional
	// +kubebuilder:default="30s"
	MinInterval Duration `json:"minInterval,omitempty"`

	// MaxResponseBytes is how large an answer may be, decompressed.
	// +optional
	// +kubebuilder:default=1048576
	// +kubebuilder:validation:Minimum=1024
	// +kubebuilder:validation:Maximum=104857600
	MaxResponseBytes *int64 `json:"maxResponseBytes,omitempty"`
}

// MetricSourceSpec is an endpoint and who may use it.
type MetricSourceSpec struct {
	// Prometheus is the endpoint: Prometheus itself, or a server with its HTTP API.
	// +required
	Prometheus PrometheusEndpoint `json:"prometheus,omitempty,omitzero"`

	// AllowedNamespaces says which namespaces' KPIs and KeyResults may use this source.
	// +required
	AllowedNamespaces SourceNamespaces `json:"allowedNamespaces,omitempty,omitzero"`

	// QueryOffset asks for values this much earlier than now, such as 1m where data arrives late.
	// +optional
	// +kubebuilder:default="0s"
	QueryOffset Duration `json:"queryOffset,omitempty"`

	// Limits protect the server and the controller.
	// +optional
	// +kubebuilder:default={}
	Limits *SourceLimits `json:"limits,omitempty"`
}

// MetricSourceStatus is how the source stands.
type MetricSourceStatus struct {
	// ObservedGeneration is the generation of the spec that this status is about; -1 before the first visit.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Conditions: Ready, Stalled, Reachable.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// MetricSource is a Prometheus-compatible endpoint and the namespaces that may use it. It belongs to
// administrators: teams name a source, and never write an address.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=msrc
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reachable",type=string,JSONPath=`.status.conditions[?(@.type=="Reachable")].status`
// +kubebuilder:printcolumn:name="URL",type=string,JSONPath=`.spec.prometheus.url`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="Reachable")].message`,priority=1
type MetricSource struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the endpoint and who may use it.
	// +required
	Spec MetricSourceSpec `json:"spec,omitzero"`

	// Status is how it stands. Written by the controller only.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status MetricSourceStatus `json:"status,omitzero"`
}

// MetricSourceList is a list of MetricSources.
//
// +kubebuilder:object:root=true
type MetricSourceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// Items are the sources.
	Items []MetricSource `json:"items"`
}
