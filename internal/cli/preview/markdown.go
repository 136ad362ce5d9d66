package preview

import (
	"fmt"
	"html"
	"strings"

	"okr.dev/controller/internal/cli/terminal"
)

// maxComment is how many characters GitHub takes in a comment, less some for what a workflow puts around it. Bytes are
// counted, of which there are more.
const maxComment = 65536 - 1024

// marker is how a workflow finds the comment that it wrote before.
const marker = "<!-- kubectl okr preview -->\n"

// markdown is the report for the comment of a pull request: what changes first, details folded.
func (r *report) markdown() string {
	var head strings.Builder
	head.WriteString(marker)
	head.WriteString("### What this does to goals\n\n")
	if r.Against == "" {
		head.Reset()
		head.WriteString(marker + "### How these goals would stand\n\n")
	} else {
		fmt.Fprintf(&head, "**%s**\n\n", mark(r.summary()))
	}
	head.WriteString(mark(r.headline()) + "\n\n")
	d := &draft{text: head.String(), reserve: 2048}
	if r.Against == "" {
		d.table(r.goalRows(), "")
	} else {
		d.table(r.changeRows(), "")
	}
	for _, note := range r.Notes {
		d.add("> " + mark(note) + "\n\n")
	}
	if r.Against != "" {
		for _, c := range r.Changes {
			d.add(c.details())
		}
		d.table(r.goalRows(), fmt.Sprintf("All goals in the files (%d)", len(r.Goals)))
	}
	d.add(r.concernDetails())
	for _, b := range r.Backtests {
		d.add(b.details())
	}
	return d.end()
}

// draft grows while there is room.
type draft struct {
	text    string
	reserve int
	left    int
}

// add appends a part as a whole, or leaves it out.
func (d *draft) add(part string) {
	if len(d.text)+len(part) > maxComment-d.reserve {
		d.left++
		return
	}
	d.text += part
}

// table appends a table row by row, folded under a summary if there is one. Rows are its title, its line and its rows.
func (d *draft) table(rows []string, summary string) {
	if len(rows) < 3 {
		return
	}
	open, end := "", "\n"
	if summary != "" {
		open, end = "<details><summary>"+html.EscapeString(summary)+"</summary>\n\n", "\n</details>\n\n"
	}
	part, size := open, len(d.text)+len(open)+len(end)
	for i, row := range rows {
		if size += len(row); i >= 2 && size > maxComment-d.reserve {
			d.left += len(rows) - i
			break
		}
		part += row
	}
	d.text += part + end
}

func (d *draft) end() string {
	if d.left > 0 {
		d.text += fmt.Sprintf("\n_%d more parts are left out: a comment has room for 65,536 characters. `kubectl okr preview` prints them all._\n", d.left)
	}
	return d.text
}

func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// signs stand for what happens to a goal; the word is beside them.
var signs = map[string]string{added: "➕ added", removed: "➖ removed", changed: "✏️ edited", affected: "↳ affected"}

func (r *report) changeRows() []string {
	rows := []string{row("", "Goal", "Before", "After", "Goalposts"), row("---", "---", "---", "---", "---")}
	for _, c := range r.Changes {
		before, after, moved := "", "", ""
		if c.Before != nil {
			before = verdict(*c.Before)
		}
		if c.After != nil {
			after = verdict(*c.After)
		}
		if n := len(c.Goalposts); n > 0 {
			moved = fmt.Sprintf("⚠️ %d moved in week %d of %d", n, c.Goalposts[0].Week, c.Goalposts[0].Weeks)
			if c.Goalposts[0].Reason != "" {
				moved += ", with a reason"
			}
		}
		rows = append(rows, row(signs[c.What], goalCell(c.id, c.Title), before, after, moved))
	}
	return rows
}

func (r *report) goalRows() []string {
	rows := []string{row("Goal", "Health", "Progress", "Expected", "Value", "Target"), row("---", "---", "---:", "---:", "---", "---")}
	for _, g := range r.Goals {
		st := g.standing
		rows = append(rows, row(goalCell(g.id, g.Title), verdictOnly(st), terminal.Percent(st.Progress), terminal.Percent(st.Expected), mark(st.Value), mark(st.Target)))
	}
	return rows
}

func goalCell(i id, title string) string {
	return fmt.Sprintf("%s **%s**<br>%s", spoken(i.Kind), mark(i.String()), mark(brief(title)))
}

func verdict(s standing) string { return signOf(s.Health) + " " + mark(s.short()+s.care()) }

func verdictOnly(s standing) string {
	text := s.Health
	if s.Score != "" {
		text += " " + s.Score
	}
	return signOf(s.Health) + " " + mark(text+s.care())
}

// signOf is a colour for a health; the word is beside it.
func signOf(health string) string {
	switch health {
	case "OnTrack", "Achieved", "Healthy":
		return "🟢"
	case "AtRisk", "Warning":
		return "🟡"
	case "OffTrack", "Missed", "Unhealthy":
		return "🔴"
	case "Unknown":
		return "❔"
	default:
		return "⚪"
	}
}

// details is a change with all that is edited, folded.
func (c change) details() string {
	if len(c.Fields)+len(c.Goalposts) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s %s: %s", html.EscapeString(spoken(c.Kind)), raw(c.String()), c.What)
	switch n := len(c.Goalposts); n {
	case 0:
	case 1:
		b.WriteString(", 1 goalpost moved")
	default:
		fmt.Fprintf(&b, ", %d goalposts moved", n)
	}
	b.WriteString("</summary>\n\n")
	for _, g := range c.Goalposts {
		b.WriteString("- ⚠️ " + mark(g.sentence()) + "\n")
	}
	for i, f := range c.Fields {
		if i == maxFields {
			fmt.Fprintf(&b, "- … and %d more fields\n", len(c.Fields)-i)
			break
		}
		b.WriteString("- " + mark(f.sentence("→")) + "\n")
	}
	if c.After != nil && c.After.Message != "" {
		b.WriteString("\nAfter: " + mark(c.After.Message) + "\n")
	}
	b.WriteString("\n</details>\n\n")
	return b.String()
}

// concernDetails are what somebody should look at, folded.
func (r *report) concernDetails() string {
	listed, before := r.concerns()
	if len(listed) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s (%d)</summary>\n\n", r.concernsTitle(), len(listed))
	for _, c := range listed {
		fmt.Fprintf(&b, "- %s **%s**: %s\n", spoken(c.Kind), mark(c.String()), mark(c.text))
	}
	if before > 0 {
		fmt.Fprintf(&b, "- and %d before this change\n", before)
	}
	b.WriteString("\n</details>\n\n")
	return b.String()
}

func (b backtest) details() string {
	var out strings.Builder
	fmt.Fprintf(&out, "<details><summary>In the past: %s</summary>\n\n", raw(b.String()))
	out.WriteString("Targets as written, from where the numbers stood at each start.\n\n")
	out.WriteString(row(append([]string{""}, b.Periods...)...))
	out.WriteString("|" + strings.Repeat(" --- |", len(b.Periods)+1) + "\n")
	for _, r := range b.Rows {
		cells := []string{"(objective)"}
		if r.Kind == "KeyResult" {
			cells[0] = mark(r.Name)
		}
		for _, end := range r.Cells {
			if end.Score == "" {
				cells = append(cells, mark(end.Without))
			} else {
				cells = append(cells, signOf(end.Health)+" "+mark(end.Score+" "+end.Health))
			}
		}
		out.WriteString(row(cells...))
	}
	if len(b.Left) > 0 {
		out.WriteString("\nWithout " + mark(strings.Join(b.Left, ", ")) + "\n")
	}
	out.WriteString("\n</details>\n\n")
	return out.String()
}

// breaker is put where GitHub would else make a link, a mention or a reference of a text: it has no width.
const breaker = "\u200b"

var links = strings.NewReplacer("@", "@"+breaker, "://", ":"+breaker+"//", "www.", "www"+breaker+".", "#", "#"+breaker)

// tame is a text on one line without control characters, of which GitHub makes neither links, mentions nor references.
func tame(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // those that turn the direction too
			return -1
		}
		return r
	}, text)
	return links.Replace(terminal.OneLine(text))
}

// mark is a text as Markdown: what stands there is what is read.
func mark(text string) string {
	var b strings.Builder
	for _, r := range tame(text) {
		if strings.ContainsRune("\\`*_{}[]<>()#+!|~&$", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// raw is a text inside of HTML.
func raw(text string) string { return html.EscapeString(tame(text)) }
