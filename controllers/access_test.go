package controllers

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/prom"
)

// The passwords of Prometheus in these tests, and what it knows of them.
const (
	oldPassword = "canary-old-password"
	newPassword = "canary-new-password"
	oldHash     = "$2a$04$.snwZ98E6dlNidK7BUGxd.FMlgoQuN2fYFUTWDUMjfMUFs6QFQ1JO"
	newHash     = "$2a$04$Gm61auQRnu5zXXg/xU2FIeBuuc7Z/c9kLcWX6dzCGj9c.26v0s0dC"
)

// secret is a Secret in the controller's namespace that sources may read.
func (r *rig) secret(name string, data map[string]string) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: ownNamespace, Name: r.namespace + "-" + name, Labels: map[string]string{v1alpha1.MetricSourceLabel: "true"}},
		StringData: data,
	}
}

func (r *rig) key(o client.Object, key string) v1alpha1.SecretKeyReference {
	return v1alpha1.SecretKeyReference{Name: o.GetName(), Key: key}
}

// use changes where and how this test's source asks.
func (r *rig) use(endpoint v1alpha1.PrometheusEndpoint) *v1alpha1.MetricSource {
	r.Helper()
	source := r.source(r.namespace, "")
	r.edit(source, func() { source.Spec.Prometheus = endpoint })
	return source
}

// answering is what Prometheus would answer to every query: 42.
func answering(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprintf(w, `{"status":"success","data":{"resultType":"scalar","result":[%s,"42"]}}`, r.FormValue("time"))
}

// serve answers with h until the test ends.
func (r *rig) serve(h http.HandlerFunc) string {
	server := httptest.NewServer(h)
	r.Cleanup(server.Close)
	return server.URL
}

// locked starts a Prometheus behind TLS that lets the old password in, and returns its authority too.
func (r *rig) locked() (prometheus *servers.Prometheus, web servers.WebOptions, authority *servers.Authority) {
	r.Helper()
	authority, err := servers.NewAuthority("tests")
	if err != nil {
		r.Fatal(err)
	}
	cert, key, err := authority.Issue("prometheus")
	if err != nil {
		r.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority.PEM)
	dir := r.TempDir()
	web = servers.WebOptions{
		CertFile: filepath.Join(dir, "tls.crt"), KeyFile: filepath.Join(dir, "tls.key"), Users: map[string]string{"okr": oldHash},
		Client: &http.Client{Transport: withPassword{&http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}},
	}
	for path, content := range map[string][]byte{web.CertFile: cert, web.KeyFile: key} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			r.Fatal(err)
		}
	}
	prometheus, err = servers.StartPrometheus(r.Context(), servers.PrometheusOptions{Dir: dir, Web: &web})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() {
		if err := prometheus.Stop(); err != nil {
			r.Error(err)
		}
	})
	return prometheus, web, authority
}

// withPassword adds the old password.
type withPassword struct{ next http.RoundTripper }

func (p withPassword) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.SetBasicAuth("okr", oldPassword)
	return p.next.RoundTrip(req)
}

// docs/faults.md: "401, 403" and "Source edited, Secret rotated, source deleted".
func TestSecretRotatedSourceEditedSourceDeleted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	prometheus, web, authority := r.locked()
	password := r.secret("password", map[string]string{"password": oldPassword + "\n"})
	ca := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: ownNamespace, Name: r.namespace + "-ca", Labels: map[string]string{v1alpha1.MetricSourceLabel: "true"}},
		Data:       map[string]string{"ca.crt": string(authority.PEM)},
	}
	r.create(password, ca)
	source := r.use(v1alpha1.PrometheusEndpoint{
		URL:       prometheus.URL,
		BasicAuth: &v1alpha1.BasicAuth{Username: "okr", PasswordSecretRef: r.key(password, "password")},
		TLS:       &v1alpha1.TLSConfig{CA: &v1alpha1.CertificateAuthority{ConfigMapRef: &v1alpha1.ConfigMapKeyReference{Name: ca.Name, Key: "ca.crt"}}},
	})
	kpi := r.kpi("answer", "vector(42)")
	r.create(kpi)
	r.start()
	measured := func(status metav1.ConditionStatus, reason string) {
		t.Helper()
		r.await(kpi, func() error { return has(kpi.Status.Conditions, "Measured", status, reason) })
	}
	measured("True", "Sampled")
	r.await(source, func() error {
		if source.Status.Server == nil {
			return fmt.Errorf("it is not known what the server is")
		}
		return all(has(source.Status.Conditions, "Reachable", "True", "Answers"),
			is("server", source.Status.Server.Flavour, v1alpha1.FlavourPrometheus), is("retention", source.Status.Server.Retention, "400d"))
	})

	// An edit of metadata is no rotation: the client stays, and nothing is asked again for it.
	before := r.env.clientOf(source.Name)
	r.edit(password, func() { password.Annotations = map[string]string{"touched": "yes"} })
	r.soon(func() error {
		if c := r.env.clientOf(source.Name); c.versions == before.versions {
			return fmt.Errorf("the Secret was not looked at again")
		}
		return nil
	})
	if r.env.clientOf(source.Name).client != before.client {
		t.Error("an annotation on the Secret made another client")
	}

	web.Users = map[string]string{"okr": newHash}
	if err := prometheus.SetWeb(web); err != nil {
		t.Fatal(err)
	}
	measured("False", "AuthenticationFailed")
	if err := is("value", kpi.Status.Value, "42 ms"); err != nil {
		t.Error("the last good value stays:", err)
	}
	r.edit(password, func() { password.StringData = map[string]string{"password": newPassword} })
	measured("True", "Sampled")

	r.use(v1alpha1.PrometheusEndpoint{URL: r.serve(http.NotFound)})
	measured("False", "SourceUnavailable")
	r.await(source, func() error {
		if source.Status.Server != nil && source.Status.Server.Flavour == v1alpha1.FlavourPrometheus {
			return fmt.Errorf("the status still tells of the server before")
		}
		return has(source.Status.Conditions, "Reachable", "False", "SourceUnavailable")
	})
	r.use(v1alpha1.PrometheusEndpoint{URL: r.serve(answering)})
	measured("True", "Sampled")

	r.delete(source)
	r.await(kpi, func() error { return has(kpi.Status.Conditions, "Ready", "False", "ReferenceNotFound") })
}

// clientOf is the client of a source.
func (e *environment) clientOf(name string) sourceClient {
	e.sources.mutex.Lock()
	defer e.sources.mutex.Unlock()
	return e.sources.known[name]
}

// docs/faults.md: "Secrets of other namespaces" and "Reference missing, late, deleted or refused".
func TestSecretMissingUnlabelledOrOfAnotherNamespaceIsNotReadAndHeals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var sent atomic.Value
	url := r.serve(func(w http.ResponseWriter, req *http.Request) {
		sent.Store(req.Header.Get("Authorization"))
		answering(w, req)
	})
	token := r.secret("token", map[string]string{"token": "first"})
	ref := r.key(token, "token")
	source := r.use(v1alpha1.PrometheusEndpoint{URL: url, BearerTokenSecretRef: &ref, InsecureAllowHTTP: new(true)})
	kpi := r.kpi("answer", "vector(42)")
	elsewhere := token.DeepCopy()
	elsewhere.Namespace = r.namespace
	r.create(kpi, elsewhere)
	r.start()
	refused := func(says string) {
		t.Helper()
		r.await(source, func() error {
			ready := meta.FindStatusCondition(source.Status.Conditions, "Ready")
			if ready != nil && !strings.Contains(ready.Message, says) {
				return fmt.Errorf("Ready says %q, want %q", ready.Message, says)
			}
			return all(has(source.Status.Conditions, "Ready", "False", "ReferenceNotFound"), has(source.Status.Conditions, "Stalled", "False", ""),
				has(source.Status.Conditions, "Reachable", "Unknown", "ReferenceNotFound"))
		})
		r.await(kpi, func() error {
			return all(has(kpi.Status.Conditions, "Measured", "False", "SourceUnavailable"), has(kpi.Status.Conditions, "Ready", "True", ""))
		})
	}
	heals := func(value string) {
		t.Helper()
		r.await(kpi, func() error { return has(kpi.Status.Conditions, "Measured", "True", "Sampled") })
		r.await(source, func() error {
			return all(has(source.Status.Conditions, "Ready", "True", ""), has(source.Status.Conditions, "Reachable", "True", "Answers"))
		})
		if got := sent.Load(); got != "Bearer "+value {
			t.Errorf("sent %q, want the token %q", got, value)
		}
	}
	missing := "Secret " + token.Name + " not found in namespace " + ownNamespace + ", or without the label " + v1alpha1.MetricSourceLabel
	refused(missing)
	if sent.Load() != nil {
		t.Errorf("the server was asked without credentials, or with another namespace's: %q", sent.Load())
	}

	token.Labels = nil
	r.create(token)
	r.look(kindMetricSource, source)
	refused(missing)
	r.edit(token, func() { token.Labels = map[string]string{v1alpha1.MetricSourceLabel: ""} })
	heals("first")
	r.edit(token, func() { token.Data = map[string][]byte{"another": []byte("second")} })
	refused(`has no key "token", or nothing in it`)
	r.edit(token, func() { token.Data = map[string][]byte{"token": []byte("second")} })
	heals("second")
	r.edit(token, func() { token.Labels = nil })
	refused(missing)
	r.edit(token, func() { token.Labels = map[string]string{v1alpha1.MetricSourceLabel: "true"} })
	heals("second")
	r.delete(token)
	refused(missing)
}

func TestContentThatCannotBeUsedHeals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	authority, err := servers.NewAuthority("tests")
	if err != nil {
		t.Fatal(err)
	}
	ca := r.secret("ca", map[string]string{"ca.crt": oldPassword})
	r.create(ca)
	ref := r.key(ca, "ca.crt")
	source := r.use(v1alpha1.PrometheusEndpoint{
		URL: "https://127.0.0.1:1", TLS: &v1alpha1.TLSConfig{CA: &v1alpha1.CertificateAuthority{SecretRef: &ref}},
	})
	r.start()
	r.await(source, func() error {
		return all(has(source.Status.Conditions, "Ready", "False", "InvalidCredentials"), has(source.Status.Conditions, "Stalled", "False", ""))
	})
	if says := meta.FindStatusCondition(source.Status.Conditions, "Ready").Message; !strings.HasPrefix(says, "spec.prometheus.tls.ca: ") {
		t.Errorf("Ready says %q, which does not begin with the field that refers to it", says)
	}
	r.edit(ca, func() { ca.StringData = map[string]string{"ca.crt": string(authority.PEM)} })
	r.await(source, func() error {
		return all(has(source.Status.Conditions, "Ready", "True", ""), has(source.Status.Conditions, "Reachable", "False", "SourceUnavailable"))
	})
}

func TestControllerThatDoesNotKnowItsNamespaceSaysSo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.homeless = true
	source := r.use(v1alpha1.PrometheusEndpoint{
		URL: "https://127.0.0.1:1", BearerTokenSecretRef: &v1alpha1.SecretKeyReference{Name: "a", Key: "b"},
	})
	r.start()
	r.await(source, func() error {
		if c := meta.FindStatusCondition(source.Status.Conditions, "Ready"); c == nil || !strings.Contains(c.Message, "does not know its own namespace") {
			return fmt.Errorf("Ready is %+v", c)
		}
		return has(source.Status.Conditions, "Ready", "False", "ReferenceNotFound")
	})
}

// docs/faults.md: "A service account token replayed against the API server".
func TestServiceAccountToken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const audience = "prometheus.monitoring"
	reader := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: ownNamespace, Name: r.namespace + "-reader"}}
	r.create(reader)
	var asked atomic.Int32
	var who atomic.Value
	url := r.serve(func(w http.ResponseWriter, req *http.Request) {
		asked.Add(1)
		review := &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{
			Token: strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer "), Audiences: []string{audience},
		}}
		if err := admin.Create(req.Context(), review); err != nil || !review.Status.Authenticated {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		who.Store(review.Status.User.Username)
		answering(w, req)
	})
	endpoint := func(name, audience string) v1alpha1.PrometheusEndpoint {
		return v1alpha1.PrometheusEndpoint{
			URL: url, InsecureAllowHTTP: new(true), ServiceAccountToken: &v1alpha1.ServiceAccountToken{Name: name, Audience: audience},
		}
	}
	source := r.use(endpoint(reader.Name, audience))
	kpi := r.kpi("answer", "vector(42)")
	r.create(kpi)
	r.start()
	r.await(kpi, func() error { return has(kpi.Status.Conditions, "Measured", "True", "Sampled") })
	if want := "system:serviceaccount:" + ownNamespace + ":" + reader.Name; who.Load() != want {
		t.Errorf("the source was asked by %v, want %s", who.Load(), want)
	}
	refused := func(status metav1.ConditionStatus, condition, reason, says string) {
		t.Helper()
		r.await(source, func() error {
			if c := meta.FindStatusCondition(source.Status.Conditions, condition); c != nil && !strings.Contains(c.Message, says) {
				return fmt.Errorf("%s says %q, want %q", condition, c.Message, says)
			}
			return has(source.Status.Conditions, condition, status, reason)
		})
	}
	r.use(endpoint(ownAccount, audience))
	refused("True", "Stalled", "InvalidCredentials", "the controller itself runs as ServiceAccount "+ownAccount)
	r.use(endpoint(r.namespace+"-nobody", audience))
	refused("False", "Reachable", "AuthenticationFailed", "ServiceAccount "+r.namespace+"-nobody not found in namespace "+ownNamespace+": create it there")

	// The API server has a name that no rule can know: its tokens tell it.
	before := asked.Load()
	r.use(endpoint(reader.Name, audienceOf(t, account.BearerToken)))
	refused("False", "Reachable", "AuthenticationFailed", "is the API server's own")
	if got := asked.Load(); got != before {
		t.Errorf("%d requests were sent with a token that the API server takes", got-before)
	}
}

// audienceOf is whom a token is for.
func audienceOf(t *testing.T, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatal("not a token")
	}
	var claims struct{ Aud []string }
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(text, &claims)
	}
	if err != nil || len(claims.Aud) == 0 {
		t.Fatalf("whom a token is for is not in it: %v", err)
	}
	return claims.Aud[0]
}

func TestAccessOfHoldsWhatTheSpecSays(t *testing.T) {
	secret := func(key string) v1alpha1.SecretKeyReference { return v1alpha1.SecretKeyReference{Name: "s", Key: key} }
	certificate, key := secret("cert"), secret("key")
	source := &v1alpha1.MetricSource{}
	source.Spec.Prometheus = v1alpha1.PrometheusEndpoint{
		OAuth2: &v1alpha1.OAuth2{
			ClientID: "okr", ClientSecretRef: secret("client"), TokenURL: "https://login", Scopes: []string{"read"},
			EndpointParams: []v1alpha1.OAuth2Parameter{{Name: "audience", Value: "metrics"}},
		},
		TLS: &v1alpha1.TLSConfig{
			CA:            &v1alpha1.CertificateAuthority{ConfigMapRef: &v1alpha1.ConfigMapKeyReference{Name: "c", Key: "ca"}},
			CertSecretRef: &certificate, KeySecretRef: &key, ServerName: "prometheus",
		},
		Headers: []v1alpha1.Header{{Name: "x-team", Value: "okr"}},
	}
	read := contents{}
	for _, ref := range referencesOf(source) {
		read[ref] = prom.Secret(ref.object() + "/" + ref.key)
	}
	got := accessOf(source.Spec.Prometheus, read)
	if got.OAuth2 == nil || got.OAuth2.ClientSecret != "Secret s/client" || got.OAuth2.Params.Get("audience") != "metrics" ||
		got.TLS.CA != "ConfigMap c/ca" || got.TLS.Cert != "Secret s/cert" || got.TLS.Key != "Secret s/key" || got.TLS.ServerName != "prometheus" ||
		got.Headers["X-Team"] != "okr" || got.AllowHTTP {
		t.Errorf("something is not where the spec wants it: %+v %+v", got.OAuth2, got.TLS)
	}
}
