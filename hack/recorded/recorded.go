// Package recorded is a cluster as the demo left it: its goals with the statuses that the controller gave them, and the
// instant at which they were read. Tests of the plugin and its documentation are shown it. `make record` records it anew.
package recorded

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
)

// Cluster is what is recorded.
type Cluster struct {
	// Time at which the objects were read.
	Time  time.Time        `json:"time"`
	Items []map[string]any `json:"items"`
}

//go:embed cluster.json
var content []byte

// Load reads what was recorded. What it returns is shared: add to Items what a test needs, and change none of them.
func Load() (Cluster, error) { return load() }

var load = sync.OnceValues(func() (Cluster, error) {
	var c Cluster
	if err := json.Unmarshal(content, &c); err != nil {
		return c, fmt.Errorf("hack/recorded/cluster.json: %w", err)
	}
	c.Items = slices.Clip(c.Items)
	return c, nil
})

// served serves what was recorded to all who only read: to make a client takes much longer than to read from it.
var served = sync.OnceValue(func() client.WithWatch {
	c, _ := load() // whoever comes here has loaded it
	return c.Client()
})

// Client serves what was recorded, and takes changes.
func (c Cluster) Client() client.WithWatch {
	builder := fake.NewClientBuilder().WithScheme(command.Scheme())
	for _, item := range c.Items {
		builder.WithObjects(&metav1.Unstructured{Object: item})
	}
	return builder.Build()
}

// Run is what a command printed.
type Run struct {
	Out, Err bytes.Buffer
}

// Environment is that of a command which reads what was recorded, at the instant of the recording. Its client is for reading.
// An empty namespace is none that -n says.
func (c Cluster) Environment(namespace string, screen terminal.Screen, in string) (*command.Environment, *Run) {
	run := &Run{}
	flags := genericclioptions.NewConfigFlags(false)
	serve := sync.OnceValue(c.Client)
	if whole, err := load(); err == nil && len(whole.Items) == len(c.Items) {
		serve = served
	}
	nowhere := os.DevNull // whatever the machine's kubeconfig says
	flags.Namespace, flags.KubeConfig = &namespace, &nowhere
	return &command.Environment{
		IOStreams: genericiooptions.IOStreams{In: strings.NewReader(in), Out: &run.Out, ErrOut: &run.Err},
		Flags:     flags, Screen: screen,
		Now:     func() time.Time { return c.Time },
		Cluster: func() (client.WithWatch, error) { return serve(), nil },
	}, run
}
