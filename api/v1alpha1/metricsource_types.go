package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// MetricSourceLabel is what a Secret or ConfigMap must carry, with any value, for a MetricSource to read it.
const MetricSourceLabel = "goals.okr.dev/metric-source"

// PrometheusEndpoint is where a server that speaks Prometheus' HTTP API is reached, and how.
//
// +kubebuilder:validation:XValidation:rule="[has(self.basicAuth), has(self.bearerTokenSecretRef), has(self.serviceAccountToken), has(self.oauth2)].filter(x, x).size() <= 1",message="a source has one kind of credentials: write at most one of basicAuth, bearerTokenSecretRef, serviceAccountToken and oauth2"
// +kubebuilder:validation:XValidation:rule="(has(self.insecureAllowHTTP) && self.insecureAllowHTTP) || !(has(self.basicAuth) || has(self.bearerTokenSecretRef) || has(self.serviceAccountToken) || has(self.oauth2)) || !isURL(self.url) || url(self.url).getScheme() != 'http'",message="credentials would travel readable: write an address that begins with https://, or insecureAllowHTTP: true"
// +kubebuilder:validation:XValidation:rule="(has(self.insecureAllowHTTP) && self.insecureAllowHTTP) || !has(self.oauth2) || !isURL(self.oauth2.tokenURL) || url(self.oauth2.tokenURL).getScheme() != 'http'",fieldPath=".oauth2.tokenURL",message="the client's secret would travel readable: write an address that begins with https://, or insecureAllowHTTP: true"
// +kubebuilder:validation:XValidation:rule="!has(self.tls) || has(self.oauth2) || !isURL(self.url) || url(self.url).getScheme() != 'http'",fieldPath=".tls",message="tls goes with https: write an address that begins with https://, or remove tls"
type PrometheusEndpoint struct {
	// url is the server's address, such as https://prometheus.monitoring.svc:9090,
	// with a path prefix where there is one. Redirects are not followed.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHost() != ''",message="not an address: write one that begins with http:// or https://, such as https://prometheus.monitoring.svc:9090"
	// +kubebuilder:validation:XValidation:rule="!self.contains('@') && !self.contains('?') && !self.contains('#')",message="write the address alone, without user, query (?) or fragment (#)"
	URL string `json:"url,omitempty"`

	// basicAuth is a user name, and a password from a Secret.
	// +optional
	BasicAuth *BasicAuth `json:"basicAuth,omitempty"`

	// bearerTokenSecretRef names the key of a Secret that holds a bearer token.
	// Line breaks at its end do not count.
	// +optional
	BearerTokenSecretRef *SecretKeyReference `json:"bearerTokenSecretRef,omitempty"`

	// serviceAccountToken sends short-lived tokens of a ServiceAccount of the
	// controller's own namespace, for a server that asks the API server about
	// them.
	// +optional
	ServiceAccountToken *ServiceAccountToken `json:"serviceAccountToken,omitempty"`

	// oauth2 gets tokens from a token endpoint with a client's credentials.
	// +optional
	OAuth2 *OAuth2 `json:"oauth2,omitempty"`

	// tls is how the connection is secured. Absent: the authorities that the
	// controller's system trusts must vouch for the server's certificate.
	// +optional
	TLS *TLSConfig `json:"tls,omitempty"`

	// headers are sent with every query, such as one that a gateway before the
	// server wants: [{name: X-Team, value: okr}].
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=8
	Headers []Header `json:"headers,omitempty"`

	// insecureAllowHTTP lets credentials travel over plain http, where whoever is
	// on the way can read them. Default: false.
	// +optional
	InsecureAllowHTTP *bool `json:"insecureAllowHTTP,omitempty"`
}

// SourceNamespaces says which namespaces may use a source.
//
// +kubebuilder:validation:XValidation:rule="self.from != 'Selector' || has(self.selector)",message="from: Selector needs selector: write which namespaces, such as selector: {matchLabels: {team: checkout}}"
// +kubebuilder:validation:XValidation:rule="self.from == 'Selector' || !has(self.selector)",fieldPath=".selector",message="selector goes with from: Selector only: write from: Selector, or remove selector"
type SourceNamespaces struct {
	// from is All (every namespace) or Selector (those whose labels match
	// selector).
	// +required
	// +kubebuilder:validation:Enum=All;Selector
	From NamespacesFrom `json:"from,omitempty"`

	// selector matches the labels of Namespaces; goes with from: Selector. An
	// empty selector matches every namespace.
	// +optional
	Selector *metav1.LabelSelector `json:"selector,omitempty"`
}

// SourceLimits protect a server from its askers, and the controller from the server.
type SourceLimits struct {
	// timeout is the deadline over a whole exchange: connecting, headers and body.
	// Default: 10s.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self.matches('[1-9]') || !self.matches('^([0-9]+[a-z]+)+$')",message="a timeout must be longer than 0: write a length of time such as 10s"
	// +kubebuilder:default="10s"
	Timeout Duration `json:"timeout,omitempty"`

	// maxConcurrent is how many queries may be under way at once, 1 to 256.
	// Default: 4.
	// +optional
	// +kubebuilder:default=4
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=256
	MaxConcurrent *int32 `json:"maxConcurrent,omitempty"`

	// queriesPerSecond is how many queries may begin in a second, 1 to 10000.
	// Default: 50.
	// +optional
	// +kubebuilder:default=50
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10000
	QueriesPerSecond *int32 `json:"queriesPerSecond,omitempty"`

	// minInterval is the shortest time between two askings of one query, 1s or
	// longer; shorter intervals are raised to it. Default: 30s.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self.matches('[1-9][0-9]*([ywdhs]|m([0-9]|$)|[0-9]{3}ms)') || !self.matches('^([0-9]+[a-z]+)+$')",message="too short: write an interval of 1s or longer, such as 30s"
	// +kubebuilder:default="30s"
	MinInterval Duration `json:"minInterval,omitempty"`

	// maxResponseBytes is how large an answer may be, decompressed, in bytes: 1024
	// to 104857600. A larger one is not read, and its value is missing. Default:
	// 1048576.
	// +optional
	// +kubebuilder:default=1048576
	// +kubebuilder:validation:Minimum=1024
	// +kubebuilder:validation:Maximum=104857600
	MaxResponseBytes *int64 `json:"maxResponseBytes,omitempty"`

	// entriesPerNamespace is how many different questions one namespace may ask,
	// 1 to 100000; one that several objects ask counts once. Those that came
	// later are not asked: they are Measured=False, SourceDenied, until there is
	// room. Default: 500.
	// +optional
	// +kubebuilder:default=500
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100000
	EntriesPerNamespace *int32 `json:"entriesPerNamespace,omitempty"`
}

// MetricSourceSpec is an endpoint and who may use it.
type MetricSourceSpec struct {
	// prometheus is the endpoint: Prometheus itself, or a server with its HTTP
	// API. It is asked with at most one of basicAuth, bearerTokenSecretRef,
	// serviceAccountToken and oauth2, and with a client certificate besides where
	// tls names one.
	// +required
	Prometheus PrometheusEndpoint `json:"prometheus,omitempty,omitzero"`

	// allowedNamespaces says which namespaces' KPIs and KeyResults may use this
	// source. To the others it does not exist.
	// +required
	AllowedNamespaces SourceNamespaces `json:"allowedNamespaces,omitempty,omitzero"`

	// tenancy confines each question to what the tenant of the asking namespace
	// may see. Absent, every allowed namespace may read every series of the
	// source.
	// +optional
	Tenancy *Tenancy `json:"tenancy,omitempty"`

	// queryOffset asks for values this much earlier than now, such as 1m where
	// data arrives late. Default: 0s.
	// +optional
	// +kubebuilder:default="0s"
	QueryOffset Duration `json:"queryOffset,omitempty"`

	// limits protect the server from its askers, and the controller from the
	// server. Each has a default.
	// +optional
	// +kubebuilder:default={}
	Limits *SourceLimits `json:"limits,omitempty"`
}

// ServerFlavour is what kind of server answers.
//
// +kubebuilder:validation:Enum=Prometheus;Thanos;Mimir;VictoriaMetrics;Unknown
type ServerFlavour string

// The flavours.
const (
	FlavourPrometheus      ServerFlavour = "Prometheus"
	FlavourThanos          ServerFlavour = "Thanos"
	FlavourMimir           ServerFlavour = "Mimir"
	FlavourVictoriaMetrics ServerFlavour = "VictoriaMetrics"
	// FlavourUnknown: it answers queries, and does not tell what it is.
	FlavourUnknown ServerFlavour = "Unknown"
)

// SourceServerStatus is what a server tells of itself.
type SourceServerStatus struct {
	// flavour is what kind of server it is: Prometheus, Thanos, Mimir or
	// VictoriaMetrics; Unknown where it does not tell.
	// +optional
	Flavour ServerFlavour `json:"flavour,omitempty"`

	// version is its own version; absent where it does not tell.
	// +optional
	Version string `json:"version,omitempty"`

	// retention is how long it keeps data, as it writes it, such as "15d", or
	// "15d or 50GiB"; absent where it does not tell. Goals that reach further
	// back have no history there.
	// +optional
	Retention string `json:"retention,omitempty"`
}

// MetricSourceStatus is how the source stands.
type MetricSourceStatus struct {
	// observedGeneration is the generation of the spec that this status is about;
	// -1 before the first visit.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions are Ready and Reachable, of which True is good, and Stalled and
	// Saturated, of which False is good. All are set from the first visit on.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// server is what the server tells of itself, looked up about once an hour.
	// Absent before it has answered since the last edit.
	// +optional
	Server *SourceServerStatus `json:"server,omitempty"`
}

// MetricSource is a Prometheus-compatible endpoint and the namespaces that may
// use it. It belongs to administrators: teams name a source, and never write
// an address.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,shortName=msrc
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reachable",type=string,JSONPath=`.status.conditions[?(@.type=="Reachable")].status`
// +kubebuilder:printcolumn:name="URL",type=string,JSONPath=`.spec.prometheus.url`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Saturated",type=string,JSONPath=`.status.conditions[?(@.type=="Saturated")].status`,priority=1
// +kubebuilder:printcolumn:name="Server",type=string,JSONPath=`.status.server.flavour`,priority=1
// +kubebuilder:printcolumn:name="Version",type=string,JSONPath=`.status.server.version`,priority=1
// +kubebuilder:printcolumn:name="Retention",type=string,JSONPath=`.status.server.retention`,priority=1
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="Reachable")].message`,priority=1
type MetricSource struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard metadata of objects.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the endpoint and who may use it.
	// +required
	Spec MetricSourceSpec `json:"spec,omitzero"`

	// status is how it stands. Written by the controller only.
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

	// items are the sources.
	Items []MetricSource `json:"items"`
}
