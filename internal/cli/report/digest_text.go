package report

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"okr.dev/controller/internal/cli/terminal"
)

//go:embed page/digest.html
var digestPage string

var digestTemplate = pageTemplate(digestPage)

// DigestHTML writes a digest as one page that needs nothing else.
func DigestHTML(out io.Writer, d *Digest) error {
	return writePage(out, digestTemplate, d.Title(), d.About(), d)
}

// Title of the digest.
func (d *Digest) Title() string {
	return "Goals from " + d.From.Format(minute) + " to " + d.To.Format(minute) + " UTC"
}

const minute = "2006-01-02 15:04"

// About says what the digest is limited to.
func (d *Digest) About() string {
	parts := []string{where(d.Namespace)}
	if d.Owner != "" {
		parts = append(parts, "owner "+d.Owner)
	}
	if d.Selector != "" {
		parts = append(parts, "labels "+d.Selector)
	}
	return strings.Join(append(parts, "what is coming reaches to "+d.Until.Format(minute)), " · ")
}

// Nothing is said where there is nothing to report.
func (d *Digest) Nothing() string {
	switch {
	case len(d.Teams) > 0 && len(d.Quiet) > 0:
		return "Nothing to report of: " + strings.Join(d.Quiet, ", ")
	case len(d.Teams) > 0:
		return ""
	case len(d.Quiet) > 0:
		return "Nothing changed, nothing is late, nobody said anything, and nothing is due. Looked at: " + strings.Join(d.Quiet, ", ")
	default:
		return "There are no goals here."
	}
}

// Section is a part of a team's digest with its title.
type Section struct {
	Title string
	// Verdicts: how each goal stands is a part of the news.
	Verdicts bool
	Groups   []Group
}

// Group is what there is to say of one object.
type Group struct {
	// Entry is the first; what it says of the object holds for all.
	Entry
	Entries []Entry
}

// Sections are those that have entries.
func (t *TeamDigest) Sections() []Section {
	var sections []Section
	for _, s := range []struct {
		title    string
		verdicts bool
		entries  []Entry
	}{{"Changed", true, t.Changed}, {"Late", true, t.Late}, {"Said", false, t.Said}, {"Coming", false, t.Coming}} {
		if len(s.entries) > 0 {
			sections = append(sections, Section{s.title, s.verdicts, groupsOf(s.entries)})
		}
	}
	return sections
}

// groupsOf puts what is said of one object together, where the first of it stands.
func groupsOf(entries []Entry) []Group {
	var groups []Group
	for _, e := range entries {
		i := slices.IndexFunc(groups, func(g Group) bool { return g.Kind == e.Kind && g.Namespace == e.Namespace && g.Name == e.Name })
		if i < 0 {
			i = len(groups)
			groups = append(groups, Group{Entry: e})
		}
		groups[i].Entries = append(groups[i].Entries, e)
	}
	return groups
}

// Standing is how the team's objectives stand now.
func (t *TeamDigest) Standing() string {
	if t.Objectives.Total == 0 {
		return "no objective at present"
	}
	return t.Objectives.Text("objective", "objectives")
}

// Where is the object as it is named: an objective without its kind, and with its namespace where several are looked at.
func (e *Entry) Where(all bool) string {
	kind, name := "", e.Name
	switch e.Kind {
	case "KeyResult":
		kind = "key result "
	case "KPI":
		kind = "KPI "
	}
	if all {
		name = e.Namespace + "/" + e.Name
	}
	return kind + name
}

// DigestText writes a digest for a terminal, or a plain mail.
func DigestText(out io.Writer, s terminal.Screen, d *Digest) {
	hang(out, s, "", s.Paint(terminal.Bold, s.Text(d.Title())))
	hang(out, s, "", s.Text(d.About()))
	for i := range d.Teams {
		t := &d.Teams[i]
		fmt.Fprintln(out)
		hang(out, s, "", s.Paint(terminal.Bold, s.Text(t.Team))+s.Or(" – ", " - ")+t.Standing())
		for _, section := range t.Sections() {
			fmt.Fprintln(out, "  "+s.Paint(terminal.Bold, section.Title))
			for _, g := range section.Groups {
				title := s.Paint(terminal.Bold, s.Text(g.Title)) + " " + s.Paint(terminal.Dim, "("+s.Text(g.Where(d.Namespace == ""))+")")
				if section.Verdicts {
					title = s.Health(s.Text(g.Health)) + "  " + title
				}
				hang(out, s, "    ", title)
				for k := range g.Entries {
					hang(out, s, "      "+terminal.Pad(g.Entries[k].Date, len("2026-11-24"), false)+"  ", s.Text(g.Entries[k].Text))
				}
			}
		}
	}
	if text := d.Nothing(); text != "" {
		fmt.Fprintln(out)
		hang(out, s, "", s.Text(text))
	}
	if len(d.NotRead) > 0 {
		fmt.Fprintln(out)
		hang(out, s, "", "Not read, for you may not, and so not known: "+s.Text(strings.Join(d.NotRead, ", ")))
	}
}

// hang writes a text behind a beginning, and what does not fit the line below it.
func hang(out io.Writer, s terminal.Screen, beginning, text string) {
	indent := terminal.Width(beginning)
	for i, row := range terminal.Wrap(text, s.Width-indent) {
		if i > 0 {
			beginning = strings.Repeat(" ", indent)
		}
		fmt.Fprintln(out, strings.TrimRight(beginning+strings.TrimLeft(row, " "), " "))
	}
}

// DigestMarkdown writes a digest for a chat or a wiki.
func DigestMarkdown(out io.Writer, screen terminal.Screen, d *Digest) {
	m := markdown{screen, out}
	m.block("# " + m.text(d.Title()))
	m.block(m.text(d.About()))
	for i := range d.Teams {
		t := &d.Teams[i]
		m.block("## " + m.text(t.Team))
		m.block(t.Standing())
		for _, section := range t.Sections() {
			m.block("### " + section.Title)
			for _, g := range section.Groups {
				verdict := ""
				if section.Verdicts {
					verdict = m.health(g.Health) + " "
				}
				fmt.Fprintln(out, "- "+m.Text(verdict+"**"+m.text(g.Title)+"** ("+m.text(g.Where(d.Namespace == ""))+")"))
				for k := range g.Entries {
					fmt.Fprintln(out, "  - "+m.Text(strings.TrimLeft(m.text(g.Entries[k].Date)+" ", " ")+m.text(g.Entries[k].Text)))
				}
			}
			fmt.Fprintln(out)
		}
	}
	if text := d.Nothing(); text != "" {
		m.block(m.text(text))
	}
	m.notRead(d.NotRead)
}
