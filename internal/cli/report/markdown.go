package report

import (
	"fmt"
	"io"
	"strings"

	"okr.dev/controller/internal/cli/terminal"
)

// markdown writes GitHub's Markdown that reads well as text too: tables are aligned.
type markdown struct {
	terminal.Screen
	out io.Writer
}

// Markdown writes a document as Markdown. What people wrote stays text, whatever it looks like.
func Markdown(out io.Writer, screen terminal.Screen, d *Document) {
	m := markdown{screen, out}
	m.block("# " + m.text(d.Title()))
	m.block(m.text(d.About()))
	m.block("## Summary")
	m.bullets(d.Summary.Sentences())
	m.overview(d.Objectives)
	m.block("## Objectives")
	for i := range d.Objectives {
		m.objective(&d.Objectives[i])
	}
	m.kpis("## KPIs of the cycle", "As they stand now, not at the end of the cycle.", d.KPIs)
	m.kpis("## KPIs that are not healthy and that no objective of the cycle looks after", "", d.Unattended)
	m.advice(d.Advice)
	m.notRead(d.NotRead)
}

func (m markdown) notRead(withheld []string) {
	if len(withheld) > 0 {
		m.block("## Not read")
		m.block("You may not read these. What they would tell is not known; it is not missing.")
		m.bullets(withheld)
	}
}

func (m markdown) advice(advice []Advice) {
	if len(advice) == 0 {
		return
	}
	m.block("## Practice")
	var lines []string
	for _, a := range advice {
		lines = append(lines, a.Text())
	}
	m.bullets(lines)
}

// Text is a piece of advice in a sentence.
func (a *Advice) Text() string {
	text := a.Rule + " (" + a.Severity + "), " + a.Object + ": " + a.Message
	if a.Silenced != "" {
		text += " (silenced: " + a.Silenced + ")"
	}
	return text
}

func (m markdown) overview(objectives []Objective) {
	var rows [][]string
	for i := range objectives {
		o := &objectives[i]
		rows = append(rows, []string{
			strings.Repeat(m.Or("↳ ", "- "), o.Depth) + m.text(o.Title), m.text(o.Owner.Team), m.health(o.Health), percent(o.Progress), percent(o.Expected),
			m.text(o.scoreText()), known(m.text(o.OwnScore())),
		})
	}
	m.table([]string{"Objective", "Team", "Health", "Progress>", "Expected>", "Score", "Own score>"}, rows)
}

func (m markdown) objective(o *Objective) {
	m.block("### " + m.text(o.Title))
	var facts []string
	fact := func(name, text string) {
		if text != "" {
			facts = append(facts, "**"+name+":** "+text)
		}
	}
	why := ""
	if text := o.Explained(); text != "" {
		why = ": " + m.text(text)
	}
	fact("Health", m.health(o.Health)+why)
	fact("Progress", o.ProgressText())
	fact("Score", m.text(o.ScoreLine()))
	fact("Owner", m.text(o.Owner.Text()))
	fact("Time", m.text(o.Terms()))
	if o.Serves != nil {
		fact("Serves", m.text(o.Serves.Text()))
	}
	fact("Serves", m.text(o.ServesNote))
	for i := range o.ServedBy {
		fact("Served by", m.text(o.ServedBy[i].Text()))
	}
	fact("Name", "`"+o.Namespace+"/"+o.Name+"`")
	if o.Outdated {
		fact("Beware", outdated)
	}
	m.list(facts)
	m.prose("Why it matters", o.Description)
	m.prose("Rationale", o.Rationale)
	m.keyResults(o.KeyResults)
	m.impact(o.Impact)
	m.learned(o)
	m.moved(o.Moved)
	m.checkIns(o.CheckIns)
	m.actions("Actions", o.Actions)
	if o.Practice != "" {
		m.block("**Practice**")
		m.bullets([]string{o.Practice})
	}
}

func (m markdown) keyResults(keyResults []KeyResult) {
	if len(keyResults) == 0 {
		m.block("No key results.")
		return
	}
	var rows [][]string
	var remarks []string
	for i := range keyResults {
		k := &keyResults[i]
		rows = append(rows, []string{
			m.text(k.Title), m.health(k.Health), known(m.text(k.Baseline)), known(m.text(k.Value)), known(m.text(k.Target)),
			k.ProgressText(), m.spark(k.Trend), m.text(k.scoreText()),
		})
		for _, remark := range k.Remarks() {
			remarks = append(remarks, "**"+m.text(k.Title)+":** "+m.text(remark))
		}
		for _, step := range k.Milestones {
			remarks = append(remarks, "**"+m.text(k.Title)+":** "+m.text(step.Title+", "+step.Text()))
		}
	}
	m.table([]string{"Key result", "Health", "Baseline>", "Value>", "Target>", "Progress>", "Trend", "Score"}, rows)
	m.list(remarks)
}

func (m markdown) impact(impacts []Impact) {
	if len(impacts) == 0 {
		return
	}
	m.block("**What became of the KPIs that it is meant to move**")
	var rows [][]string
	for i := range impacts {
		k := &impacts[i]
		rows = append(rows, []string{
			m.text(k.Title), m.health(k.Health), known(m.text(k.AtStart)), m.text(k.AtEndText()), known(m.text(k.Change)), m.text(k.Note),
		})
	}
	m.table([]string{"KPI", "Health now", "At start>", "At end>", "Change>", "Not known"}, rows)
}

func (m markdown) learned(o *Objective) {
	if text := o.Unreviewed(); text != "" {
		m.block("**What was learned:** " + text)
	}
	if o.Review == nil {
		return
	}
	m.prose("What came of it", o.Review.Outcome)
	m.prose("What was learned", o.Review.Learned)
}

func (m markdown) moved(moves []Move) {
	if len(moves) == 0 {
		return
	}
	var lines []string
	for _, move := range moves {
		lines = append(lines, move.Text())
	}
	m.block("**Goalposts moved**")
	m.bullets(lines)
}

func (m markdown) checkIns(log []CheckIn) {
	if len(log) == 0 {
		m.block("No check-ins.")
		return
	}
	m.block("**Check-ins**")
	var rows [][]string
	for i := range log {
		c := &log[i]
		rows = append(rows, []string{m.text(c.Date), confidence(c.Confidence, c.Change), m.text(c.Note), m.text(strings.Join(c.Said(), "; "))})
	}
	m.table([]string{"Date", "Confidence", "Note", "Key results"}, rows)
}

func (m markdown) actions(title string, actions []Action) {
	if len(actions) == 0 {
		return
	}
	m.block("**" + title + "**, " + doneOf(actions))
	var lines []string
	for i := range actions {
		a := &actions[i]
		box, name := "[ ] ", m.text(a.Title)
		if a.Done {
			box = "[x] "
		}
		if a.URL != "" {
			name = "[" + name + "](" + escapeURL(a.URL) + ")"
		}
		if a.Owner != "" {
			name += ", " + m.text(a.Owner)
		}
		lines = append(lines, box+name+", "+m.text(a.Text()))
	}
	m.list(lines)
}

func (m markdown) kpis(title, note string, kpis []KPI) {
	if len(kpis) == 0 {
		return
	}
	m.block(title)
	if note != "" {
		m.block(note)
	}
	var rows [][]string
	var remarks []string
	for i := range kpis {
		k := &kpis[i]
		rows = append(rows, []string{
			m.text(k.Title), m.text(k.Owner.Team), m.health(k.Health), known(m.text(k.Value)), known(m.text(k.Target)), known(m.text(k.Change)),
			m.spark(k.Trend), known(m.text(strings.Join(k.Objectives, ", "))),
		})
		for _, remark := range k.Remarks() {
			remarks = append(remarks, "**"+m.text(k.Title)+":** "+m.text(remark))
		}
	}
	m.table([]string{"KPI", "Team", "Health", "Value>", "Target>", "Change", "Trend", "Looked after by"}, rows)
	m.list(remarks)
}

// Remarks are what there is to say of a KPI besides its numbers.
func (k *KPI) Remarks() []string {
	var remarks []string
	if k.Health != "Healthy" && k.Why != "" {
		remarks = append(remarks, k.Why)
	}
	if k.Need != "" {
		remarks = append(remarks, "Needs an objective? "+k.Need)
	}
	if k.Practice != "" {
		remarks = append(remarks, "Practice: "+k.Practice)
	}
	return remarks
}

// health is a health with its symbol.
func (m markdown) health(health string) string {
	if health == "" {
		return "–"
	}
	return m.Symbol(health) + " " + m.text(health)
}

func (m markdown) spark(t Trend) string {
	if len(t.Points) < 2 {
		return ""
	}
	return "`" + m.Sparkline(t.values()) + "`"
}

// block writes a paragraph or a heading, and an empty line.
func (m markdown) block(text string) { fmt.Fprint(m.out, m.Text(text), "\n\n") }

// bullets writes texts as a list.
func (m markdown) bullets(texts []string) {
	lines := make([]string, 0, len(texts))
	for _, text := range texts {
		lines = append(lines, m.text(text))
	}
	m.list(lines)
}

// list writes what is Markdown already as a list.
func (m markdown) list(lines []string) {
	if len(lines) == 0 {
		return
	}
	for _, line := range lines {
		fmt.Fprintln(m.out, "- "+m.Text(line))
	}
	fmt.Fprintln(m.out)
}

// prose quotes what people wrote, with its lines.
func (m markdown) prose(title, text string) {
	if text == "" {
		return
	}
	m.block("**" + title + "**")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		end := ""
		if i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" {
			end = "  " // Markdown's line break
		}
		fmt.Fprintln(m.out, strings.TrimRight("> "+m.Text(quotedLine(line)), " ")+end)
	}
	fmt.Fprintln(m.out)
}

// table writes an aligned table. A column whose title ends with > is aligned to the right; one without any text is left out.
func (m markdown) table(titles []string, rows [][]string) {
	type column struct {
		index, width int
		title        string
		right        bool
	}
	var columns []column
	for i, title := range titles {
		c := column{index: i, title: strings.TrimSuffix(title, ">"), right: strings.HasSuffix(title, ">")}
		empty := true
		for _, row := range rows {
			row[i] = m.Text(row[i])
			c.width = max(c.width, terminal.Width(row[i]))
			empty = empty && (row[i] == "" || row[i] == "–" || row[i] == "-")
		}
		if c.width = max(c.width, terminal.Width(c.title), 3); !empty {
			columns = append(columns, c)
		}
	}
	write := func(cell func(c column) string) {
		for _, c := range columns {
			fmt.Fprint(m.out, "| ", cell(c), " ")
		}
		fmt.Fprintln(m.out, "|")
	}
	write(func(c column) string { return terminal.Pad(c.title, c.width, c.right) })
	write(func(c column) string {
		if c.right {
			return strings.Repeat("-", c.width-1) + ":"
		}
		return strings.Repeat("-", c.width)
	})
	for _, row := range rows {
		write(func(c column) string { return terminal.Pad(row[c.index], c.width, c.right) })
	}
	fmt.Fprintln(m.out)
}
