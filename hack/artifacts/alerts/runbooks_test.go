package alerts

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/shlex"
	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/internal/cli"
	"okr.dev/controller/internal/cli/command"
)

const runbooks = "docs/runbooks"

// pages are the runbooks by their names, without the list of them.
func pages(t *testing.T) (list string, pages map[string]string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), runbooks, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	pages = map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pages[strings.TrimSuffix(filepath.Base(file), ".md")] = string(text)
	}
	list = pages["README"]
	delete(pages, "README")
	return list, pages
}

func TestEveryAlertHasItsRunbookAndEveryRunbookItsAlert(t *testing.T) {
	list, pages := pages(t)
	for _, rule := range alerts(t) {
		name := kebab(rule.Alert)
		page, found := pages[name]
		if !found {
			t.Errorf("%s has no runbook %s.md", rule.Alert, name)
			continue
		}
		for _, part := range []string{"# " + rule.Alert + "\n", "\n## Look\n", "\n## Mend\n", "\n## Silence\n"} {
			if !strings.Contains(page, part) {
				t.Errorf("%s.md has no %q", name, part)
			}
		}
		row := regexp.MustCompile(`(?m)^\| \[` + rule.Alert + `\]\(` + name + `\.md\) \|.*\|$`).FindString(list)
		if !strings.Contains(row, rule.Labels["severity"]) {
			t.Errorf("the list has no row of %s that says %s", rule.Alert, rule.Labels["severity"])
		}
	}
	known := map[string]bool{}
	for _, rule := range alerts(t) {
		known[kebab(rule.Alert)] = true
	}
	for name := range pages {
		if !known[name] {
			t.Errorf("%s.md is about no alert", name)
		}
	}
}

// fence is a block of code in a page; inline is a command within a sentence.
var (
	fence  = regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```")
	inline = regexp.MustCompile("`(kubectl [^`]+)`")
)

// blocks are the blocks of code of a language.
func blocks(page, language string) []string {
	var found []string
	for _, block := range fence.FindAllStringSubmatch(page, -1) {
		if block[1] == language {
			found = append(found, block[2])
		}
	}
	return found
}

// commands are those that a page tells people to run.
func commands(page string) []string {
	var found []string
	for _, block := range blocks(page, "sh") {
		for line := range strings.Lines(block) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "kubectl ") {
				found = append(found, line)
			}
		}
	}
	for _, match := range inline.FindAllStringSubmatch(page, -1) {
		if match[1] != "kubectl okr status" { // a command by its name, not one to be typed
			found = append(found, match[1])
		}
	}
	return found
}

// People who are told to run a command can: there is one, and it takes these flags and arguments.
func TestCommandsOfRunbooksAndAlertsExist(t *testing.T) {
	_, pages := pages(t)
	count := 0
	for name, page := range pages {
		for _, line := range commands(page) {
			count++
			runs(t, name+".md", line)
		}
	}
	if count < 20 {
		t.Errorf("%d commands are found, which are not all", count)
	}
	for _, alert := range fired(t) {
		if line := alert.Annotations["command"]; line != "" {
			runs(t, alert.Alert, line)
		}
	}
}

// runs complains if a command line cannot be run for what is written in it. The plugin's is read as the plugin reads it, kubectl's
// by kubectl, which looks at its flags before it prints its help.
func runs(t *testing.T, where, line string) {
	t.Helper()
	words, err := shlex.Split(line) // comments are left out
	if err != nil {
		t.Fatalf("%s: %s: %v", where, line, err)
	}
	if words[1] != "okr" {
		if out, err := rendered.Run(nil, words[0], append(words[1:], "--help")...); err != nil {
			t.Errorf("%s: %s: %v\n%s", where, line, err, out)
		}
		return
	}
	root := cli.New(command.New(genericiooptions.IOStreams{In: strings.NewReader(""), Out: io.Discard, ErrOut: io.Discard}))
	cmd, rest, err := root.Find(words[2:])
	if err != nil || cmd == root {
		t.Errorf("%s: %s: there is no such command: %v", where, line, err)
		return
	}
	if err := cmd.ParseFlags(rest); err != nil {
		t.Errorf("%s: %s: %v", where, line, err)
		return
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		t.Errorf("%s: %s: %v", where, line, err)
	}
	if err := cmd.ValidateRequiredFlags(); err != nil {
		t.Errorf("%s: %s: %v", where, line, err)
	}
	if cmd.Name() == "explain" {
		if _, err := command.ParseName(cmd.Flags().Args()...); err != nil {
			t.Errorf("%s: %s: %v", where, line, err)
		}
	}
}

func TestLinksAndQueriesOfRunbooksAreRight(t *testing.T) {
	list, pages := pages(t)
	pages["README"] = list
	link := regexp.MustCompile(`\]\(([^)#:]+\.[a-z]+)(?:#([a-z-]+))?\)`)
	for name, page := range pages {
		for _, match := range link.FindAllStringSubmatch(page, -1) {
			text, err := os.ReadFile(filepath.Join(root(t), runbooks, match[1]))
			if err != nil {
				t.Errorf("%s.md refers to %s: %v", name, match[1], err)
				continue
			}
			heading := regexp.MustCompile(`(?mi)^#+ ` + strings.ReplaceAll(match[2], "-", "[ -]") + `$`)
			if match[2] != "" && !heading.Match(text) {
				t.Errorf("%s.md refers to %s, which has no %s", name, match[1], match[2])
			}
		}
		for _, block := range blocks(page, "promql") {
			for line := range strings.Lines(block) {
				if _, err := parser.NewParser(parser.Options{}).ParseExpr(line); err != nil {
					t.Errorf("%s.md: %s: %v", name, line, err)
				}
			}
		}
	}
}

// What the list tells people to write in a kustomization of theirs does what it says.
func TestPatchesOfTheListChangeTheRules(t *testing.T) {
	list, _ := pages(t)
	all := blocks(list, "yaml")
	i := slices.IndexFunc(all, func(block string) bool { return strings.HasPrefix(block, "# kustomization.yaml") })
	if i < 0 {
		t.Fatal("the list shows no kustomization")
	}
	dir := t.TempDir()
	rule, err := os.ReadFile(filepath.Join(root(t), generated))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"kustomization.yaml": all[i], "prometheusrule.yaml": string(rule)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := rendered.Run(nil, "kustomize", "build", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"for: 2d", "owner: platform"} {
		if strings.Contains(string(rule), want) || !strings.Contains(string(out), want) {
			t.Errorf("%q is not what the patch makes of it", want)
		}
	}
}
