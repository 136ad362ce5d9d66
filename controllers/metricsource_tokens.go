package controllers

import (
	"context"
	"fmt"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	authenticationclient "k8s.io/client-go/kubernetes/typed/authentication/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/internal/prom"
)

// tokenLasts is how long a ServiceAccount's token is asked for. The API server may give another one.
const tokenLasts = time.Hour

// issuer gets tokens of ServiceAccounts in the controller's own namespace.
type issuer struct {
	client    client.Client
	config    *rest.Config
	namespace string
}

// isSelf reports whether the controller itself runs as the ServiceAccount: its token would let whoever receives it
// do all that the controller may.
func (i issuer) isSelf(ctx context.Context, name string) (bool, error) {
	review := &authenticationv1.SelfSubjectReview{}
	if err := i.client.Create(ctx, review); err != nil {
		return false, fmt.Errorf("ask who the controller is: %w", err)
	}
	return review.Status.UserInfo.Username == "system:serviceaccount:"+i.namespace+":"+name, nil
}

// tokens gets tokens of a ServiceAccount for an audience. A token that the API server itself takes is not given
// away, whatever its audience is called.
func (i issuer) tokens(name, audience string) prom.TokenSource {
	return func(ctx context.Context) (prom.Token, error) {
		seconds := int64(tokenLasts.Seconds())
		request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
			Audiences: []string{audience}, ExpirationSeconds: &seconds,
		}}
		account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: i.namespace, Name: name}}
		if err := i.client.SubResource("token").Create(ctx, account, request); err != nil {
			return prom.Token{}, i.failure(ctx, name, err)
		}
		token := request.Status.Token
		taken, err := i.takes(ctx, token)
		switch {
		case err != nil:
			return prom.Token{}, i.failure(ctx, name, err)
		case taken:
			return prom.Token{}, &prom.TokenError{Refused: true, Message: fmt.Sprintf("the audience %q is the API server's own: "+
				"write one of the metric server's in serviceAccountToken.audience", audience)}
		}
		return prom.Token{Value: prom.Secret(token), Expires: request.Status.ExpirationTimestamp.Time}, nil
	}
}

// takes reports whether the API server takes a token: it answers who the bearer is, or that it may not ask.
func (i issuer) takes(ctx context.Context, token string) (bool, error) {
	config := rest.AnonymousClientConfig(i.config)
	config.BearerToken = token
	as, err := authenticationclient.NewForConfig(config)
	if err != nil {
		return false, err
	}
	_, err = as.SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	switch {
	case err == nil, apierrors.IsForbidden(err):
		return true, nil
	case apierrors.IsUnauthorized(err):
		return false, nil
	}
	return false, err
}

// failure says why there is no token. What the API server writes is for the log of whoever runs it, not for people
// who use the source.
func (i issuer) failure(ctx context.Context, name string, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("no token of a ServiceAccount in time: %w", ctx.Err())
	case apierrors.IsNotFound(err):
		return &prom.TokenError{Refused: true, Message: fmt.Sprintf("ServiceAccount %s not found in namespace %s: "+
			"create it there; it is looked for again within 5 minutes", name, i.namespace)}
	case apierrors.IsForbidden(err), apierrors.IsInvalid(err), apierrors.IsBadRequest(err):
		return &prom.TokenError{Refused: true, Message: fmt.Sprintf("the API server refused a token of ServiceAccount %s in namespace %s (%s)",
			name, i.namespace, apierrors.ReasonForError(err))}
	}
	return &prom.TokenError{Message: fmt.Sprintf("no token of ServiceAccount %s in namespace %s could be had from the API server",
		name, i.namespace)}
}
