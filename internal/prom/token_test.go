package prom

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"okr.dev/controller/internal/sample"
)

// mint gives out numbered tokens, and counts.
type mint struct {
	lasts time.Duration
	count atomic.Int32
	err   atomic.Pointer[error]
}

func (m *mint) token(context.Context) (Token, error) {
	n := m.count.Add(1)
	if err := m.err.Load(); err != nil {
		return Token{}, *err
	}
	return Token{Value: Secret(fmt.Sprintf("token-%d", n)), Expires: time.Now().Add(m.lasts)}, nil
}

func TestTokenIsKeptRenewedAndDropped(t *testing.T) {
	var refuse atomic.Value // the token that is not taken
	refuse.Store("")
	var sent atomic.Value
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent.Store(r.Header.Get("Authorization"))
		if refused := refuse.Load(); sent.Load() == refused || refused == "Bearer token-2" && sent.Load() == "Bearer token-3" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(good))
	})
	m := &mint{lasts: time.Hour}
	c := newClient(t, Options{URL: address, Access: Access{Token: m.token, AllowHTTP: true}})
	ask := func(reason string, want sample.Reason, token string) {
		t.Helper()
		if got := c.Ask(t.Context(), up, asked); got.Reason != want || sent.Load() != "Bearer "+token {
			t.Errorf("%s: got %+v with %q, want %s with %q", reason, got, sent.Load(), want, token)
		}
	}
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() { c.Ask(t.Context(), up, asked) })
	}
	group.Wait()
	ask("one token for all", sample.Sampled, "token-1")
	refuse.Store("Bearer token-1")
	ask("it is revoked, so another one is sent at once", sample.Sampled, "token-2")
	ask("which lasts", sample.Sampled, "token-2")
	refuse.Store("Bearer token-2")
	ask("the next one is refused too: nobody is asked a third time", sample.AuthenticationFailed, "token-3")
	ask("the next question brings another one", sample.Sampled, "token-4")
	if m.count.Load() != 4 {
		t.Errorf("%d tokens were asked for, want 4", m.count.Load())
	}
}

func TestTokenServesUntilItEnds(t *testing.T) {
	failed := errors.New("no token today")
	m := &mint{lasts: time.Hour}
	b := newBearer(nil, m.token)
	first, err := b.token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m.err.Store(&failed)
	b.renew = time.Now()
	for range 2 {
		if again, err := b.token(t.Context()); err != nil || again != first {
			t.Errorf("renewing failed while the token at hand serves: got %v", err)
		}
	}
	if m.count.Load() != 2 {
		t.Errorf("asked %d times, want twice: not for each question", m.count.Load())
	}
	b.renew, b.held.Expires = time.Now(), time.Now()
	if _, err := b.token(t.Context()); !errors.Is(err, failed) {
		t.Errorf("the token has ended: got %v, want %v", err, failed)
	}
}

func TestWaitingForATokenEndsWithTheDeadline(t *testing.T) {
	b := newBearer(nil, func(ctx context.Context) (Token, error) {
		<-ctx.Done()
		return Token{}, ctx.Err()
	})
	slow, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _, _ = b.token(slow) }()
	for len(b.turn) == 0 {
		time.Sleep(time.Millisecond)
	}
	brief, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := b.token(brief); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the deadline", err)
	}
	stop()
	<-done
}

func TestWhyThereIsNoToken(t *testing.T) {
	source := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(good)) })
	endpoint := func(status int, body string) Access {
		return Access{OAuth2: clientOf(serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))}
	}
	says := func(err error) Access {
		return Access{Token: func(context.Context) (Token, error) { return Token{}, err }}
	}
	cases := []struct {
		reason  string
		access  Access
		want    sample.Reason
		message string
	}{
		{"whoever gives it out refuses", says(&TokenError{Refused: true, Message: "no such account"}), sample.AuthenticationFailed, "no such account"},
		{"and cannot be asked", says(&TokenError{Message: "cannot be had"}), sample.SourceUnavailable, "cannot be had"},
		{"an unforeseen error is not shown", says(errors.New(canary)), sample.SourceUnavailable, "no complete answer came from the source"},
		{"401", endpoint(401, canary), sample.AuthenticationFailed, "the token endpoint refused the client's credentials (HTTP status 401)"},
		{"400", endpoint(400, `{"error":"invalid_client","error_description":"`+canary+`"}`), sample.AuthenticationFailed,
			"the token endpoint refused the client's credentials (HTTP status 400)"},
		{"an error in a success", endpoint(200, `{"error":"`+canary+`"}`), sample.AuthenticationFailed, "the token endpoint refused the client's credentials"},
		{"500", endpoint(500, canary), sample.SourceUnavailable, "the token endpoint answered with HTTP status 500"},
		{"no token", endpoint(200, `{"scope":"`+canary+`"}`), sample.SourceUnavailable, "no complete answer came from the token endpoint"},
		{"no JSON", endpoint(200, canary), sample.SourceUnavailable, "no complete answer came from the token endpoint"},
	}
	for _, tc := range cases {
		tc.access.AllowHTTP = true
		got := newClient(t, Options{URL: source, Access: tc.access}).Ask(t.Context(), up, asked)
		if got.Reason != tc.want || got.Message != tc.message {
			t.Errorf("%s: got %+v, want %s %q", tc.reason, got, tc.want, tc.message)
		}
	}
}
