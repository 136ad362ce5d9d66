package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"okr.dev/controller/hack/servers"
)

// scraper reads the controller's metrics as a Prometheus would: with the token of an account that may, and no more.
type scraper struct {
	token  string
	client *http.Client
}

func newScraper(ctx context.Context, plane *servers.ControlPlane) (*scraper, error) {
	const name = "bench"
	api, err := kubernetes.NewForConfig(plane.Config())
	if err != nil {
		return nil, fmt.Errorf("making an account that may read metrics: %w", err)
	}
	accounts := api.CoreV1().ServiceAccounts(servers.ControllerNamespace)
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if _, err := accounts.Create(ctx, account, metav1.CreateOptions{}); err != nil {
		return nil, fmt.Errorf("making an account that may read metrics: %w", err)
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "okr-metrics-reader"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: servers.ControllerNamespace, Name: name}},
	}
	if _, err := api.RbacV1().ClusterRoleBindings().Create(ctx, binding, metav1.CreateOptions{}); err != nil {
		return nil, fmt.Errorf("letting the account read metrics: %w", err)
	}
	seconds := int64((24 * time.Hour).Seconds())
	token, err := accounts.CreateToken(ctx, name,
		&authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}, metav1.CreateOptions{})
	if err != nil {
		return nil, fmt.Errorf("asking for the account's token: %w", err)
	}
	return &scraper{token: token.Status.Token, client: &http.Client{
		Timeout: 2 * time.Minute,
		// The controller signs its certificate itself at every start.
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}}, nil
}

// metrics are sums of the controller's series.
type metrics struct {
	// writes are the status writes of KPIs, looks their evaluations, queued those that wait for one.
	writes, looks, queued, goroutines float64
	// bytes is the size of the whole answer.
	bytes int64
}

// scrape reads all metrics.
func (s *scraper) scrape(ctx context.Context, address string) (metrics, error) {
	var m metrics
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/metrics", http.NoBody)
	if err != nil {
		return m, err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	response, err := s.client.Do(request)
	if err != nil {
		return m, fmt.Errorf("reading the controller's metrics: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return m, fmt.Errorf("reading the controller's metrics: it answered %s", response.Status)
	}
	body := &counting{reader: response.Body}
	lines := bufio.NewScanner(body)
	for lines.Scan() {
		if err := m.add(lines.Text()); err != nil {
			return m, err
		}
	}
	m.bytes = body.bytes
	return m, lines.Err()
}

// add adds one line of the text format.
func (m *metrics) add(line string) error {
	var to *float64
	switch {
	case strings.HasPrefix(line, `okr_status_writes_total{kind="KPI"`):
		to = &m.writes
	case strings.HasPrefix(line, `okr_reconciles_total{kind="KPI"`):
		to = &m.looks
	case strings.HasPrefix(line, `workqueue_depth{controller="kpi"`):
		to = &m.queued
	case strings.HasPrefix(line, "go_goroutines "):
		to = &m.goroutines
	default:
		return nil
	}
	value, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
	if err != nil {
		return fmt.Errorf("reading the controller's metrics: %q: %w", line, err)
	}
	*to += value
	return nil
}

// counting counts what is read.
type counting struct {
	reader io.Reader
	bytes  int64
}

func (c *counting) Read(into []byte) (int, error) {
	n, err := c.reader.Read(into)
	c.bytes += int64(n)
	return n, err
}
