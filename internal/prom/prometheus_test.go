package prom

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"okr.dev/controller/hack/servers"
)

// startPrometheus runs a real Prometheus until the test ends and returns its address. It scrapes nothing; series
// are written to it.
func startPrometheus(t *testing.T, web *servers.WebOptions) string {
	t.Helper()
	prometheus, err := servers.StartPrometheus(t.Context(), servers.PrometheusOptions{Dir: t.TempDir(), NativeHistograms: true, Web: web})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := prometheus.Stop(); err != nil {
			t.Error(err)
		}
	})
	return prometheus.URL
}

// written is one series to write: a point each step from from to to (Unix seconds, to included).
type written struct {
	name, label string
	from, to    int64
	step        int64
	value       func(t int64) float64
}

// write sends series through remote write, at most some thousand points a request.
func write(t *testing.T, url string, all ...written) {
	t.Helper()
	for _, s := range all {
		var points []prompb.Sample
		for at := s.from; at <= s.to; at += s.step {
			points = append(points, prompb.Sample{Timestamp: at * 1000, Value: s.value(at)})
		}
		send(t, url, prompb.TimeSeries{Labels: labelsOf(s.name, s.label), Samples: points})
	}
}

func labelsOf(name, label string) []prompb.Label {
	return []prompb.Label{{Name: "__name__", Value: name}, {Name: "shop", Value: label}}
}

func send(t *testing.T, url string, series prompb.TimeSeries) {
	t.Helper()
	raw, err := (&prompb.WriteRequest{Timeseries: []prompb.TimeSeries{series}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/write", bytes.NewReader(snappy.Encode(nil, raw)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Encoding", "snappy")
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		text, _ := io.ReadAll(resp.Body)
		t.Fatal(fmt.Errorf("remote write: %s: %s", resp.Status, text))
	}
}
