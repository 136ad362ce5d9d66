package terminal

import (
	"fmt"
	"io"
	"strings"
)

// Column is one column of a table.
type Column struct {
	Title string
	// Right aligns its texts to the right: numbers.
	Right bool
	// Shrinks says that its texts may be cut where the screen is too narrow. The widest that shrinks is cut first.
	Shrinks bool
	// Least is how narrow it may become while anything else can still give way; 0: 8.
	Least int
	// Optional is left out where the screen is too narrow even so; the highest goes first. 0: it stays.
	Optional int
}

// gap is what stands between two columns.
const gap = "   "

// Table writes rows under their titles. Texts may be painted. Each row has a text for each column. No rows: nothing.
func (s Screen) Table(out io.Writer, columns []Column, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	shown := s.fit(columns, rows)
	titles := make([]string, 0, len(shown))
	for _, c := range shown {
		titles = append(titles, c.cell(s, s.Paint(Bold, columns[c.index].Title)))
	}
	line(out, titles)
	for _, row := range rows {
		cells := make([]string, 0, len(shown))
		for _, c := range shown {
			cells = append(cells, c.cell(s, row[c.index]))
		}
		line(out, cells)
	}
}

// fitted is a column that is shown, in its width.
type fitted struct {
	Column
	index, width int
}

func (c fitted) cell(s Screen, text string) string {
	return Pad(s.Shorten(text, c.width), c.width, c.Right)
}

func line(out io.Writer, cells []string) {
	_, _ = fmt.Fprintln(out, strings.TrimRight(strings.Join(cells, gap), " "))
}

// fit finds the widths at which the table fits the screen: it leaves out what is optional, then cuts what shrinks.
func (s Screen) fit(columns []Column, rows [][]string) []fitted {
	var shown []fitted
	for i, c := range columns {
		f := fitted{Column: c, index: i, width: Width(c.Title)}
		for _, row := range rows {
			f.width = max(f.width, Width(row[i]))
		}
		shown = append(shown, f)
	}
	for over := s.over(shown); over > 0 && over > spare(shown); over = s.over(shown) {
		last := -1
		for i, c := range shown {
			if c.Optional > 0 && (last < 0 || c.Optional > shown[last].Optional) {
				last = i
			}
		}
		if last < 0 {
			break
		}
		shown = append(shown[:last], shown[last+1:]...)
	}
	s.shrink(shown, fitted.least)
	s.shrink(shown, func(fitted) int { return narrowest }) // a line that breaks is worse than a text that is cut short
	return shown
}

// narrowest is how narrow a column becomes that shrinks, where a line would be wider than the screen otherwise.
const narrowest = 8

// shrink cuts the widest of the columns that shrink, none below its least, until the table fits.
func (s Screen) shrink(shown []fitted, least func(fitted) int) {
	for over := s.over(shown); over > 0; over-- {
		widest := -1
		for i, c := range shown {
			if c.Shrinks && c.width > least(c) && (widest < 0 || c.width > shown[widest].width) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		shown[widest].width--
	}
}

func (c fitted) least() int {
	if c.Least > 0 {
		return c.Least
	}
	return max(narrowest, Width(c.Title))
}

// over is by how many columns the table is too wide.
func (s Screen) over(shown []fitted) int {
	total := len(gap) * (len(shown) - 1)
	for _, c := range shown {
		total += c.width
	}
	return total - s.Width
}

// spare is how much narrower the table can become.
func spare(shown []fitted) int {
	var total int
	for _, c := range shown {
		if c.Shrinks {
			total += max(0, c.width-c.least())
		}
	}
	return total
}
