package company

// platform stands for a platform that has run for months. The demo's own servers are minutes old: a quarter of their
// past cannot exist. What they show of today is scraped from themselves.
var platform = []Metric{
	gauge("platform", "platform_request_p99_milliseconds", "99th percentile of request latency, last 7 days.",
		course(820, 800, 520)),
	dipping("platform", "platform_availability_ratio", "Share of requests answered without an error.", steady(0.9996),
		dip{-70.5, 3, 0.985}, dip{-30.5, 5, 0.982}, dip{-12.5, 1, 0.99}),
	gauge("platform", "platform_time_to_restore_hours", "Time from alert to recovery, mean of the last 30 days.",
		course(4.2, 4, 2.6)),
	counter("platform", "platform_deployments_total", "Deployments to production.", course(3, 4, 5)),
	gauge("platform", "platform_lead_time_hours", "Time from commit to production, median of the last 30 days.",
		course(30, 16.5, 15)),
	gauge("platform", "platform_change_failure_ratio", "Share of deployments that needed a fix, last 30 days.",
		course(0.18, 0.09, 0.085)),
}
