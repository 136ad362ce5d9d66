package example

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/servers"
)

// check is a step of CI, or the hook, as it is run in a repository.
type check struct {
	name, commands string
	environment    []string
}

// githubChecks are the steps of the workflow that run commands.
func githubChecks(t *testing.T, repository string) map[string]check {
	t.Helper()
	var workflow struct {
		Jobs map[string]struct {
			Env   map[string]string
			Steps []struct {
				Name, Run, Uses string
				Env             map[string]string
			}
		}
	}
	load(t, &workflow, repository, ".github", "workflows", "goals.yaml")
	checks := map[string]check{}
	for _, step := range workflow.Jobs["goals"].Steps {
		if step.Run == "" {
			continue
		}
		c := check{name: step.Name, commands: step.Run, environment: []string{
			"GITHUB_BASE_REF=main", "RUNNER_TEMP=" + t.TempDir(), "GITHUB_STEP_SUMMARY=" + filepath.Join(repository, ".git", "summary"),
		}}
		for name, value := range workflow.Jobs["goals"].Env {
			c.environment = append(c.environment, name+"="+value)
		}
		for name, value := range step.Env {
			if strings.HasPrefix(value, "${{") {
				value = "" // a variable or a secret that nobody has set
			}
			c.environment = append(c.environment, name+"="+value)
		}
		checks[step.Name] = c
	}
	return checks
}

// gitlabChecks are the lines of the job's script, by the command that they run.
func gitlabChecks(t *testing.T, repository string) map[string]check {
	t.Helper()
	var pipeline struct {
		Goals struct {
			Variables map[string]string
			Script    []string
		}
	}
	load(t, &pipeline, repository, ".gitlab-ci.yml")
	base, err := exec.Command("git", "-C", repository, "rev-parse", "main").Output()
	if err != nil {
		t.Fatal(err)
	}
	checks := map[string]check{}
	for _, line := range pipeline.Goals.Script {
		c := check{commands: line, environment: []string{"CI_MERGE_REQUEST_DIFF_BASE_SHA=" + strings.TrimSpace(string(base))}}
		for name, value := range pipeline.Goals.Variables {
			c.environment = append(c.environment, name+"="+value)
		}
		words := strings.Fields(line)
		c.name = words[0]
		switch words[0] {
		case "kubectl-okr":
			c.name = words[1]
		case "go":
			c.name = line
		}
		checks[c.name] = c
	}
	return checks
}

// hook is what pre-commit would run: the entry of the hook's definition with the arguments of the repository's configuration,
// and no names of files, as the definition says.
func hook(t *testing.T, repository string) check {
	t.Helper()
	var definitions []struct {
		ID, Entry, Language, Files string
		PassFilenames              *bool `json:"pass_filenames"`
	}
	load(t, &definitions, module(t), ".pre-commit-hooks.yaml")
	var configuration struct {
		Repos []struct {
			Hooks []struct {
				ID   string
				Args []string
			}
		}
	}
	load(t, &configuration, repository, ".pre-commit-config.yaml")
	definition, use := definitions[0], configuration.Repos[0].Hooks[0]
	if definition.ID != use.ID || definition.Language != "golang" || definition.PassFilenames == nil || *definition.PassFilenames {
		t.Fatalf("%+v, used as %+v", definition, use)
	}
	files := regexp.MustCompile(definition.Files)
	for name, want := range map[string]bool{"teams/checkout/kpis.yaml": true, "x.yml": true, "README.md": false} {
		if files.MatchString(name) != want {
			t.Errorf("the hook runs for %s: %t", name, !want)
		}
	}
	// pre-commit runs a command without a shell: each argument is one word.
	return check{name: "hook", commands: definition.Entry + " '" + strings.Join(use.Args, "' '") + "'"}
}

const (
	checkoutGoals = "teams/checkout/2026-Q4/checkout-feels-instant.yaml"
	sourceFile    = "clusters/base/metricsource.yaml"
)

// A pull request is what somebody does to the copy on a branch, and what each check says about it.
func TestPullRequests(t *testing.T) {
	tests := []struct {
		reason         string
		file, from, to string
		// fields and goals are what kubeconform and lint complain of; empty, they pass.
		fields, goals string
		// shows is in the comment for the reviewers.
		shows string
	}{
		{reason: "a check-in", file: checkoutGoals, from: "  checkIns:\n", to: "  checkIns:\n    - {date: \"2026-10-09\", confidence: 5}\n",
			shows: "objective **checkout/checkout-feels-instant**"},
		{reason: "a target is moved, and nobody says why: no mistake, and for the reviewers to see", file: checkoutGoals,
			from: "target: 400", to: "target: 500", shows: "spec.reach.target: 400 → 500"},
		{reason: "a goal of another team is renamed in a reference", file: checkoutGoals, from: "name: buying-is-a-pleasure", to: "name: buying-is-fun",
			goals: "REF001"},
		{reason: "a field that there is not", file: checkoutGoals, from: "  period:", to: "  deadline: soon\n  period:",
			fields: "additional properties 'deadline' not allowed", goals: "API002"},
		{reason: "a fraction without quotes", file: checkoutGoals, from: `target: "8.5"`, to: "target: 8.5",
			fields: "got number, want null or integer or string", goals: "API003"},
		{reason: "a period that there is not: only the API server's own rules know", file: checkoutGoals, from: `"2026-Q4"`, to: `"2026-Q5"`,
			goals: "API004"},
		{reason: "a query that does not parse", file: checkoutGoals, from: "100 - 100 * sum(", to: "100 - 100 * sum((", goals: "PQL001"},
		{reason: "a goal that nobody owns", file: checkoutGoals, from: "  owner: {team: checkout, person: Mei, contact: \"#checkout\"}\n", to: "",
			goals: "OKR005"},
		{reason: "a source that is not shared with the teams", file: sourceFile, from: "selector:", to: "selectors:",
			fields: "additional properties 'selectors' not allowed", goals: "API002"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			repository := copied(t)
			if out, err := script(t, repository, "git update-ref refs/remotes/origin/main main && git checkout --quiet -b change"); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			edit(t, filepath.Join(repository, filepath.FromSlash(tt.file)), tt.from, tt.to)
			commit(t, repository)

			github, gitlab := githubChecks(t, repository), gitlabChecks(t, repository)
			for _, c := range []check{github["Is each field right?"], gitlab["kubeconform"]} {
				expect(t, c, repository, tt.fields)
			}
			for _, c := range []check{github["Are they good goals?"], gitlab["lint"], hook(t, repository)} {
				expect(t, c, repository, tt.goals)
			}
			if tt.shows == "" {
				return
			}
			expect(t, github["What would change?"], repository, "")
			expect(t, gitlab["preview"], repository, "")
			for _, path := range []string{".git/summary", "preview.md"} {
				text, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(path)))
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasPrefix(string(text), "<!-- kubectl okr preview -->\n") || !strings.Contains(string(text), tt.shows) {
					t.Errorf("%s does not show %q:\n%s", path, tt.shows, text)
				}
			}
		})
	}
}

// expect wants a check to pass or, where says is something, to fail with it.
func expect(t *testing.T, c check, repository, says string) {
	t.Helper()
	if c.commands == "" {
		t.Fatal("there is no such check")
	}
	out, err := script(t, repository, c.commands, c.environment...)
	if (err == nil) != (says == "") || !strings.Contains(out, says) {
		t.Errorf("%s: %v, want %q\n%s", c.name, err, says, out)
	}
}

// What CI installs is what is tested here, and what pre-commit builds holds the command of the hook.
func TestWhatIsInstalled(t *testing.T) {
	repository := copied(t)
	pins, err := os.ReadFile(filepath.Join(module(t), "hack", "tools", "kubeconform", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	pinned := regexp.MustCompile(`github\.com/yannh/kubeconform (v\S+)`).FindStringSubmatch(string(pins))[1]
	var hooks struct {
		Repos []struct{ Repo, Rev string }
	}
	load(t, &hooks, repository, ".pre-commit-config.yaml")
	github := strings.Split(strings.TrimSpace(githubChecks(t, repository)["Install"].commands), "\n")
	var gitlab []string
	for _, c := range gitlabChecks(t, repository) {
		if strings.HasPrefix(c.commands, "git clone ") || strings.HasPrefix(c.commands, "go install ") {
			gitlab = append(gitlab, c.commands)
		}
	}
	for _, tt := range []struct {
		where, into string
		commands    []string
	}{
		{"GitHub", `"$RUNNER_TEMP/okr-controller"`, github},
		{"GitLab", "/tmp/okr-controller", gitlab},
	} {
		// The plugin from the clone of the controller that everything else of the example is taken from.
		want := []string{
			"git clone --quiet --depth 1 --branch " + hooks.Repos[0].Rev + " " + hooks.Repos[0].Repo + " " + tt.into,
			"go install -C " + tt.into + " ./cmd/kubectl-okr",
			"go install github.com/yannh/kubeconform/cmd/kubeconform@" + pinned,
		}
		if slices.Sort(tt.commands); !slices.Equal(tt.commands, want) {
			t.Errorf("%s installs %q, want %q", tt.where, tt.commands, want)
		}
	}

	out, err := exec.Command("go", "list", "-C", module(t), "-f", `{{if eq .Name "main"}}{{.Target}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	built := map[string]int{}
	for _, target := range strings.Fields(string(out)) {
		built[filepath.Base(target)]++
	}
	if built["kubectl-okr"] != 1 {
		t.Errorf("`go install ./...` makes %v, where one must be kubectl-okr", slices.Sorted(maps.Keys(built)))
	}
}

// What the tests cannot run is at least a script, and asks for no more than it needs.
func TestWorkflow(t *testing.T) {
	repository := copied(t)
	checks := githubChecks(t, repository)
	if len(checks) != 5 {
		t.Errorf("%d steps run something", len(checks))
	}
	for _, c := range checks {
		if out, err := exec.Command("bash", "-n", "-c", c.commands).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", c.name, err, out)
		}
	}
	var workflow struct {
		Permissions map[string]string
		Jobs        map[string]struct {
			Permissions map[string]string
			Steps       []struct{ Uses, Run string }
		}
	}
	load(t, &workflow, repository, ".github", "workflows", "goals.yaml")
	if len(workflow.Permissions) > 0 || !maps.Equal(workflow.Jobs["goals"].Permissions, map[string]string{"contents": "read", "pull-requests": "write"}) {
		t.Errorf("permissions %v, of the job %v", workflow.Permissions, workflow.Jobs["goals"].Permissions)
	}
	pinned := regexp.MustCompile(`^actions/[a-z-]+@v\d+\.\d+\.\d+$`)
	for _, step := range workflow.Jobs["goals"].Steps {
		if step.Uses != "" && !pinned.MatchString(step.Uses) {
			t.Errorf("%s is no full version", step.Uses)
		}
		if strings.Contains(step.Run, "${{") {
			t.Errorf("what others may write goes into a script through the environment only: %s", step.Run)
		}
	}
}

// With an address the jobs ask Prometheus, and with a token they say so.
func TestThePreviewAsksPrometheus(t *testing.T) {
	prometheus := cluster.Prometheus(t, servers.PrometheusOptions{})
	requests := servers.Series{Name: "http_requests_total", Labels: map[string]string{"job": "shop", "code": "200"}}
	for minute := range 60 {
		at := written.Add(time.Duration(minute-60) * time.Minute)
		requests.Points = append(requests.Points, servers.Point{Time: at, Value: float64(minute)})
	}
	if err := prometheus.Write(t.Context(), requests); err != nil {
		t.Fatal(err)
	}
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	repository := copied(t)
	if out, err := script(t, repository, "git update-ref refs/remotes/origin/main main"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, tt := range []struct {
		where, token, writes string
		check                check
	}{
		{"GitHub", "secret", ".git/summary", githubChecks(t, repository)["What would change?"]},
		{"GitLab", token, "preview.md", gitlabChecks(t, repository)["preview"]}, // a variable of type file
	} {
		t.Run(tt.where, func(t *testing.T) {
			tt.check.environment = append(tt.check.environment, "PROMETHEUS_URL="+prometheus.URL)
			expect(t, tt.check, repository, "")
			text, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(tt.writes)))
			if err != nil || !strings.Contains(string(text), "| 🟢 Healthy |  |  | 100 % | ≥ 99.9 % |") {
				t.Errorf("nothing of what Prometheus knows: %v\n%s", err, text)
			}
			// The plugin refuses to send it where others could read it, so it was given it.
			tt.check.environment = append(tt.check.environment, "PROMETHEUS_TOKEN="+tt.token)
			expect(t, tt.check, repository, "credentials would travel over plain http")
		})
	}
}

// The commands of the README that need no cluster do what it says.
func TestReadme(t *testing.T) {
	repository := copied(t)
	text, err := os.ReadFile(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for start, want := range map[string]string{
		"kubectl okr lint ":     "objects of",
		"kubectl okr checkin ":  "+++ b/teams/checkout/2026-Q4/checkout-feels-instant.yaml",
		"kubectl okr rollover ": "+++ b/teams/checkout/2027-Q1/checkout-feels-instant.yaml",
	} {
		command := regexp.MustCompile(start + "[^\n`]*").FindString(string(text))
		flags := map[string]string{
			"kubectl okr checkin ": " --offline --date 2026-11-20 --confidence 6 --dry-run", "kubectl okr rollover ": " --dry-run",
		}[start]
		out, err := script(t, repository, strings.Replace(command, "kubectl okr", "kubectl-okr", 1)+flags)
		if command == "" || err != nil || !strings.Contains(out, want) {
			t.Errorf("%q: %v, want %q\n%s", command, err, want, out)
		}
	}
}
