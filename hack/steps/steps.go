// Package steps tells people what a program of many steps is doing: a line when a step begins, notes while it takes
// its time, and how long it took. Everything is a line of its own, so that a log reads like a terminal.
package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Teller writes the lines. It is for one goroutine.
type Teller struct {
	out   io.Writer
	began time.Time
	noted bool // the step's line has been ended by notes
}

// New returns a Teller that writes to out.
func New(out io.Writer) *Teller { return &Teller{out: out} }

// The width of a step's name, for the times to stand in a column.
const width = 62

// Do does one step and says how long it took. A step without a name is done without a word. An error of the step is
// returned with the step's name.
func (t *Teller) Do(ctx context.Context, name string, step func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if name == "" {
		return step(ctx)
	}
	t.began, t.noted = time.Now(), false
	fmt.Fprintf(t.out, "%-*s", width, name+"…")
	err := step(ctx)
	t.end(err)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Note adds a line below a step that is taking its time.
func (t *Teller) Note(format string, arguments ...any) {
	if !t.noted {
		fmt.Fprintln(t.out)
		t.noted = true
	}
	fmt.Fprintf(t.out, "    "+format+"\n", arguments...)
}

func (t *Teller) end(err error) {
	if t.noted {
		fmt.Fprint(t.out, strings.Repeat(" ", width))
	}
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(t.out, "interrupted")
		return
	case err != nil:
		fmt.Fprintln(t.out, "failed")
		return
	}
	fmt.Fprintf(t.out, "%6.1f s\n", time.Since(t.began).Seconds())
}

// Printf is text between steps.
func (t *Teller) Printf(format string, arguments ...any) {
	fmt.Fprintf(t.out, format, arguments...)
}
