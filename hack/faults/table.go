package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Row is one row of the tables in docs/faults.md: a fault or a threat.
type Row struct {
	// Name is the first column.
	Name string
	// Tests show that it is survived, or stopped.
	Tests []Test
	// NotYet says why it cannot happen yet; empty if it can.
	NotYet string
}

// Test is a test or a fuzz target, whose seeds are run as tests.
type Test struct {
	// Package is the folder of the package in this repository; "main" for the root.
	Package string
	// Name is the function's.
	Name string
}

// String is how the table writes it.
func (t Test) String() string { return t.Package + "." + t.Name }

// folder is the package's, relative to the root.
func (t Test) folder() string {
	if t.Package == "main" {
		return "."
	}
	return t.Package
}

// notYet begins the third column of a row that cannot happen yet.
const notYet = "Not yet: "

var (
	testPattern = regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz)[A-Za-z0-9_]+)`")
	heading     = regexp.MustCompile(`^\| *(Fault|Threat) *\|`)
)

// ReadTable reads the rows of the tables of faults and threats, in their order.
func ReadTable(path string) ([]Row, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	rows, err := parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rows, nil
}

func parse(text string) ([]Row, error) {
	var rows []Row
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case heading.MatchString(line):
			inside = true
		case !strings.HasPrefix(line, "|"):
			inside = false
		case inside && !strings.HasPrefix(line, "|--"):
			row, err := parseRow(line)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("no table that begins with | Fault | or | Threat |")
	}
	return rows, nil
}

func parseRow(line string) (Row, error) {
	cells := strings.Split(strings.Trim(line, "|"), "|")
	if len(cells) != 3 {
		return Row{}, fmt.Errorf("a row has 3 columns, this one %d: %s", len(cells), line)
	}
	row := Row{Name: strings.TrimSpace(cells[0])}
	last := strings.TrimSpace(cells[2])
	if reason, found := strings.CutPrefix(last, notYet); found {
		row.NotYet = reason
		return row, nil
	}
	for _, match := range testPattern.FindAllStringSubmatch(last, -1) {
		row.Tests = append(row.Tests, Test{match[1], match[2]})
	}
	if rest := strings.Trim(testPattern.ReplaceAllString(last, ""), ", "); rest != "" {
		return Row{}, fmt.Errorf("the tests of %q hold %q, which is no `folder.TestName`", row.Name, rest)
	}
	return row, nil
}
