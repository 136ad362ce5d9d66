// Package walkthrough runs what docs/install.md shows, command by command, on a real Kubernetes API with a real Prometheus, and
// holds the page to what the commands print. It also finds links of the documentation that lead nowhere.
package walkthrough

import (
	"fmt"
	"strings"
)

const (
	opens  = "```console"
	closes = "```"
	prompt = "$ "
	// unseen is how a command stands in a page that is run and not shown: it makes the trouble that the page is about.
	unseen    = "<!-- $ "
	unseenEnd = " -->"
)

// step is a command of a page and what the page says that it prints.
type step struct {
	// line is the number of the command's first line, from 1.
	line int
	// command may go on over several lines, with a backslash at the end of all but the last.
	command string
	// output is without the empty lines at its end.
	output string
	// unseen commands are not shown to readers, and neither is what they print.
	unseen bool
}

// steps reads the console blocks of a page, and the commands that are not shown.
func steps(page string) ([]step, error) {
	var found []step
	lines := strings.Split(page, "\n")
	block := false
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case !block && strings.HasPrefix(line, unseen):
			command, closed := strings.CutSuffix(strings.TrimPrefix(line, unseen), unseenEnd)
			if !closed {
				return nil, fmt.Errorf("line %d: a command that is not shown ends in the line that it begins in", i+1)
			}
			found = append(found, step{line: i + 1, command: command, unseen: true})
		case !block:
			block = line == opens
		case line == closes:
			block = false
		case strings.HasPrefix(line, prompt):
			s := step{line: i + 1, command: strings.TrimPrefix(line, prompt)}
			for strings.HasSuffix(lines[i], `\`) && i+1 < len(lines) {
				i++
				s.command += "\n" + lines[i]
			}
			s.output = output(lines[i+1:])
			found = append(found, s)
		}
	}
	if block {
		return nil, fmt.Errorf("a console block is not closed")
	}
	return found, nil
}

// output is what stands between a command and the next one, or the block's end.
func output(lines []string) string {
	for i, line := range lines {
		if line == closes || strings.HasPrefix(line, prompt) {
			return strings.TrimRight(strings.Join(lines[:i], "\n"), "\n")
		}
	}
	return strings.Join(lines, "\n")
}

// fill is the page with other outputs, by the line of their commands. A command without one keeps what it has.
func fill(page string, outputs map[int]string) string {
	var filled []string
	lines := strings.Split(page, "\n")
	for i := 0; i < len(lines); i++ {
		filled = append(filled, lines[i])
		text, is := outputs[i+1]
		if !is {
			continue
		}
		for strings.HasSuffix(lines[i], `\`) {
			i++
			filled = append(filled, lines[i])
		}
		if text != "" {
			filled = append(filled, text)
		}
		for i+1 < len(lines) && lines[i+1] != closes && !strings.HasPrefix(lines[i+1], prompt) {
			i++
		}
		// Commands of one block are set apart as they were.
		if strings.HasPrefix(lines[i+1], prompt) && lines[i] == "" {
			filled = append(filled, "")
		}
	}
	return strings.Join(filled, "\n")
}

// replacement is what a page shows in place of what was printed.
type replacement struct{ printed, shown string }

// shown is what was printed with replacements. Where one stands in a table, the other lines' columns move along. Spaces at the
// ends of lines are not shown.
func shown(printed string, replacements ...replacement) string {
	lines := strings.Split(strings.TrimRight(printed, "\n"), "\n")
	for _, r := range replacements {
		for i, line := range lines {
			column := strings.Index(line, r.printed+"  ") // kubectl's columns are at least so far apart
			if column < 0 {
				continue
			}
			for j := range lines {
				if !strings.Contains(lines[j], r.printed) {
					lines[j] = moved(lines[j], column, len(r.printed), len(r.shown))
				}
			}
			lines[i] = strings.Replace(line, r.printed, r.shown, 1)
		}
		for i, line := range lines {
			lines[i] = strings.TrimRight(strings.ReplaceAll(line, r.printed, r.shown), " ")
		}
	}
	return strings.Join(lines, "\n")
}

// moved is a line of a table in which a column has become wider or narrower, if the line has space there.
func moved(line string, column, was, is int) string {
	end := column + was
	if len(line) <= end || line[end-1:end+1] != "  " {
		return line
	}
	if is >= was {
		return line[:end] + strings.Repeat(" ", is-was) + line[end:]
	}
	if narrow := column + is; strings.TrimSpace(line[narrow:end]) == "" {
		return line[:narrow] + line[end:]
	}
	return line
}
