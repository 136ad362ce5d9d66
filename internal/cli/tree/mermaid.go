package tree

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"okr.dev/controller/internal/cli/markup"
	"okr.dev/controller/internal/cli/terminal"
)

// The classes of a diagram: light fills with dark text, readable on a light page and on a dark one.
var classes = []struct {
	name   string
	style  terminal.Style
	define string
}{
	{"good", terminal.Good, "fill:#d7f0dd,stroke:#1a7f37,color:#0b3d1a"},
	{"caution", terminal.Caution, "fill:#fff3c4,stroke:#9a6700,color:#4d3300"},
	{"bad", terminal.Bad, "fill:#ffdcd8,stroke:#cf222e,color:#660d14"},
	{"unsure", terminal.Unsure, "fill:#eadcf7,stroke:#8250df,color:#3c1e70"},
	{"quiet", terminal.Dim, "fill:#eef0f2,stroke:#6e7781,color:#24292f"},
}

// mermaid writes a forest as a flowchart. What a colour says is said in words too.
func mermaid(out io.Writer, screen terminal.Screen, f Forest) error {
	d := diagram{out: out, screen: screen}
	d.line("flowchart LR")
	above := ""
	for _, n := range f.Above {
		above = d.node(n, above)
	}
	for _, root := range f.Roots {
		d.tree(root, above)
	}
	if len(f.Withheld) > 0 {
		d.line("  %%%% Not known, for it may not be read: %s", quote(strings.Join(f.Withheld, ", ")))
	}
	for _, class := range classes {
		if d.used[class.name] {
			d.line("  classDef %s %s", class.name, class.define)
		}
	}
	return d.err
}

type diagram struct {
	out    io.Writer
	screen terminal.Screen
	nodes  int
	used   map[string]bool
	err    error
}

func (d *diagram) line(format string, args ...any) {
	if d.err == nil {
		_, d.err = fmt.Fprintf(d.out, format+"\n", args...)
	}
}

func (d *diagram) tree(n *Node, above string) {
	id := d.node(n, above)
	for _, kr := range n.KeyResults {
		d.node(kr, id)
	}
	for _, child := range n.Children {
		d.tree(child, id)
	}
}

// node writes a node, and the line to it from what stands above it.
func (d *diagram) node(n *Node, above string) string {
	d.nodes++
	id := "n" + strconv.Itoa(d.nodes)
	left, right, link := `["`, `"]`, "-->"
	if n.Kind == "KeyResult" {
		left, right, link = `(["`, `"])`, "-.-"
	}
	d.line("  %s%s%s%s:::%s", id, left, d.label(n), right, d.class(n))
	if above != "" {
		d.line("  %s %s %s", above, link, id)
	}
	return id
}

func (d *diagram) class(n *Node) string {
	style := terminal.StyleOf(n.Health)
	for _, class := range classes {
		if class.style == style {
			if d.used == nil {
				d.used = map[string]bool{}
			}
			d.used[class.name] = true
			return class.name
		}
	}
	return "quiet"
}

// label is what stands in a node, line by line.
func (d *diagram) label(n *Node) string {
	lines := []string{"<b>" + quote(n.Title) + "</b>", quote(n.fullName())}
	verdict := d.screen.Symbol(n.Health) + " " + n.Health
	switch {
	case n.Value != "":
		verdict += ", " + n.Value
		if n.Target != "" {
			verdict += ", target " + n.Target
		}
	case n.Progress != nil && n.Expected != nil:
		verdict += ", " + terminal.Percent(n.Progress) + ", " + terminal.Percent(n.Expected) + " expected"
	case n.Progress != nil:
		verdict += ", " + terminal.Percent(n.Progress)
	}
	if n.Outdated {
		verdict += ", of before the newest edit"
	}
	lines = append(lines, quote(verdict))
	if rest := strings.Trim(n.Owner+", "+n.Period, ", "); rest != "" {
		lines = append(lines, quote(rest))
	}
	if len(n.Ring) > 0 {
		lines = append(lines, quote("on a cycle of parents: "+strings.Join(n.Ring, " → ")))
	}
	if n.Parent != nil {
		lines = append(lines, quote("parent "+n.Parent.Name+" not shown: "+n.Parent.why()))
	}
	if n.Deeper > 0 {
		lines = append(lines, fmt.Sprintf("%d more below", n.Deeper))
	}
	return strings.Join(lines, "<br>")
}

// harmless are the signs that mean nothing to Mermaid, to Markdown or to HTML where they stand in a label.
const harmless = " -.,/()%'?"

// quote writes a text so that nothing in it is taken for anything but text.
func quote(text string) string { return markup.Entities(text, harmless, "#") }
