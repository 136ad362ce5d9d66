package walkthrough

import (
	"regexp"
	"strings"
)

// passing is what differs from day to day and from run to run, and what stands for it when outputs are compared. In order.
var passing = []struct {
	pattern *regexp.Regexp
	instead string
}{
	// What a team's next days bring depends on how far the end of the quarter is.
	{regexp.MustCompile(`(?m)^.*(check in by|its time ends on|the next one is due by|needs no check-in).*\n?`), ""},
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2}T[0-9:.]+Z`), "<time>"},
	{regexp.MustCompile(`(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d+ \d{2}:\d{2}:\d{2} \d{4}`), "<time>"},
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2}( \d{2}:\d{2}( UTC)?)?`), "<date>"},
	{regexp.MustCompile(`\d{4}-Q[1-4]`), "<quarter>"},
	{regexp.MustCompile(`\b(in )?\d+ (day|week|hour|minute|second)s?( ago)?\b`), "<days>"},
	{regexp.MustCompile(`\b(\d+d)?(\d+h)?(\d+m)?\d+(s|ms|m|h|d)\b`), "<age>"},
	// In a controller's first minute it does not say yet that nobody looks after a KPI, nor that a source is not asked too much.
	{regexp.MustCompile(`%[ \t]+(Unknown|False)\b`), "% <not aligned>"},
	{regexp.MustCompile(`<age>[ \t]+(Unknown|False)\b`), "<age> <not saturated>"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "<address>"},
	{regexp.MustCompile(`[ \t\n]+`), " "},
}

// normal is a text without what passes. Lines may be broken elsewhere: where, depends on the length of what passes.
func normal(text string) string {
	for _, p := range passing {
		text = p.pattern.ReplaceAllString(text, p.instead)
	}
	return strings.TrimSpace(text)
}
