package v1alpha1

// SecretKeyReference names one key of a Secret in the controller's own namespace. The Secret must carry the label
// goals.okr.dev/metric-source: no other can be read.
type SecretKeyReference struct {
	// name of the Secret. It is looked for in the controller's own namespace, and
	// must carry the label goals.okr.dev/metric-source, with any value.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// key of the Secret's data.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Key string `json:"key,omitempty"`
}

// ConfigMapKeyReference names one key of a ConfigMap in the controller's own namespace. The ConfigMap must carry the
// label goals.okr.dev/metric-source.
type ConfigMapKeyReference struct {
	// name of the ConfigMap. It is looked for in the controller's own namespace,
	// and must carry the label goals.okr.dev/metric-source, with any value.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// key of the ConfigMap's data.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Key string `json:"key,omitempty"`
}

// BasicAuth is a user name and a password (HTTP basic authentication).
type BasicAuth struct {
	// username is sent as it is written.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[^:\\x00-\\x1f\\x7f]+$')",message="a user name has no colon and no control character: write it without"
	Username string `json:"username,omitempty"`

	// passwordSecretRef names the key of the Secret that holds the password. Line
	// breaks at its end do not count.
	// +required
	PasswordSecretRef SecretKeyReference `json:"passwordSecretRef,omitempty,omitzero"`
}

// ServiceAccountToken is a short-lived token of a ServiceAccount in the controller's own namespace. It is asked for
// when it is needed and renewed before it ends.
type ServiceAccountToken struct {
	// name of the ServiceAccount, in the controller's own namespace. It must not
	// be the controller's own.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// audience is whom the token is for, as the server that receives it expects,
	// such as prometheus.monitoring. That of the Kubernetes API server is refused:
	// whoever receives such a token could act as the ServiceAccount.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="!self.matches('^(https?://)?(kubernetes|api)([.]default([.].*)?)?(:.*)?(/.*)?$')",message="this audience is the Kubernetes API server's own: write one of the metric server's, such as prometheus.monitoring"
	// +kubebuilder:validation:XValidation:rule="self.matches('^[!-~]+$')",message="an audience is one word of printable ASCII: write one such as prometheus.monitoring"
	Audience string `json:"audience,omitempty"`
}

// OAuth2Parameter is one further parameter of a token request.
type OAuth2Parameter struct {
	// name of the parameter, such as audience or resource. Those that the protocol
	// itself defines for the client's credentials are set by the controller.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="!(self in ['client_id', 'client_secret', 'scope'])",message="set by the controller: write clientID, clientSecretRef and scopes instead"
	Name string `json:"name,omitempty"`

	// value of the parameter. It is not a secret.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Value string `json:"value,omitempty"`
}

// OAuth2 gets tokens with a client's credentials (RFC 6749, section 4.4).
type OAuth2 struct {
	// clientID is the client's name at the token endpoint.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	ClientID string `json:"clientID,omitempty"`

	// clientSecretRef names the key of the Secret that holds the client's secret.
	// +required
	ClientSecretRef SecretKeyReference `json:"clientSecretRef,omitempty,omitzero"`

	// tokenURL is the token endpoint. Redirects are not followed. Its certificate
	// must be vouched for by tls.ca, or by an authority that the system trusts;
	// nothing else of tls is used there.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHost() != ''",message="not an address: write one that begins with https://, such as https://login.example.com/oauth2/token"
	// +kubebuilder:validation:XValidation:rule="!self.contains('@') && !self.contains('#')",message="write the address without user and fragment (#)"
	TokenURL string `json:"tokenURL,omitempty"`

	// scopes to ask for.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	Scopes []string `json:"scopes,omitempty"`

	// endpointParams are further parameters of the token request, such as
	// audience.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=16
	EndpointParams []OAuth2Parameter `json:"endpointParams,omitempty"`
}

// CertificateAuthority is where the certificates of authorities are: in a Secret or in a ConfigMap.
//
// +kubebuilder:validation:XValidation:rule="has(self.secretRef) != has(self.configMapRef)",message="write one of secretRef and configMapRef"
type CertificateAuthority struct {
	// secretRef names the key of a Secret that holds them, PEM.
	// +optional
	SecretRef *SecretKeyReference `json:"secretRef,omitempty"`

	// configMapRef names the key of a ConfigMap that holds them, PEM.
	// +optional
	ConfigMapRef *ConfigMapKeyReference `json:"configMapRef,omitempty"`
}

// TLSConfig is how the connection to the server is secured.
//
// +kubebuilder:validation:XValidation:rule="has(self.certSecretRef) == has(self.keySecretRef)",message="a client certificate is two things: write both certSecretRef and keySecretRef, or neither"
// +kubebuilder:validation:XValidation:rule="!(has(self.ca) && has(self.insecureSkipVerify) && self.insecureSkipVerify)",message="insecureSkipVerify trusts any certificate: remove it, or ca"
type TLSConfig struct {
	// ca holds the authorities that must vouch for the server's certificate, PEM.
	// Absent: those that the controller's system trusts.
	// +optional
	CA *CertificateAuthority `json:"ca,omitempty"`

	// certSecretRef names the key of a Secret that holds the certificate which the
	// controller shows to the server, PEM; goes with keySecretRef.
	// +optional
	CertSecretRef *SecretKeyReference `json:"certSecretRef,omitempty"`

	// keySecretRef names the key of a Secret that holds the private key of that
	// certificate, PEM, not encrypted.
	// +optional
	KeySecretRef *SecretKeyReference `json:"keySecretRef,omitempty"`

	// serverName is the name that the server's certificate must be valid for.
	// Absent: the host of url.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	ServerName string `json:"serverName,omitempty"`

	// insecureSkipVerify accepts any certificate: whoever stands between the
	// controller and the server can read the credentials and make up values.
	// Default: false.
	// +optional
	InsecureSkipVerify *bool `json:"insecureSkipVerify,omitempty"`
}

// Header is one HTTP header that is sent with every query.
type Header struct {
	// name of the header. Those that carry credentials or tenants, and those that
	// the connection or a proxy needs, cannot be set.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9-]+$')",message="a header's name has letters, digits and hyphens: write one such as X-Team"
	// +kubebuilder:validation:XValidation:rule="!self.lowerAscii().matches('^(authorization|www-authenticate|cookie2?|set-cookie2?|host|content-.*|transfer-encoding|te|trailer|connection|keep-alive|upgrade|http2-settings|expect|date|user-agent|accept-encoding|range|if-.*|via|forwarded|x-forwarded-.*|x-real-ip|x-original-.*|x-rewrite-.*|proxy-.*|x-remote-.*|impersonate-.*|x-scope-orgid|thanos-tenant|x-prometheus-.*)$')",message="this header cannot be set here: write credentials as basicAuth, bearerTokenSecretRef, serviceAccountToken or oauth2, and a tenant as spec.tenancy"
	Name string `json:"name,omitempty"`

	// value of the header, one line of printable ASCII. It is not a secret:
	// whoever may read the source reads it.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:XValidation:rule="self.matches('^[ -~]+$')",message="a header's value is one line of printable ASCII: write it without line breaks and other characters"
	Value string `json:"value,omitempty"`
}
