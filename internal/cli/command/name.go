package command

import (
	"fmt"
	"strings"
)

// The kinds of goals, as the API calls them.
const (
	Objective = "Objective"
	KeyResult = "KeyResult"
	KPI       = "KPI"
)

// kinds are the kinds by the names that kubectl takes for them, and by those that people say.
var kinds = map[string]string{
	"objective": Objective, "objectives": Objective, "obj": Objective, "objs": Objective,
	"keyresult": KeyResult, "keyresults": KeyResult, "kr": KeyResult, "krs": KeyResult, "key-result": KeyResult, "key-results": KeyResult,
	"kpi": KPI, "kpis": KPI,
}

// Spoken is a kind in a sentence: key result.
var Spoken = map[string]string{Objective: "objective", KeyResult: "key result", KPI: "KPI"}

// Name is how a goal is called on the command line. Kind and Namespace are empty where they are not said.
type Name struct{ Kind, Namespace, Name string }

const nameForms = "write NAME or KIND/NAME, such as keyresult/checkout-latency, and -n or NAMESPACE/ before the name; kinds are objective (obj), keyresult (kr) and kpi"

// ParseName reads NAME, KIND/NAME and KIND NAME, in which a namespace may stand before the name, as goals are printed. Of two
// readings of x/NAME, x is a kind if there is one of that name.
func ParseName(args ...string) (Name, error) {
	var n Name
	rest := ""
	switch len(args) {
	case 0:
		return n, fmt.Errorf("which goal? %s", nameForms)
	case 1:
		rest = args[0]
		if kind, behind, cut := strings.Cut(rest, "/"); cut && kindOf(kind) != "" {
			n.Kind, rest = kindOf(kind), behind
		}
	case 2:
		if n.Kind, rest = kindOf(args[0]), args[1]; n.Kind == "" {
			return n, fmt.Errorf("%q is no kind of goal: %s", args[0], nameForms)
		}
		if kind, behind, cut := strings.Cut(rest, "/"); cut && kindOf(kind) == n.Kind { // kr kr/NAME
			rest = behind
		}
	default:
		return n, fmt.Errorf("one goal at a time: %s", nameForms)
	}
	namespace, name, qualified := strings.Cut(rest, "/")
	if !qualified {
		namespace, name = "", rest
	}
	if name == "" || qualified && namespace == "" || strings.Contains(name, "/") {
		return n, fmt.Errorf("%q is no name: %s", strings.Join(args, " "), nameForms)
	}
	n.Namespace, n.Name = namespace, name
	return n, nil
}

// kindOf is the kind that a word stands for, also as in keyresults.goals.okr.dev; empty if it is none.
func kindOf(word string) string {
	word, _, _ = strings.Cut(strings.ToLower(word), ".")
	return kinds[word]
}

// Only refuses a name of another kind, for a command that is about one. The error says which command explains that one.
func (n Name) Only(kind, about string) error {
	if n.Kind == "" || n.Kind == kind {
		return nil
	}
	where := ""
	if n.Namespace != "" {
		where = " -n " + n.Namespace
	}
	return fmt.Errorf("%s is about %ss, and %s is a %s: kubectl okr explain %s/%s%s explains it", about, Spoken[kind], n.Name, Spoken[n.Kind],
		strings.ToLower(n.Kind), n.Name, where)
}
