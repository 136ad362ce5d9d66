package practice

import (
	"strings"
	"unicode"
)

var titleRules = []Rule{
	{
		ID: "OKR003", Severity: Advice, stages: written, objective: qualitative,
		Title: "An objective's title is qualitative: no amount or percentage in it",
		Why: "An objective says where to go, in words that people remember and want; its key results say how far. A number in the title " +
			"is argued about instead of the goal, and is wrong as soon as a key result is replanned.",
		Example: "`title: Reach 1,000 paying customers`, `title: Cut latency by 20 %`. Digits inside a word or a version are fine: HTTP/3, " +
			"B2B, PostgreSQL 17; so are years (ready for 2027), ranks (#1) and 24/7.",
		Fix: "Say what it will be like when it is achieved (`title: Customers recommend us to their friends`), and write the number as " +
			"a key result. It is advice: a number that is your slogan can stay.",
	},
	{
		ID: "OKR004", Severity: Advice, stages: written, objective: notGeneric,
		Title: "An objective's title is not a generic revenue or sales phrase",
		Why: "Every company wants more revenue. A title that any team could have says nothing about what this team will change, and nobody " +
			"can say no to anything because of it.",
		Example: "`title: Increase revenue`, `title: Boost sales this quarter`, `title: Grow MRR`.",
		Fix:     "Name the lever: `title: Trial users find their first success on day one`. Revenue itself is a KPI that the objective names in `spec.kpiRefs`.",
	},
}

func qualitative(o *Objective, _ look) outcome {
	found := amount(o.Object.Spec.Title)
	if found == "" {
		return outcome{}
	}
	return broken("spec.title", "the title has an amount in it (%s): say what it will be like, and write the number as a key result", quoted(found))
}

func notGeneric(o *Objective, _ look) outcome {
	if !generic(o.Object.Spec.Title) {
		return outcome{}
	}
	return broken("spec.title", "a title that every company could have: name what this team will change, and name the revenue's KPI in spec.kpiRefs")
}

// generic reports whether a title says money, and nothing beside it that tells one company from another.
func generic(title string) bool {
	money := false
	for _, w := range strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch {
		case moneyWords[w]:
			money = true
		case !emptyWords[w]:
			return false
		}
	}
	return money
}

var (
	moneyWords = word("revenue", "revenues", "sales", "sale", "profit", "profits", "profitability", "income", "earnings", "turnover",
		"money", "bookings", "margin", "margins", "arr", "mrr", "deals", "sell", "selling")
	emptyWords = word(
		"increase", "increasing", "increased", "boost", "boosting", "grow", "growing", "growth", "raise", "improve", "improving", "maximise", "maximize",
		"drive", "double", "triple", "quadruple", "multiply", "expand", "lift", "accelerate", "generate", "achieve", "hit", "reach",
		"exceed", "beat", "earn", "make", "get", "win", "close", "have", "more", "higher", "bigger", "better", "strong", "stronger",
		"the", "our", "a", "an", "and", "of", "in", "by", "for", "to", "from", "this", "next", "per", "new", "total", "overall", "company", "business",
		"annual", "yearly", "quarterly", "monthly", "weekly", "recurring", "gross", "net", "year", "years", "quarter", "month", "months", "week", "target",
		"targets", "goal", "goals", "number", "numbers", "figures", "even", "much", "significantly", "substantially", "fast", "faster",
		"percent", "per", "cent", "million", "thousand", "billion", "k", "m", "x", "q", "h", "usd", "eur", "dollars", "euros",
		"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve")
)
