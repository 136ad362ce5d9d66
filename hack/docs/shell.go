package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/shlex"

	"okr.dev/controller/hack/demo/company"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/cli"
	"okr.dev/controller/internal/cli/terminal"
)

// prometheusURL is the address that the pages show; what stands there when they are made has the demo's history.
const prometheusURL = "http://127.0.0.1:9090"

// screen is what the pages are wide.
var screen = terminal.Screen{Width: 100, Unicode: true}

// shell runs the commands of one page, one after another, in a copy of what they may read and write.
type shell struct {
	cluster    recorded.Cluster
	bin        string // where the servers' binaries are
	dir, back  string
	prometheus *servers.Prometheus
}

// newShell copies what the commands of a page are given and goes there.
func newShell(root string) (*shell, error) {
	cluster, err := recorded.Load()
	if err != nil {
		return nil, err
	}
	bin, err := servers.BinDir()
	if err != nil {
		return nil, err
	}
	back, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "okr-docs-")
	if err != nil {
		return nil, err
	}
	s := &shell{cluster: cluster, bin: bin, dir: dir, back: back}
	for _, folder := range []string{"config", "docs"} {
		if err := os.CopyFS(filepath.Join(dir, "work", folder), os.DirFS(filepath.Join(root, folder))); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	if err := os.Chdir(filepath.Join(dir, "work")); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *shell) close() error {
	err := os.Chdir(s.back)
	if s.prometheus != nil {
		err = errors.Join(err, s.prometheus.Stop())
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// run runs a command and returns what it prints, errors included; a code other than 0 is named in a last line.
func (s *shell) run(ctx context.Context, line string) (string, error) {
	if strings.Contains(line, prometheusURL) {
		if err := s.startPrometheus(ctx); err != nil {
			return "", err
		}
		line = strings.ReplaceAll(line, prometheusURL, s.prometheus.URL)
	}
	if err := s.copyDemo(line); err != nil {
		return "", err
	}
	words, err := shlex.Split(line)
	if err != nil {
		return "", err
	}
	env, printed := s.cluster.Environment("", screen, "")
	env.ErrOut = env.Out
	code := cli.Run(env, words[2:])
	text := printed.Out.String()
	if code != 0 {
		text += fmt.Sprintf("[exit status %d]\n", code)
	}
	text = strings.ReplaceAll(text, filepath.Join(s.dir, "work")+"/", "")
	if s.prometheus != nil {
		text = strings.ReplaceAll(text, s.prometheus.URL, prometheusURL)
	}
	return text, nil
}

// startPrometheus starts one that holds what the demo's would have held when its cluster was recorded.
func (s *shell) startPrometheus(ctx context.Context) error {
	if s.prometheus != nil {
		return nil
	}
	const years = 10 * 365 * 24
	started, err := servers.StartPrometheus(ctx, servers.PrometheusOptions{
		Binary: filepath.Join(s.bin, "prometheus"), Dir: filepath.Join(s.dir, "prometheus"), RetentionTime: years * 60 * 60 * 1e9, OutOfOrderWindow: years * 60 * 60 * 1e9,
	})
	if err != nil {
		return err
	}
	s.prometheus = started
	for series := range company.New(s.cluster.Time).History() {
		if err := started.Write(ctx, series); err != nil {
			return err
		}
	}
	return nil
}

// demoFolder is where pages find the samples as the demo applies them, with their dates moved to its day. They are copied
// for the first command that names them: a command that looks through all files would find each goal twice.
const demoFolder = "demo"

func (s *shell) copyDemo(line string) error {
	if _, err := os.Stat(demoFolder); err == nil || !strings.Contains(line, " "+demoFolder+"/") {
		return nil
	}
	return s.cluster.CopySamples(filepath.Join("config", "samples"), demoFolder)
}
