package example

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/gitops/rendered"
)

// goalsOf are the folders of goals, and the namespace of each.
var goalsOf = map[string]string{"company": "company", "teams/checkout": "checkout", "teams/platform": "platform"}

var kinds = []string{"Objective", "KeyResult", "KPI"}

// application is what the tests read of Argo CD's kind; that it has these fields and no others is tested with its definition.
type application struct {
	Metadata struct{ Name string }
	Spec     struct {
		Project     string
		Source      struct{ RepoURL, TargetRevision, Path string }
		Destination struct{ Server, Namespace string }
	}
}

// applications are those that the ApplicationSet makes of the repository: Argo CD's git generator matches directories with
// path.Match, and renders strings with text/template.
func applications(t *testing.T, repository string) []application {
	t.Helper()
	var set struct {
		Spec struct {
			GoTemplateOptions []string
			Generators        []struct {
				Git struct {
					RepoURL, Revision string
					Directories       []struct{ Path string }
				}
			}
			Template json.RawMessage
		}
	}
	load(t, &set, repository, "argocd", "applicationset.yaml")
	text, err := template.New("").Option(set.Spec.GoTemplateOptions...).Parse(string(set.Spec.Template))
	if err != nil {
		t.Fatal(err)
	}
	var made []application
	for _, pattern := range set.Spec.Generators[0].Git.Directories {
		folders, err := filepath.Glob(filepath.Join(repository, filepath.FromSlash(pattern.Path)))
		if err != nil || len(folders) == 0 {
			t.Errorf("%s matches no folder: %v", pattern.Path, err)
		}
		for _, folder := range folders {
			relative, err := filepath.Rel(repository, folder)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			parameters := map[string]any{"path": map[string]any{"path": filepath.ToSlash(relative), "basename": path.Base(relative)}}
			if err := text.Execute(&out, parameters); err != nil {
				t.Fatal(err)
			}
			var a application
			if err := yaml.Unmarshal(out.Bytes(), &a); err != nil {
				t.Fatal(err)
			}
			if a.Spec.Source.RepoURL != set.Spec.Generators[0].Git.RepoURL || a.Spec.Source.TargetRevision != set.Spec.Generators[0].Git.Revision {
				t.Errorf("%s comes from %+v, and the folders from elsewhere", a.Metadata.Name, a.Spec.Source)
			}
			made = append(made, a)
		}
	}
	return made
}

// Each folder of goals is an Application, whose project admits what is in the folder, where it belongs, and nothing else.
func TestArgoCDKeepsEachFolderToItsNamespace(t *testing.T) {
	repository := copied(t)
	cluster := render(t, repository, "clusters/overlays/production")
	projects := render(t, repository, "argocd")
	folders := []string{}
	for _, a := range applications(t, repository) {
		folder, namespace := a.Spec.Source.Path, a.Spec.Destination.Namespace
		folders = append(folders, folder)
		if namespace != goalsOf[folder] || named(cluster, "Namespace", namespace) == nil {
			t.Errorf("%s goes into the namespace %q", folder, namespace)
		}
		onlyGoals(t, render(t, repository, folder), namespace)

		found := named(projects, "AppProject", a.Spec.Project)
		if found == nil {
			t.Errorf("%s: there is no project %s", folder, a.Spec.Project)
			continue
		}
		var project struct {
			Spec struct {
				SourceRepos                                          []string
				Destinations                                         []struct{ Server, Namespace string }
				NamespaceResourceWhitelist, ClusterResourceWhitelist []struct{ Group, Kind string }
			}
		}
		convert(t, found, &project)
		spec := project.Spec
		if !slices.Equal(spec.SourceRepos, []string{a.Spec.Source.RepoURL}) || len(spec.Destinations) != 1 ||
			spec.Destinations[0] != a.Spec.Destination || len(spec.ClusterResourceWhitelist) > 0 {
			t.Errorf("%s: %+v, for %+v", found.GetName(), spec, a.Spec)
		}
		allowed := []string{}
		for _, kind := range spec.NamespaceResourceWhitelist {
			if kind.Group == "goals.okr.dev" {
				allowed = append(allowed, kind.Kind)
			}
		}
		if len(allowed) != len(spec.NamespaceResourceWhitelist) || !slices.Equal(allowed, kinds) {
			t.Errorf("%s allows %v", found.GetName(), spec.NamespaceResourceWhitelist)
		}
	}
	if want := []string{"company", "teams/checkout", "teams/platform"}; !slices.Equal(folders, want) {
		t.Errorf("applications for %q, want %q", folders, want)
	}
	for _, a := range ofKind(projects, "Application") {
		var direct application
		convert(t, a, &direct)
		if strings.HasSuffix(direct.Spec.Source.RepoURL, "/goals.git") {
			render(t, repository, direct.Spec.Source.Path)
		}
	}
}

// onlyGoals wants objects that a team may bring, in one namespace.
func onlyGoals(t *testing.T, objects []*unstructured.Unstructured, namespace string) {
	t.Helper()
	for _, o := range objects {
		if !slices.Contains(kinds, o.GetKind()) || o.GetNamespace() != namespace {
			t.Errorf("%s is not a goal of %s", rendered.Name(o), namespace)
		}
	}
}

// Each folder of goals has a Kustomization, which is applied as an account with a binding in the folder's namespace.
func TestFluxAppliesEachFolderAsItsAccount(t *testing.T) {
	repository := copied(t)
	cluster := render(t, repository, "clusters/overlays/production")
	objects := render(t, repository, "flux")
	folders := []string{}
	for _, o := range ofKind(objects, "Kustomization") {
		var k kustomization
		convert(t, o, &k)
		source := named(objects, k.Spec.SourceRef.Kind, k.Spec.SourceRef.Name)
		if source == nil {
			t.Errorf("%s: there is no %+v", o.GetName(), k.Spec.SourceRef)
		}
		for _, other := range k.Spec.DependsOn {
			if named(objects, "Kustomization", other.Name) == nil {
				t.Errorf("%s depends on %s, which there is not", o.GetName(), other.Name)
			}
		}
		if k.Spec.SourceRef.Name != "goals" {
			continue
		}
		folder := path.Clean(k.Spec.Path)
		render(t, repository, folder)
		if strings.HasPrefix(folder, "clusters/") {
			continue // with the rights of Flux
		}
		folders = append(folders, folder)
		if k.Spec.TargetNamespace != goalsOf[folder] || named(objects, "ServiceAccount", k.Spec.ServiceAccountName) == nil {
			t.Errorf("%s: %+v", folder, k.Spec)
		}
		onlyGoals(t, render(t, repository, folder), k.Spec.TargetNamespace)
		bound := []string{}
		for _, binding := range ofKind(cluster, "RoleBinding") {
			subjects, _, _ := unstructured.NestedSlice(binding.Object, "subjects")
			account := map[string]any{"kind": "ServiceAccount", "name": k.Spec.ServiceAccountName, "namespace": o.GetNamespace()}
			if len(subjects) == 1 && equality.Semantic.DeepEqual(subjects[0], account) {
				bound = append(bound, binding.GetNamespace())
			}
		}
		if !slices.Equal(bound, []string{k.Spec.TargetNamespace}) {
			t.Errorf("%s has rights in %q", k.Spec.ServiceAccountName, bound)
		}
	}
	if want := []string{"teams/checkout", "company", "teams/platform"}; !slices.Equal(folders, want) {
		t.Errorf("kustomizations for %q, want %q", folders, want)
	}
	if bindings := ofKind(cluster, "ClusterRoleBinding"); len(bindings) > 0 {
		t.Errorf("nobody needs rights in all namespaces: %v", bindings)
	}
}

// kustomization is what the tests read of Flux's kind.
type kustomization struct {
	Spec struct {
		SourceRef                                 struct{ Kind, Name string }
		DependsOn                                 []struct{ Name string }
		Path, TargetNamespace, ServiceAccountName string
		Images                                    []struct{ Name, NewName, NewTag string }
		Patches                                   []any
		HealthCheckExprs                          []any
	}
}

// Flux judges goals by the rules of config/gitops/flux, which are tested elsewhere.
func TestFluxJudgesAsItShould(t *testing.T) {
	var want kustomization
	load(t, &want, module(t), "config", "gitops", "flux", "health-check-exprs.yaml")
	for _, o := range ofKind(render(t, copied(t), "flux"), "Kustomization") {
		var got kustomization
		convert(t, o, &got)
		if len(want.Spec.HealthCheckExprs) != 4 || !equality.Semantic.DeepEqual(got.Spec.HealthCheckExprs, want.Spec.HealthCheckExprs) {
			t.Errorf("%s: %v, want %v", o.GetName(), got.Spec.HealthCheckExprs, want.Spec.HealthCheckExprs)
		}
	}
}

// What differs between clusters is where the numbers come from.
func TestClustersDifferInTheirSourceOnly(t *testing.T) {
	repository := copied(t)
	base := render(t, repository, "clusters/base")
	for _, overlay := range []string{"clusters/overlays/production", "clusters/overlays/trial"} {
		objects := render(t, repository, overlay)
		if len(objects) != len(base) {
			t.Fatalf("%s has %d objects, the base %d", overlay, len(objects), len(base))
		}
		for i, o := range objects {
			if o.GetKind() != "MetricSource" && !equality.Semantic.DeepEqual(o, base[i]) {
				t.Errorf("%s: %s is not that of the base", overlay, rendered.Name(o))
			}
		}
	}
	url, _, _ := unstructured.NestedString(named(render(t, repository, "clusters/overlays/production"), "MetricSource", "default").Object,
		"spec", "prometheus", "url")
	if url != "https://prometheus.example.com" {
		t.Errorf("production asks %s", url)
	}
}

// Each line of CODEOWNERS is about something, goals are their teams', and the rest is the administrators'.
func TestEachFileHasAnOwner(t *testing.T) {
	repository := copied(t)
	text, err := os.ReadFile(filepath.Join(repository, "CODEOWNERS"))
	if err != nil {
		t.Fatal(err)
	}
	type line struct{ pattern, owner string }
	var lines []line
	for text := range strings.Lines(string(text)) {
		if words := strings.Fields(text); len(words) == 2 && !strings.HasPrefix(text, "#") {
			lines = append(lines, line{words[0], words[1]})
			if _, err := os.Stat(filepath.Join(repository, strings.Trim(words[0], "/*"))); err != nil {
				t.Errorf("%s matches nothing: %v", words[0], err)
			}
		} else if len(words) > 0 && !strings.HasPrefix(text, "#") {
			t.Errorf("%q is not read here: a pattern and one owner", text)
		}
	}
	// The patterns are * and /folder/, and the last that matches counts.
	owner := func(file string) string {
		for _, l := range slices.Backward(lines) {
			if l.pattern == "*" || strings.HasPrefix("/"+file, l.pattern) {
				return l.owner
			}
		}
		return ""
	}
	tracked, err := script(t, repository, "git ls-files")
	if err != nil {
		t.Fatal(err)
	}
	owners := map[string]string{"company": "@acme/leadership", "teams/checkout": "@acme/checkout", "teams/platform": "@acme/platform"}
	for file := range strings.Lines(tracked) {
		file = strings.TrimSpace(file)
		want := "@acme/platform-admins"
		for folder, team := range owners {
			if strings.HasPrefix(file, folder+"/") {
				want = team
			}
		}
		if got := owner(file); got != want {
			t.Errorf("%s is %s's, want %s", file, got, want)
		}
	}
}

// convert reads an object into a value.
func convert(t *testing.T, o *unstructured.Unstructured, value any) {
	t.Helper()
	text, err := json.Marshal(o.Object)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, value); err != nil {
		t.Fatal(err)
	}
}
