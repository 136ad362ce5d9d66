package main

import (
	"fmt"
	"strings"
)

const (
	opens  = "```console"
	closes = "```"
	prompt = "$ "
	// command is how the lines begin that are run.
	command = prompt + "kubectl okr"
)

// fill replaces, in the console blocks of a page, what follows each line that run understands by what run returns. Other
// commands, and what they print, stay as they are.
func fill(page string, run func(line string) (string, error)) (string, error) {
	var out []string
	block, skipping := false, false
	for i, line := range strings.Split(page, "\n") {
		switch {
		case !block:
			block = strings.TrimSpace(line) == opens
		case strings.TrimSpace(line) == closes:
			block, skipping = false, false
		case strings.HasPrefix(line, command):
			text, err := run(strings.TrimPrefix(line, prompt))
			if err != nil {
				return "", fmt.Errorf("line %d: %s: %w", i+1, line, err)
			}
			out, skipping = append(out, line), true
			if text = strings.TrimRight(text, "\n"); text != "" {
				out = append(out, strings.Split(text, "\n")...)
			}
			continue
		case strings.HasPrefix(line, prompt):
			skipping = false
		}
		if !skipping {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n"), nil
}
