package controllers

import (
	"testing"

	"go.uber.org/goleak"

	"okr.dev/controller/api/v1alpha1"
)

func TestNothingRunsOnAfterTheManagerHasStopped(t *testing.T) {
	// Not parallel: goroutines of other tests would be leaks of this one.
	round := func() {
		r := newRig(t)
		r.various()
		r.start()
		healthy := r.kpi("healthy", "")
		r.await(healthy, func() error { return is("health", healthy.Status.Health, v1alpha1.KPIHealthy) })
		r.stop()
	}
	round() // what lives as long as the process is there afterwards
	known := goleak.IgnoreCurrent()
	round()
	if err := goleak.Find(known,
		// Idle connections of client-go's cached transports to kube-apiserver stay for the next client.
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreAnyFunction("golang.org/x/net/http2.(*ClientConn).readLoop"),
		// The event broadcaster of client-go waits for ever with an event in hand if it is stopped just then.
		goleak.IgnoreTopFunction("k8s.io/apimachinery/pkg/watch.(*filteredWatch).loop"),
	); err != nil {
		t.Error(err)
	}
}
