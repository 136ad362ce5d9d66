package v1alpha1_test

import "testing"

const (
	sayAddress = "write one that begins with http:// or https://, such as https://prometheus.monitoring.svc:9090"
	sayAlone   = "write the address alone, without user, query (?) or fragment (#)"
)

var addresses = []verdict{
	{reason: "http", spec: `prometheus: {url: http://localhost:9090}`},
	{reason: "a path prefix", spec: `prometheus: {url: https://metrics.example/prometheus/}`},
	{reason: "an IPv6 address", spec: `prometheus: {url: "http://[::1]:9090"}`},
	{reason: "no endpoint", spec: `prometheus: null`, field: "spec.prometheus", says: "Required value"},
	{reason: "no address", spec: `prometheus: {}`, field: "spec.prometheus.url", says: "Required value"},
	{reason: "an empty address", spec: `prometheus: {url: ""}`, field: "spec.prometheus.url", says: sayAddress},
	{reason: "without a scheme", spec: `prometheus: {url: "prometheus:9090"}`, field: "spec.prometheus.url", says: sayAddress},
	{reason: "a bare host", spec: `prometheus: {url: prom}`, field: "spec.prometheus.url", says: sayAddress},
	{reason: "another scheme", spec: `prometheus: {url: file:///etc/passwd}`, field: "spec.prometheus.url", says: sayAddress},
	{reason: "no host", spec: `prometheus: {url: "http:///api"}`, field: "spec.prometheus.url", says: sayAddress},
	{reason: "a blank", spec: `prometheus: {url: "http://a b"}`, field: "spec.prometheus.url", says: sayAddress},
	{reason: "a password in the address", spec: `prometheus: {url: "https://me:secret@prometheus:9090"}`, field: "spec.prometheus.url", says: sayAlone},
	{reason: "a query in the address", spec: `prometheus: {url: "https://prometheus:9090/?a=b"}`, field: "spec.prometheus.url", says: sayAlone},
	{reason: "a fragment in the address", spec: `prometheus: {url: "https://prometheus:9090/#graph"}`, field: "spec.prometheus.url", says: sayAlone},
}

var askers = []verdict{
	{reason: "some namespaces", spec: `allowedNamespaces: {from: Selector, selector: {matchLabels: {metrics: "yes"}}}`},
	{reason: "sharing is decided, not implied", spec: `allowedNamespaces: null`, field: "spec.allowedNamespaces", says: "Required value"},
	{reason: "an empty decision", spec: `allowedNamespaces: {}`, field: "spec.allowedNamespaces.from", says: "Required value"},
	{reason: "a source has no namespace of its own", spec: `allowedNamespaces: {from: Same}`, field: "spec.allowedNamespaces.from", says: `supported values: "All", "Selector"`},
	{reason: "no selector", spec: `allowedNamespaces: {from: Selector}`, field: "spec.allowedNamespaces", says: "write which namespaces, such as selector:"},
	{reason: "a selector beside All", spec: `allowedNamespaces: {from: All, selector: {}}`, field: "spec.allowedNamespaces.selector", says: "write from: Selector, or remove selector"},
}

var limits = []verdict{
	{reason: "all of it", spec: `{queryOffset: 1m, limits: {timeout: 10s, maxConcurrent: 4, queriesPerSecond: 50, minInterval: 1s, maxResponseBytes: 1048576, entriesPerNamespace: 500}}`},
	{reason: "the least", spec: `limits: {timeout: 1ms, maxConcurrent: 1, queriesPerSecond: 1, minInterval: 1s, maxResponseBytes: 1024, entriesPerNamespace: 1}`},
	{reason: "the most", spec: `limits: {maxConcurrent: 256, queriesPerSecond: 10000, maxResponseBytes: 104857600, entriesPerNamespace: 100000}`},
	{reason: "an offset without a unit", spec: `queryOffset: "60"`, field: "spec.queryOffset", says: sayLength},
	{reason: "no time", spec: `limits: {timeout: 0s}`, field: "spec.limits.timeout", says: "write a length of time such as 10s"},
	{reason: "no concurrency", spec: `limits: {maxConcurrent: 0}`, field: "spec.limits.maxConcurrent", says: "greater than or equal to 1"},
	{reason: "too much concurrency", spec: `limits: {maxConcurrent: 257}`, field: "spec.limits.maxConcurrent", says: "less than or equal to 256"},
	{reason: "no queries", spec: `limits: {queriesPerSecond: 0}`, field: "spec.limits.queriesPerSecond", says: "greater than or equal to 1"},
	{reason: "too many queries", spec: `limits: {queriesPerSecond: 10001}`, field: "spec.limits.queriesPerSecond", says: "less than or equal to 10000"},
	{reason: "without a pause", spec: `limits: {minInterval: 0s}`, field: "spec.limits.minInterval", says: "write an interval of 1s or longer"},
	{reason: "too short a pause", spec: `limits: {minInterval: 100ms}`, field: "spec.limits.minInterval", says: "write an interval of 1s or longer"},
	{reason: "too small an answer", spec: `limits: {maxResponseBytes: 1023}`, field: "spec.limits.maxResponseBytes", says: "greater than or equal to 1024"},
	{reason: "too large an answer", spec: `limits: {maxResponseBytes: 104857601}`, field: "spec.limits.maxResponseBytes", says: "less than or equal to 104857600"},
	{reason: "nothing may be asked", spec: `limits: {entriesPerNamespace: 0}`, field: "spec.limits.entriesPerNamespace", says: "greater than or equal to 1"},
	{reason: "too many entries", spec: `limits: {entriesPerNamespace: 100001}`, field: "spec.limits.entriesPerNamespace", says: "less than or equal to 100000"},
	{reason: "bytes are a number", spec: `limits: {maxResponseBytes: 1Mi}`, field: "spec.limits.maxResponseBytes", says: "must be of type integer"},
}

func TestMetricSourceValidation(t *testing.T) {
	judge(t, "MetricSource", smallMetricSource, addresses)
	judge(t, "MetricSource", smallMetricSource, askers)
	judge(t, "MetricSource", smallMetricSource, limits)
}
