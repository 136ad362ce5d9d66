package version_test

import (
	"context"
	"errors"
	"net/url"
	"runtime/debug"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/cli/version"
)

func deployment(namespace, name, image string, ready int32) *appsv1.Deployment {
	d := &appsv1.Deployment{}
	d.Namespace, d.Name, d.Labels = namespace, name, map[string]string{"app.kubernetes.io/name": "okr-controller"}
	d.Spec.Template.Spec.Containers = []corev1.Container{{Name: "proxy", Image: "proxy:1"}, {Name: "manager", Image: image}}
	d.Status.Replicas, d.Status.ReadyReplicas = 2, ready
	return d
}

func mapper(versions ...string) meta.RESTMapper {
	var known []schema.GroupVersion
	for _, v := range versions {
		known = append(known, schema.GroupVersion{Group: "goals.okr.dev", Version: v})
	}
	m := meta.NewDefaultRESTMapper(known)
	for _, v := range versions {
		m.Add(schema.GroupVersionKind{Group: "goals.okr.dev", Version: v, Kind: "Objective"}, meta.RESTScopeNamespace)
	}
	m.Add(appsv1.SchemeGroupVersion.WithKind("Deployment"), meta.RESTScopeNamespace)
	return m
}

// cluster is one with these Deployments; refuse says which lists fail, and how.
func cluster(m meta.RESTMapper, refuse func(namespace string) error, deployments ...client.Object) func() (client.WithWatch, error) {
	c := fake.NewClientBuilder().WithScheme(command.Scheme()).WithRESTMapper(m).WithObjects(deployments...).Build()
	return func() (client.WithWatch, error) {
		return interceptor.NewClient(c, interceptor.Funcs{
			List: func(ctx context.Context, c client.WithWatch, list client.ObjectList, options ...client.ListOption) error {
				var of client.ListOptions
				of.ApplyOptions(options)
				if refuse != nil {
					if err := refuse(of.Namespace); err != nil {
						return err
					}
				}
				return c.List(ctx, list, options...)
			},
		}), nil
	}
}

func released() (*debug.BuildInfo, bool) {
	return &debug.BuildInfo{
		GoVersion: "go1.26.8", Main: debug.Module{Path: "okr.dev/controller", Version: "v1.2.0"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "25373ff0c1d2"}, {Key: "vcs.time", Value: "2026-11-26T01:20:49Z"}, {Key: "vcs.modified", Value: "true"},
			{Key: "GOOS", Value: "linux"}, {Key: "GOARCH", Value: "arm64"},
		},
	}, true
}

func shown(t *testing.T, screen terminal.Screen, build func() (*debug.BuildInfo, bool), connect func() (client.WithWatch, error), args ...string) (string, error) {
	t.Helper()
	env, run := recorded.Cluster{}.Environment("sales", screen, "")
	env.Cluster = connect
	cmd := version.CommandOf(env, build)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append([]string{}, args...))
	cmd.SetContext(t.Context())
	err := cmd.Execute()
	return run.Out.String(), err
}

func TestVersion(t *testing.T) {
	forbidden := apierrors.NewForbidden(schema.GroupResource{Group: "apps", Resource: "deployments"}, "", errors.New("no"))
	everywhere := func(string) error { return forbidden }
	outside := func(namespace string) error {
		if namespace == "" {
			return forbidden
		}
		return nil
	}
	down := func(string) error {
		return &url.Error{Op: "Get", URL: "https://cluster.example:6443/api", Err: errors.New("dial tcp: connection refused")}
	}
	one, two := deployment("okr-system", "okr-controller-manager", "registry.example/okr-controller:v1.2.0", 1), deployment("another", "okr", "okr:v1", 2)
	working := func() (*debug.BuildInfo, bool) {
		return &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "(devel)"}}, true
	}
	unknown := func() (*debug.BuildInfo, bool) { return nil, false }
	cases := map[string]struct {
		reason  string
		build   func() (*debug.BuildInfo, bool)
		connect func() (client.WithWatch, error)
		args    []string
	}{
		"client":        {"no cluster is asked", released, func() (client.WithWatch, error) { panic("a cluster was asked") }, []string{"--client"}},
		"working-copy":  {"a build that recorded nothing says so", working, cluster(mapper("v1alpha1"), nil, one), nil},
		"no-build":      {"a build without modules", unknown, cluster(mapper("v1alpha1"), nil, one), nil},
		"two":           {"every controller, sorted", released, cluster(mapper("v1", "v1alpha1"), nil, one, two), nil},
		"none":          {"none is not the same as not allowed", released, cluster(mapper("v1alpha1"), nil), nil},
		"own-namespace": {"readable only where it usually is", released, cluster(mapper("v1alpha1"), outside, one, two), nil},
		"not-there":     {"and not found there", released, cluster(mapper("v1alpha1"), outside, two), nil},
		"forbidden":     {"not allowed", released, cluster(mapper("v1alpha1"), everywhere), nil},
		"not-installed": {"the kinds are not served", released, cluster(mapper(), nil), nil},
		"other-version": {"the plugin's version is not served", released, cluster(mapper("v1"), nil, one), nil},
		"down":          {"a cluster that does not answer is no failure", released, cluster(mapper("v1alpha1"), down), nil},
		"no-cluster":    {"nor is none", released, func() (client.WithWatch, error) { return nil, errors.New("no cluster: no configuration") }, nil},
		"json":          {"for programs", released, cluster(mapper("v1alpha1"), nil, one), []string{"-o", "json"}},
		"down-json":     {"for programs, without a cluster", released, cluster(mapper("v1alpha1"), down), []string{"-o", "json"}},
	}
	for name, c := range cases {
		for size, screen := range recorded.Screens() {
			if size != "80" && name != "two" {
				continue
			}
			t.Run(name+"/"+size, func(t *testing.T) {
				out, err := shown(t, screen, c.build, c.connect, c.args...)
				if err != nil {
					t.Fatalf("%s: %v", c.reason, err)
				}
				recorded.Golden(t, name+"-"+size, out)
			})
		}
	}
}

func TestOutputsThatThereAre(t *testing.T) {
	if _, err := shown(t, terminal.Screen{Width: 80}, released, nil, "-o", "yaml"); err == nil || !strings.Contains(err.Error(), "write text or json") {
		t.Errorf("an output that there is not: %v", err)
	}
}
