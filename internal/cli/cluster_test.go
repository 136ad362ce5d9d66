package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/cli"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
)

// cluster is a kube-apiserver with the kinds of this repository and the viewers' roles.
type cluster struct {
	client.WithWatch // an administrator's
	plane            *servers.ControlPlane
	dir, kubeconfig  string
	// time is that of the recording, and the commands' clock.
	time time.Time
	// stored is what is recorded, as the API server has it.
	stored recorded.Cluster
	// bare is what status said before there were any kinds of goals.
	bare printed
}

// started is the cluster, if a test has asked for it.
var started *cluster

func TestMain(m *testing.M) {
	code := m.Run()
	if started != nil {
		if err := errors.Join(started.plane.Stop(), os.RemoveAll(started.dir)); err != nil {
			fmt.Fprintln(os.Stderr, "stop the servers:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// start starts the one cluster of this package when the first test asks for it.
var start = sync.OnceValues(func() (*cluster, error) {
	dir, err := os.MkdirTemp("", "okr-cli-")
	if err != nil {
		return nil, err
	}
	if err := servers.RemoveAtExit(dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	plane, err := servers.StartControlPlane(servers.ControlPlaneOptions{Dir: dir})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	c := &cluster{plane: plane, dir: dir, kubeconfig: filepath.Join(dir, "kubeconfig")}
	started = c
	if err := os.WriteFile(c.kubeconfig, plane.Kubeconfig(), 0o600); err != nil {
		return nil, err
	}
	c.bare = c.run(recorded.Screens()["80"], "", "status")
	if err := plane.InstallCRDs("../../config/crd/bases"); err != nil {
		return nil, err
	}
	config := plane.Config()
	config.QPS = -1
	if c.WithWatch, err = client.NewWithWatch(config, client.Options{Scheme: command.Scheme()}); err != nil {
		return nil, err
	}
	return c, errors.Join(c.installRoles(), c.load())
})

// running is a cluster that holds what is recorded.
func running(t testing.TB) *cluster {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a kube-apiserver")
	}
	c, err := start()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// installRoles installs the viewers' roles of config/rbac, as they are.
func (c *cluster) installRoles() error {
	files, err := filepath.Glob("../../config/rbac/*_viewer_role.yaml")
	if err != nil || len(files) < 4 {
		return errors.Join(err, fmt.Errorf("config/rbac has %d viewers' roles, want four", len(files)))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		role := &rbacv1.ClusterRole{}
		if err := yaml.UnmarshalStrict(text, role); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := c.Create(context.Background(), role); err != nil {
			return err
		}
	}
	return nil
}

// view are the roles that make up the role `view`: those that are labelled for it. A real cluster has a controller that
// adds them up; here they are bound one by one.
func (c *cluster) view(t *testing.T) []rbacv1.RoleRef {
	t.Helper()
	var roles rbacv1.ClusterRoleList
	if err := c.List(t.Context(), &roles, client.MatchingLabels{"rbac.authorization.k8s.io/aggregate-to-view": "true"}); err != nil {
		t.Fatal(err)
	}
	if len(roles.Items) < 5 { // the server's own, and those of the four kinds
		t.Fatalf("only %d roles are part of view", len(roles.Items))
	}
	refs := make([]rbacv1.RoleRef, 0, len(roles.Items))
	for _, role := range roles.Items {
		refs = append(refs, rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name})
	}
	return refs
}

// allow gives a user the role `view` in namespaces; "": in all.
func (c *cluster) allow(t *testing.T, user string, namespaces ...string) {
	t.Helper()
	subjects := []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: user}}
	for _, namespace := range namespaces {
		for _, ref := range c.view(t) {
			meta := metav1.ObjectMeta{Namespace: namespace, Name: strings.ReplaceAll(user+"."+ref.Name, ":", ".")}
			var binding client.Object = &rbacv1.RoleBinding{ObjectMeta: meta, Subjects: subjects, RoleRef: ref}
			if namespace == "" {
				binding = &rbacv1.ClusterRoleBinding{ObjectMeta: meta, Subjects: subjects, RoleRef: ref}
			}
			if err := c.Create(t.Context(), binding); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// load creates what is recorded the way a user and the controller do: objects first, then their statuses.
func (c *cluster) load() error {
	loaded, err := recorded.Load()
	if err != nil {
		return err
	}
	c.time, c.stored = loaded.Time, recorded.Cluster{Time: loaded.Time, Items: make([]map[string]any, len(loaded.Items))}
	errs := make([]error, len(loaded.Items))
	for _, namespaces := range []bool{true, false} { // before what lives in them
		workqueue.ParallelizeUntil(context.Background(), 8, len(loaded.Items), func(i int) {
			if (loaded.Items[i]["kind"] == "Namespace") == namespaces {
				c.stored.Items[i], errs[i] = c.store(loaded.Items[i])
			}
		})
	}
	return errors.Join(errs...)
}

// store creates an object and writes its status, and returns what is recorded with the metadata that the server gave it.
func (c *cluster) store(item map[string]any) (map[string]any, error) {
	ctx := context.Background()
	object := (&unstructured.Unstructured{Object: item}).DeepCopy()
	for _, field := range []string{"uid", "resourceVersion", "generation", "creationTimestamp"} {
		unstructured.RemoveNestedField(object.Object, "metadata", field)
	}
	key := client.ObjectKeyFromObject(object)
	if err := c.Create(ctx, object); err != nil && !apierrors.IsAlreadyExists(err) {
		return nil, fmt.Errorf("create %s %s: %w", object.GetKind(), key, err)
	}
	if status := item["status"]; status != nil && object.GetKind() != "Namespace" {
		object.Object["status"] = status
		if err := c.Status().Update(ctx, object); err != nil {
			return nil, fmt.Errorf("status of %s %s: %w", object.GetKind(), key, err)
		}
	}
	if err := c.Get(ctx, key, object); err != nil {
		return nil, err
	}
	stored := (&unstructured.Unstructured{Object: item}).DeepCopy()
	stored.Object["metadata"] = object.Object["metadata"]
	return stored.Object, nil
}

// printed is what a command printed, and how it ended.
type printed struct {
	out, err string
	code     int
}

func (p printed) all() string { return p.out + p.err }

// run runs the plugin in this process, at the instant of the recording, as a user; "": as an administrator.
func (c *cluster) run(screen terminal.Screen, user string, args ...string) printed {
	args = append([]string{"--kubeconfig", c.kubeconfig}, args...)
	if user != "" {
		args = append([]string{"--as", user}, args...)
	}
	return c.runIn(screen, nil, args...)
}

// runFake runs the plugin against the client of tests, which holds the same.
func (c *cluster) runFake(screen terminal.Screen, args ...string) printed {
	fake := c.stored.Client()
	return c.runIn(screen, func() (client.WithWatch, error) { return fake, nil }, append([]string{"--kubeconfig", c.kubeconfig}, args...)...)
}

func (c *cluster) runIn(screen terminal.Screen, connect func() (client.WithWatch, error), args ...string) printed {
	var out, errOut bytes.Buffer
	env := command.New(genericiooptions.IOStreams{In: strings.NewReader(""), Out: &out, ErrOut: &errOut})
	env.Screen, env.Now = screen, func() time.Time { return c.time }
	if connect != nil {
		env.Cluster = connect
	}
	code := cli.Run(env, args)
	return printed{out.String(), errOut.String(), code}
}

// indented is JSON for people who compare it.
func indented(object any) string {
	text, err := json.MarshalIndent(object, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}
