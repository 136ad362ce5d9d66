package controllers

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-logr/logr/funcr"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
)

// What the tests of this package share: one real API server and one real Prometheus. Each test has a namespace,
// a source and a manager of its own.
var (
	scheme = runtime.NewScheme()
	// plane is etcd and kube-apiserver, with the CRDs of this repository.
	plane *servers.ControlPlane
	// prometheusServer is the one that every source asks.
	prometheusServer *servers.Prometheus
	// admin may do everything. It reads without a cache, and refuses unknown fields as kubectl does.
	admin client.WithWatch
	// account is what every manager runs as: the ServiceAccount of config/rbac, with exactly its roles.
	account *rest.Config
)

func TestMain(m *testing.M) {
	if told := os.Getenv(managerVariable); told != "" {
		fmt.Fprintln(os.Stderr, "controllers:", runManager(told))
		os.Exit(1)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	// Most of the time the tests wait for the next second: more of them than processors run at once.
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		fmt.Fprintln(os.Stderr, "controllers:", err)
		return 1
	}
	// Errors only, which go test shows if a test fails.
	ctrl.SetLogger(funcr.New(func(prefix, line string) { fmt.Fprintln(os.Stderr, prefix, line) }, funcr.Options{Verbosity: -1}))
	dir, err := os.MkdirTemp("", "okr-controllers-")
	if err == nil {
		err = servers.RemoveAtExit(dir)
	}
	if err == nil {
		err = start(context.Background(), dir)
	}
	status := 1
	if err == nil {
		status = m.Run()
	}
	if err = errors.Join(err, stop()); err != nil {
		fmt.Fprintln(os.Stderr, "controllers:", err)
		return 1
	}
	return status
}

func start(ctx context.Context, dir string) error {
	if err := addToScheme(); err != nil {
		return err
	}
	var err error
	if prometheusServer, err = servers.StartPrometheus(ctx, servers.PrometheusOptions{Dir: filepath.Join(dir, "prometheus")}); err != nil {
		return err
	}
	if plane, err = servers.StartControlPlane(servers.ControlPlaneOptions{Dir: dir}); err != nil {
		return err
	}
	if err := plane.InstallCRDs("../config/crd/bases"); err != nil {
		return err
	}
	config := plane.Config()
	config.QPS = -1
	plain, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	if err != nil {
		return err
	}
	admin = plain
	return grant(ctx)
}

func addToScheme() error {
	return errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme))
}

func stop() error {
	var err error
	if plane != nil {
		err = plane.Stop()
	}
	if prometheusServer != nil {
		err = errors.Join(err, prometheusServer.Stop())
	}
	return err
}

// The namespace and the ServiceAccount of every manager.
const (
	ownNamespace = "okr-system"
	ownAccount   = "okr-controller-manager"
)

// grant makes the ServiceAccount of the managers and binds the generated roles to it, and nothing else.
func grant(ctx context.Context) error {
	everywhere, own, err := managerRoles()
	if err != nil {
		return err
	}
	own.Namespace = ownNamespace // as kustomize does
	subjects := []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: ownNamespace, Name: ownAccount}}
	objects := []client.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ownNamespace}},
		&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: ownNamespace, Name: ownAccount}},
		everywhere,
		own,
		&rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: everywhere.Name},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: everywhere.Name},
			Subjects:   subjects,
		},
		&rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Namespace: ownNamespace, Name: own.Name},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: own.Name},
			Subjects:   subjects,
		},
	}
	for _, object := range objects {
		if err := admin.Create(ctx, object); err != nil {
			return fmt.Errorf("create %T: %w", object, err)
		}
	}
	kubeconfig, err := plane.ServiceAccountKubeconfig(ctx, ownNamespace, ownAccount, time.Hour)
	if err != nil {
		return err
	}
	account, err = clientcmd.RESTConfigFromKubeConfig(kubeconfig)
	return err
}

// managerRoles are the roles that controller-gen makes of the markers in this package: for the whole cluster, and for
// the controller's own namespace.
func managerRoles() (*rbacv1.ClusterRole, *rbacv1.Role, error) {
	text, err := os.ReadFile("../config/rbac/role.yaml")
	if err != nil {
		return nil, nil, err
	}
	documents := bytes.Split(bytes.TrimPrefix(text, []byte("---\n")), []byte("\n---\n"))
	if len(documents) != 2 {
		return nil, nil, fmt.Errorf("role.yaml has %d documents, want a ClusterRole and a Role", len(documents))
	}
	everywhere, own := &rbacv1.ClusterRole{}, &rbacv1.Role{}
	return everywhere, own, errors.Join(yaml.UnmarshalStrict(documents[0], everywhere), yaml.UnmarshalStrict(documents[1], own))
}
