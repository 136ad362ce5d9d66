package preview

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/simulate"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/prom"
	"okr.dev/controller/internal/sample"
)

// endpoints are where sources are asked, as the flags say. Only what the command line names is ever connected to: a pull
// request must not choose where credentials are sent.
type endpoints struct {
	addresses             []string
	bearerFile, basicFile string
	caFile, tenant        string
	insecureHTTP          bool
	timeout               time.Duration
	clients               map[string]*prom.Client
	everywhere            string
	named                 map[string]string
}

func (e *endpoints) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&e.addresses, "prometheus", nil, "Where to ask: URL for all MetricSources, or NAME=URL for one. Repeatable.")
	f.StringVar(&e.bearerFile, "bearer-token-file", "", "File with the bearer token to ask with.")
	f.StringVar(&e.basicFile, "basic-auth-file", "", "File with USER:PASSWORD to ask with.")
	f.StringVar(&e.caFile, "ca-file", "", "File with the authorities (PEM) that vouch for Prometheus.")
	f.StringVar(&e.tenant, "tenant-header", "", "Header that says as which tenant to ask, as NAME=VALUE, such as X-Scope-OrgID=sales.")
	f.BoolVar(&e.insecureHTTP, "insecure-allow-http", false, "Let credentials travel over plain http.")
	f.DurationVar(&e.timeout, "timeout", 30*time.Second, "How long to wait for each answer.")
}

var namedAddress = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)=(.*)$`)

// open reads the flags and makes the clients, without connecting.
func (e *endpoints) open() error {
	e.named, e.clients = map[string]string{}, map[string]*prom.Client{}
	for _, text := range e.addresses {
		if text == "" || strings.HasSuffix(text, "=") {
			return errors.New("--prometheus is given no address: write URL, or NAME=URL, or leave it out")
		}
		if parts := namedAddress.FindStringSubmatch(text); parts != nil {
			if e.named[parts[1]] != "" {
				return fmt.Errorf("--prometheus names MetricSource %s twice", parts[1])
			}
			e.named[parts[1]] = parts[3]
			continue
		}
		if e.everywhere != "" {
			return errors.New("--prometheus is given two addresses for all MetricSources: write NAME=URL for all but one")
		}
		e.everywhere = text
	}
	access, err := e.access()
	if err != nil {
		return err
	}
	for _, address := range append(slices.Collect(maps.Values(e.named)), e.everywhere) {
		if address == "" || e.clients[address] != nil {
			continue
		}
		client, err := prom.New(prom.Options{URL: address, Timeout: e.timeout, Access: access})
		switch {
		case errors.Is(err, prom.ErrPlainHTTP):
			return errors.New("--prometheus: credentials would travel over plain http: write an address that begins with https://, or --insecure-allow-http")
		case err != nil && errors.Is(err, prom.ErrContent):
			return fmt.Errorf("--ca-file, --bearer-token-file: %w", err)
		case err != nil:
			return fmt.Errorf("--prometheus: %w", err)
		}
		e.clients[address] = client
	}
	return nil
}

func (e *endpoints) close() {
	for _, client := range e.clients {
		client.Close()
	}
}

func (e *endpoints) access() (prom.Access, error) {
	access := prom.Access{AllowHTTP: e.insecureHTTP, Headers: map[string]string{}}
	if e.bearerFile != "" && e.basicFile != "" {
		return access, errors.New("--bearer-token-file and --basic-auth-file: write one of them")
	}
	if e.bearerFile != "" {
		token, err := secret("--bearer-token-file", e.bearerFile)
		if err != nil {
			return access, err
		}
		access.Bearer = prom.Secret(token)
	}
	if e.basicFile != "" {
		text, err := secret("--basic-auth-file", e.basicFile)
		if err != nil {
			return access, err
		}
		user, password, found := strings.Cut(text, ":")
		if !found {
			return access, fmt.Errorf("--basic-auth-file: %s does not hold USER:PASSWORD", e.basicFile)
		}
		access.BasicAuth = &prom.BasicAuth{Username: user, Password: prom.Secret(password)}
	}
	if e.caFile != "" {
		text, err := secret("--ca-file", e.caFile)
		if err != nil {
			return access, err
		}
		access.TLS.CA = text
	}
	if e.tenant != "" {
		name, value, found := strings.Cut(e.tenant, "=")
		if !found || name == "" || value == "" {
			return access, errors.New("--tenant-header: write NAME=VALUE, such as X-Scope-OrgID=sales")
		}
		access.Headers[name] = value
	}
	return access, nil
}

func secret(flag, file string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	if text := strings.TrimSpace(string(content)); text != "" {
		return text, nil
	}
	return "", fmt.Errorf("%s: %s is empty", flag, file)
}

// addressOf is where a source is asked; empty if nowhere.
func (e *endpoints) addressOf(source string) string {
	if address, found := e.named[source]; found {
		return address
	}
	return e.everywhere
}

// askers are those who answer for the sources of sets.
func (e *endpoints) askers(sets ...*goals.Set) map[string]simulate.Asker {
	askers := map[string]simulate.Asker{}
	for _, set := range sets {
		for _, name := range sourceNames(set) {
			if client := e.clients[e.addressOf(name)]; client != nil {
				askers[name] = client
			}
		}
	}
	return askers
}

// reach finds out whether the sources that goals ask answer at all: one that does not would make all of them Unknown, and
// that is not what they would be.
func (e *endpoints) reach(ctx context.Context, set *goals.Set, at time.Time) error {
	asked := map[string]bool{}
	for _, source := range set.Sources {
		address := e.addressOf(source.Name)
		client := e.clients[address]
		tenancy := source.Spec.Tenancy
		if client == nil || asked[address] || tenancy != nil && tenancy.TenantHeader != nil {
			continue
		}
		asked[address] = true
		switch s := client.Ask(ctx, evaluate.Ping(source), at); s.Reason {
		case sample.SourceUnavailable, sample.Timeout, sample.AuthenticationFailed:
			return fmt.Errorf("--prometheus %s does not answer: %s (%s)", address, s.Message, s.Reason)
		}
	}
	return ctx.Err()
}

// unanswered are the sources that goals ask and nobody answers for.
func (e *endpoints) unanswered(set *goals.Set) []string {
	var names []string
	for _, name := range sourceNames(set) {
		if e.addressOf(name) == "" {
			names = append(names, name)
		}
	}
	return names
}

// sourceNames are the names of the sources that the goals of a set ask, sorted.
func sourceNames(set *goals.Set) []string {
	names := map[string]bool{}
	add := func(metric *v1alpha1.Metric) {
		if metric != nil {
			names[metric.SourceRef.Name] = true
		}
	}
	for _, k := range set.KPIs {
		add(k.Spec.Metric)
	}
	for _, kr := range set.KeyResults {
		add(kr.Spec.Metric)
		add(evaluate.GuardMetric(kr))
	}
	return slices.Sorted(maps.Keys(names))
}
