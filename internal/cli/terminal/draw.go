package terminal

import (
	"math"
	"slices"
	"strings"
)

// Bar draws progress from 0 to 100 percent in width columns, with a marker where it is expected to be by now. A percentage
// that is not known is nil: nothing is drawn for it.
func (s Screen) Bar(progress, expected *int32, width int, style Style) string {
	full, half, empty, mark := "█", "▌", "░", "│"
	if !s.Unicode {
		full, half, empty, mark = "#", "", ".", "|"
	}
	cells := slices.Repeat([]cell{{Dim, empty}}, width)
	if progress != nil {
		filled := math.Min(100, math.Max(0, float64(*progress))) / 100 * float64(width)
		for i := range int(filled) {
			cells[i] = cell{style, full}
		}
		if half != "" && filled-math.Floor(filled) >= 0.5 {
			cells[int(filled)] = cell{style, half}
		}
	}
	if expected != nil && width > 0 {
		at := int(math.Min(100, math.Max(0, float64(*expected))) / 100 * float64(width))
		cells[min(at, width-1)] = cell{Bold, mark}
	}
	return s.runs(cells)
}

// cell is one column of a drawing.
type cell struct {
	style Style
	text  string
}

// runs paints neighbours of one style together.
func (s Screen) runs(cells []cell) string {
	var b, run strings.Builder
	for i, c := range cells {
		run.WriteString(c.text)
		if i+1 == len(cells) || cells[i+1].style != c.style {
			b.WriteString(s.Paint(c.style, run.String()))
			run.Reset()
		}
	}
	return b.String()
}

// Sparkline draws values from the lowest to the highest, one character each; NaN and infinity are gaps. Values that are
// all equal are a line in the middle.
func (s Screen) Sparkline(values []float64) string {
	levels := []rune("▁▂▃▄▅▆▇█")
	if !s.Unicode {
		levels = []rune("_.-=^")
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if v-v == 0 { // neither NaN nor infinite
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	var b strings.Builder
	for _, v := range values {
		switch {
		case v-v != 0:
			b.WriteByte(' ')
		case high == low:
			b.WriteRune(levels[len(levels)/2])
		default:
			// Halves: the difference of two floats may be beyond them.
			b.WriteRune(levels[int(math.Round((v/2-low/2)/(high/2-low/2)*float64(len(levels)-1)))])
		}
	}
	return b.String()
}
