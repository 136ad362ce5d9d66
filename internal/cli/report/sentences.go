package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"okr.dev/controller/api/v1alpha1"
)

// Title of the document.
func (d *Document) Title() string {
	if d.isPeriod() {
		return "Review of " + d.First + " to " + d.Last
	}
	return "Review of " + d.Cycle
}

// isPeriod reports whether the cycle's name is its dates.
func (d *Document) isPeriod() bool { return d.First != "" && d.Cycle == d.First+"/"+d.Last }

// About says what the document is limited to, and when it was made.
func (d *Document) About() string {
	var parts []string
	if d.First != "" && !d.isPeriod() {
		parts = append(parts, d.First+" to "+d.Last)
	}
	parts = append(parts, where(d.Namespace))
	if d.Owner != "" {
		parts = append(parts, "owner "+d.Owner)
	}
	if d.Selector != "" {
		parts = append(parts, "labels "+d.Selector)
	}
	return strings.Join(append(parts, "as of "+d.ReadAt.Format("2006-01-02 15:04")+" UTC"), " · ")
}

func where(namespace string) string {
	if namespace == "" {
		return "all namespaces"
	}
	return "namespace " + namespace
}

// Text counts in words, leaving out what is none: "3 objectives: 1 achieved, 2 running (1 on track, 1 at risk)".
func (c Count) Text(one, many string) string {
	var parts, running []string
	add := func(to *[]string, n int, what string) {
		if n > 0 {
			*to = append(*to, strconv.Itoa(n)+" "+what)
		}
	}
	add(&parts, c.Achieved, "achieved")
	add(&parts, c.Missed, "missed")
	add(&running, c.OnTrack, "on track")
	add(&running, c.AtRisk, "at risk")
	add(&running, c.OffTrack, "off track")
	if n := c.Running(); n > 0 {
		parts = append(parts, strconv.Itoa(n)+" running ("+strings.Join(running, ", ")+")")
	}
	add(&parts, c.Pending, "not begun or drafts")
	add(&parts, c.Cancelled, "given up")
	add(&parts, c.Unknown, "unknown")
	text := plural(c.Total, one, many)
	if len(parts) == 0 {
		return text
	}
	return text + ": " + strings.Join(parts, ", ")
}

// Sentences are the summary, one a line.
func (s Summary) Sentences() []string {
	lines := []string{s.Objectives.Text("objective", "objectives"), s.KeyResults.Text("key result", "key results")}
	switch s.Scored {
	case 0:
		lines = append(lines, "no scores yet")
	case s.Objectives.Total:
		lines = append(lines, "mean score "+s.MeanScore)
	default:
		lines = append(lines, fmt.Sprintf("mean score %s, of the %d that have one", s.MeanScore, s.Scored))
	}
	lines = append(lines, fmt.Sprintf("%s, by %d of %s", plural(s.CheckIns, "check-in", "check-ins"), s.CheckedIn, plural(s.Objectives.Total, "objective", "objectives")))
	if s.ToReview > 0 {
		lines = append(lines, plural(s.ToReview, "objective is over and has no review yet", "objectives are over and have no review yet"))
	}
	if s.Moved > 0 {
		lines = append(lines, "goalposts moved in "+plural(s.Moved, "goal", "goals"))
	}
	return lines
}

// ScoreLine says the measured score, and beside it what the team says.
func (o *Objective) ScoreLine() string {
	switch own := o.OwnScore(); {
	case o.Score != "" && own != "":
		return o.scoreText() + " measured; the team gives itself " + own
	case o.Score != "":
		return o.scoreText() + " measured"
	case own != "":
		return "none measured yet; the team gives itself " + own
	case o.Over && o.State == string(v1alpha1.ObjectiveActive):
		return "none yet"
	default:
		return ""
	}
}

// Scores reports whether any objective has one.
func (d *Document) Scores() bool {
	return slices.ContainsFunc(d.Objectives, func(o Objective) bool { return o.Score != "" || o.OwnScore() != "" })
}

// Explained is why a verdict is what it is, where that needs saying.
func (g *Goal) Explained() string {
	if g.good() {
		return ""
	}
	return g.Why
}

// OwnScore is the one that the team gives itself; empty if it gives none.
func (o *Objective) OwnScore() string {
	if o.Review == nil {
		return ""
	}
	return o.Review.Score
}

// Terms are when it is and what is asked of it: "2026-10-01 to 2026-12-31 · Team · Committed (passes at 1.00)".
func (o *Objective) Terms() string {
	when := o.Period
	if o.First != "" {
		when = o.First + " to " + o.Last
	}
	parts := []string{when}
	if o.Level != "" {
		parts = append(parts, o.Level)
	}
	if o.Ambition == string(v1alpha1.AmbitionAspirational) {
		parts = append(parts, "Aspirational (passes at 0.70)")
	} else {
		parts = append(parts, "Committed (passes at 1.00)")
	}
	if o.State == string(v1alpha1.ObjectiveDraft) {
		parts = append(parts, "a draft")
	}
	return strings.Join(parts, " · ")
}

// Text is another objective in a few words: "Double our earnings (company/double-earnings), 2026-H2, OnTrack, 48 %".
func (n *Named) Text() string {
	text := n.Title + " (" + n.Namespace + "/" + n.Name + ")"
	for _, part := range []string{n.Period, n.Health} {
		if part != "" {
			text += ", " + part
		}
	}
	if n.Score != "" {
		return text + ", score " + n.Score
	}
	if n.Progress != nil {
		text += ", " + percent(n.Progress)
	}
	return text
}

// Unreviewed is what is said in place of a review; empty where there is one, or none is due.
func (o *Objective) Unreviewed() string {
	if o.lacksReview() {
		return "no review yet: nobody has said what came of it (spec.review)"
	}
	return ""
}

// Remarks are what there is to say of a key result besides its numbers.
func (k *KeyResult) Remarks() []string {
	var remarks []string
	if k.Outdated {
		remarks = append(remarks, outdated)
	}
	if why := k.Explained(); why != "" {
		remarks = append(remarks, why)
	}
	if k.Guard != "" {
		remarks = append(remarks, "Guard: "+k.Guard)
	}
	if k.Forecast != "" && k.Score == "" {
		remarks = append(remarks, "Forecast: "+k.Forecast)
	}
	if k.Weight == 0 {
		remarks = append(remarks, "Shown, not counted: its weight is 0")
	}
	for _, m := range k.Moved {
		if m.Kind == GivenUp && k.Why != "" {
			continue // that is why
		}
		remarks = append(remarks, m.Text())
	}
	if k.Practice != "" {
		remarks = append(remarks, "Practice: "+k.Practice)
	}
	return remarks
}

// OutdatedText is said of what was edited since it was looked at.
func (*Goal) OutdatedText() string { return outdated }

const outdated = "Edited since the controller looked at it last: what is shown is of before"

// Text is an action in words: "done on 2026-11-09", "was due on 2026-11-10".
func (a *Action) Text() string {
	switch {
	case a.Done:
		return "done on " + a.DoneOn
	case a.Late:
		return "late: was due on " + a.DueOn
	case a.DueOn != "":
		return "due on " + a.DueOn
	default:
		return "open"
	}
}

func doneOf(actions []Action) string {
	done := 0
	for i := range actions {
		if actions[i].Done {
			done++
		}
	}
	return fmt.Sprintf("%d of %d done", done, len(actions))
}

// Said are the sayings about single key results: "talking-time 55 %, confidence 6 of 10".
func (c *CheckIn) Said() []string {
	var said []string
	for _, k := range c.KeyResults {
		text := k.Name
		if k.Value != "" {
			text += " " + k.Value
		}
		if k.Confidence != nil {
			text += ", confidence " + confidence(k.Confidence, nil)
		}
		said = append(said, text)
	}
	return said
}

// AtEndText is a KPI's value at the end, or what there is in its place.
func (i *Impact) AtEndText() string {
	switch {
	case i.AtEnd != "":
		return i.AtEnd
	case i.Now != "":
		return "running; " + i.Now + " now"
	default:
		return "–"
	}
}
