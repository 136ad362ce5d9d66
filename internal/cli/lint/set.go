package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/practice"
	"okr.dev/controller/internal/prom"
)

// set is everything that the files hold.
type set struct {
	// goals are the objects of our kinds, in the order of the files; named are the first of each name.
	goals []*object
	named map[practice.Ref]*object
	// byPlace are the names of a kind in a namespace.
	byPlace map[practice.Ref][]string
	// namespaces are the labels of those that are among the files.
	namespaces map[string]labels.Set
	// secrets and configMaps are by name: which namespace is the controller's is not known.
	secrets, configMaps map[string][]*object
}

// relate relates the objects of all files to each other.
func relate(objects []*object) *set {
	s := &set{
		named: map[practice.Ref]*object{}, byPlace: map[practice.Ref][]string{}, namespaces: map[string]labels.Set{},
		secrets: map[string][]*object{}, configMaps: map[string][]*object{},
	}
	for _, o := range objects {
		head := o.head()
		switch {
		case o.goal != nil:
			ref := o.ref()
			s.goals = append(s.goals, o)
			s.add(o, ref)
			if name := slug(ref.Name); name != ref.Name { // what it will be called once its name is mended
				s.add(o, practice.Ref{Kind: ref.Kind, Namespace: ref.Namespace, Name: name})
			}
		case head.APIVersion == "v1" && head.Kind == "Namespace":
			s.namespaces[head.Name] = labelsOf(o)
		case head.APIVersion == "v1" && head.Kind == "Secret":
			s.secrets[head.Name] = append(s.secrets[head.Name], o)
		case head.APIVersion == "v1" && head.Kind == "ConfigMap":
			s.configMaps[head.Name] = append(s.configMaps[head.Name], o)
		}
	}
	return s
}

func (s *set) add(o *object, ref practice.Ref) {
	if ref.Name == "" || s.named[ref] != nil {
		return
	}
	s.named[ref] = o
	if len(validation.IsDNS1123Subdomain(ref.Name)) == 0 {
		place := practice.Ref{Kind: ref.Kind, Namespace: ref.Namespace}
		s.byPlace[place] = append(s.byPlace[place], ref.Name)
	}
}

func labelsOf(o *object) labels.Set {
	metadata, _ := o.content["metadata"].(map[string]any)
	entries, _ := metadata["labels"].(map[string]any)
	set := labels.Set{"kubernetes.io/metadata.name": o.head().Name}
	for key, value := range entries {
		set[key] = fmt.Sprint(value)
	}
	return set
}

func (s *set) names(kind, namespace string) []string {
	return s.byPlace[practice.Ref{Kind: kind, Namespace: namespace}]
}

// checkTwice says which objects are written twice: the one that is applied last wins.
func (s *set) checkTwice() []Finding {
	var found []Finding
	for _, o := range s.goals {
		first := s.named[o.ref()]
		if first == nil || first == o || first.path == o.path && first.line == o.line {
			continue // the same place, by way of two overlays
		}
		line, _ := first.at("metadata.name")
		found = append(found, o.finding("SET001", practice.Error, "metadata.name", fmt.Sprintf(
			"%s is written in %s, line %d, too, and what is applied last wins: keep one, or rename one", shownName(o.ref()), first.path, line)))
	}
	return found
}

// practise asks the rules of practice about the goals that the API server would take.
func (s *set) practise(thresholds practice.Thresholds, complete bool, now time.Time) (found []Finding, unjudged int) {
	objects := practice.Objects{Zone: evaluate.Zone, Analyze: prom.Analyze}
	for ref, o := range s.named {
		if ref != o.ref() {
			continue
		}
		switch goal := o.goal.(type) {
		case *v1alpha1.Objective:
			objects.Objectives = append(objects.Objectives, goal)
		case *v1alpha1.KeyResult:
			objects.KeyResults = append(objects.KeyResults, goal)
		case *v1alpha1.KPI:
			objects.KPIs = append(objects.KPIs, goal)
		}
	}
	related := practice.NewSet(objects)
	if !complete {
		s.forget(related)
	}
	doubtful := s.doubtful()
	for _, f := range related.Check(thresholds, now).Findings {
		o := s.named[f.Object]
		if o == nil || doubtful[o] && !o.regardless(f) || !complete && s.family(o, f) {
			continue
		}
		finding := o.finding(f.Rule, f.Severity, f.Field, f.Message)
		o.within(&finding)
		finding.Silenced = f.Silenced
		found = append(found, finding)
	}
	for _, o := range s.goals {
		if doubtful[o] && o.ref().Kind != "MetricSource" {
			unjudged++
		}
	}
	return found, unjudged
}

// inQuery is the place of a mistake in a query, as it is told.
var inQuery = regexp.MustCompile(`at line (\d+), column`)

// within moves a finding about a query that is written in lines of its own to the line that it is about.
func (o *object) within(f *Finding) {
	found := inQuery.FindStringSubmatch(f.Message)
	node := o.valueOf(f.Field)
	if f.Rule != "PQL001" || found == nil || node == nil || node.Style&yaml.LiteralStyle == 0 {
		return
	}
	n, _ := strconv.Atoi(found[1])
	f.Line, f.Column = node.Line+n, 0
}

// forget takes out of the set what a part of the goals cannot tell. A key result's objective is in its own namespace: where the
// files have no key result of that, they are elsewhere. What is shared with other namespaces may be named from there.
func (s *set) forget(related *practice.Set) {
	for _, o := range related.Objectives {
		if len(o.KeyResults) == 0 && len(s.names("KeyResult", o.Object.Namespace)) == 0 {
			o.KeyResults = nil
		}
		if len(o.Children) == 0 && beyond(o.Object.Spec.AllowedNamespaces) {
			o.Children = nil
		}
	}
	for _, k := range related.KPIs {
		if len(k.Objectives) == 0 && (beyond(k.Object.Spec.AllowedNamespaces) || len(s.names("Objective", k.Object.Namespace)) == 0) {
			k.Objectives = nil
		}
	}
}

// silence marks references that their objects do not mind. The rules of practice do so themselves, and what the API server refuses
// cannot be silenced.
func (s *set) silence(findings []Finding) {
	for i := range findings {
		if f := &findings[i]; f.Rule == "REF001" {
			if o := s.named[f.Object]; o != nil {
				f.Silenced = practice.Ignored(o.goal.GetAnnotations())[f.Rule]
			}
		}
	}
}

// beyond reports whether something is shared with other namespaces.
func beyond(allowed *v1alpha1.AllowedNamespaces) bool {
	return allowed != nil && allowed.From != v1alpha1.NamespacesFromSame
}

// family reports whether a finding is about a KPI's relatives, some of which are not among the files.
func (s *set) family(o *object, f practice.Finding) bool {
	return f.Rule == "KPI005" && slices.ContainsFunc(o.references(), func(r reference) bool { return r.field == "spec.parentRef" && s.named[r.to] == nil })
}

// regardless reports whether a finding stands whatever else is wrong: it is about one field, which was read.
func (o *object) regardless(f practice.Finding) bool {
	return slices.Contains([]string{"PQL001", "OKR003", "OKR004", "IGN001"}, f.Rule) &&
		!slices.ContainsFunc(o.wrong, func(field string) bool {
			return strings.HasPrefix(f.Field, field) || strings.HasPrefix(field, "spec.metric")
		})
}

// doubtful are the goals that would be refused, and those that they name or that name them: what is wrong in one was left out when
// it was read, and would be missed in the other.
func (s *set) doubtful() map[*object]bool {
	doubtful, astray := map[*object]bool{}, map[string]bool{}
	for _, o := range s.goals {
		if o.refused {
			doubtful[o] = true
		}
		// Whose key result it is, is not known: it may be missed in any objective of its namespace.
		if kr, ok := o.goal.(*v1alpha1.KeyResult); ok && kr.Spec.ObjectiveRef.Name == "" {
			astray[o.ref().Namespace] = true
		}
		for _, ref := range o.references() {
			target := s.named[ref.to]
			if target == nil {
				continue
			}
			if o.refused {
				doubtful[target] = true
			}
			if target.refused {
				doubtful[o] = true
			}
		}
	}
	for _, o := range s.goals {
		if ref := o.ref(); ref.Kind == "Objective" && astray[ref.Namespace] {
			doubtful[o] = true
		}
	}
	return doubtful
}
