package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/near"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/practice"
)

// ExplainRuleCommand is kubectl okr explain-rule.
func ExplainRuleCommand(env *command.Environment) *cobra.Command {
	return &cobra.Command{
		Use: "explain-rule [ID...]", Short: "What a rule asks for, why, and what to write instead",
		Long: "Explains rules of kubectl okr lint: what each asks for and why, what breaks it, what to write instead, and\n" +
			"how it is silenced. Without an id it lists them all.",
		Example: "  kubectl okr explain-rule\n  kubectl okr explain-rule OKR007",
		Args:    cobra.ArbitraryArgs, DisableFlagsInUseLine: true,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, rule := range Rules() {
				ids = append(ids, rule.ID+"\t"+rule.Title)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				listRules(env)
				return nil
			}
			var texts []string
			for _, id := range args {
				rule, found := RuleOf(id)
				if !found {
					return fmt.Errorf("there is no rule %q%s", id, meant(id))
				}
				texts = append(texts, explanation(env.Screen, rule))
			}
			return printed(env.Out, strings.Join(texts, "\n"))
		},
	}
}

// meant are the rules that an id may have meant.
func meant(id string) string {
	id = strings.ToUpper(strings.TrimSpace(id))
	var ids []string
	for _, rule := range Rules() {
		if strings.HasPrefix(rule.ID, id) && id != "" {
			ids = append(ids, rule.ID)
		}
	}
	if len(ids) == 0 {
		known := make([]string, 0, len(Rules()))
		for _, rule := range Rules() {
			known = append(known, rule.ID)
		}
		if slices.Contains(known, padded(id)) {
			ids = append(ids, padded(id))
		} else if slip := near.Slip(id, known); slip != "" {
			ids = append(ids, slip)
		}
	}
	if len(ids) == 0 || len(ids) > 12 {
		return ": kubectl okr explain-rule lists them"
	}
	return ": did you mean " + strings.Join(ids, ", ") + "?"
}

func listRules(env *command.Environment) {
	screen := env.Screen
	var rows [][]string
	for _, rule := range Rules() {
		rows = append(rows, []string{rule.ID, screen.Paint(styleOf(rule.Severity), rule.Severity.String()), screen.Text(rule.Title)})
	}
	screen.Table(env.Out, []terminal.Column{{Title: "RULE"}, {Title: "SEVERITY"}, {Title: "ASKS FOR", Shrinks: true}}, rows)
}

// widest is how long a line of prose may be, in columns, for eyes to find the next.
const widest = 100

// explanation is all that is to be said of a rule.
func explanation(screen terminal.Screen, rule practice.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n%s\n", screen.Paint(terminal.Bold, rule.ID), screen.Paint(styleOf(rule.Severity), rule.Severity.String()),
		hang(screen, screen.Paint(terminal.Bold, screen.Text(rule.Title)), 0))
	part := func(title, text string) {
		b.WriteString(screen.Paint(terminal.Bold, title) + "\n")
		narrow := screen
		narrow.Width = min(screen.Width, widest)
		b.WriteString("  " + strings.TrimLeft(hang(narrow, screen.Text(text), 2), " "))
	}
	part("Why", rule.Why)
	part("Breaks it", rule.Example)
	part("Instead", rule.Fix)
	part("To silence it", silencing(rule))
	return b.String()
}

// silencing says how a rule is silenced.
func silencing(rule practice.Rule) string {
	switch {
	case rule.ID == "IGN001":
		return "It cannot be silenced on an object. Leave it out of a run with --rules=-IGN001."
	case isPractice(rule.ID):
		return fmt.Sprintf("On the object, with the reason, in metadata.annotations: %s: \"%s=the reason\". It stays visible with --show-ignored. "+
			"For a whole run: --rules=-%s.", practice.IgnoreAnnotation, rule.ID, rule.ID)
	case strings.HasPrefix(rule.ID, "API"):
		return "It cannot be silenced on an object, for the API server does not listen. Leave it out of a run with --rules=-" + rule.ID + "."
	default:
		return "It cannot be silenced on an object. Leave it out of a run with --rules=-" + rule.ID + "."
	}
}

func isPractice(id string) bool {
	for _, rule := range practice.Rules() {
		if rule.ID == id {
			return true
		}
	}
	return false
}

// padded is an id with the zeros that people leave out: OKR7 is OKR007.
func padded(id string) string {
	at := strings.IndexFunc(id, unicode.IsDigit)
	if at < 0 || len(id)-at >= 3 {
		return id
	}
	return id[:at] + strings.Repeat("0", 3-(len(id)-at)) + id[at:]
}
