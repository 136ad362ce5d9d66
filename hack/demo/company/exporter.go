package company

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Exporter serves a company's numbers on a free loopback port: GET /metrics for Prometheus, and
// POST /override?metric=NAME&value=NUMBER (no value: its own course again) for whoever plays with the demo.
type Exporter struct {
	// Address is its host:port.
	Address string

	server *http.Server
	served chan error
}

// Export starts an exporter.
func Export(c *Company) (*Exporter, error) {
	registry := prometheus.NewRegistry()
	if err := registry.Register(c); err != nil {
		return nil, fmt.Errorf("starting the exporter: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the exporter: %w", err)
	}
	routes := http.NewServeMux()
	routes.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	routes.HandleFunc("POST /override", c.serveOverride)
	e := &Exporter{
		Address: listener.Addr().String(),
		server:  &http.Server{Handler: routes, ReadHeaderTimeout: 5 * time.Second},
		served:  make(chan error, 1),
	}
	go func() { e.served <- e.server.Serve(listener) }()
	return e, nil
}

// Stop ends the exporter and waits for it.
func (e *Exporter) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := e.server.Shutdown(ctx); err != nil {
		// Somebody is still reading: hang up.
		if err := e.server.Close(); err != nil {
			return fmt.Errorf("stopping the exporter: %w", err)
		}
	}
	if err := <-e.served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("the exporter stopped early: %w", err)
	}
	return nil
}

func (c *Company) serveOverride(w http.ResponseWriter, r *http.Request) {
	name, text := r.FormValue("metric"), r.FormValue("value")
	if text == "" {
		c.ClearOverride(name)
		fmt.Fprintf(w, "%s follows its own course\n", name)
		return
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		err = fmt.Errorf("%q is not a number", text)
	} else {
		err = c.SetOverride(name, value)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "%s is %s from now on\n", name, text)
}
