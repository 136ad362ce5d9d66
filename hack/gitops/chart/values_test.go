package chart_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/artifacts/chart"
	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
)

// read is the text of a file, by its path from the module's root.
func read(t *testing.T, path string) []byte {
	t.Helper()
	root, err := servers.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestChartIsLinted(t *testing.T) {
	for reason, values := range map[string][]string{"as it comes": nil, "with everything": append(slices.Clone(everything), "--set", "prometheus.url=http://a")} {
		out, err := rendered.Helm(t.TempDir(), os.DevNull, append([]string{"lint", "--strict", "--kube-version", "1.36", chart.Dir}, values...)...)
		if err != nil {
			t.Errorf("%s: %v", reason, err)
		}
		if !strings.Contains(out, "1 chart(s) linted, 0 chart(s) failed") {
			t.Errorf("%s: want a chart that was linted, got: %s", reason, out)
		}
	}
}

// Whoever mistypes a value is told so, with its name, before anything is installed.
func TestMistypedValuesAreRefused(t *testing.T) {
	for reason, test := range map[string]struct {
		set  string
		want []string
	}{
		"a name that is mistyped":                  {"promtheus.url=http://a", []string{"'promtheus' not allowed"}},
		"a name within":                            {"image.tga=v1", []string{"at '/image'", "'tga' not allowed"}},
		"a name far within":                        {"prometheus.tls.ca.secret.name=a", []string{"at '/prometheus/tls/ca'", "'secret' not allowed"}},
		"a text for a number":                      {"replicas=two", []string{"at '/replicas'", "want integer"}},
		"a text for a truth":                       {"crds.keep=nope", []string{"at '/crds/keep'", "want boolean"}},
		"a number for a label":                     {"podLabels.tier=1", []string{"at '/podLabels/tier'", "want string"}},
		"an address of something else":             {"prometheus.url=ftp://a", []string{"at '/prometheus/url'", "'ftp://a'"}},
		"an address with a password":               {"prometheus.url=http://me:secret@a", []string{"at '/prometheus/url'"}},
		"a user without a password":                {"prometheus.basicAuth.username=me", []string{"'passwordSecretRef' required"}},
		"a Secret without a key":                   {"prometheus.bearerTokenSecretRef.name=a", []string{"'key' required"}},
		"a certificate without its key":            {"prometheus.tls.certSecretRef.name=a,prometheus.tls.certSecretRef.key=b", []string{"'keySecretRef' required"}},
		"a selector that is missing":               {"prometheus.allowedNamespaces.from=Selector", []string{"'selector'"}},
		"an image with its tag":                    {"image.repository=registry.example:5000/okr-controller:v0.1.0", []string{"at '/image/repository'"}},
		"dashboards of nothing":                    {"dashboards.grafanaOperator.enabled=true", []string{"at '/dashboards/enabled'", "value must be true"}},
		"warnings of nothing":                      {"policies.warn=true", []string{"at '/policies/enabled'", "value must be true"}},
		"a digest that is none":                    {"image.digest=sha256:1", []string{"at '/image/digest'"}},
		"a policy that does not exist":             {"image.pullPolicy=Sometimes", []string{"at '/image/pullPolicy'", "'IfNotPresent'"}},
		"no account at all":                        {"serviceAccount.create=false", []string{"at '/serviceAccount/name'"}},
		"a memory limit that is not whole Mi":      {"resources.limits.memory=300M", []string{"goMemLimit", "resources.limits.memory", `"300M"`}},
		"a GOMEMLIMIT that Go does not understand": {"goMemLimit=1Gi", []string{"at '/goMemLimit'"}},
		"a flag that is none":                      {"extraArgs={status-interval}", []string{"at '/extraArgs/0'"}},
		"a field of a peer":                        {"networkPolicy.sources[0].from=1", []string{"at '/networkPolicy/sources/0'", "'from' not allowed"}},
		"a default that is taken away":             {"crds.keep=null", []string{"at '/crds'", "'keep'"}},
		"ports that would be all":                  {"networkPolicy.apiServerPorts=null", []string{"at '/networkPolicy'", "'apiServerPorts'"}},
		"a part that is taken away":                {"networkPolicy=null", []string{"'networkPolicy'"}},
		"a label that Pods are selected by":        {`podLabels.app\.kubernetes\.io/name=x`, []string{"at '/podLabels/app.kubernetes.io~1name'"}},
		"a label that says whose an object is":     {`commonLabels.app\.kubernetes\.io/managed-by=x`, []string{"at '/commonLabels/app.kubernetes.io~1managed-by'"}},
		"a label of two lines":                     {"commonLabels.a=x\n  b: c", []string{"at '/commonLabels/a'"}},
		"an account of two lines":                  {"serviceAccount.name=x\n      hostNetwork: true", []string{"at '/serviceAccount/name'"}},
		"a reader who brings others along":         {"serviceMonitor.prometheus.serviceAccount=x\n  - kind: Group", []string{"at '/serviceMonitor/prometheus/serviceAccount'"}},
		"a namespace of two lines":                 {"dashboards.namespace=x\n  labels: {}", []string{"at '/dashboards/namespace'"}},
		"an address that is YAML":                  {"prometheusRule.runbookBaseURL=https://a: b", []string{"at '/prometheusRule/runbookBaseURL'"}},
		"a name that a Service cannot have":        {"fullnameOverride=1okr", []string{"at '/fullnameOverride'"}},
		"a slash that would be two":                {"prometheusRule.runbookBaseURL=https://a/", []string{"at '/prometheusRule/runbookBaseURL'"}},
	} {
		_, err := tryTemplate(t, "--set", test.set)
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: want an error with %q, got: %v", reason, want, err)
			}
		}
	}
}

func TestValuesAreExplained(t *testing.T) {
	table, err := chart.Table(read(t, chart.Dir+"/values.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(read(t, chart.Dir+"/README.md")), table) {
		t.Error("the README's table of values is not that of values.yaml: run `make generate`")
	}
	if _, err := chart.Table([]byte("a:\n  # -- Explained.\n  b: 1\n  c: 2\n")); err == nil || !strings.Contains(err.Error(), "a.c") {
		t.Errorf("a value without a comment must be an error that names it, got: %v", err)
	}
}

// schema is the part of a JSON schema that says which names there are.
type schema struct {
	Ref        string            `json:"$ref"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
}

// A value that the schema refuses, or a name of the schema that no template reads, would be found by nobody.
func TestSchemaHasTheValues(t *testing.T) {
	var s schema
	if err := json.Unmarshal(read(t, chart.Dir+"/values.schema.json"), &s); err != nil {
		t.Fatal(err)
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(read(t, chart.Dir+"/values.yaml"), &values); err != nil {
		t.Fatal(err)
	}
	// For charts that this one is a part of.
	values["global"] = map[string]any{}
	compareNames(t, "", s, values)
}

func compareNames(t *testing.T, path string, s schema, values map[string]any) {
	t.Helper()
	for name := range maps.Keys(s.Properties) {
		if _, ok := values[name]; !ok {
			t.Errorf("%s%s is in the schema and not in values.yaml", path, name)
		}
	}
	for name, value := range values {
		of, ok := s.Properties[name]
		if !ok {
			t.Errorf("%s%s is in values.yaml and not in the schema", path, name)
		}
		// A map that is empty, or that people fill with names of their own, says nothing about the schema.
		if within, isMap := value.(map[string]any); isMap && len(within) > 0 && path == "" && len(of.Properties) > 0 {
			compareNames(t, name+".", of, within)
		}
	}
}

// The values of prometheus are the fields of a MetricSource's spec.prometheus, name by name, and have no more and no fewer.
func TestSchemaHasTheFieldsOfAMetricSource(t *testing.T) {
	var values struct {
		schema
		Definitions map[string]schema `json:"definitions"`
	}
	if err := json.Unmarshal(read(t, chart.Dir+"/values.schema.json"), &values); err != nil {
		t.Fatal(err)
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(read(t, "config/crd/bases/goals.okr.dev_metricsources.yaml"), &crd); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].Properties["prometheus"])
	if err != nil {
		t.Fatal(err)
	}
	var fields schema
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	got := names("", values.Properties["prometheus"], values.Definitions)
	got = slices.DeleteFunc(got, func(name string) bool { return strings.HasPrefix(name, "allowedNamespaces") })
	if want := names("", fields, nil); !slices.Equal(got, want) {
		t.Errorf("the schema of prometheus has\n%s\nand spec.prometheus of a MetricSource\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// names are the paths of all fields.
func names(path string, s schema, definitions map[string]schema) []string {
	if name, ok := strings.CutPrefix(s.Ref, "#/definitions/"); ok {
		s = definitions[name]
	}
	if s.Items != nil {
		return names(path+"[]", *s.Items, definitions)
	}
	if len(s.Properties) == 0 {
		return []string{path}
	}
	var all []string
	for name, of := range s.Properties {
		all = append(all, names(strings.TrimPrefix(path+"."+name, "."), of, definitions)...)
	}
	slices.Sort(all)
	return all
}

// What people set arrives where it belongs.
func TestValuesArrive(t *testing.T) {
	for reason, test := range map[string]struct {
		set, kind, path string
		want            any
	}{
		"the image's tag is the chart's version": {"", "Deployment", "spec.template.spec.containers.0.image", "okr-controller:v0.1.0"},
		"a tag":                                  {"image.repository=r.example/okr,image.tag=v2", "Deployment", "spec.template.spec.containers.0.image", "r.example/okr:v2"},
		"a digest wins":                          {"image.tag=v2,image.digest=sha256:" + strings.Repeat("a", 64), "Deployment", "spec.template.spec.containers.0.image", "okr-controller@sha256:" + strings.Repeat("a", 64)},
		"memory decides about GOMEMLIMIT":        {"resources.limits.memory=2Gi", "Deployment", "spec.template.spec.containers.0.env.1.value", "1843MiB"},
		"unless it is said":                      {"goMemLimit=1GiB", "Deployment", "spec.template.spec.containers.0.env.1.value", "1GiB"},
		"without a limit there is none":          {"resources.limits=null", "Deployment", "spec.template.spec.containers.0.env.1", nil},
		"a flag":                                 {"extraArgs={--status-interval=10m}", "Deployment", "spec.template.spec.containers.0.args.3", "--status-interval=10m"},
		"a pull secret":                          {"imagePullSecrets[0].name=registry", "Deployment", "spec.template.spec.imagePullSecrets.0.name", "registry"},
		"a certificate of one's own":             {"metricsCertificate=tls", "Deployment", "spec.template.spec.volumes.0.secret.secretName", "tls"},
		"is mounted where it is looked for":      {"metricsCertificate=tls", "Deployment", "spec.template.spec.containers.0.volumeMounts.0.mountPath", "/tmp/k8s-metrics-server/serving-certs"},
		"and can be checked":                     {"serviceMonitor.enabled=true,serviceMonitor.tlsConfig.insecureSkipVerify=null,serviceMonitor.tlsConfig.serverName=okr", "ServiceMonitor", "spec.endpoints.0.tlsConfig", map[string]any{"serverName": "okr"}},
		"another name":                           {"fullnameOverride=goals", "Deployment", "metadata.name", "goals-controller-manager"},
		"an account of one's own":                {"serviceAccount.create=false,serviceAccount.name=mine", "Deployment", "spec.template.spec.serviceAccountName", "mine"},
		"a single replica":                       {"replicas=1", "Deployment", "spec.replicas", 1},
		"labels of everything":                   {"commonLabels.cost=x", "NetworkPolicy", "metadata.labels.cost", "x"},
		"labels of the Pods":                     {"podLabels.tier=x", "Deployment", "spec.template.metadata.labels.tier", "x"},
		"annotations of the Pods":                {"podAnnotations.tier=x", "Deployment", "spec.template.metadata.annotations.tier", "x"},
		"a node selector":                        {"nodeSelector.disk=ssd", "Deployment", "spec.template.spec.nodeSelector.disk", "ssd"},
		"a toleration":                           {"tolerations[0].operator=Exists", "Deployment", "spec.template.spec.tolerations.0.operator", "Exists"},
		"affinity":                               {"affinity.nodeAffinity.a=b", "Deployment", "spec.template.spec.affinity.nodeAffinity.a", "b"},
		"another spread":                         {"topologySpreadConstraints[0].topologyKey=rack", "Deployment", "spec.template.spec.topologySpreadConstraints.0.topologyKey", "rack"},
		"a priority":                             {"priorityClassName=high", "Deployment", "spec.template.spec.priorityClassName", "high"},
		"annotations of the account":             {"serviceAccount.annotations.a=b", "ServiceAccount", "metadata.annotations.a", "b"},
		"another port of the API server":         {"networkPolicy.apiServerPorts={8443}", "NetworkPolicy", "spec.egress.0.ports.0.port", 8443},
		"Prometheus elsewhere":                   {"networkPolicy.sources[0].ports[0].port=10902", "NetworkPolicy", "spec.egress.2.ports.0.port", 10902},
		"nobody reads metrics":                   {"networkPolicy.metricsFrom=null", "NetworkPolicy", "spec.ingress", nil},
		"a source":                               {"prometheus.url=http://a:9090/x", "MetricSource", "spec.prometheus.url", "http://a:9090/x"},
		"a password":                             {"prometheus.url=https://a,prometheus.basicAuth.username=me,prometheus.basicAuth.passwordSecretRef.name=s,prometheus.basicAuth.passwordSecretRef.key=k", "MetricSource", "spec.prometheus.basicAuth.passwordSecretRef.key", "k"},
		"an authority":                           {"prometheus.url=https://a,prometheus.tls.ca.configMapRef.name=c,prometheus.tls.ca.configMapRef.key=k", "MetricSource", "spec.prometheus.tls.ca.configMapRef.name", "c"},
		"what is not said is left out":           {"prometheus.url=https://a", "MetricSource", "spec.prometheus.tls", nil},
		"namespaces":                             {"prometheus.url=https://a,prometheus.allowedNamespaces.from=Selector,prometheus.allowedNamespaces.selector.matchLabels.a=b", "MetricSource", "spec.allowedNamespaces.selector.matchLabels.a", "b"},
		"the source stays":                       {"prometheus.url=https://a", "MetricSource", "metadata.annotations.helm!sh/resource-policy", "keep"},
		"Argo CD does not prune the source":      {"prometheus.url=https://a", "MetricSource", "metadata.annotations.argocd!argoproj!io/sync-options", "Prune=false"},
		"or goes":                                {"prometheus.url=https://a,crds.keep=false", "MetricSource", "metadata.annotations", nil},
		"which ServiceMonitors are read":         {"serviceMonitor.enabled=true,serviceMonitor.labels.release=kps", "ServiceMonitor", "metadata.labels.release", "kps"},
		"how often":                              {"serviceMonitor.enabled=true,serviceMonitor.interval=15s", "ServiceMonitor", "spec.endpoints.0.interval", "15s"},
		"which PrometheusRules are read":         {"prometheusRule.enabled=true,prometheusRule.labels.release=kps", "PrometheusRule", "metadata.labels.release", "kps"},
	} {
		objects, err := tryTemplate(t, "--set", test.set)
		if err != nil {
			t.Errorf("%s: %v", reason, err)
			continue
		}
		if got := at(one(t, objects, test.kind), test.path); fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: %s of the %s is %#v, want %#v", reason, test.path, test.kind, got, test.want)
		}
	}
}

// Whatever people call releases, namespaces and labels: it is text, and no key is written twice.
func TestNamesAreTextAndLabelsAreWrittenOnce(t *testing.T) {
	for _, test := range []struct{ release, namespace, service string }{
		{"true", "123", "true-controller-manager-metrics"},
		{"okr.v1", "0x1f", "okr-v1-controller-manager-metrics"},
		{strings.Repeat("a", 53), strings.Repeat("9", 63), strings.Repeat("a", 36) + "-controller-manager-metrics"},
	} {
		out, err := rendered.Helm(t.TempDir(), os.DevNull, append([]string{"template", test.release, chart.Dir, "-n", test.namespace, "--kube-version", "1.36",
			"--set", "commonLabels.team=a,podLabels.team=b,serviceMonitor.labels.team=c,prometheusRule.labels.team=d,dashboards.labels.team=e",
			"--set", `podAnnotations.kubectl\.kubernetes\.io/default-container=other`}, everything...)...)
		if err != nil {
			t.Fatal(err)
		}
		for document := range strings.SplitSeq(out, "\n---\n") {
			if err := yaml.UnmarshalStrict([]byte(document), &map[string]any{}); err != nil {
				t.Errorf("release %s: %v in\n%s", test.release, err, document)
			}
		}
		objects, err := rendered.Parse([]byte(out))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			if labels, ok := at(o, "metadata.labels").(map[string]any); !ok || labels["app.kubernetes.io/instance"] != test.release {
				t.Errorf("%s: the release is %v, want the text %s", rendered.Name(o), labels["app.kubernetes.io/instance"], test.release)
			}
			if namespace := at(o, "metadata.namespace"); namespace != nil && namespace != test.namespace {
				t.Errorf("%s: the namespace is %v, want the text %s", rendered.Name(o), namespace, test.namespace)
			}
		}
		if got := one(t, objects, "Service").GetName(); got != test.service {
			t.Errorf("release %s: the Service is %s, want %s", test.release, got, test.service)
		}
		for kind, want := range map[string]string{"Service": "a", "ServiceMonitor": "c", "PrometheusRule": "d"} {
			if got := one(t, objects, kind).GetLabels()["team"]; got != want {
				t.Errorf("%s: team is %q, want %q", kind, got, want)
			}
		}
		if got := at(one(t, objects, "Deployment"), "spec.template.metadata.labels.team"); got != "b" {
			t.Errorf("the Pods' team is %v", got)
		}
	}
	_, err := rendered.Helm(t.TempDir(), os.DevNull, "template", "1okr", chart.Dir, "--kube-version", "1.36")
	if err == nil || !strings.Contains(err.Error(), "set fullnameOverride") {
		t.Errorf("a Service cannot be called 1okr-…: %v", err)
	}
}

// Who reads metrics is said by two bindings.
func TestPrometheusIsGivenAccess(t *testing.T) {
	objects := template(t, "--set", "serviceMonitor.enabled=true,serviceMonitor.prometheus.serviceAccount=kps-prometheus,serviceMonitor.prometheus.namespace=mon")
	var bound []string
	for _, o := range objects {
		if at(o, "subjects.0.name") == "kps-prometheus" && at(o, "subjects.0.namespace") == "mon" {
			bound = append(bound, rendered.Name(o))
		}
	}
	slices.Sort(bound)
	if want := []string{"ClusterRoleBinding okr-metrics-reader", "RoleBinding okr-system/okr-prometheus"}; !slices.Equal(bound, want) {
		t.Errorf("bound are %q, want %q", bound, want)
	}
}

// Runbooks are where people keep them, and nothing else of the rules changes: what Prometheus fills in is not Helm's to fill in.
func TestRunbooksAreWhereTheyAreKept(t *testing.T) {
	render := func(base string) string {
		rule := one(t, template(t, "--set", "prometheusRule.enabled=true,prometheusRule.runbookBaseURL="+base), "PrometheusRule")
		return marshal(t, rule)
	}
	const published, own = "https://okr.dev/runbooks", "https://wiki.example/okr"
	got := render(own)
	if strings.Contains(got, published) || !strings.Contains(got, "runbook_url: "+own+"/okr-objective-off-track") {
		t.Errorf("want every runbook at %s, got\n%s", own, got)
	}
	if strings.ReplaceAll(got, own, published) != render(published) || !strings.Contains(got, "{{ $labels.name }}") {
		t.Errorf("want the rules as they are written, got\n%s", got)
	}
}

// Dashboards go where the sidecar looks, byte by byte as they were generated.
func TestDashboardsGoWhereTheSidecarLooks(t *testing.T) {
	objects := template(t, "--set", "dashboards.enabled=true,dashboards.namespace=grafana,dashboards.labels.sidecar=yes,dashboards.annotations.grafana_folder=Goals")
	shown := 0
	for _, o := range objects {
		if o.GetKind() != "ConfigMap" {
			continue
		}
		shown++
		if o.GetNamespace() != "grafana" || o.GetLabels()["sidecar"] != "yes" || o.GetAnnotations()["grafana_folder"] != "Goals" {
			t.Errorf("%s: namespace, labels or annotations are not those that were said: %v", rendered.Name(o), o.Object["metadata"])
		}
		data, _, err := unstructured.NestedStringMap(o.Object, "data")
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range data {
			if text != string(read(t, "config/grafana/dashboards/"+name)) {
				t.Errorf("%s: %s is not the dashboard as it was generated", rendered.Name(o), name)
			}
		}
	}
	if shown == 0 {
		t.Error("there are no dashboards")
	}
}

// Roles that are not aggregated say nothing to the cluster's own.
func TestRolesAreAggregatedOrNot(t *testing.T) {
	for set, want := range map[string]int{"rbac.aggregate=true": 8, "rbac.aggregate=false": 0} {
		got := 0
		for _, o := range template(t, "--set", set) {
			for label := range o.GetLabels() {
				if strings.HasPrefix(label, "rbac.authorization.k8s.io/aggregate-to-") {
					got++
					break
				}
			}
		}
		if got != want {
			t.Errorf("%s: %d roles are aggregated, want %d", set, got, want)
		}
	}
}
