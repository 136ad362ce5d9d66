package evaluate_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
)

var update = flag.Bool("update", false, "write docs/verdicts.md and its pictures anew")

// golden compares a file with what it should hold, or writes it.
func golden(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s is out of date: go test ./internal/evaluate -run Trajectories -args -update", file)
	}
}

const (
	pictureWidth, pictureHeight = 720, 210
	plotLeft, plotTop           = 44.0, 14.0
	plotWidth, plotHeight       = 660.0, 130.0
	bandTop, bandHeight         = 156.0, 18.0
)

var colours = map[v1alpha1.Health]string{
	v1alpha1.HealthPending: "#d0d7de", v1alpha1.HealthOnTrack: "#2da44e", v1alpha1.HealthAtRisk: "#d4a72c", v1alpha1.HealthOffTrack: "#cf222e",
	v1alpha1.HealthAchieved: "#1a7f37", v1alpha1.HealthMissed: "#82071e", v1alpha1.HealthUnknown: "#8c959f",
}

// stretch is a time in which one verdict is shown.
type stretch struct {
	from, to time.Time
	health   v1alpha1.Health
}

func stretches(moments []moment) []stretch {
	var all []stretch
	for _, l := range moments {
		if n := len(all); n == 0 || all[n-1].health != l.health {
			all = append(all, stretch{from: l.at, health: l.health})
		}
		all[len(all)-1].to = l.at
		if n := len(all); n > 1 {
			all[n-2].to = all[n-1].from
		}
	}
	return all
}

// picture draws progress and what is expected, and the verdicts below as colours with their names.
func picture(tr trajectory, moments []moment) string {
	first, last := begin, moments[len(moments)-1].at
	x := func(t time.Time) float64 { return plotLeft + plotWidth*t.Sub(first).Hours()/last.Sub(first).Hours() }
	y := func(p int32) float64 { return plotTop + plotHeight*(1-float64(p)/100) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11" role="img">`+"\n", pictureWidth, pictureHeight)
	fmt.Fprintf(&b, "<title>%s</title>\n", tr.story)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", pictureWidth, pictureHeight)
	for _, p := range []int32{0, 50, 100} {
		fmt.Fprintf(&b, `<line x1="%.0f" x2="%.0f" y1="%.1f" y2="%.1f" stroke="#d8dee4"/><text x="%.0f" y="%.1f" text-anchor="end" fill="#57606a">%d %%</text>`+"\n",
			plotLeft, plotLeft+plotWidth, y(p), y(p), plotLeft-6, y(p)+4, p)
	}
	fmt.Fprintf(&b, `<polyline fill="none" stroke="#57606a" stroke-dasharray="5 4" points="%s"/>`+"\n",
		polyline(moments, x, func(l moment) float64 { return y(l.expected) }, func(l moment) bool { return l.expected >= 0 && l.at.Before(end) }))
	fmt.Fprintf(&b, `<polyline fill="none" stroke="#0969da" stroke-width="2" points="%s"/>`+"\n",
		polyline(moments, x, func(l moment) float64 { return y(l.progress) }, func(l moment) bool { return l.progress >= 0 }))
	for _, s := range stretches(moments) {
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.0f" width="%.1f" height="%.0f" fill="%s"/>`+"\n", x(s.from), bandTop, x(s.to)-x(s.from), bandHeight, colours[s.health])
		if width := x(s.to) - x(s.from); width > 55 {
			fmt.Fprintf(&b, `<text x="%.1f" y="%.0f" text-anchor="middle" fill="#ffffff">%s</text>`+"\n", x(s.from)+width/2, bandTop+13, s.health)
		}
	}
	for _, month := range []time.Time{begin, at("2026-11-01"), at("2026-12-01"), end} {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.0f" text-anchor="middle" fill="#57606a">%s</text>`+"\n", x(month), bandTop+bandHeight+16, month.Format("2 Jan"))
	}
	b.WriteString(`<text x="700" y="206" text-anchor="end" fill="#57606a">solid: progress; dashed: expected</text>` + "\n</svg>\n")
	return b.String()
}

// polyline are the points of a line, two a day at most.
func polyline(moments []moment, x func(time.Time) float64, y func(moment) float64, has func(moment) bool) string {
	var points []string
	var drawn time.Time
	for _, l := range moments {
		if !has(l) || l.at.Sub(drawn) < 12*time.Hour {
			continue
		}
		drawn = l.at
		points = append(points, fmt.Sprintf("%.1f,%.1f", x(l.at), y(l)))
	}
	return strings.Join(points, " ")
}

// page is docs/verdicts.md.
func page(all []trajectory, moments [][]moment) string {
	var b strings.Builder
	b.WriteString(`# Verdicts, by example

How goals are judged that move as goals do. Each is one key result from 0 to 100 in the fourth quarter of 2026, with the
defaults (at risk from 10 points behind pace, off track from 25, ` + "`holdFor: 6h`" + `), unless the story says otherwise. The table and
the pictures are made by the tests from what the controller's own evaluation says, and the tests hold what people would say
(` + "`internal/evaluate/trajectory_test.go`" + `).

| What happens | What people would say | What is shown (UTC) |
|---|---|---|
`)
	for i, tr := range all {
		var verdicts []string
		for _, s := range stretches(moments[i]) {
			verdicts = append(verdicts, fmt.Sprintf("%s from %s", s.health, s.from.Format("2 Jan 15:04")))
		}
		fmt.Fprintf(&b, "| [%s](verdicts/%s.svg) | %s | %s |\n", tr.story, tr.file, tr.says, strings.Join(verdicts, ", "))
	}
	b.WriteString(`
After the end there is a time in which the final value is asked for: the verdict is Unknown then, with the reason Closing.
Values kept by hand and milestones stay open for a week, so that somebody can write them down.

## Many teams

Four hundred teams scattered around pace by 20 points (standard deviation) all the way, of which about half will miss
(` + "`TestScatteredTeamsAreNotAllRed`" + `): up to three quarters of the time about one in six is red. Then the tolerance shrinks, and
red tracks the share that will be Missed: in the last two days it is nearly all of those, and never more than them.

## Pictures

`)
	for _, tr := range all {
		fmt.Fprintf(&b, "%s\n\n![%s](verdicts/%s.svg)\n\n", tr.story, tr.says, tr.file)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
