package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// progress tells people what is happening: a line when a step begins, and how long it took.
type progress struct {
	out   io.Writer
	began time.Time
	noted bool // the step's line has been ended by notes
}

// The width of a step's name, for the times to stand in a column.
const stepWidth = 62

func (p *progress) begin(name string) {
	p.began, p.noted = time.Now(), false
	fmt.Fprintf(p.out, "%-*s", stepWidth, name+"…")
}

// note adds a line below a step that is taking its time.
func (p *progress) note(format string, arguments ...any) {
	if !p.noted {
		fmt.Fprintln(p.out)
		p.noted = true
	}
	fmt.Fprintf(p.out, "    "+format+"\n", arguments...)
}

func (p *progress) end(err error) {
	if p.noted {
		fmt.Fprint(p.out, strings.Repeat(" ", stepWidth))
	}
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(p.out, "interrupted")
		return
	case err != nil:
		fmt.Fprintln(p.out, "failed")
		return
	}
	fmt.Fprintf(p.out, "%6.1f s\n", time.Since(p.began).Seconds())
}

// printf is text between steps.
func (p *progress) printf(format string, arguments ...any) {
	fmt.Fprintf(p.out, format, arguments...)
}
