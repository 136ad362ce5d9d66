package prom

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
)

const binary = "../../bin/prometheus"

const configuration = `
storage:
  tsdb:
    out_of_order_time_window: 120d
`

// startPrometheus runs a real Prometheus until the test ends and returns its address. It scrapes nothing; series
// are written to it.
func startPrometheus(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(binary); err != nil {
		t.Fatalf("no Prometheus to test against, run `make tools`: %v", err)
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	var log bytes.Buffer
	cmd := exec.Command(binary, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--storage.tsdb.retention.time=400d", "--web.listen-address="+address, "--web.enable-remote-write-receiver", "--enable-feature=native-histograms")
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-exited //nolint:errcheck // killed on purpose
		http.DefaultClient.CloseIdleConnections()
	})
	awaitReady(t, "http://"+address, exited, &log)
	return "http://" + address
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func awaitReady(t *testing.T, url string, exited chan error, log *bytes.Buffer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if resp, err := http.Get(url + "/-/ready"); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-tick.C:
		case err := <-exited:
			exited <- err
			t.Fatalf("prometheus ended: %v\n%s", err, log)
		case <-ctx.Done():
			t.Fatal("prometheus is not ready within 60s")
		}
	}
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
