package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
)

// reviews is the part of an API server that says who a token is, and what they may do.
func reviews(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var review struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
			Spec       struct {
				Token string `json:"token"`
				User  string `json:"user"`
			} `json:"spec"`
			Status map[string]any `json:"status"`
		}
		if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		switch review.Kind {
		case "TokenReview":
			known := review.Spec.Token == "reader" || review.Spec.Token == "stranger"
			review.Status = map[string]any{"authenticated": known, "user": map[string]any{"username": review.Spec.Token}}
		case "SubjectAccessReview":
			review.Status = map[string]any{"allowed": review.Spec.User == "reader"}
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(review); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestMetricsWantAuthenticationAndAuthorizationAndProfilingIsOff(t *testing.T) {
	o := options(runtime.NewScheme(), flags{metricsAddress: "127.0.0.1:0", probeAddress: "0"})
	if o.PprofBindAddress != "" && o.PprofBindAddress != "0" {
		t.Errorf("profiling is served at %q", o.PprofBindAddress)
	}
	if !o.Metrics.SecureServing || o.Metrics.FilterProvider == nil {
		t.Fatal("metrics are served over plain HTTP, or to everybody")
	}
	// The filter in front of /metrics, with an API server behind it; TLS is net/http's.
	config := &rest.Config{Host: reviews(t), Timeout: 10 * time.Second}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	filter, err := o.Metrics.FilterProvider(config, client)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := filter(logr.Discard(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]int{
		"": http.StatusUnauthorized, "forged": http.StatusInternalServerError /* controller-runtime's word for it */, "stranger": http.StatusForbidden, "reader": http.StatusOK,
	} {
		request := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		if answer.Code != want {
			t.Errorf("with the token %q, /metrics answers %d, want %d", token, answer.Code, want)
		}
	}
}
