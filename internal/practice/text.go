package practice

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxText is the size limit of a finding's message, in bytes.
	maxText = 300
	// maxReason is that of a reason to silence a rule.
	maxReason = 200
	// maxQuoted is that of somebody's words inside a message.
	maxQuoted = 60
	// maxMessage is that of the message of a condition.
	maxMessage = 1024
)

// brief makes text one line of at most limit bytes (limit ≥ 3), cut at a character's boundary.
func brief(text string, limit int) string {
	if most := 16 * limit; len(text) > most { // of a megabyte of somebody's words no more is looked at
		text = text[:most]
	}
	if !tidy(text) {
		text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), blank), " ")
	}
	if len(text) <= limit {
		return text
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

func blank(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == 0x2028 || r == 0x2029
}

// tidy reports whether there is nothing in a text but words with one space in between, as nearly always.
func tidy(text string) bool {
	after := true // a space, or nothing
	for _, r := range text {
		if blank(r) && (after || r != ' ') {
			return false
		}
		after = r == ' '
	}
	return (!after || text == "") && utf8.ValidString(text)
}

// quoted is somebody's words inside a message.
func quoted(text string) string { return `"` + brief(text, maxQuoted) + `"` }

// Summary is the message of WellFormed: ids and short texts, sorted, at most 1 KiB. Where that is too much, the last
// ones are ids alone.
func (r Report) Summary() string {
	var rules, advice, silenced []Finding
	for _, f := range r.Findings {
		switch {
		case f.Silenced != "":
			silenced = append(silenced, f)
		case f.Severity == Advice:
			advice = append(advice, f)
		default:
			rules = append(rules, f)
		}
	}
	if len(r.Findings) == 0 {
		return "no rule of good practice is broken"
	}
	tooLong := sort.Search(len(r.Findings)+1, func(told int) bool { return len(summary(rules, advice, silenced, told)) > maxMessage })
	return brief(summary(rules, advice, silenced, max(0, tooLong-1)), maxMessage)
}

// summary tells the first told findings with their texts, the others by their ids.
func summary(rules, advice, silenced []Finding, told int) string {
	list := func(findings []Finding, text func(Finding) string) string {
		var parts []string
		for _, f := range findings {
			part := f.Rule
			if told > 0 {
				part += text(f)
			} else if len(parts) > 0 && parts[len(parts)-1] == part {
				continue // the id alone says no more the second time
			}
			told--
			parts = append(parts, part)
		}
		return strings.Join(parts, "; ")
	}
	message := func(f Finding) string { return ": " + f.Message }
	reason := func(f Finding) string { return " (" + f.Silenced + ")" }
	var parts []string
	if text := list(rules, message); text != "" {
		parts = append(parts, text)
	}
	if text := list(advice, message); text != "" {
		parts = append(parts, "advice: "+text)
	}
	if text := list(silenced, reason); text != "" {
		parts = append(parts, "silenced: "+text)
	}
	return strings.Join(parts, "; ")
}
