package lint

import (
	"fmt"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/practice"
)

// secretKey is what a MetricSource says where a secret, or a certificate, is kept.
type secretKey struct {
	field, name, key string
	configMap        bool
}

// secretsOf are all that a source names.
func secretsOf(p *v1alpha1.PrometheusEndpoint) []secretKey {
	var found []secretKey
	add := func(field string, ref *v1alpha1.SecretKeyReference) {
		if ref != nil && ref.Name != "" {
			found = append(found, secretKey{"spec.prometheus." + field, ref.Name, ref.Key, false})
		}
	}
	add("bearerTokenSecretRef", p.BearerTokenSecretRef)
	if p.BasicAuth != nil {
		add("basicAuth.passwordSecretRef", &p.BasicAuth.PasswordSecretRef)
	}
	if p.OAuth2 != nil {
		add("oauth2.clientSecretRef", &p.OAuth2.ClientSecretRef)
	}
	if tls := p.TLS; tls != nil {
		add("tls.certSecretRef", tls.CertSecretRef)
		add("tls.keySecretRef", tls.KeySecretRef)
		if tls.CA != nil {
			add("tls.ca.secretRef", tls.CA.SecretRef)
			if ref := tls.CA.ConfigMapRef; ref != nil {
				found = append(found, secretKey{"spec.prometheus.tls.ca.configMapRef", ref.Name, ref.Key, true})
			}
		}
	}
	return found
}

// checkSources looks at how sources keep their credentials.
func (s *set) checkSources() []Finding {
	var found []Finding
	for _, o := range s.goals {
		source, ok := o.goal.(*v1alpha1.MetricSource)
		if !ok || o.refused {
			continue
		}
		prometheus := &source.Spec.Prometheus
		for _, ref := range secretsOf(prometheus) {
			if message := s.kept(ref); message != "" {
				found = append(found, o.finding("SRC001", practice.Warning, ref.field, message))
			}
		}
		if tls := prometheus.TLS; tls != nil && tls.InsecureSkipVerify != nil && *tls.InsecureSkipVerify {
			found = append(found, o.finding("SRC002", practice.Advice, "spec.prometheus.tls.insecureSkipVerify",
				"whoever stands between can read the credentials and make up values: write tls.ca with the authority that vouches for the server"))
		}
		if http := prometheus.InsecureAllowHTTP; http != nil && *http {
			found = append(found, o.finding("SRC002", practice.Advice, "spec.prometheus.insecureAllowHTTP",
				"whoever is on the way can read the credentials: write an address that begins with https:// and remove insecureAllowHTTP"))
		}
	}
	return append(found, s.checkSecrets()...)
}

// kept says what is wrong with a secret that is among the files; nothing about one that is not. In which of the namespaces the
// controller is, is not known: one that is right is enough.
func (s *set) kept(ref secretKey) string {
	kind, all := "Secret", s.secrets[ref.name]
	if ref.configMap {
		kind, all = "ConfigMap", s.configMaps[ref.name]
	}
	message := ""
	for _, o := range all {
		_, labelled := labelsOf(o)[v1alpha1.MetricSourceLabel]
		has := false
		for _, part := range []string{"data", "stringData", "binaryData"} {
			entries, _ := o.content[part].(map[string]any)
			_, there := entries[ref.key]
			has = has || there
		}
		switch {
		case labelled && has:
			return ""
		case !has:
			message = fmt.Sprintf("%s %s (%s, line %d) has no key %s: correct one of the two", kind, ref.name, o.path, o.line, ref.key)
		default:
			message = fmt.Sprintf("%s %s (%s, line %d) may not be read: give it the label %s: \"\"", kind, ref.name, o.path, o.line, v1alpha1.MetricSourceLabel)
		}
	}
	return message
}

// checkSecrets says which credentials stand in the files themselves.
func (s *set) checkSecrets() []Finding {
	var found []Finding
	for _, all := range s.secrets {
		for _, o := range all {
			_, labelled := labelsOf(o)[v1alpha1.MetricSourceLabel]
			for _, part := range []string{"data", "stringData"} {
				if entries, _ := o.content[part].(map[string]any); labelled && len(entries) > 0 {
					found = append(found, o.finding("SRC003", practice.Warning, part,
						"whoever may read these files has the credentials: keep them elsewhere, such as with External Secrets or sealed"))
				}
			}
		}
	}
	return found
}
