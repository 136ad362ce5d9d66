package v1alpha1

import (
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// Date is a civil date such as 2026-11-10, in the time zone of the object it stands in. Kustomize rewrites a date
// that is not quoted as 2026-11-10T00:00:00Z, which is therefore the same date.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=32
// +kubebuilder:validation:XValidation:rule="self.matches('^(19[7-9][0-9]|2[0-9]{3})-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))(T00:00:00Z)?$') && (!self.matches('^[0-9]{4}-02-29') || (int(self.substring(0,4)) % 4 == 0 && (int(self.substring(0,4)) % 100 != 0 || int(self.substring(0,4)) % 400 == 0)))",message="there is no such date: write an existing day as year-month-day, such as 2026-11-10, from 1970 on"
type Date string

// String is the date as year-month-day.
func (d Date) String() string {
	return strings.TrimSuffix(string(d), "T00:00:00Z")
}

// Period is a span of civil days, as one quoted string: a year "2026", a half "2026-H2", a quarter "2026-Q4", a month
// "2026-10", or two dates "2026-10-01/2026-12-15", the last day included. Quote it: YAML reads a bare 2026 as
// a number.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=64
// +kubebuilder:validation:XValidation:rule="self.matches('^(19[7-9][0-9]|2[0-9]{3})(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$') || (self.size() == 21 && self.charAt(10) == '/' && [self.substring(0,10), self.substring(11)].all(d, d.matches('^(19[7-9][0-9]|2[0-9]{3})-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))$') && (!d.endsWith('-02-29') || (int(d.substring(0,4)) % 4 == 0 && (int(d.substring(0,4)) % 100 != 0 || int(d.substring(0,4)) % 400 == 0)))))",message="not a period: write a year \"2026\", a half 2026-H2, a quarter 2026-Q4, a month 2026-10, or two existing dates 2026-10-01/2026-12-15, from 1970 on"
// +kubebuilder:validation:XValidation:rule="self.size() != 21 || self.substring(0,10) <= self.substring(11)",message="the period ends before it begins: write first day/last day, such as 2026-10-01/2026-12-15"
type Period string

// Duration is a length of time in Prometheus' syntax: 30s, 5m, 1h30m, 28d. Units are ms, s, m, h, d, w (7d) and y (365d),
// from the largest to the smallest.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=32
// +kubebuilder:validation:XValidation:rule="self.matches('^([0-9]y)?([0-9]{1,3}w)?([0-9]{1,4}d)?([0-9]{1,5}h)?([0-9]{1,7}m)?([0-9]{1,9}s)?([0-9]{1,12}ms)?$')",message="not a duration: write numbers with units from the largest to the smallest (y w d h m s ms), such as 30s, 5m, 1h30m or 28d"
type Duration string

// Duration returns the length of time. It is 0 for text that is not a duration, which the schema does not
// admit (a test holds that everything it admits parses).
func (d Duration) Duration() time.Duration {
	parsed, err := model.ParseDuration(string(d))
	if err != nil {
		return 0
	}
	return time.Duration(parsed)
}

// TimeZone is an IANA time zone name such as Europe/Berlin, or UTC.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=64
// +kubebuilder:validation:XValidation:rule="self != 'Local' && self.matches('^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$')",message="not a time zone: write an IANA name, such as Europe/Berlin, or UTC"
type TimeZone string
