package servers

import (
	"fmt"
	"os"
	"time"

	"github.com/prometheus/common/model"
	"sigs.k8s.io/yaml"
)

// Scrape is one target for Prometheus to read at /metrics.
type Scrape struct {
	// Job becomes the label job.
	Job string
	// Target is host:port.
	Target string
	// Labels are put on every series of the target. A given "instance" replaces host:port, which is another one
	// at every start.
	Labels map[string]string
	// TLS is how to talk to a target that serves https; nil: http.
	TLS *ScrapeTLS
	// Keep is a regular expression for the names of the metrics to keep; empty: all.
	Keep string
	// Interval is the time between two scrapes; zero: that of the server.
	Interval time.Duration
}

// ScrapeTLS names the files that Prometheus needs for a target with client certificates.
type ScrapeTLS struct {
	CAFile, CertFile, KeyFile string
}

// The parts of Prometheus' configuration file that are used here.
type (
	prometheusConfig struct {
		Global  globalConfig   `json:"global"`
		Storage storageConfig  `json:"storage"`
		Scrapes []scrapeConfig `json:"scrape_configs,omitempty"`
	}
	globalConfig struct {
		ScrapeInterval string `json:"scrape_interval"`
		ScrapeTimeout  string `json:"scrape_timeout"`
	}
	storageConfig struct {
		TSDB tsdbConfig `json:"tsdb"`
	}
	tsdbConfig struct {
		OutOfOrderTimeWindow string `json:"out_of_order_time_window"`
	}
	scrapeConfig struct {
		JobName        string            `json:"job_name"`
		Scheme         string            `json:"scheme,omitempty"`
		Interval       string            `json:"scrape_interval,omitempty"`
		Timeout        string            `json:"scrape_timeout,omitempty"`
		TLS            *tlsConfig        `json:"tls_config,omitempty"`
		Static         []staticConfig    `json:"static_configs"`
		MetricRelabels []metricRelabeler `json:"metric_relabel_configs,omitempty"`
	}
	tlsConfig struct {
		CAFile   string `json:"ca_file"`
		CertFile string `json:"cert_file"`
		KeyFile  string `json:"key_file"`
	}
	staticConfig struct {
		Targets []string          `json:"targets"`
		Labels  map[string]string `json:"labels,omitempty"`
	}
	metricRelabeler struct {
		SourceLabels []string `json:"source_labels"`
		Regex        string   `json:"regex"`
		Action       string   `json:"action"`
	}
)

func writePrometheusConfig(path, address string, o PrometheusOptions) error {
	config := prometheusConfig{
		Global: globalConfig{
			ScrapeInterval: model.Duration(o.ScrapeInterval).String(),
			ScrapeTimeout:  model.Duration(o.ScrapeInterval).String(),
		},
		Storage: storageConfig{TSDB: tsdbConfig{OutOfOrderTimeWindow: model.Duration(o.OutOfOrderWindow).String()}},
	}
	scrapes := o.Scrapes
	if o.ScrapeSelf {
		scrapes = append(scrapes[:len(scrapes):len(scrapes)],
			Scrape{Job: "prometheus", Target: address, Labels: map[string]string{"instance": "prometheus"}})
	}
	for _, s := range scrapes {
		config.Scrapes = append(config.Scrapes, s.config())
	}
	text, err := yaml.Marshal(config)
	if err != nil {
		return fmt.Errorf("writing Prometheus' configuration: %w", err)
	}
	return os.WriteFile(path, text, 0o644)
}

func (s Scrape) config() scrapeConfig {
	c := scrapeConfig{
		JobName: s.Job,
		Static:  []staticConfig{{Targets: []string{s.Target}, Labels: s.Labels}},
	}
	if s.TLS != nil {
		c.Scheme = "https"
		c.TLS = &tlsConfig{CAFile: s.TLS.CAFile, CertFile: s.TLS.CertFile, KeyFile: s.TLS.KeyFile}
	}
	if s.Keep != "" {
		c.MetricRelabels = []metricRelabeler{{SourceLabels: []string{model.MetricNameLabel}, Regex: s.Keep, Action: "keep"}}
	}
	if s.Interval != 0 {
		c.Interval = model.Duration(s.Interval).String()
		c.Timeout = c.Interval
	}
	return c
}
