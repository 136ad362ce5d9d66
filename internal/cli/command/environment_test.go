package command_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
)

// A cluster that cannot be read is one message, which says what to do.
func TestWhatToDo(t *testing.T) {
	server := func(answer http.HandlerFunc) string {
		s := httptest.NewServer(answer)
		t.Cleanup(s.Close)
		return s.URL
	}
	bare := server(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/api":
			_, _ = w.Write([]byte(`{"kind":"APIVersions","versions":["v1"]}`))
		case "/apis":
			_, _ = w.Write([]byte(`{"kind":"APIGroupList","apiVersion":"v1","groups":[]}`))
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","message":"the server could not find the requested resource","code":404,"details":{}}`))
		}
	})
	stranger := server(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "who are you?", http.StatusUnauthorized) })
	const file = "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: SERVER}}]\ncontexts: [{name: c, context: {cluster: c}}]\ncurrent-context: c\n"
	cases := map[string]struct{ reason, kubeconfig, context, says string }{
		"NoKubeconfig": {"without a kubeconfig it is not localhost that is asked", "", "", "there is no kubeconfig"},
		"NoContext":    {"a context that there is not", strings.Replace(file, "SERVER", bare, 1), "nope", "kubectl config get-contexts"},
		"Nonsense":     {"a file that is no kubeconfig", "a: [", "", "KUBECONFIG"},
		"Down":         {"a server that is down", strings.Replace(file, "SERVER", "http://127.0.0.1:1", 1), "", "does not answer: dial tcp"},
		"NotInstalled": {"a cluster without the kinds", strings.Replace(file, "SERVER", bare, 1), "", "are not installed in this cluster"},
		"Unauthorized": {"a login that has expired", strings.Replace(file, "SERVER", stranger, 1), "", "log in again"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config")
			if tc.kubeconfig != "" {
				if err := os.WriteFile(path, []byte(tc.kubeconfig), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("KUBECONFIG", path)
			t.Setenv("KUBERNETES_SERVICE_HOST", "")
			env := command.New(genericiooptions.IOStreams{In: &bytes.Buffer{}, Out: &bytes.Buffer{}, ErrOut: &bytes.Buffer{}})
			env.Flags.Context = &tc.context
			scope, err := env.Scope(false)
			if err == nil {
				_, err = env.Goals(t.Context(), goals.Scope{Namespace: scope.Namespace})
			}
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%s: %v", tc.reason, err)
			}
		})
	}
}
