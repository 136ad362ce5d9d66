package servers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"k8s.io/client-go/rest"
)

// Meddler stands between a client and the API server. It calls forward to let a request through, does what it wants
// before and after, or answers itself. Requests come at the same time.
type Meddler func(w http.ResponseWriter, r *http.Request, forward http.Handler)

// APIProxy is an API server that meddles: it hands everything on to the real one, credentials included, but for
// what a Meddler does to it. It listens on loopback, over plain HTTP.
type APIProxy struct {
	// URL is its address, http://127.0.0.1:PORT.
	URL string

	server  *http.Server
	forward http.Handler

	mutex   sync.Mutex
	meddler Meddler
	// streams ends what is under way; drop is what ends it.
	streams context.Context
	drop    context.CancelFunc
}

// StartAPIProxy starts a proxy in front of the API server. It lets everything through until Meddle.
func (c *ControlPlane) StartAPIProxy() (*APIProxy, error) {
	anonymous := rest.AnonymousClientConfig(c.env.Config)
	transport, err := rest.TransportFor(anonymous)
	if err != nil {
		return nil, fmt.Errorf("starting a proxy of kube-apiserver: %w", err)
	}
	target, err := url.Parse(c.env.Config.Host)
	if err != nil {
		return nil, fmt.Errorf("starting a proxy of kube-apiserver: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting a proxy of kube-apiserver: %w", err)
	}
	p := &APIProxy{URL: "http://" + listener.Addr().String(), forward: &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: transport,
		// A watch is a stream.
		FlushInterval: -1,
		// A client that leaves, or is dropped, is what this is for.
		ErrorLog: log.New(io.Discard, "", 0),
	}}
	p.streams, p.drop = context.WithCancel(context.Background())
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() {
		if err := p.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // a test must not wait for a proxy that is gone
		}
	}()
	return p, nil
}

// Meddle sets what is done to requests from now on; nil: nothing.
func (p *APIProxy) Meddle(m Meddler) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.meddler = m
}

// Drop ends everything that is under way, watches above all, without a word to the client.
func (p *APIProxy) Drop() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.drop()
	p.streams, p.drop = context.WithCancel(context.Background())
}

// Stop ends the proxy and every connection.
func (p *APIProxy) Stop() error {
	p.Drop()
	return p.server.Close()
}

// ServeHTTP hands a request to the Meddler, or on.
func (p *APIProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mutex.Lock()
	meddler, streams := p.meddler, p.streams
	p.mutex.Unlock()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(streams, cancel)()
	r = r.WithContext(ctx)
	if meddler == nil {
		p.forward.ServeHTTP(w, r)
	} else {
		meddler(w, r, p.forward)
	}
	if streams.Err() != nil {
		panic(http.ErrAbortHandler) // ends the connection
	}
}

// Refuse answers a request as the API server would, with an HTTP status and a reason of its Status. retryAfter is in
// seconds; 0: none.
func Refuse(w http.ResponseWriter, status int, reason string, retryAfter int) {
	w.Header().Set("Content-Type", "application/json")
	details := ""
	if retryAfter > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(retryAfter))
		details = fmt.Sprintf(`,"details":{"retryAfterSeconds":%d}`, retryAfter)
	}
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"injected","reason":%q,"code":%d%s}`, reason, status, details)
}
