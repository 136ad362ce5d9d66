// Package admission answers what the API server would answer to the creation of a goal, without one: it runs the server's own
// validation code on the generated custom resource definitions.
package admission

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/config/crd"
)

// Kind is a kind of this repository, as the API server knows it.
type Kind struct {
	// Name of the kind, such as KeyResult.
	Name string
	// Version is its apiVersion.
	Version string
	// Namespaced reports whether its objects live in namespaces.
	Namespaced bool

	// sent is the schema of what is sent, kept that of what is judged: the server clears the status of what is created.
	sent, kept *schema.Structural
	values     validation.SchemaValidator
	// rules compiles the kind's rules when they are first needed: that takes longer than most runs of a command.
	rules func() *cel.Validator
}

// kinds are read one by one when they are first asked for.
var kinds = map[string]func() (*Kind, error){
	"Objective":    sync.OnceValues(func() (*Kind, error) { return read("objectives") }),
	"KeyResult":    sync.OnceValues(func() (*Kind, error) { return read("keyresults") }),
	"KPI":          sync.OnceValues(func() (*Kind, error) { return read("kpis") }),
	"MetricSource": sync.OnceValues(func() (*Kind, error) { return read("metricsources") }),
}

// Kinds are the names of the kinds.
func Kinds() []string { return []string{"Objective", "KeyResult", "KPI", "MetricSource"} }

// For is the kind of a name; nil if there is none. It is read once, and may be used from several goroutines.
func For(kind string) (*Kind, error) {
	load := kinds[kind]
	if load == nil {
		return nil, nil
	}
	return load()
}

func read(plural string) (*Kind, error) {
	file := "bases/" + v1alpha1.GroupVersion.Group + "_" + plural + ".yaml"
	content, err := crd.Bases.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var definition apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(content, &definition); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	at := slices.IndexFunc(definition.Spec.Versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool { return v.Served })
	if at < 0 {
		return nil, fmt.Errorf("%s serves no version", file)
	}
	version := definition.Spec.Versions[at]
	var props apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &props, nil); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	sent, err := schema.NewStructural(&props)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	delete(props.Properties, "status")
	// Nothing is created from something else: rules of transitions are not asked.
	props.XValidations = slices.DeleteFunc(props.XValidations, func(r apiextensions.ValidationRule) bool { return strings.Contains(r.Rule, "oldSelf") })
	kept, err := schema.NewStructural(&props)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	values, _, err := validation.NewSchemaValidator(&props)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &Kind{
		Name: definition.Spec.Names.Kind, Version: definition.Spec.Group + "/" + version.Name,
		Namespaced: definition.Spec.Scope == apiextensionsv1.NamespaceScoped,
		sent:       sent, kept: kept, values: values,
		rules: sync.OnceValue(func() *cel.Validator { return cel.NewValidator(kept, true, celconfig.PerCallLimit) }),
	}, nil
}
