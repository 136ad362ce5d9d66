package status

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"

	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
)

// coalesce is how long is waited for more once something has changed: one value moves a key result, its objective and the
// objectives above it.
const coalesce = 300 * time.Millisecond

// glance is how often a screen is looked at: its size, and "2 days ago".
const glance = time.Second

// follow shows what is asked for, and again whenever it changes, until the context or the user ends it.
func (r *request) follow(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx = klog.NewContext(ctx, logr.Discard()) // what goes wrong is shown in the drawing
	set, err := r.env.Goals(ctx, r.scope)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	w := &watching{request: r, looked: r.env.Now()}
	if w.view, err = r.view(set, r.env.Now()); err != nil {
		return err
	}
	c, err := r.env.Cluster()
	if err != nil {
		return err
	}
	namespace := r.scope.Namespace
	if r.scope.Everything && !slices.Contains(set.Withheld, "goals in other namespaces") {
		namespace = "" // its parent and its children may be anywhere
	}
	w.live = follow(ctx, c, namespace)
	w.paper = r.paper()
	defer func() { w.paper.end(w.text(r.env.Screen, false)) }()
	return w.run(ctx)
}

// watching is a view that is kept up to date.
type watching struct {
	request *request
	live    *live
	paper   paper
	view    view
	// gone is why there is no view any more; nil while there is one.
	gone error
	// changes are the newest there were, at that time; fresh says that they are of the last look.
	changes []delta
	changed time.Time
	fresh   bool
	looked  time.Time
	// trouble is why changes are not told at present, since when; over says that they are again since the last look.
	trouble error
	since   time.Time
	over    bool
}

// paper is what is drawn on again and again.
type paper interface {
	// draw draws a text, that changed or that looks different now.
	draw(w *watching, changed bool) error
	// end leaves the text as it was last.
	end(last string)
}

func (w *watching) run(ctx context.Context) error {
	if err := w.paper.draw(w, true); err != nil {
		return err
	}
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	for {
		changed := false
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if w.request.env.Now().Sub(w.looked) >= time.Minute { // days end, and nobody tells
				changed = w.look(ctx)
			}
		case <-w.live.changed:
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(coalesce):
			}
			select { // what came meanwhile is read now
			case <-w.live.changed:
			default:
			}
			changed = w.look(ctx)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err := w.paper.draw(w, changed); err != nil {
			return err
		}
	}
}

// look reads what is there now, and reports whether that is something else than before.
func (w *watching) look(ctx context.Context) bool {
	now := w.request.env.Now()
	w.looked, w.fresh, w.over = now, false, false
	trouble := w.live.hindered()
	var after view
	var gone error
	if w.live.ready() {
		var set *goals.Set
		if set, gone = goals.Read(ctx, w.live, w.request.scope); gone != nil {
			trouble, gone = gone, nil
		} else {
			after, gone = w.request.view(set, now)
		}
	}
	different := w.note(trouble, now)
	switch {
	case gone != nil:
		different = different || w.gone == nil
		w.gone = gone
		return different
	case after == nil:
		return different
	}
	changes := deltas(w.view.facts(), after.facts())
	different = different || w.gone != nil || len(changes) > 0
	w.view, w.gone = after, nil
	if len(changes) > 0 {
		w.changes, w.changed, w.fresh = changes, now, true
	}
	return different
}

// note keeps in mind that changes are not told, or are told again, and reports whether that is news.
func (w *watching) note(trouble error, now time.Time) bool {
	if (w.trouble == nil) == (trouble == nil) {
		return false
	}
	w.trouble, w.since, w.over = trouble, now, trouble == nil
	return true
}

// mostChanges is how many changes are told in words.
const mostChanges = 8

// text is the drawing. With changes, they are told above it and marked in it.
func (w *watching) text(screen terminal.Screen, changes bool) string {
	var buffer bytes.Buffer
	d := &drawing{Screen: screen, out: &buffer, now: w.request.env.Now(), changed: map[string]bool{}}
	if w.trouble != nil {
		d.field("Not live", d.Paint(terminal.Caution, "since "+w.since.Format(time.TimeOnly)+" the cluster does not tell what changes, so this may be old: "+d.text(w.trouble.Error())))
		d.line("")
	}
	if w.over {
		d.field("Live again", "the cluster tells what changes")
		d.line("")
	}
	if w.gone != nil {
		d.line(d.text(w.gone.Error()) + d.Or("…", "...") + " waiting for it")
		return buffer.String()
	}
	if changes && len(w.changes) > 0 {
		points := make([]string, 0, mostChanges)
		for i, c := range w.changes {
			d.changed[c.object] = true
			if i < mostChanges {
				points = append(points, d.text(c.text()))
			}
		}
		if more := len(w.changes) - mostChanges; more > 0 {
			points = append(points, fmt.Sprintf("and %d more", more))
		}
		d.line(d.Paint(terminal.Bold, d.Or("● ", "* ")+"Changed at "+w.changed.Format(time.TimeOnly)))
		for _, point := range points {
			d.item(2, point)
		}
		d.line("")
	}
	w.view.draw(d)
	return buffer.String()
}

// paper chooses where to draw: on a terminal in place, else one drawing below the other.
func (r *request) paper() paper {
	switch {
	case r.output == "json":
		encoder := json.NewEncoder(r.env.Out)
		encoder.SetEscapeHTML(false)
		return &stream{encoder}
	case r.env.Screen.Interactive && os.Getenv("TERM") != "dumb":
		return newPane(r.env.Out, r.env.Screen)
	default:
		return &roll{out: r.env.Out, screen: r.env.Screen}
	}
}

// lines of a text, without the last line's end.
func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }
