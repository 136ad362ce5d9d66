package status

import (
	"context"
	"fmt"
	"sync"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// live holds the goals of a namespace, or of all, as they are now, and says when they change. What is no goal is read
// from the cluster. client-go's reflectors do the watching: they resume a watch that ends, with backoff, and list anew
// where the server has forgotten what happened meanwhile.
type live struct {
	client.Reader
	namespace string
	kinds     []*kind
	// changed has something in it if there is something new to show.
	changed chan struct{}

	mu sync.Mutex
	// lost is why changes of a kind are not told at present.
	lost map[string]error
}

// kind is the objects of one kind.
type kind struct {
	cache.Store
	name   string
	object client.Object
	list   func() client.ObjectList
	// listed is closed once all objects have been read.
	listed chan struct{}
	once   sync.Once
	tell   func()
}

// follow begins to follow the goals of a namespace; empty: of all. It ends with the context.
func follow(ctx context.Context, c client.WithWatch, namespace string) *live {
	l := &live{Reader: c, namespace: namespace, changed: make(chan struct{}, 1), lost: map[string]error{}}
	logger := logr.Discard()
	for name, of := range map[string]struct {
		object client.Object
		list   func() client.ObjectList
	}{
		"objectives": {&v1alpha1.Objective{}, func() client.ObjectList { return &v1alpha1.ObjectiveList{} }},
		"keyresults": {&v1alpha1.KeyResult{}, func() client.ObjectList { return &v1alpha1.KeyResultList{} }},
		"kpis":       {&v1alpha1.KPI{}, func() client.ObjectList { return &v1alpha1.KPIList{} }},
	} {
		k := &kind{Store: cache.NewStore(cache.MetaNamespaceKeyFunc), name: name, object: of.object, list: of.list, listed: make(chan struct{}), tell: l.tell}
		l.kinds = append(l.kinds, k)
		reflector := cache.NewReflectorWithOptions(l.source(c, k), of.object, k, cache.ReflectorOptions{Name: name, Logger: &logger})
		go reflector.RunWithContext(ctx)
	}
	return l
}

// tell says that there is something new, if that has not been said already.
func (l *live) tell() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// source lists and watches a kind. It has no way to begin a watch with the objects that are there.
type source struct{ *cache.ListWatch }

// IsWatchListSemanticsUnSupported is what reflectors ask.
func (source) IsWatchListSemanticsUnSupported() bool { return true }

func (l *live) source(c client.WithWatch, k *kind) cache.ListerWatcher {
	options := func(raw *metav1.ListOptions) *client.ListOptions {
		return &client.ListOptions{Namespace: l.namespace, Limit: raw.Limit, Continue: raw.Continue, Raw: raw}
	}
	return source{&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, raw metav1.ListOptions) (runtime.Object, error) {
			list := k.list()
			err := c.List(ctx, list, options(&raw))
			l.answered(k.name, err)
			return list, err
		},
		WatchFuncWithContext: func(ctx context.Context, raw metav1.ListOptions) (watch.Interface, error) {
			w, err := c.Watch(ctx, k.list(), options(&raw))
			l.answered(k.name, err)
			return w, err
		},
	}}
}

// answered notes whether the cluster answers; a change of that is something to show. An expired watch is none: it is
// listed anew at once.
func (l *live) answered(kind string, err error) {
	if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
		return
	}
	l.mu.Lock()
	before := l.lost[kind]
	l.lost[kind] = err
	l.mu.Unlock()
	if (before == nil) != (err == nil) {
		l.tell()
	}
}

// hindered is why changes are not told at present; nil if they are.
func (l *live) hindered() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range l.kinds {
		if err := l.lost[k.name]; err != nil {
			return err
		}
	}
	return nil
}

// ready reports whether all kinds have been read.
func (l *live) ready() bool {
	for _, k := range l.kinds {
		select {
		case <-k.listed:
		default:
			return false
		}
	}
	return true
}

// List lists the goals that are followed from memory, and everything else from the cluster.
func (l *live) List(ctx context.Context, list client.ObjectList, options ...client.ListOption) error {
	var asked client.ListOptions
	asked.ApplyOptions(options)
	for _, k := range l.kinds {
		if fmt.Sprintf("%T", k.list()) != fmt.Sprintf("%T", list) {
			continue
		}
		if l.namespace != "" && asked.Namespace != l.namespace {
			// Those of the others could not be read when this began, and are withheld from then on.
			return apierrors.NewForbidden(v1alpha1.GroupVersion.WithResource(k.name).GroupResource(), "", fmt.Errorf("only those of namespace %s are followed", l.namespace))
		}
		var items []runtime.Object
		for _, object := range k.List() {
			if o := object.(client.Object); asked.Namespace == "" || o.GetNamespace() == asked.Namespace {
				items = append(items, o)
			}
		}
		return meta.SetList(list, items)
	}
	return l.Reader.List(ctx, list, options...)
}

// Add is called by the reflector.
func (k *kind) Add(object any) error { defer k.tell(); return k.Store.Add(object) }

// Update is called by the reflector.
func (k *kind) Update(object any) error { defer k.tell(); return k.Store.Update(object) }

// Delete is called by the reflector.
func (k *kind) Delete(object any) error { defer k.tell(); return k.Store.Delete(object) }

// Replace is called by the reflector, with all objects there are.
func (k *kind) Replace(objects []any, version string) error {
	defer k.tell()
	defer k.once.Do(func() { close(k.listed) })
	return k.Store.Replace(objects, version)
}
