package prom

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"okr.dev/controller/internal/sample"
)

func TestSecretPrintsItselfNowhere(t *testing.T) {
	access := Access{BasicAuth: &BasicAuth{"okr", canary}, Bearer: canary, OAuth2: clientOf("https://login"), TLS: TLS{Key: canary}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{Secret(canary), access, Options{Access: access}, *access.BasicAuth, *access.OAuth2, Token{Value: canary}} {
			checkSilent(t, verb, fmt.Sprintf(verb, value))
		}
	}
	text, err := json.Marshal([]any{access.BasicAuth, access.OAuth2, access.TLS, map[string]Secret{"a": canary}})
	if err != nil {
		t.Fatal(err)
	}
	checkSilent(t, "JSON", string(text))
}

// checkSilent complains if a text holds the canary, in any form in which it travels.
func checkSilent(t *testing.T, where, text string) {
	t.Helper()
	for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte("okr:" + canary)), fmt.Sprintf("%x", canary)} {
		if strings.Contains(text, form) {
			t.Errorf("%s: the secret is in %q", where, text)
		}
	}
}

// docs/faults.md: "Secrets in logs, events, status, metrics, pages": what a source sends back, whatever it is, does not
// bring the secret into an answer.
func TestSecretIsNotInAnyAnswer(t *testing.T) {
	echo := func(status int, format string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
			if _, password, ok := r.BasicAuth(); ok {
				secret += " " + password
			}
			w.Header().Set("X-Echo", secret)
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, format, secret)
		}
	}
	failing := map[string]http.HandlerFunc{
		"401":             echo(401, "%s"),
		"403":             echo(403, `{"status":"error","errorType":"forbidden","error":"%s"}`),
		"500":             echo(500, "%s"),
		"429":             echo(429, "%s"),
		"503":             echo(503, `{"status":"error","errorType":"unavailable","error":"%s"}`),
		"a refused query": echo(400, `{"status":"error","errorType":"bad_data","error":"no, %s"}`),
		"a failed query":  echo(422, `{"status":"error","errorType":"execution","error":"%s"}`),
		"another error":   echo(500, `{"status":"error","errorType":"internal","error":"%s"}`),
		"a page":          echo(200, "<html>%s"),
		"a warning":       echo(200, `{"status":"success","warnings":["%s"],"data":{"resultType":"scalar","result":[1790000000,"1"]}}`),
		"a string":        echo(200, `{"status":"success","data":{"resultType":"string","result":[1790000000,"%s"]}}`),
		"what it tells":   echo(200, `{"status":"success","data":{"version":"2 %[1]s","goVersion":"go","revision":"%[1]s","storageRetention":"%[1]s","resultType":"scalar","result":[1790000000,"1"]}}`),
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/?"+r.Header.Get("Authorization"), http.StatusFound)
		},
		"half an answer":    truncated,
		"an unknown header": echo(200, good+"%.0s"),
	}
	for name, handler := range failing {
		address := serve(t, handler)
		for kind, access := range map[string]Access{
			"basic": {BasicAuth: &BasicAuth{"okr", canary}}, "bearer": {Bearer: canary}, "account": {Token: always200},
		} {
			access.AllowHTTP = true
			c := newClient(t, Options{URL: address, Access: access})
			for _, q := range []sample.Question{up, {Query: sample.Ping}} {
				checkSilent(t, name+", "+kind, fmt.Sprintf("%+v %+v", c.Ask(t.Context(), q, asked), c.Facts()))
			}
		}
	}
}
