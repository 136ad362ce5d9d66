package lint_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/cli/admission"
	"okr.dev/controller/internal/cli/lint"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/practice"
)

const root = "../../.."

// binaries are where the servers are.
func binaries() string {
	if dir := os.Getenv("KUBEBUILDER_ASSETS"); dir != "" {
		return dir
	}
	return root + "/bin"
}

// asked is a document that both are asked about.
type asked struct {
	what     string
	resource string
	text     string
}

// lineages is how many documents are made; both verdicts must be among them often.
const lineages = 600

// A document that the API server refuses is refused, and one that it admits is admitted.
func TestVerdictsAreThoseOfTheAPIServer(t *testing.T) {
	plane, err := servers.StartControlPlane(servers.ControlPlaneOptions{BinDir: binaries(), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plane.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := plane.InstallCRDs(root + "/config/crd/bases"); err != nil {
		t.Fatal(err)
	}
	config := plane.Config()
	config.APIPath, config.GroupVersion, config.NegotiatedSerializer = "/apis", &v1alpha1.GroupVersion, scheme.Codecs.WithoutConversion()
	config.QPS = -1
	client, err := rest.RESTClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	documents := mutations(t)
	refused := 0
	for _, d := range documents {
		if foreign(d.text) {
			continue
		}
		request := client.Post().Resource(d.resource).Param("dryRun", "All").Param("fieldValidation", "Strict").
			SetHeader("Content-Type", "application/yaml").Body([]byte(d.text))
		if d.resource != "metricsources" {
			request = request.Namespace("default")
		}
		said := request.Do(t.Context()).Error()
		if said != nil && !apierrors.IsInvalid(said) && !apierrors.IsBadRequest(said) && !strings.Contains(said.Error(), "converting YAML to JSON") &&
			!strings.Contains(said.Error(), "cannot unmarshal") {
			t.Fatalf("%s: the server does not judge: %v\n%s", d.what, said, d.text)
		}
		if said != nil {
			refused++
		}
		findings := refusals(t, d.text)
		if (said != nil) != (len(findings) > 0) {
			t.Errorf("%s: the server says %v, lint says %v\n%s", d.what, said, findings, clipped(d.text))
		}
	}
	if admitted := len(documents) - refused; refused < 200 || admitted < 100 {
		t.Errorf("%d were refused and %d admitted: both must be many, or nothing is compared", refused, admitted)
	}
}

// foreign reports whether nothing is left of a document by which a goal is known: objects of others are passed over.
func foreign(text string) bool {
	documents := manifest.Parse(manifest.Stdin, []byte(text)).Documents
	if len(documents) == 0 {
		return true
	}
	head := documents[0].Head()
	return documents[0].Err == nil && !head.Ours() && (strings.Contains(head.APIVersion, "/") || !slices.Contains(admission.Kinds(), head.Kind))
}

func clipped(text string) string {
	if len(text) > 3000 {
		return text[:3000] + "…"
	}
	return text
}

// refusals are the findings that say that a document would be refused.
func refusals(t *testing.T, text string) []string {
	t.Helper()
	report, err := lint.Run(t.Context(), lint.Options{Paths: []string{manifest.Stdin}, In: strings.NewReader(text), Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range report.Findings {
		if f.Severity == practice.Error && (strings.HasPrefix(f.Rule, "API") || f.Rule == "YAML001" || f.Rule == "YAML002") {
			found = append(found, fmt.Sprintf("line %d: %s %s: %s", f.Line, f.Rule, f.Field, f.Message))
		}
	}
	return found
}

// mutations are the samples, and what becomes of them by one or two slips.
func mutations(t *testing.T) []asked {
	t.Helper()
	var documents []asked
	for _, file := range []string{"company-a/*.yaml", "online-shop/*.yaml", "platform/*.yaml", "library/*.yaml", "tenancy/metricsource.yaml", "metricsource.yaml", "web-agency/*.yaml"} {
		paths, err := filepath.Glob(filepath.Join(root, "config", "samples", file))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no samples %s: %v", file, err)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range manifest.Parse(path, content).Documents {
				head := d.Head()
				if !head.Ours() {
					continue
				}
				text := strings.ReplaceAll(string(content[d.Start:d.End]), "namespace: "+head.Namespace+"\n", "namespace: default\n")
				resource := map[string]string{"Objective": "objectives", "KeyResult": "keyresults", "KPI": "kpis", "MetricSource": "metricsources"}[head.Kind]
				documents = append(documents, asked{"as it is: " + head.Name, resource, text})
			}
		}
	}
	random := rand.New(rand.NewPCG(5, 2026))
	samples := len(documents)
	for i := range lineages {
		d := documents[random.IntN(samples)]
		d.what = fmt.Sprintf("%d", i)
		for range 1 + random.IntN(2) {
			d = slip(random, d)
		}
		documents = append(documents, d)
	}
	return documents
}

// slip is one mistake, in the text or in the values.
func slip(random *rand.Rand, d asked) asked {
	if random.IntN(4) == 0 {
		return textSlip(random, d)
	}
	data, err := yaml.YAMLToJSON([]byte(d.text))
	if err != nil {
		return d
	}
	object := map[string]any{}
	if err := utiljson.Unmarshal(data, &object); err != nil {
		return d
	}
	parents := []any{}
	var walk func(value any)
	walk = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			parents = append(parents, value)
			for _, key := range slices.Sorted(mapKeys(value)) {
				walk(value[key])
			}
		case []any:
			parents = append(parents, value)
			for _, child := range value {
				walk(child)
			}
		}
	}
	walk(object["spec"])
	for range 2 {
		parents = append(parents, object, object["metadata"])
	}
	d.what += ", " + change(random, parents[random.IntN(len(parents))], object)
	text, err := yaml.Marshal(object)
	if err != nil {
		return d
	}
	d.text = string(text)
	return d
}

// values take the place of others.
var values = []any{
	int64(7), int64(-1), int64(1 << 40), 0.5, true, nil, "", "x", "2026-02-30", "2026-11-20", "2026-11-20T00:00:00Z", "99.95", "1e3", "-3", "Active", "Committed", "7d", "6", "1h30m",
	strings.Repeat("x", 254), strings.Repeat("x", 5000), []any{}, []any{"a"}, map[string]any{}, map[string]any{"name": "a"}, "up{", "rate(x[$__window])", "Europe/Berlin", "2026-Q4", "2026", "a/b", "Ünï",
}

func change(random *rand.Rand, parent any, object map[string]any) string {
	switch parent := parent.(type) {
	case map[string]any:
		names := slices.Sorted(mapKeys(parent))
		if len(names) == 0 {
			parent["added"] = "x"
			return "a field added"
		}
		name := names[random.IntN(len(names))]
		if name == "namespace" || name == "metadata" && random.IntN(3) > 0 {
			return "nothing"
		}
		switch random.IntN(6) {
		case 0:
			delete(parent, name)
			return "without " + name
		case 1:
			parent[name+"s"] = parent[name]
			return "with " + name + "s"
		case 2:
			parent[name+"x"] = parent[name]
			delete(parent, name)
			return name + " renamed"
		default:
			value := values[random.IntN(len(values))]
			parent[name] = value
			return fmt.Sprintf("%s is %.40v", name, value)
		}
	case []any:
		if len(parent) == 0 {
			return "nothing"
		}
		parent[random.IntN(len(parent))] = parent[0]
		return "an entry repeated"
	default:
		annotations := map[string]any{"note": strings.Repeat("y", 1<<random.IntN(20))}
		object["metadata"] = map[string]any{"name": "x", "annotations": annotations, "labels": map[string]any{"cycle": values[random.IntN(len(values))]}}
		return "with annotations and a label"
	}
}

func mapKeys(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

// textSlip is a mistake that only a text can have.
func textSlip(random *rand.Rand, d asked) asked {
	lines := strings.Split(d.text, "\n")
	i := random.IntN(len(lines))
	switch random.IntN(6) {
	case 0:
		d.what, lines = d.what+", a line twice", slices.Insert(lines, i, lines[i])
	case 1:
		d.what, lines = d.what+", a line lost", slices.Delete(lines, i, i+1)
	case 2:
		d.what += ", nothing is quoted"
		return asked{d.what, d.resource, strings.ReplaceAll(d.text, `"`, "")}
	case 3:
		d.what += ", a key of YAML 1.1"
		return asked{d.what, d.resource, strings.Replace(d.text, "date:", "on:", 1)}
	case 4:
		d.what, lines[i] = d.what+", indented", " "+lines[i]
	default:
		key, _, _ := strings.Cut(lines[i], ":")
		word := []string{"yes", "~", "2026", "010", "1:30", "0x1F", "1_000", "#checkout", "2026-10-12 # x", "[a, b", "%", "*x", "&y", ".nan", "'", "|", "!!str 7", "<<"}[random.IntN(18)]
		d.what, lines[i] = d.what+", "+word, key+": "+word
	}
	d.text = strings.Join(lines, "\n")
	return d
}
