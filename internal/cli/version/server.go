package version

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// Server is what a cluster runs and serves, as far as that can be known.
type Server struct {
	// NotKnown says why nothing is: no cluster, or one that does not answer.
	NotKnown    string       `json:"notKnown,omitempty"`
	Controllers []Controller `json:"controllers"`
	// ControllersNotKnown says why there are none.
	ControllersNotKnown string `json:"controllersNotKnown,omitempty"`
	// APIVersions of goals.okr.dev that are served.
	APIVersions []string `json:"apiVersions"`
	// WhyNoAPIVersions says why there are none: not installed, or not known.
	WhyNoAPIVersions string `json:"whyNoAPIVersions,omitempty"`
}

// Controller is a Deployment of the controller.
type Controller struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Image     string `json:"image"`
	// Ready and Replicas count its pods.
	Ready    int32 `json:"ready"`
	Replicas int32 `json:"replicas"`
}

// labelled are the Deployments of the controller, as config/default installs it. Home is the namespace it goes to.
var labelled = client.MatchingLabels{"app.kubernetes.io/name": "okr-controller"}

const home = "okr-system"

// patience is how long a cluster has to answer.
const patience = 10 * time.Second

// ask asks a cluster. It never fails: what cannot be known is said to be.
func ask(ctx context.Context, connect func() (client.WithWatch, error)) Server {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer := make(chan Server, 1)
	go func() { answer <- read(ctx, connect) }() // discovery heeds no context
	select {
	case s := <-answer:
		return s
	case <-ctx.Done():
		return silent(fmt.Sprintf("the cluster does not answer within %s", patience))
	}
}

// silent is a cluster of which nothing is known.
func silent(why string) Server {
	return Server{NotKnown: why, Controllers: []Controller{}, APIVersions: []string{}}
}

func read(ctx context.Context, connect func() (client.WithWatch, error)) Server {
	c, err := connect()
	if err != nil {
		return silent(err.Error())
	}
	s := silent("")
	if err := s.controllers(ctx, c); err != nil {
		return silent("it does not answer: " + err.Error())
	}
	s.versions(c)
	return s
}

// controllers looks for Deployments of the controller. An error is one of talking to the cluster at all.
func (s *Server) controllers(ctx context.Context, c client.Client) error {
	var list appsv1.DeploymentList
	err := c.List(ctx, &list, labelled)
	where := "in any namespace"
	if apierrors.IsForbidden(err) { // it may still be readable where it usually is
		where = "in namespace " + home + ", and you may not look in the others"
		err = c.List(ctx, &list, labelled, client.InNamespace(home))
	}
	switch {
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
		s.ControllersNotKnown = "you may not list Deployments"
	case err != nil:
		return err
	case len(list.Items) == 0:
		s.ControllersNotKnown = "there is no Deployment with the label app.kubernetes.io/name=okr-controller " + where
	}
	for i := range list.Items {
		d := &list.Items[i]
		s.Controllers = append(s.Controllers, Controller{
			Namespace: d.Namespace, Name: d.Name, Image: image(d.Spec.Template.Spec.Containers),
			Ready: d.Status.ReadyReplicas, Replicas: d.Status.Replicas,
		})
	}
	slices.SortFunc(s.Controllers, func(a, b Controller) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return nil
}

// image is that of the container which is the controller: others may stand beside it.
func image(containers []corev1.Container) string {
	for _, c := range containers {
		if c.Name == "manager" {
			return c.Image
		}
	}
	if len(containers) > 0 {
		return containers[0].Image
	}
	return ""
}

const notInstalled = "none: the kinds of okr-controller are not installed in this cluster"

// versions finds out which versions of the API are served.
func (s *Server) versions(c client.Client) {
	mappings, err := c.RESTMapper().RESTMappings(v1alpha1.GroupVersion.WithKind("Objective").GroupKind())
	switch {
	case meta.IsNoMatchError(err):
		s.WhyNoAPIVersions = notInstalled
	case err != nil:
		s.WhyNoAPIVersions = "not known: " + err.Error()
	}
	for _, mapping := range mappings {
		s.APIVersions = append(s.APIVersions, mapping.GroupVersionKind.Version)
	}
	slices.Sort(s.APIVersions)
	s.APIVersions = slices.Compact(s.APIVersions)
}
