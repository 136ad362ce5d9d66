package servers

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/common/model"
)

// PrometheusOptions says how to run Prometheus. Its zero value with a Dir is a Prometheus that scrapes nothing and
// waits for Write.
type PrometheusOptions struct {
	// Binary is the path of the server; empty: prometheus in BinDir.
	Binary string
	// Dir is where its configuration, data and log go. The caller removes it.
	Dir string
	// Scrapes are the targets to read.
	Scrapes []Scrape
	// ScrapeSelf adds Prometheus itself, as job "prometheus".
	ScrapeSelf bool
	// ScrapeInterval is the time between two scrapes; zero: 5 s.
	ScrapeInterval time.Duration
	// Rules are the paths of rules files that it evaluates, as often as it scrapes.
	Rules []string
	// RetentionTime is how long data stays; zero: 400 days. Prometheus' own default of 15 days would drop the
	// history that Write writes.
	RetentionTime time.Duration
	// OutOfOrderWindow is how old a written point may be, beside newer ones; zero: 120 days.
	OutOfOrderWindow time.Duration
	// NativeHistograms has it take native histograms too.
	NativeHistograms bool
	// Web says whom it lets in; nil: everybody, over plain HTTP.
	Web *WebOptions
	// BlockDuration is the length of the blocks that data is cut into on disk, and forgotten by; zero: 400 days. Ours
	// holds months that were written within seconds and lives for hours: cutting them into blocks of two hours would
	// cost far more than keeping them in memory.
	BlockDuration time.Duration
}

// Prometheus is a running server.
type Prometheus struct {
	// URL is its address, http://127.0.0.1:PORT, or https.
	URL string

	// web is the path of its web configuration; empty if it was started without.
	web     string
	process *Process
	client  *http.Client
}

// StartPrometheus starts Prometheus on a free loopback port and waits until it is ready. The context bounds the
// start, not the server: that ends with Stop, or with this process.
func StartPrometheus(ctx context.Context, o PrometheusOptions) (*Prometheus, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	return retried(func() (*Prometheus, error) { return startPrometheusOnce(ctx, o) })
}

func (o *PrometheusOptions) complete() error {
	if o.Binary == "" {
		binary, err := findBinary("", "prometheus")
		if err != nil {
			return err
		}
		o.Binary = binary
	}
	if o.ScrapeInterval == 0 {
		o.ScrapeInterval = 5 * time.Second
	}
	if o.RetentionTime == 0 {
		o.RetentionTime = 400 * 24 * time.Hour
	}
	if o.OutOfOrderWindow == 0 {
		o.OutOfOrderWindow = 120 * 24 * time.Hour
	}
	if o.BlockDuration == 0 {
		o.BlockDuration = 400 * 24 * time.Hour
	}
	return os.MkdirAll(o.Dir, 0o755)
}

func startPrometheusOnce(ctx context.Context, o PrometheusOptions) (*Prometheus, error) {
	address, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(o.Dir, "prometheus.yml")
	if err := writePrometheusConfig(config, address, o); err != nil {
		return nil, err
	}
	p := &Prometheus{URL: "http://" + address, client: &http.Client{Transport: &http.Transport{}}}
	args := []string{
		"--config.file=" + config,
		"--storage.tsdb.path=" + filepath.Join(o.Dir, "data"),
		"--storage.tsdb.retention.time=" + model.Duration(o.RetentionTime).String(),
		"--storage.tsdb.min-block-duration=" + model.Duration(o.BlockDuration).String(),
		"--storage.tsdb.max-block-duration=" + model.Duration(o.BlockDuration).String(),
		"--web.listen-address=" + address,
		"--web.enable-remote-write-receiver",
	}
	if o.NativeHistograms {
		args = append(args, "--enable-feature=native-histograms")
	}
	if o.Web != nil {
		p.URL, p.web = o.Web.scheme()+"://"+address, filepath.Join(o.Dir, "web.yml")
		if err := p.SetWeb(*o.Web); err != nil {
			return nil, err
		}
		args = append(args, "--web.config.file="+p.web)
	}
	p.process, err = StartProcess(ProcessOptions{Name: "prometheus", Binary: o.Binary, LogDir: o.Dir, Args: args})
	if err != nil {
		return nil, err
	}
	ready, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := p.process.waitReady(ready, p.client, p.URL+"/-/ready"); err != nil {
		_ = p.Stop() // why it did not start matters more
		return nil, err
	}
	return p, nil
}

// Stop ends the server and waits for it.
func (p *Prometheus) Stop() error {
	p.client.CloseIdleConnections()
	if err := p.process.Stop(20 * time.Second); err != nil {
		return fmt.Errorf("stopping Prometheus: %w", err)
	}
	return nil
}

// LogFile is the path of its log.
func (p *Prometheus) LogFile() string { return p.process.LogFile() }

// Done is closed when the server has ended.
func (p *Prometheus) Done() <-chan struct{} { return p.process.Done() }
