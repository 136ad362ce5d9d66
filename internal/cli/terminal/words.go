package terminal

import (
	"strconv"
	"strings"
)

// OneLine is a text without line breaks, and with one space where it has several.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Line is somebody's text in one line, as it can be shown here.
func (s Screen) Line(text string) string { return OneLine(s.Text(text)) }

// Percent is a whole percentage: "48 %"; empty where it is not known.
func Percent(p *int32) string {
	if p == nil {
		return ""
	}
	return strconv.Itoa(int(*p)) + " %"
}

// Count is a number with its noun: "1 day", "2 days".
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
