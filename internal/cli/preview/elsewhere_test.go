package preview_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"okr.dev/controller/internal/cli/terminal"
)

// TestGoalsThatMoveToAnotherFile compares a part of a repository in which goals stand in other files than before.
func TestGoalsThatMoveToAnotherFile(t *testing.T) {
	objective := "apiVersion: goals.okr.dev/v1alpha1\nkind: Objective\nmetadata: {name: o}\nspec: {title: More stay, owner: {team: t}, period: 2026-Q4}\n"
	keyResult := func(target string) string {
		return "apiVersion: goals.okr.dev/v1alpha1\nkind: KeyResult\nmetadata: {name: k}\nspec: {objectiveRef: {name: o}, title: Visits rise, reach: {baseline: 1, target: " + target + "}}\n"
	}
	for name, tc := range map[string]struct {
		reason        string
		before, after map[string]string
		path          string
		what, moved   string
		note          string
	}{
		"Renamed": {"a file with another name does not hide that the target is lower",
			map[string]string{"a.yaml": objective + "---\n" + keyResult("10")}, map[string]string{"a.yaml": "", "b.yaml": objective + "---\n" + keyResult("5")}, "b.yaml",
			"edited", "target", ""},
		"Away": {"a key result that is in another file now is not deleted",
			map[string]string{"a.yaml": objective + "---\n" + keyResult("10")}, map[string]string{"a.yaml": objective, "b.yaml": keyResult("10")}, "a.yaml",
			"", "", "key result shop/k is in b.yaml:3 now"},
		"Deleted": {"one that is nowhere is",
			map[string]string{"a.yaml": objective + "---\n" + keyResult("10")}, map[string]string{"a.yaml": objective}, "a.yaml", "removed", "deleted while it runs", ""},
		"Copied": {"of two copies nobody knows which it was",
			map[string]string{"a.yaml": objective, "c.yaml": keyResult("10"), "d.yaml": keyResult("9")},
			map[string]string{"a.yaml": objective + "---\n" + keyResult("5"), "c.yaml": "", "d.yaml": ""}, "a.yaml", "added", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			git := func(arguments ...string) {
				t.Helper()
				if out, err := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, arguments...)...).CombinedOutput(); err != nil {
					t.Fatalf("git %v: %v\n%s", arguments, err, out)
				}
			}
			put := func(files map[string]string) {
				t.Helper()
				for file, text := range files {
					if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			git("init", "-q")
			put(tc.before)
			git("add", ".")
			git("commit", "-q", "-m", "goals")
			put(tc.after)
			env, out := environment(terminal.Screen{Width: 80}, "")
			if err := run(env, filepath.Join(".", tc.path), "--against", "HEAD", "-o", "json"); err != nil {
				t.Fatal(err)
			}
			var got struct {
				Changes []struct {
					Kind      string
					What      string `json:"change"`
					Goalposts []struct{ Text string }
				}
				Notes []string
			}
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			var what, moved string
			for _, change := range got.Changes {
				if change.Kind != "KeyResult" {
					continue
				}
				what = change.What
				for _, g := range change.Goalposts {
					moved += g.Text
				}
			}
			if what != tc.what || !strings.Contains(moved, tc.moved) || tc.moved == "" && moved != "" {
				t.Errorf("%s: %q %q, want %q %q\n%s", tc.reason, what, moved, tc.what, tc.moved, out)
			}
			if notes := strings.Join(got.Notes, "\n"); !strings.Contains(notes, tc.note) {
				t.Errorf("%s: notes %q, want %q", tc.reason, notes, tc.note)
			}
		})
	}
}
