package v1alpha1_test

import "testing"

// on is an endpoint over https with more fields; over is one over plain http.
func on(fields string) string   { return `prometheus: {url: "https://prometheus:9090", ` + fields + `}` }
func over(fields string) string { return `prometheus: {url: "http://prometheus:9090", ` + fields + `}` }

const (
	basic   = `basicAuth: {username: okr, passwordSecretRef: {name: metrics, key: password}}`
	bearer  = `bearerTokenSecretRef: {name: metrics, key: token}`
	account = `serviceAccountToken: {name: metrics-reader, audience: prometheus.monitoring}`
	oauth2  = `oauth2: {clientID: okr, clientSecretRef: {name: metrics, key: secret}, tokenURL: "https://login.example/token"}`

	sayOne      = "write at most one of basicAuth, bearerTokenSecretRef, serviceAccountToken and oauth2"
	sayHTTPS    = "write an address that begins with https://, or insecureAllowHTTP: true"
	sayAudience = "write one of the metric server's, such as prometheus.monitoring"
	sayHeader   = "write credentials as basicAuth"
)

var credentials = []verdict{
	{reason: "basic", spec: on(basic)},
	{reason: "bearer", spec: on(bearer)},
	{reason: "a ServiceAccount", spec: on(account)},
	{reason: "OAuth2", spec: on(oauth2)},
	{reason: "OAuth2 with everything", spec: on(`oauth2: {clientID: okr, clientSecretRef: {name: metrics, key: secret},
		tokenURL: "https://login.example/token?tenant=a", scopes: [metrics.read], endpointParams: [{name: audience, value: metrics}]}`)},
	{reason: "two kinds", spec: on(basic + ", " + bearer), field: "spec.prometheus", says: sayOne},
	{reason: "all kinds", spec: on(basic + ", " + bearer + ", " + account + ", " + oauth2), field: "spec.prometheus", says: sayOne},
	{reason: "readable password", spec: over(basic), field: "spec.prometheus", says: sayHTTPS},
	{reason: "readable token", spec: over(bearer), field: "spec.prometheus", says: sayHTTPS},
	{reason: "readable token of an account", spec: over(account), field: "spec.prometheus", says: sayHTTPS},
	{reason: "readable token of a client", spec: over(oauth2), field: "spec.prometheus", says: sayHTTPS},
	{reason: "the scheme in capitals", spec: `prometheus: {url: "HTTP://prometheus:9090", ` + basic + `}`, field: "spec.prometheus", says: sayHTTPS},
	{reason: "said not to be allowed", spec: over(basic + `, insecureAllowHTTP: false`), field: "spec.prometheus", says: sayHTTPS},
	{reason: "allowed explicitly", spec: over(basic + `, insecureAllowHTTP: true`)},
	{reason: "nothing to read", spec: over(`headers: [{name: X-Team, value: okr}]`)},
	{reason: "readable secret on the way to the token endpoint",
		spec:  on(`oauth2: {clientID: okr, clientSecretRef: {name: metrics, key: secret}, tokenURL: "http://login.example/token"}`),
		field: "spec.prometheus.oauth2.tokenURL", says: sayHTTPS},
	{reason: "a token endpoint that is none",
		spec:  on(`oauth2: {clientID: okr, clientSecretRef: {name: metrics, key: secret}, tokenURL: "login.example/token"}`),
		field: "spec.prometheus.oauth2.tokenURL", says: "write one that begins with https://"},
	{reason: "a token endpoint with a user",
		spec:  on(`oauth2: {clientID: okr, clientSecretRef: {name: metrics, key: secret}, tokenURL: "https://a:b@login.example/token"}`),
		field: "spec.prometheus.oauth2.tokenURL", says: "without user and fragment"},
	{reason: "a parameter that is the controller's",
		spec: on(`oauth2: {clientID: okr, clientSecretRef: {name: metrics, key: secret}, tokenURL: "https://login.example/token",
			endpointParams: [{name: client_secret, value: x}]}`),
		field: "spec.prometheus.oauth2.endpointParams[0].name", says: "write clientID, clientSecretRef and scopes instead"},
	{reason: "a user name with a colon", spec: on(`basicAuth: {username: "a:b", passwordSecretRef: {name: metrics, key: password}}`),
		field: "spec.prometheus.basicAuth.username", says: "has no colon"},
	{reason: "a user name with a line break", spec: on(`basicAuth: {username: "a\nb", passwordSecretRef: {name: metrics, key: password}}`),
		field: "spec.prometheus.basicAuth.username", says: "no control character"},
	{reason: "no key", spec: on(`bearerTokenSecretRef: {name: metrics}`), field: "spec.prometheus.bearerTokenSecretRef.key", says: "Required value"},
	{reason: "no password", spec: on(`basicAuth: {username: okr}`), field: "spec.prometheus.basicAuth.passwordSecretRef", says: "Required value"},
	{reason: "no audience", spec: on(`serviceAccountToken: {name: a}`), field: "spec.prometheus.serviceAccountToken.audience", says: "Required value"},
	{reason: "an audience in two words", spec: on(`serviceAccountToken: {name: a, audience: "a b"}`),
		field: "spec.prometheus.serviceAccountToken.audience", says: "one word of printable ASCII"},
	{reason: "an audience that only resembles it", spec: on(`serviceAccountToken: {name: a, audience: kubernetes-metrics}`)},
}

// The audiences that the API server is known by.
var apiServers = []string{
	"https://kubernetes.default.svc", "https://kubernetes.default.svc.cluster.local", "https://kubernetes.default.svc:443",
	"https://kubernetes.default.svc/", "kubernetes.default.svc", "kubernetes.default", "kubernetes", "api",
}

var security = []verdict{
	{reason: "an authority in a ConfigMap", spec: on(`tls: {ca: {configMapRef: {name: ca, key: ca.crt}}}`)},
	{reason: "an authority in a Secret, and all the rest", spec: on(basic + `, tls: {ca: {secretRef: {name: ca, key: ca.crt}},
		certSecretRef: {name: me, key: tls.crt}, keySecretRef: {name: me, key: tls.key}, serverName: prometheus}`)},
	{reason: "any certificate", spec: on(`tls: {insecureSkipVerify: true}`)},
	{reason: "any certificate, and an authority", spec: on(`tls: {insecureSkipVerify: true, ca: {configMapRef: {name: ca, key: ca.crt}}}`),
		field: "spec.prometheus.tls", says: "remove it, or ca"},
	{reason: "two places", spec: on(`tls: {ca: {configMapRef: {name: ca, key: ca.crt}, secretRef: {name: ca, key: ca.crt}}}`),
		field: "spec.prometheus.tls.ca", says: "write one of secretRef and configMapRef"},
	{reason: "no place", spec: on(`tls: {ca: {}}`), field: "spec.prometheus.tls.ca", says: "write one of secretRef and configMapRef"},
	{reason: "a certificate without its key", spec: on(`tls: {certSecretRef: {name: me, key: tls.crt}}`),
		field: "spec.prometheus.tls", says: "write both certSecretRef and keySecretRef"},
	{reason: "a key without its certificate", spec: on(`tls: {keySecretRef: {name: me, key: tls.key}}`),
		field: "spec.prometheus.tls", says: "write both certSecretRef and keySecretRef"},
	{reason: "nothing to secure", spec: over(`tls: {serverName: prometheus}`), field: "spec.prometheus.tls", says: "tls goes with https"},
	{reason: "the token endpoint's authority", spec: over(oauth2 + `, insecureAllowHTTP: true, tls: {ca: {configMapRef: {name: ca, key: ca.crt}}}`)},
}

var headers = []verdict{
	{reason: "of a gateway", spec: on(`headers: [{name: X-Team, value: okr}, {name: CF-Access-Client-Id, value: "a b"}]`)},
	{reason: "an empty name", spec: on(`headers: [{name: "", value: a}]`), field: "spec.prometheus.headers[0].name", says: "letters, digits and hyphens"},
	{reason: "a name with a line break", spec: on(`headers: [{name: "X-A\r\nHost", value: a}]`), field: "spec.prometheus.headers[0].name", says: "letters, digits and hyphens"},
	{reason: "a name with a colon", spec: on(`headers: [{name: "X-A:", value: a}]`), field: "spec.prometheus.headers[0].name", says: "letters, digits and hyphens"},
	{reason: "two lines", spec: on(`headers: [{name: X-A, value: "a\r\nHost: b"}]`), field: "spec.prometheus.headers[0].value", says: "one line of printable ASCII"},
	{reason: "a bare line feed", spec: on(`headers: [{name: X-A, value: "a\n"}]`), field: "spec.prometheus.headers[0].value", says: "one line of printable ASCII"},
	{reason: "no value", spec: on(`headers: [{name: X-A}]`), field: "spec.prometheus.headers[0].value", says: "Required value"},
	{reason: "twice", spec: on(`headers: [{name: X-A, value: a}, {name: X-A, value: b}]`), field: "spec.prometheus.headers[1]", says: "Duplicate value"},
	{reason: "too many", spec: on(`headers: ` + items(9, `{name: X-%d, value: a}`)), field: "spec.prometheus.headers", says: "must have at most 8 items"},
}

// Headers that a source must not set, in whatever case.
var refusedHeaders = []string{
	"Authorization", "authorization", "AUTHORIZATION", "Host", "Cookie", "Cookie2", "Content-Type", "Content-Length", "Transfer-Encoding",
	"TE", "Trailer", "Connection", "Keep-Alive", "Upgrade", "Proxy-Authorization", "Proxy-Connection", "X-Forwarded-For",
	"X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP", "X-Scope-OrgID", "x-scope-orgid", "THANOS-TENANT", "Impersonate-User",
	"X-Remote-User", "Accept-Encoding", "User-Agent", "Expect",
}

// docs/faults.md: "Credentials over plain http"; "A service account token replayed against the API server"; "Header or
// parameter injection".
func TestMetricSourceAccessValidation(t *testing.T) {
	judge(t, "MetricSource", smallMetricSource, credentials)
	judge(t, "MetricSource", smallMetricSource, security)
	judge(t, "MetricSource", smallMetricSource, headers)
	for _, name := range refusedHeaders {
		judge(t, "MetricSource", smallMetricSource, []verdict{{reason: "header " + name, spec: on(`headers: [{name: ` + name + `, value: a}]`),
			field: "spec.prometheus.headers[0].name", says: sayHeader}})
	}
	for _, audience := range apiServers {
		judge(t, "MetricSource", smallMetricSource, []verdict{{reason: "audience " + audience,
			spec:  on(`serviceAccountToken: {name: a, audience: "` + audience + `"}`),
			field: "spec.prometheus.serviceAccountToken.audience", says: sayAudience}})
	}
}
