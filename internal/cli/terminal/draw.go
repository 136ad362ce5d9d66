package terminal

import (
	"math"
	"strings"
)

// Bar draws progress from 0 to 100 percent in width columns, with a marker where it is expected to be by now. A percentage
// that is not known is nil: nothing is drawn for it.
func (s Screen) Bar(progress, expected *int32, width int, style Style) string {
	full, half, empty, mark := "█", "▌", "░", "│"
	if !s.Unicode {
		full, half, empty, mark = "#", "", ".", "|"
	}
	cells := make([]string, width)
	for i := range cells {
		cells[i] = s.Paint(Dim, empty)
	}
	if progress != nil {
		filled := math.Min(100, math.Max(0, float64(*progress))) / 100 * float64(width)
		for i := range int(filled) {
			cells[i] = s.Paint(style, full)
		}
		if half != "" && filled-math.Floor(filled) >= 0.5 {
			cells[int(filled)] = s.Paint(style, half)
		}
	}
	if expected != nil && width > 0 {
		at := int(math.Min(100, math.Max(0, float64(*expected))) / 100 * float64(width))
		cells[min(at, width-1)] = s.Paint(Bold, mark)
	}
	return strings.Join(cells, "")
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
