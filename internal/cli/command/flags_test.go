package command_test

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

func TestFlags(t *testing.T) {
	for _, c := range []struct{ reason, args, format, labels, fails string }{
		{"the first format is the default", "", "text", "", ""},
		{"another one", "-o markdown", "markdown", "", ""},
		{"one that there is not: which there are", "-o yaml", "", "", `invalid argument "yaml" for "-o, --output" flag: write text, json or markdown`},
		{"labels", "-l team=shop", "text", "team=shop", ""},
		{"no labels", "-l =", "", "", `for "-l, --selector" flag: `},
		{"no labels: what they look like", "-l =", "", "", `write labels such as team=checkout`},
	} {
		var format string
		var selector command.Selector
		cmd := &cobra.Command{Use: "x", RunE: func(*cobra.Command, []string) error { return nil }}
		command.Output(cmd, &format, "text", "json", "markdown")
		command.Labels(cmd, &selector, "Labels.")
		cmd.SetArgs(strings.Fields(c.args))
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
		err := cmd.Execute()
		switch {
		case c.fails != "":
			if err == nil || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%s: %v, want an error with %q", c.reason, err, c.fails)
			}
		case err != nil || format != c.format || selector.Text != c.labels:
			t.Errorf("%s: -o %s -l %q, %v", c.reason, format, selector.Text, err)
		}
	}
}

func TestSelectorAdmits(t *testing.T) {
	var selector command.Selector
	if !selector.Admits(nil) {
		t.Error("where no labels are asked for, everything is")
	}
	if err := selector.Set("team=shop"); err != nil {
		t.Fatal(err)
	}
	if !selector.Admits(map[string]string{"team": "shop"}) || selector.Admits(map[string]string{"team": "bakery"}) {
		t.Error("-l team=shop asks for the shop's")
	}
}

func TestJSON(t *testing.T) {
	var b strings.Builder
	if err := command.JSON(&b, map[string]string{"text": "a < b"}); err != nil || b.String() != "{\n  \"text\": \"a < b\"\n}\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}
