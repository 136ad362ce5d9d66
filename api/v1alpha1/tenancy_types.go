package v1alpha1

// Tenancy confines each question to the tenant whose namespace asks it. Who may edit the labels of Namespaces that it
// reads may choose a tenant: protect them with a ValidatingAdmissionPolicy, as docs/metricsource.md shows.
//
// +kubebuilder:validation:XValidation:rule="has(self.enforceLabel) || has(self.tenantHeader)",message="an empty tenancy: write enforceLabel, tenantHeader or both, or leave tenancy out"
type Tenancy struct {
	// enforceLabel gives every selector of a query the matcher name="value", so
	// that a namespace reads only the series that carry its own value of the
	// label. For servers that keep the series of several tenants together.
	// +optional
	EnforceLabel *EnforcedLabel `json:"enforceLabel,omitempty"`

	// tenantHeader is sent with every query, for servers that keep the tenants
	// apart themselves, such as Mimir and Thanos.
	// +optional
	TenantHeader *TenantHeader `json:"tenantHeader,omitempty"`
}

// EnforcedLabel is the label by which a server's series belong to tenants.
type EnforcedLabel struct {
	// name of the label of series, such as namespace. The scrape must set it:
	// where teams may choose its value (honorLabels, remote write), they may
	// write series in the name of others.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches('^[a-zA-Z_][a-zA-Z0-9_]*$') && self != '__name__'",message="not a label of series: write letters, digits and _, such as namespace or team; __name__ is the metric's name"
	Name string `json:"name,omitempty"`

	// namespaceLabel is the label of the Namespace that holds the value. Absent,
	// the value is the Namespace's name. A namespace without the label may not
	// ask: Measured is False SourceDenied.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches('^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$')",message="not the key of a label: write one such as tenant or example.com/tenant"
	NamespaceLabel string `json:"namespaceLabel,omitempty"`
}

// TenantHeader is the HTTP header by which a server tells tenants apart.
type TenantHeader struct {
	// name of the header, such as X-Scope-OrgID.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches('^[A-Za-z][A-Za-z0-9-]*$')",message="not the name of a header: write letters, digits and -, such as X-Scope-OrgID"
	// +kubebuilder:validation:XValidation:rule="!(self.lowerAscii() in ['authorization', 'host', 'cookie', 'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'user-agent']) && !self.lowerAscii().matches('^(content|proxy|accept)(-|$)')",message="this header has a meaning of its own: write the one that your server reads tenants from, such as X-Scope-OrgID"
	Name string `json:"name,omitempty"`

	// namespaceLabel is the label of the Namespace that holds the value. A
	// namespace without the label may not ask: Measured is False SourceDenied.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches('^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$')",message="not the key of a label: write one such as tenant or example.com/tenant"
	NamespaceLabel string `json:"namespaceLabel,omitempty"`

	// ownTenant is the tenant that the controller asks as for itself, to learn
	// whether the server answers (the query vector(1), which reads no series).
	// Default: okr-controller.
	// +optional
	// +kubebuilder:default=okr-controller
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches('^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$')",message="not a tenant: write letters, digits, -, _ and ., such as okr-controller"
	OwnTenant string `json:"ownTenant,omitempty"`
}
