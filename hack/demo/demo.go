package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"okr.dev/controller/hack/demo/company"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/hack/steps"
)

// demo is one run: a folder, the servers in it, and what has been started.
type demo struct {
	*steps.Teller

	root    string // of the repository
	dir     string // of this run: data, certificates, logs
	manager string // the controller's binary

	company    *company.Company
	exporter   *company.Exporter
	plane      *servers.ControlPlane
	prometheus *servers.Prometheus

	started []started // in the order of starting
}

// started is something that must be stopped.
type started struct {
	name string
	stop func() error
	done <-chan struct{} // closed when it ends by itself; nil where that cannot be seen
}

func newDemo(root, manager string) (*demo, error) {
	dir, err := os.MkdirTemp("", "okr-demo-")
	if err != nil {
		return nil, err
	}
	if err := servers.RemoveAtExit(dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &demo{
		Teller:  steps.New(os.Stdout),
		root:    root,
		dir:     dir,
		manager: manager,
		company: company.New(time.Now().Truncate(time.Second)),
	}, nil
}

// show does everything there is to see, step by step.
func (d *demo) show(ctx context.Context) error {
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"starting etcd and kube-apiserver", d.startControlPlane},
		{"starting Prometheus and the company's exporter", d.startPrometheus},
		{fmt.Sprintf("writing %d days of the company's history", company.HistoryDays), d.writeHistory},
		{"installing the kinds and the controller's roles", d.install},
		{"starting the controller, with exactly those roles", d.startController},
		{"applying the sample goals, with their dates moved to today", d.applySamples},
		{"waiting until everything is measured", d.waitMeasured},
		{"", d.tellObjectives},
		{fmt.Sprintf("the number of new customers falls to %d", fallenTo), d.fall},
		{"", d.tellKPI("The KPI turned Unhealthy. Does somebody look after it?")},
		{"waiting until it is certain that nobody does", d.waitNeed},
		{"", d.tellKPI("It needs an objective")},
		{"somebody writes one: " + answerFile, d.answer},
		{"", d.tellKPI("Still unhealthy, but looked after")},
		{fmt.Sprintf("the first reply to prospects now takes %d hours, not 26", movedTo), d.move},
		{"", d.tellProgress},
		{"waiting until last quarter's objectives are scored", d.waitScored},
		{"waiting until each sample shows what it is there for", d.waitExpected},
		{"comparing each status with what kubectl okr explain computes", d.waitExplained},
		{"comparing what the plugin says of each goal with what the controller has written", d.waitSimulated},
		{"asking every panel of the dashboards what it shows", d.waitDashboards},
		{"", d.tellAll},
		{"", d.tellAlerts},
	} {
		if err := d.Do(ctx, step.name, step.do); err != nil {
			return err
		}
	}
	return nil
}

// keep remembers what must be stopped, last started first.
func (d *demo) keep(name string, stop func() error, done <-chan struct{}) {
	d.started = append(d.started, started{name: name, stop: stop, done: done})
}

// ended receives the name of a server that ended by itself.
func (d *demo) ended() <-chan string {
	names := make(chan string, len(d.started))
	for _, s := range d.started {
		if s.done != nil {
			go func() {
				<-s.done
				names <- s.name
			}()
		}
	}
	return names
}

// close stops everything and removes the run's folder.
func (d *demo) close() error {
	return d.Do(context.Background(), "stopping everything", func(context.Context) error {
		var err error
		for i := len(d.started) - 1; i >= 0; i-- {
			err = errors.Join(err, d.started[i].stop())
		}
		return errors.Join(err, os.RemoveAll(d.dir))
	})
}

func (d *demo) printUsage() {
	d.Printf(`
The demo is up. In another terminal:

    export KUBECONFIG=%s
    export PATH=%s:$PATH                               # kubectl, and its plugin okr
    kubectl get objectives -A
    kubectl okr status -A                              # what needs attention first
    kubectl okr status community -n social             # one goal: why, and what is next
    kubectl okr explain kr/live-audience -n social     # each step of the arithmetic
    kubectl get okr -n marketing -o wide               # why: REASON, MESSAGE
    kubectl get keyresults -n marketing --field-selector spec.objectiveRef.name=credibility
    kubectl describe objective community -n social     # at risk: conditions, check-ins, the KPIs it is to move
    kubectl explain keyresult.spec.reach

    The dashboards of config/grafana: import their JSON into your Grafana, give it the Prometheus below as a data source, and
    look at the last 15 minutes. What they ask has just been asked.

    Prometheus  %s
    exporter    http://%s/metrics
    logs        %s

    Let the fallen number recover, and make it fall again:
    curl -X POST 'http://%s/override?metric=company_new_paying_customers'
    curl -X POST 'http://%s/override?metric=company_new_paying_customers&value=30'

Ctrl-C stops it all and leaves nothing behind.
`, d.kubeconfig(), filepath.Dir(d.plane.KubectlPath()), d.prometheus.URL, d.exporter.Address, d.dir, d.exporter.Address, d.exporter.Address)
}

// kubeconfig is the path of the administrator's kubeconfig, for people.
func (d *demo) kubeconfig() string { return filepath.Join(d.dir, "kubeconfig") }
