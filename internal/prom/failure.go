package prom

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"okr.dev/controller/internal/sample"
)

// maxServerText bounds what of the server's own error text reaches a message, in bytes.
const maxServerText = 300

// addresses are what a server's error text may tell of other machines: its own remote storage, for example.
var addresses = regexp.MustCompile(`[a-z][a-z0-9+.-]*://[^\s"']+|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\[[0-9a-fA-F:]*::?[0-9a-fA-F:]*\]:\d+`)

// passing is what differs between equal failures: times, request ids, trace ids, counts of bytes.
var passing = regexp.MustCompile(`\b\d{4}-\d\d-\d\dT[0-9:.]+Z?|\b[0-9a-fA-F]+(?:-[0-9a-fA-F]+){2,}\b|` +
	`\b\d{6,}(?:\.\d+)?\b|\b[0-9a-fA-F]*[0-9][0-9a-fA-F]{7,}\b`)

// failure is a sample without a value.
func failure(reason sample.Reason, at time.Time, format string, args ...any) sample.Sample {
	return sample.Sample{Reason: reason, Time: at, Message: fmt.Sprintf(format, args...)}
}

// refused is the failure that Prometheus' own envelope tells.
func refused(e envelope, secrets []string, at time.Time) sample.Sample {
	text := passing.ReplaceAllString(addresses.ReplaceAllString(scrub(e.Error, secrets), "(address)"), "(…)")
	text = brief(text, maxServerText)
	if text == "" {
		text = "no details given"
	}
	switch e.ErrorType {
	case "bad_data":
		return failure(sample.InvalidQuery, at, "the server refused the query: %s", text)
	case "timeout":
		return failure(sample.Timeout, at, "the server gave up on the query after its own time limit")
	case "canceled":
		return failure(sample.QueryFailed, at, "the server cancelled the query")
	default:
		return failure(sample.QueryFailed, at, "the query failed: %s", text)
	}
}

// notPrometheus is the failure of a complete HTTP answer that is not Prometheus' envelope.
func notPrometheus(status int, at time.Time) sample.Sample {
	if status/100 == 2 {
		return failure(sample.SourceUnavailable, at, "the answer is not that of a Prometheus API")
	}
	hint := ""
	switch status {
	case http.StatusNotFound:
		hint = ": is the path of url right, which ends before /api/v1?"
	case http.StatusBadRequest:
		hint = ": does it want https, or a client certificate?"
	}
	return failure(sample.SourceUnavailable, at, "the source answered with HTTP status %d and no Prometheus error%s", status, hint)
}

// unauthorized is the failure of 401 and 403, whatever came with them.
func unauthorized(status int, at time.Time) sample.Sample {
	return failure(sample.AuthenticationFailed, at, "the source answered with HTTP status %d (%s): it wants credentials, "+
		"or others than the MetricSource gives it", status, http.StatusText(status))
}

const (
	// defaultRetryAfter is how long a source is left alone that wants to be and does not say how long.
	defaultRetryAfter = 5 * time.Second
	minRetryAfter     = time.Second
	maxRetryAfter     = 5 * time.Minute
)

func overloaded(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// busy is the failure of 429 and 503. That Prometheus gave up on one query, which is 503 too, is none: others are
// welcome.
func busy(seen *exchange, enveloped bool, at time.Time) sample.Sample {
	reason, why := sample.SourceUnavailable, "it is overloaded, or starting"
	if enveloped {
		reason = sample.QueryFailed
	}
	if seen.status == http.StatusTooManyRequests {
		why = "it is asked more than it admits"
	}
	s := failure(reason, at, "the source answered with HTTP status %d (%s): %s", seen.status, http.StatusText(seen.status), why)
	s.RetryAfter = retryAfter(seen.header.Get("Retry-After"), seen.received)
	return s
}

// retryAfter reads the header: seconds, or an HTTP date.
func retryAfter(header string, now time.Time) time.Duration {
	wait := defaultRetryAfter
	if seconds, err := strconv.ParseUint(header, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, minRetryAfter), maxRetryAfter)
}

// unanswered is the failure of an exchange that did not end with a complete HTTP answer: with the source, or with the
// token endpoint before it. Errors of net/http hold addresses and ports, so only what kind they are reaches the
// message.
func unanswered(err error, at time.Time) sample.Sample {
	var token *TokenError
	var endpoint endpointError
	who, field, from := "source", "url", ""
	switch {
	case errors.As(err, &token) && token.Refused:
		return failure(sample.AuthenticationFailed, at, "%s", token.Message)
	case errors.As(err, &token):
		return failure(sample.SourceUnavailable, at, "%s", token.Message)
	case errors.As(err, &endpoint):
		who, field, from = "token endpoint", "oauth2.tokenURL", " from the token endpoint"
	}
	var dns *net.DNSError
	var timeout net.Error
	var remote *net.OpError
	switch {
	case errors.Is(err, errTooLarge) && from == "":
		return failure(sample.ResponseTooLarge, at, "the answer is larger than the source's maxResponseBytes: "+
			"aggregate in the query, or raise the limit")
	case errors.Is(err, context.Canceled):
		return failure(sample.SourceUnavailable, at, "the question was cancelled before an answer came")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return failure(sample.Timeout, at, "no complete answer%s within the source's timeout", from)
	case errors.Is(err, errRedirect):
		return failure(sample.SourceUnavailable, at, "the %s answered with a redirect, which is not followed: "+
			"write the final address in the source's %s", who, field)
	case errors.Is(err, errLinkLocal):
		return failure(sample.SourceUnavailable, at, "the %s's address is link-local, which is refused", who)
	case errors.As(err, &dns):
		return failure(sample.SourceUnavailable, at, "the %s's host name cannot be resolved", who)
	case errors.Is(err, syscall.ECONNREFUSED):
		return failure(sample.SourceUnavailable, at, "the %s refused the connection", who)
	case errors.Is(err, errCertificate) && !isTLS(err):
		return failure(sample.SourceUnavailable, at, "the %s wants a client certificate, or another one than tls.certSecretRef names", who)
	case errors.As(err, &remote) && remote.Op == "remote error":
		return failure(sample.SourceUnavailable, at, "the %s ended the TLS handshake", who)
	case isTLS(err):
		return failure(sample.SourceUnavailable, at, "no TLS connection to the %s: %s", who, noTLS(err, field))
	default:
		return failure(sample.SourceUnavailable, at, "no complete answer came from the %s", who)
	}
}

// noTLS says why a server with the given field for its address cannot be trusted, and what to write instead.
func noTLS(err error, field string) string {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &hostname) && field == "url":
		return "its certificate is for another name than the host of url: write a name that it is for in url, or in tls.serverName"
	case errors.As(err, &hostname):
		return "its certificate is for another name than the host of " + field
	case errors.As(err, &authority):
		return "no authority that is trusted vouches for its certificate: write the one that signed it in tls.ca"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate, or that of its authority, has expired or is not valid yet"
	case errors.As(err, &record), strings.Contains(err.Error(), plainAnswer):
		return "it answers without TLS: is the port right, or does the address begin with http://?"
	default:
		return "its certificate cannot be accepted"
	}
}

// plainAnswer is how net/http says that what it took for TLS is HTTP.
const plainAnswer = "server gave HTTP response to HTTPS client"

func isTLS(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		record       tls.RecordHeaderError
		alert        tls.AlertError
		authority    x509.UnknownAuthorityError
		hostname     x509.HostnameError
		invalid      x509.CertificateInvalidError
	)
	return errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &authority) || errors.As(err, &hostname) || errors.As(err, &invalid) ||
		strings.Contains(err.Error(), plainAnswer)
}
