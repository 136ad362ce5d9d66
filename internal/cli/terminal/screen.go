// Package terminal draws what the plugin prints: text of a known width, with or without colour and Unicode. Whatever a colour
// or a symbol says is said by a word or a number as well.
package terminal

import (
	"cmp"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// Screen is what is drawn on.
type Screen struct {
	// Width is how many columns a line has, at least 40.
	Width int
	// Colour says that escape sequences for colours are understood.
	Colour bool
	// Unicode says that characters beyond ASCII are.
	Unicode bool
	// Interactive says that a person sees what is written at once: it is a terminal.
	Interactive bool
}

// defaultWidth is that of what is no terminal: wide enough for the tables, and for a code block on a page.
const defaultWidth = 100

const minWidth = 40

// Of finds out what out is. getenv is os.Getenv; NO_COLOR, TERM=dumb, COLUMNS, and a locale that is not UTF-8 are heeded.
func Of(out io.Writer, getenv func(string) string) Screen {
	s := Screen{Width: defaultWidth, Unicode: unicodeIn(getenv)}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		s.Interactive = true
		s.Colour = getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			s.Width = width
		}
	}
	if width, err := strconv.Atoi(getenv("COLUMNS")); err == nil && width > 0 {
		s.Width = width
	}
	s.Width = max(minWidth, s.Width)
	return s
}

// unicodeIn reports whether the locale is UTF-8. One that is not set is taken for it: so it is in containers and in CI.
func unicodeIn(getenv func(string) string) bool {
	locale := cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG"))
	if locale == "" {
		return true
	}
	upper := strings.ToUpper(locale)
	return strings.Contains(upper, "UTF-8") || strings.Contains(upper, "UTF8")
}

// Style is how a text is set off.
type Style int

// The styles.
const (
	Plain Style = iota
	Bold
	Dim
	Good    // green: on track, healthy, achieved
	Caution // yellow: at risk, warning
	Bad     // red: off track, unhealthy, missed
	Unsure  // magenta: unknown
)

// Paint sets a text off, where colours are understood.
func (s Screen) Paint(style Style, text string) string {
	if !s.Colour || style == Plain || text == "" {
		return text
	}
	base := ansi.NewStyle()
	switch style {
	case Bold:
		base = base.Bold()
	case Dim:
		base = base.Faint()
	case Good:
		base = base.ForegroundColor(ansi.Green)
	case Caution:
		base = base.ForegroundColor(ansi.Yellow)
	case Bad:
		base = base.ForegroundColor(ansi.Red)
	case Unsure:
		base = base.ForegroundColor(ansi.Magenta)
	}
	return base.Styled(text)
}

// StyleOf is the style of a health of any kind.
func StyleOf(health string) Style {
	switch health {
	case "OnTrack", "Achieved", "Healthy":
		return Good
	case "AtRisk", "Warning":
		return Caution
	case "OffTrack", "Missed", "Unhealthy":
		return Bad
	case "Unknown":
		return Unsure
	default: // Pending, Cancelled, and what has no status yet
		return Dim
	}
}

// Health is a health with its symbol and colour: "✔ OnTrack".
func (s Screen) Health(health string) string {
	if health == "" {
		health = "-"
	}
	return s.Paint(StyleOf(health), s.Symbol(health)+" "+health)
}

// Symbol is the one character that stands for a health.
func (s Screen) Symbol(health string) string {
	fancy, plain := "·", "."
	switch StyleOf(health) {
	case Good:
		fancy, plain = "✔", "+"
	case Caution:
		fancy, plain = "▲", "!"
	case Bad:
		fancy, plain = "✘", "x"
	case Unsure:
		fancy, plain = "?", "?"
	}
	return s.Or(fancy, plain)
}

// Or is fancy where Unicode is understood, else plain.
func (s Screen) Or(fancy, plain string) string {
	if s.Unicode {
		return fancy
	}
	return plain
}

// Text is a text as it can be shown here: without Unicode, the arrows and signs of a status become ASCII; what is left beyond
// ASCII becomes a question mark. What could move the cursor, or turn the direction in which a line is read, is dropped.
func (s Screen) Text(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r < ' ' && r != '\n' && r != '\t', r >= 0x7f && r < 0xa0,
			r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // overrides and isolates of direction
			return -1
		case r == 0x2028, r == 0x2029: // separators of lines and paragraphs
			return '\n'
		}
		return r
	}, text)
	if s.Unicode {
		return text
	}
	text = ascii.Replace(text)
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, text)
}

var ascii = strings.NewReplacer("→", "->", "≥", ">=", "≤", "<=", "…", "...", "↑", "^", "↓", "v", "–", "-", "—", "-", "−", "-", "·", ".", "×", "x",
	"“", `"`, "”", `"`, "’", "'", "€", "EUR", "ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "²", "2", "°", "deg")

// Width is how many columns a text takes; escape sequences take none.
func Width(text string) int { return ansi.StringWidth(text) }

// Shorten cuts a text to a width, and says so with an ellipsis.
func (s Screen) Shorten(text string, width int) string {
	if Width(text) <= width {
		return text
	}
	return ansi.Truncate(text, max(0, width), s.Or("…", "~"))
}

// Wrap breaks a text into lines of at most a width, at spaces alone: a name and a date stay in one piece, unless they are
// longer than a line. Its own line breaks stay.
func Wrap(text string, width int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, wrap(paragraph, max(1, width))...)
	}
	return lines
}

func wrap(paragraph string, width int) []string {
	if Width(paragraph) <= width {
		return []string{paragraph}
	}
	var lines []string
	line := ""
	for i, word := range strings.Split(paragraph, " ") {
		switch {
		case i == 0:
			line = word
		case Width(line)+1+Width(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, strings.TrimRight(line, " ")), word
		}
		for Width(line) > width {
			cut := ansi.Truncate(line, width, "")
			if cut == "" || Width(cut) == 0 { // a character is wider than the line
				break
			}
			lines, line = append(lines, cut), ansi.TruncateLeft(line, Width(cut), "")
		}
	}
	return append(lines, strings.TrimRight(line, " "))
}

// Pad fills a text with spaces up to a width; right says that they come first.
func Pad(text string, width int, right bool) string {
	fill := strings.Repeat(" ", max(0, width-Width(text)))
	if right {
		return fill + text
	}
	return text + fill
}
