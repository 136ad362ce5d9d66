package prom

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// Token is a bearer token and when it ends; the zero time: not known.
type Token struct {
	Value   Secret
	Expires time.Time
}

// TokenSource gets a new token.
type TokenSource func(context.Context) (Token, error)

// TokenError is why there is no token, in words that may be shown: they hold no secret and no address.
type TokenError struct {
	// Refused says that whoever was asked for it said no. Otherwise nobody could be asked.
	Refused bool
	Message string
}

// Error is the message.
func (e *TokenError) Error() string { return e.Message }

// endpointError is an exchange with a token endpoint that failed.
type endpointError struct{ error }

// Unwrap returns the cause.
func (e endpointError) Unwrap() error { return e.error }

// retryToken is how soon a new token is asked for again while the one at hand still serves.
const retryToken = 30 * time.Second

// bearer sends a token that ends, and gets the next one before it does, or after the server has refused it.
type bearer struct {
	next  http.RoundTripper
	fetch TokenSource
	// turn holds one element while somebody looks at the token or gets a new one. A channel, so that waiting ends
	// with the deadline of the one who waits.
	turn chan struct{}
	held Token
	// renew is when to get another one; zero: when the server refuses this one.
	renew time.Time
}

func newBearer(next http.RoundTripper, fetch TokenSource) *bearer {
	return &bearer{next: next, fetch: fetch, turn: make(chan struct{}, 1)}
}

// RoundTrip sends the request with the token. Where the server refuses it, it was revoked perhaps: another one, if
// there is one, is tried once.
func (b *bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := b.token(req.Context())
	if err != nil {
		return nil, err
	}
	resp, err := b.send(req, token)
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	b.drop(token)
	if next, failed := b.token(req.Context()); failed == nil && next != token {
		again := req.Clone(req.Context())
		if req.GetBody != nil {
			if again.Body, failed = req.GetBody(); failed != nil {
				return resp, nil // the first answer stands
			}
		}
		_ = resp.Body.Close() // it is in memory
		return b.send(again, next)
	}
	return resp, nil
}

func (b *bearer) send(req *http.Request, token Secret) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+string(token))
	return b.next.RoundTrip(req)
}

func (b *bearer) token(ctx context.Context) (Secret, error) {
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return "", fmt.Errorf("waiting for a token: %w", ctx.Err())
	}
	defer func() { <-b.turn }()
	now := time.Now()
	if b.held.Value != "" && (b.renew.IsZero() || now.Before(b.renew)) {
		return b.held.Value, nil
	}
	// What the transport sees of a token request is not the answer to the question.
	token, err := b.fetch(context.WithValue(ctx, exchangeKey{}, nil))
	switch {
	case err == nil:
		b.held, b.renew = token, time.Time{}
		if !token.Expires.IsZero() {
			b.renew = now.Add(token.Expires.Sub(now) * 4 / 5)
		}
	case b.held.Value != "" && now.Before(b.held.Expires):
		b.renew = now.Add(retryToken)
	default:
		return "", fmt.Errorf("getting a token: %w", err)
	}
	return b.held.Value, nil
}

// drop forgets a token that was refused, unless there is another one already. It waits for nobody: whoever has the
// turn gets a new one, or sees this one refused too.
func (b *bearer) drop(refused Secret) {
	select {
	case b.turn <- struct{}{}:
	default:
		return
	}
	defer func() { <-b.turn }()
	if b.held.Value == refused {
		b.held = Token{}
	}
}

// tokens gets tokens from the endpoint through rt.
func (o OAuth2) tokens(rt http.RoundTripper) TokenSource {
	client := &http.Client{Transport: rt}
	credentials := &clientcredentials.Config{
		ClientID: o.ClientID, ClientSecret: string(o.ClientSecret), TokenURL: o.TokenURL, Scopes: o.Scopes, EndpointParams: o.Params,
	}
	return func(ctx context.Context) (Token, error) {
		token, err := credentials.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
		if err != nil {
			return Token{}, endpointFailure(err)
		}
		return Token{Value: Secret(token.AccessToken), Expires: token.Expiry}, nil
	}
}

// endpointFailure hides what a token endpoint wrote: some repeat the client's secret.
func endpointFailure(err error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return endpointError{err}
	}
	status := answer.Response.StatusCode
	switch status / 100 {
	case 2:
		return &TokenError{Refused: true, Message: "the token endpoint refused the client's credentials"}
	case 4:
		return &TokenError{Refused: true, Message: fmt.Sprintf("the token endpoint refused the client's credentials (HTTP status %d)", status)}
	}
	return &TokenError{Message: fmt.Sprintf("the token endpoint answered with HTTP status %d", status)}
}
