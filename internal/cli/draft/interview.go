package draft

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/okr"
)

// errEnded is what happens when the answers end before the questions do.
var errEnded = errors.New("the answers ended before the questions: nothing was written (with --yes, what is not said is left at its default)")

// interview asks, line by line.
type interview struct {
	in     *bufio.Reader
	out    io.Writer
	screen terminal.Screen
}

// line reads an answer; fallback where nothing is said, and empty where that is declined with a dash.
func (i *interview) line(fallback string) (string, error) {
	prompt := "> "
	if fallback != "" {
		prompt = i.screen.Paint(terminal.Dim, "["+i.screen.Shorten(i.screen.Text(strings.ReplaceAll(fallback, "\n", " ")), i.screen.Width-8)+"]") + " > "
	}
	fmt.Fprint(i.out, prompt)
	read, err := i.in.ReadString('\n')
	if err != nil && (read == "" || !errors.Is(err, io.EOF)) {
		fmt.Fprintln(i.out)
		if errors.Is(err, io.EOF) {
			return "", errEnded
		}
		return "", fmt.Errorf("read the answer: %w", err)
	}
	if !i.screen.Interactive { // nobody's terminal has shown it
		fmt.Fprintln(i.out, i.screen.Text(strings.TrimRight(read, "\r\n")))
	}
	switch answer := strings.TrimSpace(read); answer {
	case "":
		return fallback, nil
	case "-":
		return "", nil
	default:
		return answer, nil
	}
}

func (i *interview) say(ask, why string) {
	fmt.Fprintln(i.out, i.screen.Paint(terminal.Bold, i.screen.Text(ask)))
	for _, line := range wrap(i.screen.Text(why), i.screen.Width-2) {
		fmt.Fprintln(i.out, i.screen.Paint(terminal.Dim, "  "+line))
	}
}

// ask asks until the answer will do.
func (i *interview) ask(ask, why, fallback string, needed bool, check func(string) error) (string, error) {
	i.say(ask, why)
	for {
		answer, err := i.line(fallback)
		switch {
		case err != nil:
			return "", err
		case answer == "" && needed:
			fmt.Fprintln(i.out, "  This one needs an answer.")
		case answer == "":
			return "", nil
		default:
			if err = check(answer); err == nil {
				return answer, nil
			}
			fmt.Fprintln(i.out, "  "+i.screen.Text(err.Error()))
		}
	}
}

// title asks for the title, and again where the rules have something to say about it: the same answer then stands.
func (i *interview) title(d *drafting, q question) (string, error) {
	fallback := q.fallback(d)
	for {
		title, err := i.ask(q.ask, q.why, fallback, true, q.check)
		if err != nil || title == fallback {
			return title, err
		}
		found := d.adviseTitle(title)
		if len(found) == 0 {
			return title, nil
		}
		for _, f := range found {
			fmt.Fprintf(i.out, "  %s %s\n", i.screen.Paint(terminal.Caution, f.Rule), i.screen.Text(f.Message))
		}
		fmt.Fprintln(i.out, "  Enter keeps it.")
		fallback = title
	}
}

// interview asks what was not said: said are the flags that were given.
func (d *drafting) interview(i *interview, said func(flag string) bool) error {
	fmt.Fprintln(i.out, "Enter takes what stands in brackets; - is for nothing. Ctrl-C ends it, and nothing is written.")
	for _, q := range questions() {
		fallback := ""
		if q.fallback != nil {
			fallback = q.fallback(d)
		}
		into := q.into(&d.answers)
		var err error
		switch {
		case said(q.flag):
		case q.unasked, q.flag == "start-on" && fallback == "":
			*into = fallback
		case q.flag == "title":
			*into, err = i.title(d, q)
		case q.flag == "parent":
			i.parents(d)
			*into, err = i.ask(q.ask, q.why, "", false, q.check)
		default:
			*into, err = i.ask(q.ask, q.why, fallback, q.flag == "period", q.check)
		}
		if err != nil {
			return err
		}
	}
	if !said("kpi") && d.kpi == nil {
		if err := i.kpi(d); err != nil {
			return err
		}
	}
	if !said("action") {
		return i.actions(d)
	}
	return nil
}

// parents lists the objectives that it may serve.
func (i *interview) parents(d *drafting) {
	period, err := okr.ParsePeriod(d.period)
	if err != nil || d.set == nil {
		return
	}
	for _, o := range parentsFor(d.set, d.namespace, v1alpha1.Level(d.level), period, d.now) {
		fmt.Fprintln(i.out, i.screen.Text(fmt.Sprintf("  %s/%s: %s", o.Namespace, o.Name, o.Spec.Title)))
	}
}

func (i *interview) kpi(d *drafting) error {
	name, err := i.ask("Which KPI is it to move?", "name, or namespace/name; empty: none. It is then looked after.", "", false, checkName)
	if name != "" {
		d.kpis = append(d.kpis, name)
	}
	return err
}

func (i *interview) actions(d *drafting) error {
	for {
		ask, why := "What are you going to do first?", sayActions+" Empty: enough."
		if len(d.actions) > 0 {
			ask, why = "And then?", "Empty: enough."
		}
		title, err := i.ask(ask, why, "", false, atMost(253))
		if err != nil || title == "" {
			return err
		}
		who, err := i.ask("Who does it?", "A name or a handle.", d.person, false, atMost(63))
		if err != nil {
			return err
		}
		due, err := i.ask("Until when?", "A day, such as 2026-10-31; empty: open.", "", false, checkDate)
		if err != nil {
			return err
		}
		d.actions = append(d.actions, strings.Join([]string{strings.ReplaceAll(title, "|", "/"), who, due}, "|"))
	}
}

// keyResults asks for key results, after those that are there, and says what the rules find about each.
func (i *interview) keyResults(d *drafting, g *goal) error {
	if d.kpi != nil {
		if err := i.levers(d, g); err != nil {
			return err
		}
	}
	for len(g.keyResults) < 16 {
		why := "A number that moves if it works, such as: First reply to a prospect from 26 to 4 h. 2 to 5 of them; empty: enough."
		title, err := i.ask(fmt.Sprintf("Key result %d: what proves it?", len(g.keyResults)+1), why, "", false, atMost(253))
		if err != nil || title == "" {
			return err
		}
		if err := i.keyResult(d, g, measure{title: title}.guess()); err != nil {
			return err
		}
	}
	return nil
}

// levers offers what drives the KPI.
func (i *interview) levers(d *drafting, g *goal) error {
	levers, _ := leversOf(d.kpi, d.set, d.namespace)
	for _, l := range levers {
		if measures(g.keyResults, l) {
			continue
		}
		yes, err := i.yes("A key result could be: "+l.title, l.why+" Shall it be one?", false)
		if err != nil {
			return err
		}
		if yes {
			if err := i.keyResult(d, g, l.measure); err != nil {
				return err
			}
		}
	}
	return nil
}

// keyResult asks for the parts of a key result until they go together.
func (i *interview) keyResult(d *drafting, g *goal, m measure) error {
	for {
		var err error
		parts := []struct {
			ask, why string
			into     *string
			check    func(string) error
		}{
			{"In which unit?", "Such as h, customers or %.", &m.unit, atMost(32)},
			{"What measures it?", "A PromQL query, or kpi:NAME; empty: it is kept by hand, in the check-ins.", &m.source, checkSource},
			{"Where does it stand today?", "Empty: it is measured at the start.", &m.baseline, func(text string) error { return checkNumber(bare(text, m.unit)) }},
			{"Where should it be at the end?", "50; or >=50 where the baseline is to be measured; +20%; or keep >=99.9. Empty: no such key result.", &m.target,
				func(text string) error { _, err := parseAim(text, m.unit); return err }},
		}
		for n, part := range parts {
			fallback, needed := *part.into, false
			if n == 2 && m.source == "" {
				part.why, needed = "The number of today: nothing measures it.", true
			}
			if n == 2 && fallback == "" && m.source != "" {
				if at := d.presentOf(m); at.known && d.begun() {
					fallback = text(at.value)
				}
			}
			if *part.into, err = i.ask(part.ask, part.why, fallback, needed, part.check); err != nil {
				return err
			}
		}
		if m.target == "" {
			return nil
		}
		kr, err := d.add(g, m)
		if err != nil {
			fmt.Fprintln(i.out, "  "+i.screen.Text(err.Error())+"\n  Once more:")
			continue
		}
		found := about(d.advise(g), "KeyResult", kr.Name, "")
		tell(i.out, i.screen, found)
		if len(found) == 0 {
			return nil
		}
		keep, err := i.yes("Keep it?", "It can be changed in the file.", true)
		if err != nil {
			return err
		}
		if !keep {
			g.keyResults = g.keyResults[:len(g.keyResults)-1]
		}
		return nil
	}
}

func (i *interview) yes(ask, why string, fallback bool) (bool, error) {
	answers := map[string]bool{"y": true, "yes": true, "n": false, "no": false}
	answer, err := i.ask(ask, why, map[bool]string{true: "yes", false: "no"}[fallback], true, func(text string) error {
		if _, known := answers[strings.ToLower(text)]; !known {
			return errors.New("write yes or no")
		}
		return nil
	})
	return answers[strings.ToLower(answer)], err
}
