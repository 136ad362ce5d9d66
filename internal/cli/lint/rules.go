package lint

import (
	"cmp"
	"slices"
	"strings"

	"okr.dev/controller/internal/practice"
)

// Rules are all that lint knows, by id: those of practice, and those about files and about what the API server admits.
func Rules() []practice.Rule {
	rules := append(practice.Rules(), own...)
	slices.SortFunc(rules, func(a, b practice.Rule) int { return cmp.Compare(a.ID, b.ID) })
	return rules
}

// RuleOf finds a rule, in capitals or not.
func RuleOf(id string) (practice.Rule, bool) {
	for _, rule := range Rules() {
		if strings.EqualFold(rule.ID, strings.TrimSpace(id)) {
			return rule, true
		}
	}
	return practice.Rule{}, false
}

// own are the rules that need files rather than goals.
var own = []practice.Rule{
	{
		ID: "YAML001", Severity: practice.Error,
		Title:   "The file is YAML",
		Why:     "What cannot be read cannot be applied. Files that speak of no goals, and templates that are filled in later, are skipped and named.",
		Example: "`unit: %`, an unclosed brace, a text with a colon and a space in it that is not quoted.",
		Fix:     "Quote texts that begin with a sign (`unit: \"%\"`) or hold `: ` or ` #`. Lint what a template renders: `helm template … | kubectl okr lint -`.",
	},
	{
		ID: "YAML002", Severity: practice.Error,
		Title:   "A key stands once in a mapping",
		Why:     "kubectl takes the last of two and drops the first without a word; the API server refuses both.",
		Example: "Two lines `owner:` in one spec, left over from a merge.",
		Fix:     "Keep one of them.",
	},
	{
		ID: "YAML003", Severity: practice.Warning,
		Title: "YAML reads what was meant",
		Why: "kubectl reads YAML 1.1, which makes nothing of `~` and of what follows a `#`, and counts numbers with a leading 0 in eights. The API server never " +
			"sees what was written, and applies the rest.",
		Example: "`contact: #checkout` is empty, `target: 010` is 8, `title: Fix bug #1` ends before the `#` (which is advice only, for it may be a comment).",
		Fix:     "Quote it: `contact: \"#checkout\"`.",
	},
	{
		ID: "API001", Severity: practice.Error,
		Title:   "The kind and its version exist",
		Why:     "The API server knows Objective, KeyResult, KPI and MetricSource of goals.okr.dev/v1alpha1, and refuses others.",
		Example: "`kind: Keyresult`; `apiVersion: okr.dev/v1`.",
		Fix:     "Write `apiVersion: goals.okr.dev/v1alpha1` and one of the four kinds.",
	},
	{
		ID: "API002", Severity: practice.Error,
		Title:   "The field exists",
		Why:     "kubectl apply refuses fields that there are not. Without validation they would be dropped, and the goal would lack what they say.",
		Example: "`reach: {from: 800, to: 300}`; `on: 2026-11-20`, whose key YAML reads as true.",
		Fix:     "Write the field's name: `reach: {baseline: 800, target: 300}`. `kubectl explain keyresult.spec` lists them.",
	},
	{
		ID: "API003", Severity: practice.Error,
		Title:   "A value has the type and the size that its field takes",
		Why:     "The API server refuses the object. Most slips are YAML's: it makes numbers, truths and dates of what looks like them.",
		Example: "`period: 2026` is a number; `target: 99.9` is a fraction; `owner: checkout` is a text where `{team: checkout}` belongs.",
		Fix:     "In doubt, quote it: `period: \"2026\"`, `target: \"99.9\"`.",
	},
	{
		ID: "API004", Severity: practice.Error,
		Title:   "The rules of the kind hold",
		Why:     "Fields that are right alone can be wrong together. The API server refuses the object; so it does when the date does not exist.",
		Example: "A key result with both `metric` and `kpiRef`; `dueOn: 2026-02-30`; a guard without a bound.",
		Fix:     "The message says what to write.",
	},
	{
		ID: "API005", Severity: practice.Error,
		Title:   "Name, labels, annotations and size are those of a Kubernetes object",
		Why:     "The API server refuses others. An object that is too long for kubectl apply, which keeps a copy of it in an annotation, is a warning.",
		Example: "`name: Checkout Fast`; `labels: {cycle: 2026}`, where YAML makes a number of the year.",
		Fix:     "Write names in lower case with hyphens (`checkout-fast`), and quote what labels and annotations say.",
	},
	{
		ID: "KUS001", Severity: practice.Error,
		Title:   "The kustomization builds",
		Why:     "What does not build is not applied. Nothing is fetched and no plugins run: a kustomization that needs them is skipped and named.",
		Example: "`resources: [gaols.yaml]`, where there is no such file.",
		Fix:     "Correct the path. `kustomize build FOLDER` shows the same message.",
	},
	{
		ID: "SET001", Severity: practice.Error,
		Title:   "An object is written once",
		Why:     "Of two with the same kind, namespace and name the one that is applied last wins, and the next apply takes the other.",
		Example: "A copied file in which the name was not changed.",
		Fix:     "Rename one of them, or remove it.",
	},
	{
		ID: "SRC001", Severity: practice.Warning,
		Title:   "A secret that a source names can be read",
		Why:     "The controller reads only Secrets and ConfigMaps with the label goals.okr.dev/metric-source. Without it, or without the key, the source is not ready.",
		Example: "`bearerTokenSecretRef: {name: prom, key: token}`, where the files have a Secret prom without the label.",
		Fix:     "Give it the label, with any value, and the key that is named. Secrets that are not among the files are not looked for.",
	},
	{
		ID: "SRC002", Severity: practice.Advice,
		Title:   "A source's connection is verified and encrypted",
		Why:     "Whoever is on the way can otherwise read the credentials, or make up values that goals are judged by.",
		Example: "`tls: {insecureSkipVerify: true}`; `insecureAllowHTTP: true`.",
		Fix:     "Write `tls.ca` with the authority that vouches for the server.",
	},
	{
		ID: "SRC003", Severity: practice.Warning,
		Title:   "Credentials are not kept with the goals",
		Why:     "Whoever may read the repository, now or later, has them; base64 hides nothing.",
		Example: "A `kind: Secret` with the label goals.okr.dev/metric-source and its data, in Git.",
		Fix:     "Keep it in a vault (External Secrets), or encrypt it (SOPS, Sealed Secrets), and take the old one out of use.",
	},
}
