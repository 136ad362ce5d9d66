package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// example is a line of published figures that a sample must hold.
type example struct {
	// line is its id in config/samples/EXAMPLES.md.
	line string
	// figures are what the sample's spec must say: path=value, or path~part of it. The value of a list is its length.
	figures []string
}

var examples = []example{
	// Company A: KPIs.
	{"company-a.kpi.revenue", []string{"target.atLeast=100000"}},
	{"company-a.kpi.growth", []string{"target.atLeast=5", "metric.query~offset 30d"}},
	{"company-a.kpi.new-customers", []string{"target.atLeast=50"}},
	{"company-a.kpi.new-customers.answer", []string{"startOn=2026-11-15", "kpiRefs=1"}},
	{"company-a.kpi.deals", []string{"target.atLeast=10", "stretchTarget=15", "metric.window=7d"}},
	{"company-a.kpi.leads", []string{"target.atLeast=2000", "metric.window=30d"}},
	{"company-a.kpi.meetings", []string{"target.atLeast=100", "stretchTarget=300", "metric.window=90d"}},
	{"company-a.kpi.meetings.answer", []string{"kpiRefs=2"}},
	{"company-a.kpi.utilisation", []string{"target.atLeast=70", "target.atMost=85"}},
	{"company-a.kpi.acquisition-cost", []string{"readEvery=31d", "readings=3"}},
	{"company-a.kpi.return", []string{"readEvery=31d", "readings=3"}},
	{"company-a.kpi.market-share", []string{"readEvery=31d", "readings=3"}},
	{"company-a.kpi.turnover", []string{"readEvery=31d", "readings=3"}},
	{"company-a.kpi.promoters", []string{"readings=3"}},
	{"company-a.kpi.traffic", []string{"parentRef.name=website-conversion"}},
	{"company-a.kpi.traffic.conversion", []string{"parentRef.name=qualified-leads"}},
	// Company A: objectives and key results.
	{"company-a.earnings", []string{"period=2026-08-01/2026-12-31", "rollUp=Children"}},
	{"company-a.earnings.doubled", []string{"reach.change=+100%"}},
	{"company-a.engagement", []string{"parentRef.name=double-earnings"}},
	{"company-a.engagement.session", []string{"reach.baseline=10", "reach.target=25", "unit=min"}},
	{"company-a.engagement.ideas", []string{"milestones=3"}},
	{"company-a.engagement.activity", []string{"reach.change=+12%"}},
	{"company-a.credibility", []string{"parentRef.name=double-earnings"}},
	{"company-a.credibility.views", []string{"reach.target=15000", "metric.query~$__elapsed"}},
	{"company-a.credibility.clicks", []string{"maintain.atLeast=20"}},
	{"company-a.credibility.shares", []string{"reach.baseline=30", "reach.target=1000"}},
	{"company-a.credibility.cost", []string{"reach.baseline=100", "reach.target=20", "unit=$"}},
	{"company-a.prospects", []string{"parentRef.name=double-earnings"}},
	{"company-a.prospects.touchpoints", []string{"reach.baseline=3", "reach.target=6"}},
	{"company-a.prospects.open-rate", []string{"reach.baseline=14", "reach.target=45", "unit=%"}},
	{"company-a.prospects.satisfaction", []string{"reach.target=8", "guard.atLeast=100"}},
	{"company-a.customers", []string{"parentRef.name=double-earnings"}},
	{"company-a.customers.open-rate", []string{"reach.baseline=4", "reach.target=15", "unit=%"}},
	{"company-a.customers.meetings", []string{"reach.baseline=7", "reach.target=21", "metric.window=7d"}},
	{"company-a.customers.rating", []string{"reach.target=9"}},
	{"company-a.customers.response", []string{"reach.baseline=5", "reach.target=1", "unit=h"}},
	{"company-a.leads", []string{"parentRef.name=double-earnings"}},
	{"company-a.leads.ebook", []string{"reach.target=3000"}},
	{"company-a.leads.review-sites", []string{"reach.baseline=500", "reach.target=2000"}},
	{"company-a.leads.reads", []string{"reach.target=2000"}},
	{"company-a.community", []string{"parentRef.name=double-earnings"}},
	{"company-a.community.comments", []string{"reach.change=+20%"}},
	{"company-a.community.influencers", []string{"reach.target=60", "unit=%"}},
	{"company-a.community.stories", []string{"reach.baseline=5000", "reach.target=10000"}},
	// Web agency.
	{"web-agency.search", []string{"period=2026-H2"}},
	{"web-agency.search.posts", []string{"reach.baseline=4", "reach.target=8", "metric.window=30d"}},
	{"web-agency.search.tool-and-writer", []string{"milestones=2"}},
	{"web-agency.search.backlinks", []string{"reach.target=15"}},
	{"web-agency.business.profit", []string{"reach.change=+10%", "dueOn=2026-12-31"}},
	{"web-agency.business.cost", []string{"reach.change=-5%"}},
	{"web-agency.business.ratings", []string{"reach.change=+20%"}},
	{"web-agency.business.queries", []string{"reach.change=-10%", "dueOn=2026-12-31"}},
	{"web-agency.business", []string{"period=2026-07-01/2027-06-30"}},
	{"web-agency.traffic", []string{"period=2026-Q4"}},
	{"web-agency.traffic.visits", []string{"reach.change=+20%"}},
	{"web-agency.traffic.posts", []string{"maintain.atLeast=10", "metric.window=30d"}},
	{"web-agency.traffic.engagement", []string{"reach.change=+15%"}},
	{"web-agency.traffic.bounces", []string{"reach.change=-5%"}},
	{"web-agency.launch", []string{"period=2026-07-01/2027-03-31"}},
	{"web-agency.launch.research", []string{"milestones=3"}},
	{"web-agency.launch.design", []string{"milestones=3", "dueOn=2026-12-31"}},
	{"web-agency.launch.sales", []string{"reach.target=100000", "startOn=2027-01-01", "unit=$"}},
	{"web-agency.satisfaction", []string{"kpiRefs=1"}},
	{"web-agency.satisfaction.score", []string{"reach.change=+15%"}},
	{"web-agency.satisfaction.care", []string{"milestones=3"}},
	// Mobile app.
	{"mobile-app.experience", []string{"period=2026-Q4"}},
	{"mobile-app.experience.retention", []string{"reach.change=+30%"}},
	{"mobile-app.experience.crashes", []string{"maintain.atMost=1", "unit=%"}},
	{"mobile-app.experience.rating", []string{"reach.target=4.7"}},
	{"mobile-app.retention", []string{"kpiRefs=4"}},
	{"mobile-app.retention.buyers", []string{"reach.change=+20%"}},
	{"mobile-app.kpi.response", []string{"target.atMost=4"}},
	{"mobile-app.kpi.conversion", []string{"target.atLeast=3"}},
	{"mobile-app.kpi.fulfilment", []string{"target.atMost=48"}},
	{"mobile-app.kpi.margin", []string{"target.atLeast=12"}},
	// Car maker.
	{"car-maker.electric", []string{"period=2026", "kpiRefs=1"}},
	{"car-maker.electric.sales-department", []string{"parentRef.name=lead-in-electric", "level=Department"}},
	{"car-maker.electric.production-department", []string{"parentRef.name=lead-in-electric", "level=Department"}},
	{"car-maker.electric.sales", []string{"reach.baseline=41200", "reach.change=+10%"}},
	{"car-maker.electric.markets", []string{"reach.target=5"}},
	{"car-maker.electric.cost", []string{"reach.change=-15%"}},
	{"car-maker.kpi.revenue", []string{"target.atLeast=300"}},
	{"car-maker.kpi.efficiency", []string{"target.atLeast=80"}},
	{"car-maker.kpi.satisfaction", []string{"target.atLeast=80"}},
	{"car-maker.kpi.defects", []string{"target.atMost=2"}},
	{"car-maker.kpi.supply", []string{"target.atLeast=92"}},
	{"car-maker.tree", []string{"target.atLeast=8"}},
	{"car-maker.tree.network", []string{"parentRef.name=market-share", "parentRef.namespace=car-maker"}},
	{"car-maker.tree.partnerships", []string{"parentRef.name=distribution-network"}},
	{"car-maker.tree.coverage", []string{"parentRef.name=distribution-network"}},
	{"car-maker.tree.products", []string{"parentRef.name=market-share", "parentRef.namespace=car-maker"}},
	// Online shop.
	{"online-shop.satisfaction", []string{"maintain.atLeast=90"}},
	{"online-shop.response", []string{"reach.target=15", "unit=min"}},
	{"online-shop.organic", []string{"reach.change=+25%"}},
	{"online-shop.processing", []string{"reach.change=-20%"}},
	{"online-shop.conversion", []string{"reach.change=+15%"}},
	{"online-shop.suppliers", []string{"reach.target=3"}},
	{"online-shop.kpi.conversion", []string{"target.atLeast=3"}},
	{"online-shop.kpi.acquisition", []string{"target.atMost=30"}},
	{"online-shop.kpi.advertising", []string{"target.atLeast=4"}},
	{"online-shop.kpi.lifetime", []string{"target.atLeast=170"}},
	{"online-shop.kpi.growth", []string{"target.atLeast=4", "metric.query~offset 30d"}},
	{"online-shop.kpi.response", []string{"target.atMost=20"}},
	{"online-shop.kpi.handling", []string{"target.atMost=8"}},
	{"online-shop.kpi.bounces", []string{"target.atMost=45"}},
	{"online-shop.kpi.rank", []string{"target.atMost=10"}},
	{"online-shop.kpi.fulfilment", []string{"target.atMost=72"}},
	{"online-shop.kpi.inventory", []string{"target.atLeast=6"}},
	{"online-shop.kpi.perfect", []string{"target.atLeast=95"}},
	{"online-shop.kpi.margin", []string{"target.atLeast=35", "calendarWindow=Month"}},
	{"online-shop.kpi.receivables", []string{"target.atLeast=8", "readEvery=31d"}},
	{"online-shop.kpi.cash", []string{"target.atLeast=30000", "calendarWindow=Month"}},
	// Platform team.
	{"platform.kpi.availability", []string{"metric.query~apiserver_request_total", "target.atLeast=99.9"}},
	{"platform.kpi.latency", []string{"metric.query~apiserver_request_duration_seconds_bucket"}},
	{"platform.kpi.budget", []string{"metric.window=28d"}},
	{"platform.kpi.etcd", []string{"metric.query~etcd_disk_wal_fsync_duration_seconds_bucket"}},
	{"platform.kpi.scrapes", []string{"metric.query~avg(up)"}},
	{"platform.kpi.deployments", []string{"metric.window=7d"}},
	{"platform.kpi.lead-time", []string{"target.atMost=24"}},
	{"platform.kpi.failures", []string{"target.atMost=15"}},
	{"platform.kpi.restore", []string{"target.atMost=3"}},
	{"platform.reliable", []string{"kpiRefs=3"}},
	{"platform.reliable.availability", []string{"maintain.atLeast=99.9", "maintain.allowedBreach=1%"}},
	{"platform.reliable.latency", []string{"reach.baseline=800", "reach.target=300", "unit=ms"}},
	{"platform.reliable.restore", []string{"reach.baseline=4", "reach.target=1", "unit=h"}},
}

// row is a line of the table in config/samples/EXAMPLES.md.
type row struct{ line, file, resource string }

var rows = regexp.MustCompile("(?m)^\\| (?:`([^`]+)`|(supporting)) \\| [^|]+ \\| \\[([^]]+)\\]\\(([^)]+)\\) \\| ([^|]+) \\|$")

// supporting is the line of what no example asks for.
const supporting = "supporting"

func exampleRows(t *testing.T) []row {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(samplesDir, "EXAMPLES.md"))
	if err != nil {
		t.Fatal(err)
	}
	var found []row
	for _, m := range rows.FindAllStringSubmatch(string(page), -1) {
		if m[3] != m[4] {
			t.Errorf("%s is a link to %s", m[3], m[4])
		}
		found = append(found, row{line: m[1] + m[2], file: m[3], resource: m[5]})
	}
	headings := strings.Count(string(page), "\n| Line |")
	lines := strings.Count(string(page), "\n| ") - headings
	if len(found) != lines {
		t.Errorf("%d of %d rows of EXAMPLES.md can be read", len(found), lines)
	}
	return found
}

func TestEveryExampleHasASample(t *testing.T) {
	goals := sampleGoals(t)
	table := exampleRows(t)
	for _, r := range table {
		if goals[r.file][r.resource] == nil {
			t.Errorf("%s: there is no %s in %s", r.line, r.resource, r.file)
		}
	}
	for _, e := range examples {
		t.Run(e.line, func(t *testing.T) {
			at := slices.IndexFunc(table, func(r row) bool { return r.line == e.line })
			if at < 0 {
				t.Fatal("EXAMPLES.md has no such line")
			}
			goal := goals[table[at].file][table[at].resource]
			for _, figure := range e.figures {
				if problem := says(goal, figure); problem != "" {
					t.Errorf("%s: %s", table[at].resource, problem)
				}
			}
		})
	}
}

func TestEverySampleIsAnExampleOrSupportsOne(t *testing.T) {
	listed := map[string][]string{}
	for _, r := range exampleRows(t) {
		known := slices.ContainsFunc(examples, func(e example) bool { return e.line == r.line })
		if r.line != supporting && !known {
			t.Errorf("EXAMPLES.md has a line %s that nobody published", r.line)
		}
		listed[r.resource] = append(listed[r.resource], r.line)
	}
	for file, goals := range sampleGoals(t) {
		for name := range goals {
			switch lines := listed[name]; {
			case len(lines) == 0:
				t.Errorf("%s of %s is not in EXAMPLES.md: write its line, or say what it supports", name, file)
			case len(lines) > 1 && slices.Contains(lines, supporting):
				t.Errorf("%s is in EXAMPLES.md as %s: it is supporting or it is not", name, strings.Join(lines, " and as "))
			}
		}
	}
}

// says reports what is wrong with a figure of a goal; empty if nothing is.
func says(goal *unstructured.Unstructured, figure string) string {
	if goal == nil {
		return "missing"
	}
	at := strings.IndexAny(figure, "=~")
	path, want := figure[:at], figure[at+1:]
	value, _, err := unstructured.NestedFieldNoCopy(goal.Object, append([]string{"spec"}, strings.Split(path, ".")...)...)
	if err != nil {
		return err.Error()
	}
	if list, ok := value.([]any); ok {
		value = len(list)
	}
	got := fmt.Sprint(value)
	if got == want || figure[at] == '~' && strings.Contains(got, want) {
		return ""
	}
	return fmt.Sprintf("%s is %s, want %s", path, got, want)
}

var (
	links   = regexp.MustCompile(`\]\(([^)]+)\)`)
	placed  = regexp.MustCompile("((?:`[a-z0-9-]+`(?:, )?)+) in \\[[^]]+\\]\\(([^)]+)\\)")
	inTicks = regexp.MustCompile("`([^`]+)`")
)

// The index of features leads to what it promises.
func TestREADMELeadsToSamples(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(samplesDir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links.FindAllStringSubmatch(string(page), -1) {
		if _, err := os.Stat(filepath.Join(samplesDir, link[1])); err != nil {
			t.Error(err)
		}
	}
	goals := sampleGoals(t)
	for _, place := range placed.FindAllStringSubmatch(string(page), -1) {
		for _, name := range inTicks.FindAllStringSubmatch(place[1], -1) {
			found := false
			for goal := range goals[place[2]] {
				found = found || strings.HasSuffix(goal, "/"+name[1])
			}
			if !found {
				t.Errorf("there is no %s in %s", name[1], place[2])
			}
		}
	}
}
