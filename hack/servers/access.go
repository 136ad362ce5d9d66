package servers

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// ServiceAccountKubeconfig is a kubeconfig file for an existing ServiceAccount, with a token that lasts for the
// given time: what a Pod of that account could do, and no more.
func (c *ControlPlane) ServiceAccountKubeconfig(ctx context.Context, namespace, name string, lasts time.Duration) ([]byte, error) {
	token, err := c.ServiceAccountToken(ctx, namespace, name, lasts)
	if err != nil {
		return nil, err
	}
	config := clientcmdapi.NewConfig()
	config.Clusters["demo"] = &clientcmdapi.Cluster{
		Server:                   c.env.Config.Host,
		CertificateAuthorityData: c.env.Config.CAData,
	}
	config.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: token}
	config.Contexts["demo"] = &clientcmdapi.Context{Cluster: "demo", AuthInfo: name, Namespace: namespace}
	config.CurrentContext = "demo"
	return clientcmd.Write(*config)
}

// ServiceAccountToken is a token of an existing ServiceAccount that lasts for the given time.
func (c *ControlPlane) ServiceAccountToken(ctx context.Context, namespace, name string, lasts time.Duration) (string, error) {
	client, err := kubernetes.NewForConfig(c.env.Config)
	if err != nil {
		return "", fmt.Errorf("asking for a token: %w", err)
	}
	seconds := int64(lasts.Seconds())
	token, err := client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name,
		&authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}},
		metav1.CreateOptions{})
	if err != nil {
		return "", fmt.Errorf("asking for a token of ServiceAccount %s/%s: %w", namespace, name, err)
	}
	return token.Status.Token, nil
}

// Scrapes are the targets of both servers' own metrics, jobs "apiserver" and "etcd". kube-apiserver is read as a
// member of system:monitoring, which may read metrics and nothing else.
func (c *ControlPlane) Scrapes() ([]Scrape, error) {
	user, err := c.User("prometheus", "system:monitoring")
	if err != nil {
		return nil, err
	}
	tls, err := c.writeCertificates("prometheus", user)
	if err != nil {
		return nil, fmt.Errorf("writing the certificates that Prometheus reads kube-apiserver with: %w", err)
	}
	return []Scrape{
		{
			Job:    "apiserver",
			Target: c.APIServerAddress(),
			TLS:    tls,
			Labels: map[string]string{"instance": "kube-apiserver"},
			// All of it is twenty thousand series, most of them buckets of histograms that nobody asks for.
			Keep: "apiserver_request_total|apiserver_request_duration_seconds_.*|apiserver_current_inflight_requests|" +
				"apiserver_storage_objects|process_.*|go_goroutines|up",
		},
		{Job: "etcd", Target: c.EtcdAddress(), Labels: map[string]string{"instance": "etcd"}},
	}, nil
}

func (c *ControlPlane) writeCertificates(name string, user *rest.Config) (*ScrapeTLS, error) {
	file := func(kind string) string { return filepath.Join(c.dir, name+"-"+kind+".pem") }
	tls := &ScrapeTLS{CAFile: file("ca"), CertFile: file("cert"), KeyFile: file("key")}
	for path, data := range map[string][]byte{tls.CAFile: user.CAData, tls.CertFile: user.CertData, tls.KeyFile: user.KeyData} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return nil, err
		}
	}
	return tls, nil
}
