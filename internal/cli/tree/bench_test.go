package tree_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/cli/tree"
)

// many is how many objects the benchmarks draw trees of: a large organisation.
const many = 10000

var (
	inNamespace = regexp.MustCompile(`"namespace":"([^"]+)"`)
	named       = regexp.MustCompile(`"name":"([^"]+)"`)
)

// organisation serves lists as an API server answers them: the recorded goals with their statuses, over and over, in
// namespaces of their own, until there are many of them.
func organisation(b *testing.B) client.WithWatch {
	b.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		b.Fatal(err)
	}
	items := map[string][]json.RawMessage{}
	for copied, total := 0, 0; total < many; copied++ {
		for _, item := range cluster.Items {
			kind := item["kind"].(string)
			if kind == "MetricSource" && copied > 0 {
				continue
			}
			written, err := json.Marshal(item)
			if err != nil {
				b.Fatal(err)
			}
			suffix := fmt.Sprintf("-%03d", copied)
			text := inNamespace.ReplaceAllString(string(written), `"namespace":"${1}`+suffix+`"`)
			if kind == "Namespace" {
				text = named.ReplaceAllString(text, `"name":"${1}`+suffix+`"`)
			} else {
				total++
			}
			items[kind] = append(items[kind], json.RawMessage(text))
		}
	}
	return connect(b, items)
}

// connect is a client of a server that answers with the items of each kind.
func connect(b *testing.B, items map[string][]json.RawMessage) client.WithWatch {
	b.Helper()
	kinds := map[string]string{"objectives": "Objective", "keyresults": "KeyResult", "kpis": "KPI", "metricsources": "MetricSource", "namespaces": "Namespace"}
	answers := map[string][]byte{} // written beforehand: only the reading counts
	for resource, kind := range kinds {
		list := map[string]any{"apiVersion": "goals.okr.dev/v1alpha1", "kind": kind + "List", "metadata": map[string]any{}, "items": items[kind]}
		if kind == "Namespace" {
			list["apiVersion"], list["kind"] = "meta.k8s.io/v1", "PartialObjectMetadataList"
		}
		answer, err := json.Marshal(list)
		if err != nil {
			b.Fatal(err)
		}
		answers[resource] = answer
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answers[path.Base(r.URL.Path)])
	}))
	b.Cleanup(server.Close)
	mapper := meta.NewDefaultRESTMapper(nil)
	for kind, scope := range map[string]meta.RESTScope{"Objective": meta.RESTScopeNamespace, "KeyResult": meta.RESTScopeNamespace, "KPI": meta.RESTScopeNamespace, "MetricSource": meta.RESTScopeRoot} {
		mapper.Add(v1alpha1.GroupVersion.WithKind(kind), scope)
	}
	mapper.Add(corev1.SchemeGroupVersion.WithKind("Namespace"), meta.RESTScopeRoot)
	c, err := client.NewWithWatch(&rest.Config{Host: server.URL, QPS: -1}, client.Options{Scheme: command.Scheme(), Mapper: mapper})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// BenchmarkTree is the whole command in an organisation of 10,000 objects: the lists that are drawn are read from a server,
// trees are made of them and drawn.
func BenchmarkTree(b *testing.B) {
	c := organisation(b)
	env, _ := recorded.Cluster{}.Environment("", terminal.Screen{Width: 120, Unicode: true}, "")
	env.Cluster = func() (client.WithWatch, error) { return c, nil }
	for name, args := range map[string][]string{"objectives": {"-A"}, "keyresults": {"-A", "--key-results"}, "kpis": {"-A", "--kpis"}, "json": {"-A", "-o", "json"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var out strings.Builder
				env.Out = &out
				cmd := tree.Command(env)
				cmd.SetArgs(args)
				cmd.SetContext(b.Context())
				if err := cmd.Execute(); err != nil {
					b.Fatal(err)
				}
				if strings.Count(out.String(), "\n") < many/8 {
					b.Fatalf("only %d lines", strings.Count(out.String(), "\n"))
				}
			}
		})
	}
}
