// Package command is what the plugin's commands have in common: where they read and write, the standard flags, the clock, the
// cluster, and how a run ends.
package command

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
)

// Environment is what every command is given. Tests and the documentation set its fields.
type Environment struct {
	genericiooptions.IOStreams
	// Flags are kubectl's: --namespace, --context, --kubeconfig and so on.
	Flags *genericclioptions.ConfigFlags
	// Now is the time.
	Now func() time.Time
	// Screen is what Out is.
	Screen terminal.Screen
	// Cluster connects to the cluster; it is called only by commands that need one.
	Cluster func() (client.WithWatch, error)
}

// New is the environment of a process.
func New(streams genericiooptions.IOStreams) *Environment {
	// Users are told by what commands print. Left alone, the client complains about its missing logger, with a stack, where it
	// is made half a minute after the start: after a login or an interview.
	ctrllog.SetLogger(logr.Discard())
	e := &Environment{
		IOStreams: streams, Flags: genericclioptions.NewConfigFlags(true), Now: time.Now, Screen: terminal.Of(streams.Out, os.Getenv),
	}
	e.Cluster = e.connect
	return e
}

// Scheme knows the kinds that the plugin reads. It is made once, and not changed.
var Scheme = sync.OnceValue(func() *runtime.Scheme {
	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(v1alpha1.AddToScheme(scheme))
	return scheme
})

func (e *Environment) connect() (client.WithWatch, error) {
	config, err := e.Flags.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("no cluster: %w (set KUBECONFIG, --kubeconfig or --context)", err)
	}
	if raw, err := e.Flags.ToRawKubeConfigLoader().RawConfig(); err == nil && len(raw.Clusters) == 0 && isEmpty(e.Flags.APIServer) && !inCluster() {
		return nil, errors.New("no cluster: there is no kubeconfig, or it names none (set KUBECONFIG, --kubeconfig or --server)")
	}
	config.QPS, config.Burst = 50, 100
	config.WarningHandler = nil
	c, err := client.NewWithWatch(config, client.Options{Scheme: Scheme()})
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", Unreached(err))
	}
	return c, nil
}

func isEmpty(flag *string) bool { return flag == nil || *flag == "" }

// inCluster reports whether it runs in a pod, which needs no kubeconfig.
func inCluster() bool {
	_, err := rest.InClusterConfig()
	return err == nil
}

// nobodys is where kubectl looks for a cluster if no kubeconfig names one.
const nobodys = "localhost:8080"

// Unreached says what to do about a cluster that cannot be reached, or does not know who asks; other errors stay as they are.
func Unreached(err error) error {
	var asked *url.Error
	switch {
	case errors.As(err, &asked) && errors.Is(asked.Err, context.Canceled):
		return err
	case errors.As(err, &asked):
		host := asked.URL
		if u, err := url.Parse(asked.URL); err == nil {
			host = u.Host
		}
		if host == nobodys {
			return fmt.Errorf("no cluster: no kubeconfig names one, and none answers at %s; set KUBECONFIG, or write --kubeconfig FILE", host)
		}
		return fmt.Errorf("the cluster at %s does not answer: %w\nis it up, and the one that is meant? kubectl config get-contexts lists those that you know, --context names one", host, asked.Err)
	case apierrors.IsUnauthorized(err):
		return fmt.Errorf("the cluster does not know you: %w\nlog in again, or name another with --context or --user", err)
	default:
		return err
	}
}

// Namespace is the one that the flags or the kubeconfig name.
func (e *Environment) Namespace() (string, error) {
	namespace, _, err := e.Flags.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return "", fmt.Errorf("%w (KUBECONFIG and --kubeconfig name the file, and `kubectl config get-contexts` lists what --context may be)", err)
	}
	return namespace, nil
}

// Goals reads goals from the cluster, and explains what went wrong if they cannot be read. A read that takes longer than a
// second says so on ErrOut.
func (e *Environment) Goals(ctx context.Context, scope goals.Scope) (*goals.Set, error) {
	c, err := e.Cluster()
	if err != nil {
		return nil, err
	}
	defer e.Progress("reading goals from the cluster")()
	set, err := goals.Read(ctx, c, scope)
	return set, explain(err, scope)
}

// explain says what to do about an error of the cluster.
func explain(err error, scope goals.Scope) error {
	switch {
	case err == nil:
		return nil
	case apierrors.IsForbidden(err) && scope.Namespace == "":
		return fmt.Errorf("%w\nname one namespace with -n instead of -A, or ask for the role `view` in all of them", err)
	case apierrors.IsForbidden(err):
		return fmt.Errorf("%w\nask for the role `view` in namespace %s", err, scope.Namespace)
	case meta.IsNoMatchError(err), isNotServed(err):
		return fmt.Errorf("%w\nthe kinds of okr-controller are not installed in this cluster: see its README", err)
	default:
		return Unreached(err)
	}
}

// isNotServed reports whether a kind was served a moment ago, when the server was asked what it serves, and is not now.
func isNotServed(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && apierrors.IsNotFound(err) && status.Status().Details != nil && status.Status().Details.Name == ""
}

// Progress says on ErrOut what takes long, once that has taken more than a second, until the returned function is called.
// It says nothing where ErrOut is not for a person.
func (e *Environment) Progress(doing string) func() {
	if !e.Screen.Interactive {
		return func() {}
	}
	done := make(chan struct{})
	timer := time.AfterFunc(time.Second, func() {
		select {
		case <-done:
		default:
			_, _ = fmt.Fprintln(e.ErrOut, doing+e.Screen.Or("…", "..."))
		}
	})
	return func() { timer.Stop(); close(done) }
}

// Exit ends a run with a code and nothing more to say: what there was to say has been said.
type Exit struct{ Code int }

func (e Exit) Error() string { return fmt.Sprintf("exit %d", e.Code) }

// The codes of commands that look for findings, such as lint: as diff and grep have them.
const (
	// Findings: it ran, and there is something to mend.
	Findings = 1
	// Failed: it could not run.
	Failed = 2
)
