package controllers

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/selection"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/prom"
)

// The kinds of objects that sources read, of which the cache holds metadata only.
const (
	kindSecret    = "Secret"
	kindConfigMap = "ConfigMap"
)

// reference is one key of a Secret or ConfigMap in the controller's own namespace.
type reference struct{ kind, name, key string }

func (r reference) object() string { return r.kind + " " + r.name }

func secretKey(ref *v1alpha1.SecretKeyReference) reference {
	return reference{kindSecret, ref.Name, ref.Key}
}

// referencesOf returns what a source reads, each object and key once, in a fixed order.
func referencesOf(source *v1alpha1.MetricSource) []reference {
	var all []reference
	add := func(ref *v1alpha1.SecretKeyReference) {
		if ref != nil {
			all = append(all, secretKey(ref))
		}
	}
	endpoint := source.Spec.Prometheus
	if basic := endpoint.BasicAuth; basic != nil {
		add(&basic.PasswordSecretRef)
	}
	add(endpoint.BearerTokenSecretRef)
	if oauth2 := endpoint.OAuth2; oauth2 != nil {
		add(&oauth2.ClientSecretRef)
	}
	if tls := endpoint.TLS; tls != nil {
		add(tls.CertSecretRef)
		add(tls.KeySecretRef)
		if tls.CA != nil {
			all = append(all, authorities(tls.CA))
		}
	}
	slices.SortFunc(all, func(a, b reference) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return slices.Compact(all)
}

func authorities(ca *v1alpha1.CertificateAuthority) reference {
	switch {
	case ca.SecretRef != nil:
		return secretKey(ca.SecretRef)
	case ca.ConfigMapRef != nil:
		return reference{kindConfigMap, ca.ConfigMapRef.Name, ca.ConfigMapRef.Key}
	}
	return reference{}
}

// CacheOptions is how the manager's cache must be set up: no managed fields, which are most of an object's size and
// which nobody here reads; and of Secrets and ConfigMaps only the metadata of those in the controller's own namespace
// that are meant for sources. An empty namespace is one that is not known: then none are read.
func CacheOptions(namespace string) cache.Options {
	options := cache.Options{DefaultTransform: cache.TransformStripManagedFields(), ByObject: map[client.Object]cache.ByObject{}}
	if namespace == "" {
		return options
	}
	for _, kind := range []string{kindSecret, kindConfigMap} {
		options.ByObject[metadataOf(kind)] = cache.ByObject{
			Namespaces: map[string]cache.Config{namespace: {LabelSelector: meant}},
		}
	}
	return options
}

// meant selects what is meant for sources.
var meant = func() labels.Selector {
	labelled, err := labels.NewRequirement(v1alpha1.MetricSourceLabel, selection.Exists, nil)
	if err != nil {
		panic(err) // a constant that is no label
	}
	return labels.NewSelector().Add(*labelled)
}()

func metadataOf(kind string) *metav1.PartialObjectMetadata {
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(schema.GroupVersionKind{Version: "v1", Kind: kind})
	return object
}

// vault reads Secrets and ConfigMaps of the controller's own namespace, never from a cache.
type vault struct {
	live      client.Reader
	namespace string
}

// versions returns the resourceVersions of what a source reads, as the cache knows them: another text means that
// something is to be read again.
func (v vault) versions(ctx context.Context, cached gather.World, references []reference) (string, error) {
	var text strings.Builder
	for _, ref := range references {
		object := metadataOf(ref.kind)
		if v.namespace != "" {
			if _, err := cached.Find(ctx, client.ObjectKey{Namespace: v.namespace, Name: ref.name}, object); err != nil {
				return "", err
			}
		}
		fmt.Fprintf(&text, "%s=%s;", ref.object(), object.ResourceVersion)
	}
	return text.String(), nil
}

// contents is what references lead to.
type contents map[reference]prom.Secret

// digest is equal for equal contents.
func (c contents) digest(references []reference) (sum [sha256.Size]byte) {
	hash := sha256.New()
	for _, ref := range references {
		fmt.Fprintf(hash, "%q=%q;", ref, string(c[ref]))
	}
	hash.Sum(sum[:0])
	return sum
}

// open reads what a source refers to, or says what is missing.
func (v vault) open(ctx context.Context, references []reference) (contents, *evaluate.SourceTrouble, error) {
	read := contents{}
	for _, ref := range references {
		if v.namespace == "" {
			return nil, missing("%s cannot be read: the controller does not know its own namespace; set its flag --namespace, or POD_NAMESPACE",
				ref.object()), nil
		}
		data, found, err := v.data(ctx, ref)
		switch {
		case err != nil:
			return nil, nil, err
		case !found:
			return nil, missing("%s not found in namespace %s, or without the label %s", ref.object(), v.namespace, v1alpha1.MetricSourceLabel), nil
		}
		// Whoever makes a Secret of a file or with echo has a line break at its end, and does not see it.
		value := strings.TrimRight(data[ref.key], "\r\n")
		if value == "" {
			return nil, missing("%s in namespace %s has no key %q, or nothing in it", ref.object(), v.namespace, ref.key), nil
		}
		read[ref] = prom.Secret(value)
	}
	return read, nil, nil
}

func missing(format string, args ...any) *evaluate.SourceTrouble {
	return &evaluate.SourceTrouble{Reason: v1alpha1.ReasonReferenceNotFound, Message: fmt.Sprintf(format, args...), Heals: true}
}

// data reads one object. One without the label is none.
func (v vault) data(ctx context.Context, ref reference) (map[string]string, bool, error) {
	key := client.ObjectKey{Namespace: v.namespace, Name: ref.name}
	if ref.kind == kindConfigMap {
		object := &corev1.ConfigMap{}
		found, err := gather.World{Reader: v.live}.Find(ctx, key, object)
		return object.Data, found && meant.Matches(labels.Set(object.Labels)), err
	}
	object := &corev1.Secret{}
	found, err := gather.World{Reader: v.live}.Find(ctx, key, object)
	data := make(map[string]string, len(object.Data))
	for name, value := range object.Data {
		data[name] = string(value)
	}
	return data, found && meant.Matches(labels.Set(object.Labels)), err
}
