package controllers

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-logr/logr/funcr"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/prom"
	"okr.dev/controller/internal/sample"
	"okr.dev/controller/internal/sampler"
)

const canary = "canary-0815-secret"

// echoes are answers that repeat what the request was authenticated with, and the reason that each leads to.
var echoes = []struct {
	name, format string
	status       int
	reason       sample.Reason
}{
	{"refused", "%s", 401, sample.AuthenticationFailed},
	{"a page of errors", "<html>%s", 500, sample.SourceUnavailable},
	{"a failed query", `{"status":"error","errorType":"execution","error":"%s"}`, 422, sample.QueryFailed},
	{"forbidden", "%s", 403, sample.AuthenticationFailed},
	{"an error of its own", `{"status":"error","errorType":"internal","error":"token %s is no good"}`, 500, sample.QueryFailed},
	{"overloaded", "%s", 503, sample.SourceUnavailable},
	{"a bad query", `{"status":"error","errorType":"bad_data","error":"%s"}`, 400, sample.InvalidQuery},
	{"a warning", `{"status":"success","warnings":["%s"],"data":{"resultType":"scalar","result":[0,"1"]}}`, 200, sample.PartialResponse},
	{"elsewhere", "", 302, sample.SourceUnavailable},
}

// docs/faults.md: "Secrets in logs, events, status, metrics, pages": a secret goes where it belongs, through failures of
// every kind, and nowhere else. Panics are among them.
func TestCanarySecretIsInNoLogEventStatusOrMetric(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var log strings.Builder
	var mutex sync.Mutex
	r.logger = funcr.New(func(prefix, line string) {
		mutex.Lock()
		defer mutex.Unlock()
		fmt.Fprintln(&log, prefix, line)
	}, funcr.Options{Verbosity: 9})
	var which, arrived atomic.Int32
	url := r.serve(func(w http.ResponseWriter, req *http.Request) {
		said := req.Header.Get("Authorization")
		if strings.Contains(said, canary) || strings.Contains(said, base64.StdEncoding.EncodeToString([]byte("okr:"+canary))) {
			arrived.Add(1)
		}
		_, credentials, _ := strings.Cut(said, " ")
		if _, password, ok := req.BasicAuth(); ok {
			credentials = password
		}
		e := echoes[which.Load()]
		w.Header().Set("Location", "/?"+credentials)
		w.WriteHeader(e.status)
		_, _ = fmt.Fprintf(w, e.format, credentials)
	})
	login := r.serve(func(w http.ResponseWriter, req *http.Request) {
		_, secret, _ := req.BasicAuth()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":"invalid_client","error_description":"%s%s"}`, secret, req.FormValue("client_secret"))
	})
	secret := r.secret("canary", map[string]string{"a": canary})
	r.create(secret)
	ref := r.key(secret, "a")
	basic := v1alpha1.PrometheusEndpoint{URL: url, InsecureAllowHTTP: new(true), BasicAuth: &v1alpha1.BasicAuth{Username: "okr", PasswordSecretRef: ref}}
	bearer := v1alpha1.PrometheusEndpoint{URL: url, InsecureAllowHTTP: new(true), BearerTokenSecretRef: &ref}
	source := r.use(basic)
	kpi := r.kpi("answer", "vector(42)")
	r.create(kpi)
	r.start()
	var seen strings.Builder
	failed := func(reason sample.Reason) {
		t.Helper()
		r.await(kpi, func() error {
			if reason == sample.InvalidQuery {
				return has(kpi.Status.Conditions, "Stalled", "True", string(reason))
			}
			return has(kpi.Status.Conditions, "Measured", "False", string(reason))
		})
		r.await(source, func() error {
			for _, c := range source.Status.Conditions {
				if c.Type == "Reachable" && c.ObservedGeneration == source.Generation && c.Status != metav1.ConditionTrue && c.Reason != "Pending" {
					return nil
				}
			}
			return fmt.Errorf("the source has not been asked since its last edit")
		})
		seen.WriteString(r.everything(kpi, source))
	}
	for i, e := range echoes {
		which.Store(int32(i))
		for _, endpoint := range []v1alpha1.PrometheusEndpoint{basic, bearer} {
			r.use(endpoint)
			failed(e.reason)
		}
	}
	which.Store(0)
	basic.URL = strings.Replace(url, "http:", "https:", 1)
	r.use(basic)
	failed(sample.SourceUnavailable)
	r.use(v1alpha1.PrometheusEndpoint{URL: url, InsecureAllowHTTP: new(true), OAuth2: &v1alpha1.OAuth2{ClientID: "okr", ClientSecretRef: ref, TokenURL: login}})
	failed(sample.AuthenticationFailed)
	r.use(v1alpha1.PrometheusEndpoint{URL: basic.URL, TLS: &v1alpha1.TLSConfig{CertSecretRef: &ref, KeySecretRef: &ref}})
	r.await(source, func() error { return has(source.Status.Conditions, "Ready", "False", "InvalidCredentials") })
	seen.WriteString(r.everything(kpi, source))

	r.env.sampler.SetSource(source.Name, sampler.Source{Asker: panicking{bearer: canary}})
	r.await(kpi, func() error { return has(kpi.Status.Conditions, "Measured", "False", string(sample.QueryFailed)) })
	seen.WriteString(r.everything(kpi, source))
	r.stop()

	if arrived.Load() == 0 {
		t.Fatal("the secret never arrived where it belongs: nothing was tested")
	}
	mutex.Lock()
	defer mutex.Unlock()
	for where, text := range map[string]string{"a status, event or metric": seen.String(), "the log": log.String()} {
		if text == "" {
			t.Errorf("%s: empty: nothing was tested", where)
		}
		for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte("okr:" + canary)), base64.StdEncoding.EncodeToString([]byte(canary))} {
			for line := range strings.Lines(text) {
				if strings.Contains(line, form) {
					t.Errorf("%s holds the secret: %s", where, line)
				}
			}
		}
	}
}

// panicking holds a secret when it panics.
type panicking struct{ bearer prom.Secret }

func (p panicking) Ask(_ context.Context, _ sample.Question, _ time.Time) sample.Sample {
	panic("Bearer " + string(p.bearer))
}

// everything is what people can read of a KPI and its source: statuses, events, metrics.
func (r *rig) everything(kpi *v1alpha1.KPI, source *v1alpha1.MetricSource) string {
	r.Helper()
	r.read(kpi)
	r.read(source)
	var events eventsv1.EventList
	if err := admin.List(r.Context(), &events); err != nil {
		r.Fatal(err)
	}
	metrics := httptest.NewRecorder()
	promhttp.HandlerFor(r.registry, promhttp.HandlerOpts{}).ServeHTTP(metrics, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	text, err := yaml.Marshal([]any{kpi, source, events.Items})
	if err != nil {
		r.Fatal(err)
	}
	held, _ := r.env.sampler.Held(evaluate.Ping(source))
	return string(text) + metrics.Body.String() + fmt.Sprintf("%+v %+v\n", held, r.env.clientOf(source.Name))
}
