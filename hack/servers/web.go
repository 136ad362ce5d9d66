package servers

import (
	"fmt"
	"net/http"
	"os"

	"sigs.k8s.io/yaml"
)

// WebOptions says whom Prometheus lets in. The server reads the files, and the file that is made of these options, anew
// for each connection: SetWeb and new content take effect at once.
type WebOptions struct {
	// CertFile and KeyFile are the server's certificate; empty: plain HTTP.
	CertFile, KeyFile string
	// ClientCAFile is the authority of the certificates that clients must show; empty: they need none.
	ClientCAFile string
	// Users are those who may ask, with their passwords hashed by bcrypt; empty: everybody.
	Users map[string]string
	// Client asks whether the server is ready, and writes. It must be let in.
	Client *http.Client
}

// The parts of a web configuration that are used here.
type (
	webConfig struct {
		TLS   *webTLS           `json:"tls_server_config,omitempty"`
		Users map[string]string `json:"basic_auth_users,omitempty"`
	}
	webTLS struct {
		CertFile       string `json:"cert_file"`
		KeyFile        string `json:"key_file"`
		ClientAuthType string `json:"client_auth_type,omitempty"`
		ClientCAFile   string `json:"client_ca_file,omitempty"`
	}
)

func (w WebOptions) write(path string) error {
	config := webConfig{Users: w.Users}
	if w.CertFile != "" {
		config.TLS = &webTLS{CertFile: w.CertFile, KeyFile: w.KeyFile}
		if w.ClientCAFile != "" {
			config.TLS.ClientAuthType, config.TLS.ClientCAFile = "RequireAndVerifyClientCert", w.ClientCAFile
		}
	}
	text, err := yaml.Marshal(config)
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("writing Prometheus' web configuration: %w", err)
	}
	return nil
}

func (w WebOptions) scheme() string {
	if w.CertFile != "" {
		return "https"
	}
	return "http"
}

// SetWeb changes whom a server that was started with WebOptions lets in. TLS cannot be turned on or off.
func (p *Prometheus) SetWeb(w WebOptions) error {
	if w.Client != nil {
		p.client = w.Client
	}
	return w.write(p.web)
}
