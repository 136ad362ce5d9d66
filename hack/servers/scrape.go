package servers

import (
	"encoding/json"
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
	// Target is host:port; empty: TargetFile.
	Target string
	// TargetFile is the path of a file that names a target which is started later: see WriteTarget.
	TargetFile string
	// Labels are put on every series of the target. A given "instance" replaces host:port, which is another one
	// at every start.
	Labels map[string]string
	// TLS is how to talk to a target that serves https; nil: http.
	TLS *ScrapeTLS
	// TokenFile is the path of the bearer token to show; empty: none. It is read at each scrape.
	TokenFile string
	// Keep is a regular expression for the names of the metrics to keep; empty: all.
	Keep string
	// Interval is the time between two scrapes; zero: that of the server.
	Interval time.Duration
}

// ScrapeTLS names the files that Prometheus needs for a target with client certificates. Without a CAFile it trusts any
// certificate, as one must that a server has signed itself.
type ScrapeTLS struct {
	CAFile, CertFile, KeyFile string
}

// WriteTarget writes the TargetFile. Prometheus notices within seconds.
func (s Scrape) WriteTarget(address string) error {
	text, err := json.Marshal([]staticConfig{{Targets: []string{address}, Labels: s.Labels}})
	if err != nil {
		return err
	}
	// Prometheus watches the folder: it must not find half a file.
	unseen := s.TargetFile + ".new"
	if err := os.WriteFile(unseen, text, 0o644); err != nil {
		return err
	}
	return os.Rename(unseen, s.TargetFile)
}

// The parts of Prometheus' configuration file that are used here.
type (
	prometheusConfig struct {
		Global  globalConfig   `json:"global"`
		Storage storageConfig  `json:"storage"`
		Rules   []string       `json:"rule_files,omitempty"`
		Scrapes []scrapeConfig `json:"scrape_configs,omitempty"`
	}
	globalConfig struct {
		ScrapeInterval     string `json:"scrape_interval"`
		ScrapeTimeout      string `json:"scrape_timeout"`
		EvaluationInterval string `json:"evaluation_interval"`
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
		Authorization  *tokenConfig      `json:"authorization,omitempty"`
		Static         []staticConfig    `json:"static_configs,omitempty"`
		Files          []fileConfig      `json:"file_sd_configs,omitempty"`
		MetricRelabels []metricRelabeler `json:"metric_relabel_configs,omitempty"`
	}
	tlsConfig struct {
		CAFile             string `json:"ca_file,omitempty"`
		CertFile           string `json:"cert_file,omitempty"`
		KeyFile            string `json:"key_file,omitempty"`
		InsecureSkipVerify bool   `json:"insecure_skip_verify,omitempty"`
	}
	tokenConfig struct {
		CredentialsFile string `json:"credentials_file"`
	}
	fileConfig struct {
		Files []string `json:"files"`
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
			ScrapeInterval:     model.Duration(o.ScrapeInterval).String(),
			ScrapeTimeout:      model.Duration(o.ScrapeInterval).String(),
			EvaluationInterval: model.Duration(o.ScrapeInterval).String(),
		},
		Rules:   o.Rules,
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
	c := scrapeConfig{JobName: s.Job}
	if s.TargetFile == "" {
		c.Static = []staticConfig{{Targets: []string{s.Target}, Labels: s.Labels}}
	} else {
		c.Files = []fileConfig{{Files: []string{s.TargetFile}}}
	}
	if s.TLS != nil {
		c.Scheme = "https"
		c.TLS = &tlsConfig{CAFile: s.TLS.CAFile, CertFile: s.TLS.CertFile, KeyFile: s.TLS.KeyFile, InsecureSkipVerify: s.TLS.CAFile == ""}
	}
	if s.TokenFile != "" {
		c.Authorization = &tokenConfig{CredentialsFile: s.TokenFile}
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
