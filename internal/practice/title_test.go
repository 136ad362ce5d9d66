package practice_test

import (
	"slices"
	"strings"
	"testing"

	"okr.dev/controller/internal/practice"
)

// titled is whether a title breaks a rule.
func titled(title, id string) bool {
	w := newWorld()
	w.objective.Spec.Title = title
	return len(finds(w.check(), id)) > 0
}

func TestTitlesWithAnAmount(t *testing.T) {
	amounts := []string{
		"Reach 1,000 paying customers", "Cut latency by 20 %", "Cut latency by 20%", "Get 4.7 in the store", "1000000 users", "Reach 10k users",
		"Grow 10x", "Be 3x faster", "Answer in 15min", "Answer in 15 minutes", "Load in 300ms", "Earn $5 a day", "Earn 5 € more", "Make USD 50 profit",
		"Make 50 dollars", "Make more $", "Grow by ten percent", "Grow by 5 per cent", "Win fifty thousand fans", "Half million downloads",
		"Reach 2000 customers", "Reach NPS 50", "REACH 50 CUSTOMERS", "+15 points of satisfaction", "-5 points",
		"9/10 customers recommend us", "8 of 10 stars", "Increase revenue by 20 %", "Reach ١٠٠٠ customers", "१०० नए ग्राहक", "売上を20%増やす",
		"顧客を１００人増やす", "新規顧客100社を獲得", "نمو بنسبة ٢٠٪", "Wachstum um 20 Prozent", "百分之二十的增长", "20％ growth", "Reduce churn by 5‰",
		"3 new suppliers", "Open 5 new markets", "Double earnings: 100.000 €", "1’000 Kunden", "0 bugs", "Zero bugs, 100 tests", "Win 50", "50",
		"Find 7 happy customers", "Sell 30 more", "2.5 times the traffic", "Increase MRR 20", "Save £1bn", "Hire 4 writers", "Ship in 30d",
	}
	for _, title := range amounts {
		if !titled(title, "OKR003") {
			t.Errorf("%q passes as qualitative", title)
		}
	}
	words := []string{
		"Checkout feels instant", "Serve everything over HTTP/3", "Win the B2B market", "Close Q4 with pride", "Store it all in S3", "Make H2 our best half",
		"Move every service to PostgreSQL 17", "Be ready for ISO 27001", "Pass SOC 2 without surprises", "Run Java 21 everywhere", "Ship v2", "Ship version 2",
		"Ship v1.2 without fear", "Be ready for 2027", "Set up Q1 2027 for success", "Become the #1 choice", "Support that is there 24/7",
		"See our customers with a 360 degree view", "A 5-star stay", "Print in 3D", "Stream in 4K", "2FA for everybody", "Web3 without the hype",
		"Recover after COVID-19", "Make our 1st release count", "Be the number 1 choice", "Move the monorepo to Angular 18", "Öffne B2C für alle",
		"Zero surprises on call", "One team, one plan", "A thousand small delights", "Give customers a million reasons to stay", "Nutzer lieben uns",
		"顧客に愛される", "Клиенты нас любят", "العملاء يحبوننا", "i18n that people notice", "Make k8s boring", "Win over the G20", "Log4j is behind us",
		"The platform is boringly reliable", "x", "…", "Live up to GDPR", "OAuth2 everywhere", "Support IPv6", "Customers recommend us, unprompted",
	}
	for _, title := range words {
		if titled(title, "OKR003") {
			t.Errorf("%q is said to have an amount in it", title)
		}
	}
}

func TestGenericTitles(t *testing.T) {
	for _, title := range []string{
		"Increase revenue", "Boost sales", "INCREASE SALES!", "Grow our revenue this quarter", "Increase revenue by 20 %", "More sales", "Make more money",
		"Hit the sales target", "Revenue growth", "Double revenue", "Maximise profits", "Grow MRR", "Sell more", "Close more deals", "Improve margins",
		"Increase total annual recurring revenue", "Reach $1 million in revenue", "Sales", "Higher revenue in Q4",
	} {
		if !titled(title, "OKR004") {
			t.Errorf("%q passes as a goal of this team", title)
		}
	}
	for _, title := range []string{
		"Checkout feels instant", "Grow", "Sales people love their tools", "Revenue we can forecast", "Trial users find their first success on day one",
		"Win back the customers that left", "Make sales calls pleasant", "Increase trust", "", "🚀", "Sell ethically", "Wholesale customers stay",
	} {
		if title != "" && titled(title, "OKR004") {
			t.Errorf("%q is said to be generic", title)
		}
	}
}

// TestBadExamplesOfTheGuidesAreCaught: what guides to OKRs warn of.
func TestBadExamplesOfTheGuidesAreCaught(t *testing.T) {
	w := newWorld()
	w.objective.Spec.Title = "Increase sales by 15 %"
	measuredByKPI(w.latency)
	w.latency.Spec.Reach = reaches("99.2", "99.9")
	report := w.check()
	for _, id := range []string{"OKR003", "OKR004", "OKR007"} {
		if len(finds(report, id)) == 0 {
			t.Errorf("%s is not found: %+v", id, report.Findings)
		}
	}
	w = newWorld()
	milestones("Buy a keyword tool")(w.latency)
	milestones("Contract a writer")(w.score)
	if len(finds(w.check(), "OKR006")) == 0 {
		t.Error("purchases pass as key results")
	}
}

func TestASilencedRuleStaysVisible(t *testing.T) {
	w := newWorld()
	w.objective.Spec.Owner, w.objective.Spec.Actions = nil, nil
	ignore(w, "OKR005=the team forms on Monday ;OKR009=the plan is in the tracker")
	found := w.set().Objectives[0].Check(practice.Thresholds{}, w.now)
	if !found.WellFormed() || len(finds(found, "OKR005")) != 1 || finds(found, "OKR005")[0].Silenced != "the team forms on Monday" {
		t.Errorf("found %+v", found)
	}
	if want := "silenced: OKR005 (the team forms on Monday); OKR009 (the plan is in the tracker)"; found.Summary() != want {
		t.Errorf("summary %q, want %q", found.Summary(), want)
	}
	ignore(w, "OKR005=the team forms on Monday; OKR009")
	found = w.set().Objectives[0].Check(practice.Thresholds{}, w.now)
	if want := "IGN001: OKR009 is silenced without a reason: write OKR009=reason; OKR009: the period has begun"; found.WellFormed() ||
		!strings.HasPrefix(found.Summary(), want) || !strings.HasSuffix(found.Summary(), "; silenced: OKR005 (the team forms on Monday)") {
		t.Errorf("summary %q, want %q…", found.Summary(), want)
	}
}

func TestAdviceIsMentionedAndLeavesAGoalWellFormed(t *testing.T) {
	w := newWorld()
	w.objective.Spec.Title = "Reach 1,000 customers"
	found := w.set().Objectives[0].Check(practice.Thresholds{}, w.now)
	if !found.WellFormed() || !strings.HasPrefix(found.Summary(), `advice: OKR003: the title has an amount in it ("1,000")`) {
		t.Errorf("well-formed %t: %s", found.WellFormed(), found.Summary())
	}
	if none := (practice.Report{}); !none.WellFormed() || none.Summary() != "no rule of good practice is broken" {
		t.Errorf("nothing: %q", none.Summary())
	}
}

func TestALongSummaryKeepsEveryID(t *testing.T) {
	long := strings.Repeat("é", 150)
	var report practice.Report
	for _, id := range ids {
		report.Findings = append(report.Findings, practice.Finding{Rule: id, Severity: practice.Warning, Message: long})
	}
	text := report.Summary()
	if len(text) > 1024 {
		t.Errorf("%d bytes", len(text))
	}
	for _, id := range ids {
		if !strings.Contains(text, id) {
			t.Errorf("%s is lost in %q", id, text)
		}
	}
	report.Findings = slices.Repeat(report.Findings, 40)
	if text := report.Summary(); len(text) > 1024 {
		t.Errorf("%d bytes of hundreds", len(text))
	}
}
