package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"okr.dev/controller/internal/sample"
)

// The chart's measures, in its own units.
const (
	chartWidth, chartHeight = 300.0, 84.0
	chartEdge               = 5.0
	chartFoot               = 15.0
)

// Chart is a trend drawn as SVG.
type Chart struct {
	// ID is unique on the page.
	ID string
	// Title and Description say in words what is drawn.
	Title, Description string
	Width, Height      float64
	// Line and Expected are the points of lines; empty for none.
	Line, Expected string
	// Bounds are lines across: the target, or the bounds of a band.
	Bounds []Bound
	// Dot is the newest value.
	DotX, DotY float64
	// From and To are the days at the ends.
	From, To string
}

// Bound is a line across a chart, with its name above or below.
type Bound struct {
	Y, TextY float64
	Name     string
}

// chartOf draws a trend; nil if there is nothing to draw.
func chartOf(id, title, unit string, t Trend) *Chart {
	if len(t.Points) == 0 {
		return nil
	}
	start, end := t.Start, t.End
	if start.IsZero() {
		start, end = t.Points[0].Time, t.Points[len(t.Points)-1].Time
	}
	s := scaleOf(t, start, end)
	first, last := t.Points[0], t.Points[len(t.Points)-1]
	c := &Chart{
		ID: id, Title: title, Width: chartWidth, Height: chartHeight, Line: s.line(t.Points), Expected: s.line(t.Expected),
		From: s.day(start), To: s.day(end.Add(-time.Second)),
	}
	for _, bound := range t.bounds() {
		if bound.at >= s.low && bound.at <= s.high {
			y := s.y(bound.at)
			drawn := Bound{Y: y, TextY: y - 3, Name: bound.name + " " + amount(bound.at, unit)}
			if y < chartHeight/4 {
				drawn.TextY = y + 10
			}
			c.Bounds = append(c.Bounds, drawn)
		}
	}
	c.DotX, c.DotY = s.x(last.Time), s.y(last.Value)
	c.Description = fmt.Sprintf("%s on %s", amount(last.Value, unit), s.day(last.Time))
	if len(t.Points) > 1 {
		c.Description = fmt.Sprintf("From %s on %s to %s on %s, %d values", amount(first.Value, unit), s.day(first.Time), amount(last.Value, unit), s.day(last.Time), len(t.Points))
	}
	if n := len(t.Expected); n > 0 {
		c.Description += fmt.Sprintf(". Expected: from %s to %s", amount(t.Expected[0].Value, unit), amount(t.Expected[n-1].Value, unit))
	}
	for _, bound := range t.bounds() {
		c.Description += ". " + strings.ToUpper(bound.name[:1]) + bound.name[1:] + " " + amount(bound.at, unit)
	}
	return c
}

// bound is a number that a trend is compared with.
type bound struct {
	at   float64
	name string
}

func (t *Trend) bounds() []bound {
	var bounds []bound
	for _, b := range []struct {
		at   *float64
		name string
	}{{t.Target, "target"}, {t.AtLeast, "at least"}, {t.AtMost, "at most"}} {
		if b.at != nil {
			bounds = append(bounds, bound{*b.at, b.name})
		}
	}
	return bounds
}

// day is the date of an instant, where the goal is.
func (s scale) day(t time.Time) string { return t.In(s.start.Location()).Format(time.DateOnly) }

// amount is a value as people read it: no more digits than are of use.
func amount(v float64, unit string) string { return withUnit(sample.Display(v), unit) }

// scale is where instants and values lie on a chart.
type scale struct {
	start, end time.Time
	low, high  float64
}

// scaleOf shows all values and what they should have been. A bound is shown unless that would flatten the line.
func scaleOf(t Trend, start, end time.Time) scale {
	s := scale{start: start, end: end, low: math.Inf(1), high: math.Inf(-1)}
	for _, points := range [][]Point{t.Points, t.Expected} {
		for _, p := range points {
			s.low, s.high = math.Min(s.low, p.Value), math.Max(s.high, p.Value)
		}
	}
	span := s.high - s.low
	for _, bound := range t.bounds() {
		if span == 0 || math.Max(s.low-bound.at, bound.at-s.high) <= 4*span {
			s.low, s.high = math.Min(s.low, bound.at), math.Max(s.high, bound.at)
		}
	}
	return s
}

func (s scale) x(at time.Time) float64 {
	total := float64(s.end.Unix() - s.start.Unix())
	share := 1.0
	if total > 0 {
		share = math.Min(1, math.Max(0, float64(at.Unix()-s.start.Unix())/total))
	}
	return tenth(chartEdge + share*(chartWidth-2*chartEdge))
}

func (s scale) y(v float64) float64 {
	room := chartHeight - chartFoot - 2*chartEdge
	share := 0.5
	if s.high > s.low { // each for itself: the difference may be beyond a float's range
		share = (v/2 - s.low/2) / (s.high/2 - s.low/2)
	}
	return tenth(chartEdge + (1-share)*room)
}

func tenth(v float64) float64 { return math.Round(10*v) / 10 }

func (s scale) line(points []Point) string {
	if len(points) < 2 {
		return ""
	}
	var parts []string
	for _, p := range points {
		parts = append(parts, fmt.Sprintf("%g,%g", s.x(p.Time), s.y(p.Value)))
	}
	return strings.Join(parts, " ")
}

// Bar is progress drawn as SVG.
type Bar struct {
	// Progress and Expected in percent, 0 to 100; Expected is negative where it is not known.
	Progress, Expected int32
}

// barOf draws progress; nil if it is not known.
func barOf(progress, expected *int32) *Bar {
	if progress == nil {
		return nil
	}
	bar := &Bar{Progress: min(100, max(0, *progress)), Expected: -1}
	if expected != nil {
		bar.Expected = min(100, max(0, *expected))
	}
	return bar
}
