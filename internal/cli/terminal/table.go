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
	// Least is how narrow it becomes as long as others can give way; 0: 8, or what its title needs.
	Least int
	// Optional is left out where the screen is too narrow even so; the highest goes first. 0: it stays.
	Optional int
}

// What stands between two columns, and where the screen is too narrow for that.
const gap, narrowGap = "   ", "  "

// leastWidth is how narrow a column that shrinks becomes where nothing else is left to give way: lines that are wrapped by
// the terminal are no table.
const leastWidth = 8

// Table writes rows under their titles. Texts may be painted. Each row has a text for each column. No rows: nothing.
func (s Screen) Table(out io.Writer, columns []Column, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	shown, between := s.fit(columns, rows)
	titles := make([]string, 0, len(shown))
	for _, c := range shown {
		titles = append(titles, c.cell(s, s.Paint(Bold, columns[c.index].Title)))
	}
	line(out, titles, between)
	for _, row := range rows {
		cells := make([]string, 0, len(shown))
		for _, c := range shown {
			cells = append(cells, c.cell(s, row[c.index]))
		}
		line(out, cells, between)
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

func line(out io.Writer, cells []string, between string) {
	_, _ = fmt.Fprintln(out, strings.TrimRight(strings.Join(cells, between), " "))
}

// fit finds the widths, and what stands between them, at which the table fits the screen: it leaves out what is optional, then
// cuts what shrinks, then moves columns together, and then cuts more.
func (s Screen) fit(columns []Column, rows [][]string) ([]fitted, string) {
	var shown []fitted
	for i, c := range columns {
		f := fitted{Column: c, index: i, width: Width(c.Title)}
		for _, row := range rows {
			f.width = max(f.width, Width(row[i]))
		}
		shown = append(shown, f)
	}
	for over := s.over(shown, gap); over > 0 && over > spare(shown); over = s.over(shown, gap) {
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
	for over := s.over(shown, gap); over > 0; over-- {
		widest := -1
		for i, c := range shown {
			if c.Shrinks && c.width > c.least() && (widest < 0 || c.width > shown[widest].width) {
				widest = i
			}
		}
		if widest < 0 {
			return shown, s.squeeze(shown)
		}
		shown[widest].width--
	}
	return shown, gap
}

// squeeze makes room where columns are as narrow as they should be: it moves them together, and cuts those that shrink to the
// bone, the last ones first, for names come first. It returns what stands between two columns then.
func (s Screen) squeeze(shown []fitted) string {
	over := s.over(shown, narrowGap)
	for i := len(shown) - 1; i >= 0 && over > 0; i-- {
		if less := min(over, shown[i].width-leastWidth); shown[i].Shrinks && less > 0 {
			shown[i].width -= less
			over -= less
		}
	}
	return narrowGap
}

func (c fitted) least() int {
	if c.Least > 0 {
		return c.Least
	}
	return max(leastWidth, Width(c.Title))
}

// over is by how many columns the table is too wide.
func (s Screen) over(shown []fitted, between string) int {
	total := len(between) * (len(shown) - 1)
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
