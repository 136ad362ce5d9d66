package preview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
)

// report is all that a preview has to say.
type report struct {
	At time.Time
	// Against is what is compared with; empty if nothing is.
	Against string
	// Where the goals stand in the files, as FILE:LINE.
	Where map[id]string
	// Goals of the files.
	Goals   []goal
	Changes []change
	// Before is how goals stood that were there, where two states are compared.
	Before map[id]standing
	// Backtested is how many periods were asked for.
	Backtested int
	Backtests  []backtest
	// Notes are what is not known.
	Notes []string
}

// goal is a goal of the files with the status that it would have.
type goal struct {
	id
	Title    string
	standing standing
	// status as the controller would write it.
	status any
}

func goalOf(o client.Object) goal {
	g := goal{id: idOf(o), Title: titleOf(o), standing: standingOf(o)}
	switch o := o.(type) {
	case *v1alpha1.Objective:
		g.status = o.Status
	case *v1alpha1.KeyResult:
		g.status = o.Status
	case *v1alpha1.KPI:
		g.status = o.Status
	}
	return g
}

// write writes the report in a format.
func (r *report) write(env *command.Environment, format string) error {
	switch format {
	case "json":
		return command.JSON(env.Out, r.document())
	case "markdown":
		_, err := fmt.Fprint(env.Out, r.markdown())
		return err
	default:
		_, err := fmt.Fprint(env.Out, r.text(env.Screen))
		return err
	}
}

// The document of -o json. Its fields are stable.
type (
	reportJSON struct {
		At        time.Time      `json:"at"`
		Against   string         `json:"against,omitempty"`
		Goals     []goalJSON     `json:"goals"`
		Changes   []changeJSON   `json:"changes,omitempty"`
		Backtests []backtestJSON `json:"backtests,omitempty"`
		Notes     []string       `json:"notes,omitempty"`
	}
	goalJSON struct {
		Kind      string `json:"kind"`
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
		Title     string `json:"title,omitempty"`
		File      string `json:"file,omitempty"`
		Status    any    `json:"status"`
	}
	changeJSON struct {
		Kind      string        `json:"kind"`
		Namespace string        `json:"namespace"`
		Name      string        `json:"name"`
		Title     string        `json:"title,omitempty"`
		Change    string        `json:"change"`
		Before    *standing     `json:"before,omitempty"`
		After     *standing     `json:"after,omitempty"`
		Fields    []fieldChange `json:"fields,omitempty"`
		Goalposts []goalpost    `json:"goalposts,omitempty"`
	}
	backtestJSON struct {
		Kind      string    `json:"kind"`
		Namespace string    `json:"namespace"`
		Name      string    `json:"name"`
		Title     string    `json:"title,omitempty"`
		Ends      []pastEnd `json:"ends"`
	}
)

func (r *report) document() reportJSON {
	d := reportJSON{At: r.At, Against: r.Against, Goals: []goalJSON{}, Notes: r.Notes}
	for _, g := range r.Goals {
		d.Goals = append(d.Goals, goalJSON{g.Kind, g.Namespace, g.Name, g.Title, r.Where[g.id], g.status})
	}
	for _, c := range r.Changes {
		d.Changes = append(d.Changes, changeJSON{c.Kind, c.Namespace, c.Name, c.Title, c.What, c.Before, c.After, c.Fields, c.Goalposts})
	}
	for _, b := range r.Backtests {
		for _, row := range b.Rows {
			d.Backtests = append(d.Backtests, backtestJSON{row.Kind, row.Namespace, row.Name, row.Title, row.Cells})
		}
	}
	return d
}

// concern is something that somebody should look at.
type concern struct {
	id
	text   string
	health string
}

// concerns are what somebody should look at: verdicts that are not good, and what is not in order. Where two states are
// compared, only those are listed that were not there before; the others are counted.
func (r *report) concerns() (listed []concern, before int) {
	for _, g := range r.Goals {
		own := concernsOf(g)
		known := map[string]bool{}
		if was, there := r.Before[g.id]; there {
			for _, c := range concernsOf(goal{id: g.id, standing: was}) {
				known[c.text] = true
			}
		}
		for _, c := range own {
			if known[c.text] {
				before++
			} else {
				listed = append(listed, c)
			}
		}
	}
	return listed, before
}

func concernsOf(g goal) []concern {
	var found []concern
	told := ""
	switch g.standing.Health {
	case "AtRisk", "OffTrack", "Missed", "Unknown", "Unhealthy", "Warning":
		told = g.standing.Message
		found = append(found, concern{g.id, g.standing.Health + ": " + told, g.standing.Health})
	}
	for i, t := range g.standing.Trouble {
		said := func(other trouble) bool { return strings.Contains(other.Message, behindField(t.Message)) }
		if slices.ContainsFunc(g.standing.Trouble[i+1:], said) {
			continue // there with the rule, and what to write
		}
		if told == "" || !strings.Contains(told, t.Message) {
			found = append(found, concern{g.id, t.Message, "AtRisk"})
		}
	}
	return found
}

// behindField is a message without the field that it begins with, as in "spec.kpiRefs: KPI a not found".
func behindField(message string) string {
	if field, rest, cut := strings.Cut(message, ": "); cut && strings.HasPrefix(field, "spec.") {
		return rest
	}
	return message
}

// tally counts what happens.
type tally struct{ added, removed, changed, affected, verdicts, goalposts, silent int }

func (r *report) tally() tally {
	var t tally
	for _, c := range r.Changes {
		switch c.What {
		case added:
			t.added++
		case removed:
			t.removed++
		case changed:
			t.changed++
		default:
			t.affected++
		}
		if c.Before != nil && c.After != nil && c.Before.Health != c.After.Health {
			t.verdicts++
		}
		t.goalposts += len(c.Goalposts)
		for _, g := range c.Goalposts {
			if g.Reason == "" {
				t.silent++
			}
		}
	}
	return t
}
