package practice

import (
	"slices"
	"strings"
	"unicode"
)

// amount finds the first amount, percentage or currency in a title; empty if there is none. Digits inside a word
// (B2B, HTTP/3, Q4, 3D), versions (PostgreSQL 17), years (in 2027), ranks (#1) and 24/7 are none. Digits of every
// script count.
func amount(title string) string {
	text := []rune(title)
	for i := 0; i < len(text); i++ {
		switch r := text[i]; {
		case isPercent(r), unicode.Is(unicode.Sc, r):
			return string(r)
		case unicode.IsDigit(r):
			n := numberAt(text, i)
			if n.isAmount() {
				return string(text[n.from:n.to])
			}
			i = n.to - 1
		}
	}
	return spelled(title)
}

func isPercent(r rune) bool { return strings.ContainsRune("%％﹪٪‰", r) }

// run is a run of digits in a text, with the separators inside it.
type run struct {
	text     []rune
	from, to int
}

// numberAt is the number that begins at i.
func numberAt(text []rune, i int) run {
	end := i + 1
	for end < len(text) {
		inside := strings.ContainsRune(".,'’٫٬\u00a0\u202f", text[end]) && end+1 < len(text) && unicode.IsDigit(text[end+1])
		if !unicode.IsDigit(text[end]) && !inside {
			break
		}
		end++
	}
	return run{text, i, end}
}

// isAmount reports whether a number says how much.
func (n run) isAmount() bool {
	before, after := n.rune(n.from-1), n.rune(n.to)
	suffix := n.suffix()
	switch {
	case n.isMoney(), isPercent(n.rune(n.skip(n.to))), percentWords[n.wordAfter()]:
		return true
	case n.isIdiom(), joins(before), strings.ContainsRune("#№_", before):
		return false
	case strings.ContainsRune("-–/.:&", before) && joins(n.rune(n.from-2)): // COVID-19, HTTP/3
		return false
	case slices.Contains(units, suffix):
		return true
	case suffix != "", strings.ContainsRune("-–", after) && joins(n.rune(n.to+1)): // 3D, 1st, one-click's like: 5-star
		return false
	default:
		return !n.isYear() && !n.isVersion()
	}
}

func (n run) rune(i int) rune {
	if i < 0 || i >= len(n.text) {
		return 0
	}
	return n.text[i]
}

// skip is the first place from i on that is no space.
func (n run) skip(i int) int {
	for unicode.IsSpace(n.rune(i)) {
		i++
	}
	return i
}

// joins reports whether a letter next to a digit makes a word of the two. In scripts without spaces it does not.
func joins(r rune) bool {
	return unicode.IsLetter(r) &&
		!unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// suffix are the letters right behind the number.
func (n run) suffix() string {
	end := n.to
	for joins(n.rune(end)) {
		end++
	}
	return string(n.text[n.to:end])
}

// units are what makes an amount of the number before it without a space. Case matters: 3D and 4K are words.
var units = strings.Fields("x k m M mn mio bn b B tn pp pt pts ms s sec secs min mins h hr hrs d w mo kb KB mb MB gb GB tb TB km kg eur EUR usd USD gbp GBP")

// wordBefore and wordAfter are the neighbouring words, in lower case; empty where there is another sign in between.
func (n run) wordBefore() string {
	end := n.from
	for unicode.IsSpace(n.rune(end - 1)) {
		end--
	}
	start := end
	for unicode.IsLetter(n.rune(start-1)) || unicode.IsDigit(n.rune(start-1)) {
		start--
	}
	return string(n.text[max(start, 0):max(end, 0)])
}

func (n run) wordAfter() string {
	start := n.skip(n.to)
	end := start
	for unicode.IsLetter(n.rune(end)) {
		end++
	}
	return strings.ToLower(string(n.text[start:end]))
}

// isMoney reports whether a currency stands beside the number.
func (n run) isMoney() bool {
	before := n.from - 1
	for unicode.IsSpace(n.rune(before)) {
		before--
	}
	return unicode.Is(unicode.Sc, n.rune(before)) || unicode.Is(unicode.Sc, n.rune(n.skip(n.to))) ||
		currencies[strings.ToLower(n.wordBefore())] || currencies[n.wordAfter()]
}

// isIdiom reports whether the number stands in a phrase that says how well, not how much.
func (n run) isIdiom() bool {
	for _, idiom := range []string{"24/7", "24x7", "365", "360", "101"} {
		letters := []rune(idiom)
		for start := n.from - len(letters); start <= n.from; start++ {
			end := start + len(letters)
			if start < 0 || end < n.to || end > len(n.text) || string(n.text[start:end]) != idiom {
				continue
			}
			if !unicode.IsDigit(n.rune(start-1)) && !unicode.IsDigit(n.rune(end)) {
				return true
			}
		}
	}
	return word("no", "nr", "number", "rank", "place")[strings.ToLower(strings.Trim(n.wordBefore(), "."))]
}

// isYear reports whether the number is a year by what stands before it.
func (n run) isYear() bool {
	digits := string(n.text[n.from:n.to])
	if len(digits) != 4 || digits < "1900" || digits > "2099" {
		return false
	}
	before := strings.ToLower(n.wordBefore())
	quarterly := len(before) == 2 && strings.ContainsAny(before[:1], "qh") && before[1] >= '1' && before[1] <= '4'
	return quarterly || years[before]
}

// isVersion reports whether the number follows the name of a product or a norm: ISO 27001, PostgreSQL 17.
func (n run) isVersion() bool {
	name := []rune(n.wordBefore())
	lower := strings.ToLower(string(name))
	if len(name) == 0 || measures[lower] {
		return false
	}
	if versioned[lower] {
		return true
	}
	capitals := 0
	for _, r := range name {
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	begins := !slices.ContainsFunc(n.text[:max(0, n.from-len(name)-1)], unicode.IsLetter)
	shouting := strings.ToUpper(string(n.text)) == string(n.text)
	switch {
	case shouting:
		return false
	case capitals > 1 || capitals == 1 && !unicode.IsUpper(name[0]): // ISO, PostgreSQL, iOS
		return true
	default: // a name in a title that is not written In Capitals Throughout
		return capitals == 1 && !begins && plain(n.text)
	}
}

// plain reports whether a title has a longer word in lower case behind its first, so that a capital means a name.
func plain(title []rune) bool {
	words := strings.FieldsFunc(string(title), func(r rune) bool { return !unicode.IsLetter(r) })
	return len(words) > 1 && slices.ContainsFunc(words[1:], func(w string) bool {
		return len(w) > 3 && strings.ToLower(w) == w
	})
}

// word makes a set of words.
func word(words ...string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, w := range words {
		set[w] = true
	}
	return set
}

var (
	percentWords = word("percent", "percentage", "pct", "prozent", "procent", "pourcent", "pourcents", "percento")
	currencies   = word("usd", "eur", "gbp", "chf", "jpy", "cny", "inr", "dollar", "dollars", "euro", "euros", "pound", "pounds", "yen", "rupees", "bucks", "cents")
	years        = word("in", "for", "by", "of", "until", "till", "before", "after", "during", "since", "from", "through", "fy", "year",
		"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "bis", "im", "für", "en", "para")
	versioned = word("version", "v", "release", "phase", "stage", "part", "step", "level", "tier", "gen", "generation", "wave", "java", "python", "node", "go", "web", "industry", "windows")
	measures  = word("nps", "csat", "ces", "mrr", "arr", "cac", "roi", "roas", "sla", "slo", "dau", "mau", "wau", "ltv", "clv", "kpi", "ebit", "ebitda", "gmv")
)

// spelled finds an amount in words: a percentage, or a number of thousands or millions.
func spelled(title string) string {
	for _, sign := range []string{"百分之", "パーセント", "퍼센트", "процент"} {
		if strings.Contains(strings.ToLower(title), sign) {
			return sign
		}
	}
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) })
	for i, w := range words {
		switch {
		case percentWords[w], w == "cent" && i > 0 && words[i-1] == "per":
			return w
		case i > 0 && scales[w] && small[words[i-1]]:
			return words[i-1] + " " + w
		}
	}
	return ""
}

var (
	scales = word("hundred", "thousand", "million", "billion", "dozen")
	small  = word("half", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "fifteen", "twenty",
		"thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred")
)
