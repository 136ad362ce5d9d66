package controllers

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/prom"
	"okr.dev/controller/internal/sample"
	"okr.dev/controller/internal/sampler"
)

// clients keeps one client per source, for as long as neither its spec nor what that refers to changes.
type clients struct {
	sampler *sampler.Sampler
	cached  gather.World
	vault   vault
	issuer  issuer
	alarm   *alarm

	mutex sync.Mutex
	known map[string]sourceClient
}

// sourceClient is the client for one edit of a source and one version of what it refers to, or why there is none.
type sourceClient struct {
	uid        types.UID
	generation int64
	// versions are the resourceVersions of what was read, digest is of the content itself.
	versions string
	digest   [sha256.Size]byte
	client   *prom.Client
	trouble  *evaluate.SourceTrouble
	// readAgain: the source refuses the credentials, and they were read again since it began to.
	readAgain bool
	// skewTold: it is in the log that the clocks differ.
	skewTold bool
}

// connect makes the client for the present edit of a source and the present version of what it refers to, once, and
// tells the sampler. It returns what was found out.
func (c *clients) connect(ctx context.Context, source *v1alpha1.MetricSource) (evaluate.MetricSourceInput, error) {
	in := evaluate.MetricSourceInput{Source: source}
	c.mutex.Lock()
	present := c.known[source.Name]
	c.mutex.Unlock()
	next, err := c.next(ctx, source, present)
	if err != nil {
		return in, err
	}
	in.Trouble = next.trouble
	if next.client != nil {
		facts := next.client.Facts()
		if facts.Flavour != "" {
			in.Server = &v1alpha1.SourceServerStatus{
				Flavour: v1alpha1.ServerFlavour(facts.Flavour), Version: facts.Version, Retention: facts.Retention,
			}
		}
		in.Skewed = facts.Skewed
		if facts.Skewed && !next.skewTold {
			log.FromContext(ctx).Info("The clock of the source and that of the controller differ by more than 30 s")
		}
		next.skewTold = facts.Skewed
	}
	c.mutex.Lock()
	c.known[source.Name] = next
	c.mutex.Unlock()
	if present.client != nil && present.client != next.client {
		present.client.Close()
	}
	return in, nil
}

// next returns what stands in the place of the present client: itself, unless something has changed. Secrets are read
// when the cache hears of a change, and once more when the source begins to refuse them; an equal content is none.
func (c *clients) next(ctx context.Context, source *v1alpha1.MetricSource, present sourceClient) (sourceClient, error) {
	references := referencesOf(source)
	versions, err := c.vault.versions(ctx, c.cached, references)
	if err != nil {
		return present, err
	}
	held, _ := c.sampler.Held(evaluate.Ping(source))
	refused := held.Last.Reason == sample.AuthenticationFailed
	same := present.uid == source.UID && present.generation == source.Generation
	if same && present.versions == versions && (!refused || present.readAgain) {
		present.readAgain = refused
		return present, nil
	}
	read, trouble, err := c.vault.open(ctx, references)
	if err != nil {
		return present, err
	}
	digest := read.digest(references)
	if same && trouble == nil && present.client != nil && digest == present.digest {
		present.versions, present.readAgain = versions, refused
		return present, nil
	}
	made := sourceClient{
		uid: source.UID, generation: source.Generation, versions: versions, digest: digest, trouble: trouble, readAgain: refused && same,
	}
	if trouble == nil {
		if made.client, made.trouble, err = c.dial(ctx, source, read); err != nil {
			return present, err
		}
	}
	limits := evaluate.LimitsOf(source)
	c.sampler.SetSource(source.Name, sampler.Source{
		Asker: asker(made.client), QueryOffset: source.Spec.QueryOffset.Duration(), MaxConcurrent: limits.MaxConcurrent,
		QueriesPerSecond: limits.QueriesPerSecond, MinInterval: limits.MinInterval, EntriesPerNamespace: limits.EntriesPerNamespace,
	})
	return made, nil
}

// dial makes a client, or says why there can be none.
func (c *clients) dial(ctx context.Context, source *v1alpha1.MetricSource, read contents) (*prom.Client, *evaluate.SourceTrouble, error) {
	endpoint := source.Spec.Prometheus
	access := accessOf(endpoint, read)
	if account := endpoint.ServiceAccountToken; account != nil {
		if c.issuer.namespace == "" {
			return nil, missing("ServiceAccount %s cannot be used: the controller does not know its own namespace; set its flag --namespace, "+
				"or POD_NAMESPACE", account.Name), nil
		}
		self, err := c.issuer.isSelf(ctx, account.Name)
		if err != nil {
			return nil, nil, err
		}
		if self {
			return nil, &evaluate.SourceTrouble{Reason: v1alpha1.ReasonInvalidCredentials, Message: fmt.Sprintf(
				"spec.prometheus.serviceAccountToken: the controller itself runs as ServiceAccount %s: write another one, which may do nothing else",
				account.Name)}, nil
		}
		access.Token = c.issuer.tokens(account.Name, account.Audience)
	}
	limits := evaluate.LimitsOf(source)
	owner := sample.Owner{Kind: kindMetricSource, Name: source.Name}
	made, err := prom.New(prom.Options{
		URL: endpoint.URL, Timeout: limits.Timeout, MaxResponseBytes: limits.MaxResponseBytes, Access: access,
		Changed: func() { c.alarm.wake(owner) },
	})
	switch {
	case err == nil:
		return made, nil, nil
	case errors.Is(err, prom.ErrContent):
		return nil, &evaluate.SourceTrouble{Reason: v1alpha1.ReasonInvalidCredentials, Message: "spec.prometheus." + err.Error(), Heals: true}, nil
	case errors.Is(err, prom.ErrPlainHTTP):
		return nil, &evaluate.SourceTrouble{Reason: v1alpha1.ReasonInvalidCredentials, Message: "spec.prometheus: " + err.Error()}, nil
	}
	return nil, &evaluate.SourceTrouble{Reason: v1alpha1.ReasonInvalidURL, Message: "spec.prometheus.url: " + err.Error()}, nil
}

// accessOf puts what was read where the spec wants it.
func accessOf(endpoint v1alpha1.PrometheusEndpoint, read contents) prom.Access {
	access := prom.Access{AllowHTTP: isTrue(endpoint.InsecureAllowHTTP), Headers: map[string]string{}}
	for _, h := range endpoint.Headers {
		access.Headers[http.CanonicalHeaderKey(h.Name)] = h.Value
	}
	if basic := endpoint.BasicAuth; basic != nil {
		access.BasicAuth = &prom.BasicAuth{Username: basic.Username, Password: read[secretKey(&basic.PasswordSecretRef)]}
	}
	if token := endpoint.BearerTokenSecretRef; token != nil {
		access.Bearer = read[secretKey(token)]
	}
	if oauth2 := endpoint.OAuth2; oauth2 != nil {
		access.OAuth2 = &prom.OAuth2{
			ClientID: oauth2.ClientID, ClientSecret: read[secretKey(&oauth2.ClientSecretRef)], TokenURL: oauth2.TokenURL,
			Scopes: oauth2.Scopes, Params: url.Values{},
		}
		for _, p := range oauth2.EndpointParams {
			access.OAuth2.Params.Set(p.Name, p.Value)
		}
	}
	if tls := endpoint.TLS; tls != nil {
		access.TLS = prom.TLS{ServerName: tls.ServerName, InsecureSkipVerify: isTrue(tls.InsecureSkipVerify)}
		if tls.CA != nil {
			access.TLS.CA = string(read[authorities(tls.CA)])
		}
		if tls.CertSecretRef != nil && tls.KeySecretRef != nil {
			access.TLS.Cert, access.TLS.Key = string(read[secretKey(tls.CertSecretRef)]), read[secretKey(tls.KeySecretRef)]
		}
	}
	return access
}

func isTrue(b *bool) bool { return b != nil && *b }

// drop forgets a source that is gone.
func (c *clients) drop(name string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.sampler.RemoveSource(name)
	if gone := c.known[name]; gone.client != nil {
		gone.client.Close()
	}
	delete(c.known, name)
}

// asker is who answers for a source: its client, or nobody.
func asker(client *prom.Client) sampler.Asker {
	if client == nil {
		return nobody{}
	}
	return client
}

// nobody answers for a source without a client. Nothing is sent, and those who asked learn that: what was measured
// before must not look as if it went on. Why is the administrators' matter.
type nobody struct{}

// Ask says that nobody can be asked.
func (nobody) Ask(_ context.Context, q sample.Question, at time.Time) sample.Sample {
	return sample.Sample{Time: at.UTC(), Reason: sample.SourceUnavailable,
		Message: "MetricSource " + q.Source + " cannot be asked: its condition Ready says why"}
}
