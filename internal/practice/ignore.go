package practice

import (
	"slices"
	"strconv"
	"strings"
)

// IgnoreAnnotation silences rules on an object: "OKR003=reason; OKR009=reason".
const IgnoreAnnotation = "goals.okr.dev/lint-ignore"

// ignoreRule is about the annotation itself, and cannot be silenced by it.
var ignoreRule = Rule{
	ID: "IGN001", Severity: Warning, stages: written | over | cancelled | past,
	Title: "goals.okr.dev/lint-ignore names rules and says why",
	Why:   "A rule that is silenced without a reason is a question that nobody can answer a year later; a misspelt one silences nothing.",
	Example: "`goals.okr.dev/lint-ignore: OKR003` gives no reason, `OKR999=because` names no rule, and errors in the annotation " +
		"cannot be silenced by it.",
	Fix: "Write `goals.okr.dev/lint-ignore: \"OKR003=the number is our slogan; OKR009=the plan is in the tracker\"`.",
}

// maxEntries is how many entries of the annotation are read: there are not as many rules.
const maxEntries = 64

// Ignored are the rules that an object's annotation silences, with the reasons.
func Ignored(annotations map[string]string) map[string]string {
	reasons, _ := ignores(annotations)
	return reasons
}

// ignores reads the annotation: the reason by id, and what is wrong with it.
func ignores(annotations map[string]string) (reasons map[string]string, malformed []string) {
	text, found := annotations[IgnoreAnnotation]
	if !found {
		return nil, nil
	}
	reasons = map[string]string{}
	entries := 0
	for entry := range strings.SplitSeq(text, ";") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		if entries++; entries > maxEntries {
			malformed = append(malformed, "too long: what follows the first "+strconv.Itoa(maxEntries)+" rules is not read")
			break
		}
		id, reason, _ := strings.Cut(entry, "=")
		id, reason = strings.TrimSpace(id), brief(strings.TrimSpace(reason), maxReason)
		switch {
		case !isRule(id):
			malformed = append(malformed, quoted(id)+" is not a rule: write ids such as OKR003, each with =reason, and ; between two")
		case reason == "":
			malformed = append(malformed, id+" is silenced without a reason: write "+id+"=reason")
		default:
			reasons[id] = reason
		}
	}
	if entries == 0 {
		malformed = append(malformed, `empty: write "OKR003=reason", or remove the annotation`)
	}
	slices.Sort(malformed)
	return reasons, slices.Compact(malformed)
}

// isRule reports whether an id can be silenced.
func isRule(id string) bool {
	return slices.ContainsFunc(registry, func(r Rule) bool { return r.ID == id && r.ID != ignoreRule.ID })
}
