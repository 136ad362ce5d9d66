package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/hack/servers"
)

func TestFill(t *testing.T) {
	cases := map[string]struct{ reason, page, want string }{
		"Replaced": {"what a command printed once is not what it prints now",
			"a\n```console\n$ kubectl okr x\nold\n```\nb\n", "a\n```console\n$ kubectl okr x\n<kubectl okr x>\n```\nb\n"},
		"Several": {"a block may show one command after another",
			"```console\n$ kubectl okr x\nold\n\n$ kubectl okr y\n```", "```console\n$ kubectl okr x\n<kubectl okr x>\n$ kubectl okr y\n<kubectl okr y>\n```"},
		"Others": {"what other commands print is nobody's here to know",
			"```console\n$ ls\nfile\n```", "```console\n$ ls\nfile\n```"},
		"OtherBlocks": {"only console blocks are run",
			"```sh\n$ kubectl okr x\n```", "```sh\n$ kubectl okr x\n```"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := fill(tc.page, func(line string) (string, error) { return "<" + line + ">\n", nil })
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("%s: %v\n%s", tc.reason, err, diff)
			}
		})
	}
	if _, err := fill("x\n```console\n$ kubectl okr y\n```", func(string) (string, error) { return "", errors.New("no") }); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("a command that cannot be run names its line, not %v", err)
	}
}

func TestPagesShowWhatCommandsPrint(t *testing.T) {
	root, err := servers.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	shown, err := render(t.Context(), root, pages)
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		compare(t, filepath.Join(root, page), shown[page])
	}
}

func compare(t *testing.T, file, want string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(content), want); diff != "" {
		t.Errorf("%s does not show what commands print now (make docs writes it; -page +now):\n%s", file, diff)
	}
}
