package status

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"okr.dev/controller/internal/cli/terminal"
)

// stream writes one JSON document for each change, each in a line.
type stream struct{ encoder *json.Encoder }

func (s *stream) draw(w *watching, changed bool) error {
	if !changed || w.gone != nil {
		return nil
	}
	return s.encoder.Encode(w.view)
}

func (s *stream) end(string) {}

// roll writes one drawing below the other, each under its time.
type roll struct {
	out    io.Writer
	screen terminal.Screen
	begun  bool
}

func (r *roll) draw(w *watching, changed bool) error {
	if !changed {
		return nil
	}
	text := w.text(r.screen, w.fresh)
	if r.begun {
		now := w.request.env.Now().Format(time.RFC3339)
		rule := strings.Repeat(r.screen.Or("─", "-"), max(0, r.screen.Width-len(now)-4))
		text = "\n" + r.screen.Or("──", "--") + " " + now + " " + rule + "\n" + text
	}
	r.begun = true
	_, err := io.WriteString(r.out, text)
	return err
}

func (r *roll) end(string) {}

// pane draws in place, on a terminal's other screen, which goes when it ends.
type pane struct {
	out    io.Writer
	screen terminal.Screen
	begun  time.Time
	shown  string
}

func newPane(out io.Writer, screen terminal.Screen) *pane {
	_, _ = io.WriteString(out, ansi.SetModeAltScreenSaveCursor+ansi.HideCursor)
	return &pane{out: out, screen: screen}
}

// size is that of the terminal now; 0 lines where it is not known.
func (p *pane) size() (screen terminal.Screen, height int) {
	screen = p.screen
	if file, ok := p.out.(*os.File); ok {
		if width, lines, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return terminal.Of(p.out, os.Getenv), lines
		}
	}
	return screen, 0
}

func (p *pane) draw(w *watching, _ bool) error {
	screen, height := p.size()
	if p.begun.IsZero() {
		p.begun = w.request.env.Now()
	}
	content := lines(w.text(screen, true))
	footer := screen.Paint(terminal.Dim, "watching since "+p.begun.Format(time.TimeOnly)+screen.Or(" · ", " | ")+"Ctrl-C ends")
	if room := height - 2; height > 0 && len(content) > room && room > 0 {
		content = append(content[:room-1:room-1], screen.Paint(terminal.Dim, fmt.Sprintf("%s %d more lines: a higher window shows them", screen.Or("…", "..."), len(content)-room+1)))
	}
	var b strings.Builder
	b.WriteString(ansi.CursorHomePosition)
	for _, line := range append(content, "", footer) {
		b.WriteString(screen.Shorten(line, screen.Width) + ansi.EraseLineRight + "\r\n")
	}
	frame := strings.TrimSuffix(b.String(), "\r\n") + ansi.EraseScreenBelow
	if frame == p.shown {
		return nil
	}
	p.shown = frame
	_, err := io.WriteString(p.out, frame)
	return err
}

func (p *pane) end(last string) {
	_, _ = io.WriteString(p.out, ansi.ShowCursor+ansi.ResetModeAltScreenSaveCursor+last)
}
