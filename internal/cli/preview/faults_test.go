package preview_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"okr.dev/controller/internal/cli/terminal"
)

// What cannot be found out is said in one message, and nothing is printed.
func TestErrors(t *testing.T) {
	url, goals := fakePrometheus(t), filepath.Join(repository(t), "goals")
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	t.Cleanup(refusing.Close)
	file := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	kpi := "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata: {name: a, namespace: b}\nspec:\n  title: A\n"
	reading := kpi + "  readings: [{date: \"2026-11-01\", value: 3}]\n"
	for name, c := range map[string]struct {
		arguments []string
		want      string
	}{
		"no path":              {nil, "name the files or folders to preview"},
		"no such path":         {[]string{"/nowhere"}, "no such file"},
		"no goals":             {[]string{file("a.yaml", "kind: ConfigMap\napiVersion: v1\n")}, "there are no goals in"},
		"not YAML":             {[]string{file("a.yaml", "a: [\n")}, "a.yaml: line 1"},
		"refused":              {[]string{file("a.yaml", reading+"  target: {}\n")}, "a.yaml:7: KPI a would be refused: spec.target:"},
		"unknown field":        {[]string{file("a.yaml", reading+"  targets: {}\n")}, `a.yaml:7: KPI a would be refused: spec.targets: unknown field`},
		"no such kind":         {[]string{file("a.yaml", "apiVersion: goals.okr.dev/v1alpha1\nkind: Kpi\nmetadata: {name: a}\n")}, `a.yaml:2: there is no kind "Kpi"`},
		"twice":                {[]string{file("a.yaml", reading+"---\n"+reading)}, "a.yaml:10: KPI b/a is also in"},
		"unknown output":       {[]string{goals, "-o", "yaml"}, "write text, markdown or json"},
		"to come":              {[]string{goals, "--at", "2026-11-16"}, "--at 2026-11-16 is still to come"},
		"no time":              {[]string{goals, "--at", "yesterday"}, "--at yesterday: write a time such as"},
		"too far back":         {[]string{goals, "--backtest", "21"}, "--backtest 21: write 1 to 20"},
		"prune without":        {[]string{goals, "--prune"}, "--prune goes with --against cluster"},
		"no cluster":           {[]string{goals, "--against", "cluster"}, "no cluster"},
		"no commit":            {[]string{goals, "--against", "nowhere"}, `there is no commit "nowhere"`},
		"no commit, an option": {[]string{goals, "--against", "--output=/tmp/x"}, `there is no commit "--output=/tmp/x"`},
		"no repository":        {[]string{file("a.yaml", reading), "--against", "main"}, "is not in a git repository"},
		"no history":           {[]string{"-", "--against", "main"}, "standard input has no history"},
		"two for all":          {[]string{goals, "--prometheus", url, "--prometheus", url}, "two addresses for all MetricSources"},
		"twice named":          {[]string{goals, "--prometheus", "a=" + url, "--prometheus", "a=" + url}, "names MetricSource a twice"},
		"an empty address":     {[]string{goals, "--prometheus", ""}, "--prometheus is given no address"},
		"no URL":               {[]string{goals, "--prometheus", "localhost:9090"}, "--prometheus: the url's scheme"},
		"nobody there":         {[]string{goals, "--prometheus", "http://127.0.0.1:1"}, "does not answer: the source refused the connection"},
		"not let in":           {[]string{goals, "--prometheus", refusing.URL}, "(AuthenticationFailed)"},
		"token over http":      {[]string{goals, "--prometheus", url, "--bearer-token-file", file("token", "abcd")}, "--insecure-allow-http"},
		"no token":             {[]string{goals, "--prometheus", url, "--bearer-token-file", file("token", "\n")}, "is empty"},
		"no password":          {[]string{goals, "--prometheus", url, "--basic-auth-file", file("auth", "abcd")}, "does not hold USER:PASSWORD"},
		"both":                 {[]string{goals, "--bearer-token-file", file("a", "abcd"), "--basic-auth-file", file("b", "a:b")}, "write one of them"},
		"no authority":         {[]string{goals, "--prometheus", url, "--ca-file", file("ca", "abcd")}, "it holds no certificate"},
		"no header":            {[]string{goals, "--prometheus", url, "--tenant-header", "sales"}, "--tenant-header: write NAME=VALUE"},
	} {
		t.Run(name, func(t *testing.T) {
			env, out := environment(terminal.Screen{Width: 80}, "")
			err := run(env, c.arguments...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if out.Len() > 0 {
				t.Errorf("it printed:\n%s", out)
			}
		})
	}
}

// A verdict is not an error, and neither is a source that nobody gave an address of: what is not known is Unknown.
func TestWithoutAddress(t *testing.T) {
	env, out := environment(terminal.Screen{Width: 100, Unicode: true}, "")
	if err := run(env, filepath.Join("testdata", "before"), "--prometheus", "other=http://127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nfaster             ? Unknown", "\ntalked-to-people   ✔ OnTrack", "No address is given for MetricSource default"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in:\n%s", want, out)
		}
	}
}

// A query that fails makes its goals Unknown with the reason, and others are judged.
func TestOneQueryFails(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("testdata", "before", "shop.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	env, out := environment(terminal.Screen{Width: 100, Unicode: true}, strings.ReplaceAll(string(content), "latency_ms", "refused_ms"))
	if err := run(env, "-", "--prometheus", fakePrometheus(t)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nfaster             ? Unknown", "\nalways-there       ✔ OnTrack", "Unknown: the query failed: many-to-many"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in:\n%s", want, out)
		}
	}
}

func TestStandardInput(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("testdata", "before", "shop.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	env, out := environment(terminal.Screen{Width: 100, Unicode: true}, strings.ReplaceAll(string(content), ", namespace: shop", ""))
	if err := run(env, "-", "--prometheus", fakePrometheus(t)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "in namespace shop") || !strings.Contains(out.String(), "\nfaster             ✔ OnTrack") {
		t.Errorf("goals without a namespace are not in that of the flags:\n%s", out)
	}
}

// Nothing is asked about a later instant than --at.
func TestInThePast(t *testing.T) {
	later := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"time", "end"} {
			if at := instantOf(number(r, name)); at.After(now.AddDate(0, -1, 0)) {
				t.Errorf("%s is asked about %s", r.FormValue("query"), at)
			}
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(later.Close)
	env, _ := environment(terminal.Screen{Width: 100, Unicode: true}, "")
	if err := run(env, filepath.Join("testdata", "before"), "--prometheus", later.URL, "--at", "2026-10-15T12:00:00Z"); err == nil {
		t.Error("a server that is not available is no answer")
	}
	env, out := environment(terminal.Screen{Width: 100, Unicode: true}, "")
	if err := run(env, filepath.Join("testdata", "before"), "--prometheus", fakePrometheus(t), "--at", "2026-10-15"); err != nil {
		t.Fatal(err)
	}
	// 900 - 2.8 · 106 days
	for _, want := range []string{"As of 2026-10-15 00:00 UTC", "603 ms"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in:\n%s", want, out)
		}
	}
}
