package practice_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"okr.dev/controller/internal/practice"
)

var update = flag.Bool("update", false, "write docs/practice.md")

const page = "../../docs/practice.md"

// TestThePageIsThatOfTheRules: go test ./internal/practice -run Page -args -update writes it.
func TestThePageIsThatOfTheRules(t *testing.T) {
	if *update {
		if err := os.WriteFile(page, []byte(practice.Document()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != practice.Document() {
		t.Errorf("docs/practice.md is not what the rules say: run go test ./internal/practice -run Page -args -update")
	}
	for _, id := range ids {
		if !strings.Contains(string(got), "\n### "+id+"\n") {
			t.Errorf("%s has no entry", id)
		}
	}
}
