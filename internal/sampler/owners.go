package sampler

import (
	"slices"
	"time"

	"okr.dev/controller/internal/sample"
)

// owner is an object that asks questions.
type owner struct {
	name     sample.Owner
	watchers []watcher
	// woken is the number of the sample that it was last woken for.
	woken uint64
}

// watcher is an owner's interest in one entry.
type watcher struct {
	owner *owner
	entry *entry
	// slot is the place in entry.watchers.
	slot int
	// woken is the number of the entry's sample that the owner was woken for: nobody is woken twice for one,
	// lest an owner that cannot take it into account yet is woken for ever.
	woken  uint64
	seen   sample.Sample
	bounds []float64
	scale  sample.Scale
	// awaited is the instant of the sample that is news whatever it says.
	awaited time.Time
	// stretched is what the owner was told of the entry's interval.
	stretched bool
}

// Register replaces what o asks, together with what it shows of the answers. Questions that no owner asks any
// more are dropped with what was held. An owner is woken, now or later, by the first sample that changes what it
// shows; a sample that came since it read Held wakes it at once.
func (s *Sampler) Register(o sample.Owner, watches []sample.Watch) { s.tell(s.register(o, watches)) }

// Forget drops all that o asks.
func (s *Sampler) Forget(o sample.Owner) { s.tell(s.register(o, nil)) }

func (s *Sampler) register(name sample.Owner, watches []sample.Watch) (out news) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	before := s.owners[name]
	after := &owner{name: name, watchers: make([]watcher, len(watches))}
	if before != nil {
		after.woken = before.woken
	}
	for i, watch := range watches {
		w := &after.watchers[i]
		*w = watcher{
			owner: after, entry: s.entryOf(watch.Question, name.Namespace, now),
			seen: watch.Seen, bounds: slices.Clone(watch.Bounds), scale: watch.Scale,
			awaited: watch.Awaited, stretched: watch.Stretched,
		}
		w.seen.Series = nil // of a range only the instant matters, and an old one is not to be kept
		w.recall(before)
		w.join()
		s.adopt(w, now)
	}
	// The new ones have joined before the old ones leave, so that an entry that is asked again is not dropped.
	out.owners = s.dismiss(before, now)
	if len(watches) == 0 {
		delete(s.owners, name)
		return out
	}
	s.owners[name] = after
	wake := false
	for i := range after.watchers {
		w := &after.watchers[i]
		wake = w.news() || wake
	}
	if wake {
		out.owners = append(out.owners, name)
	}
	return out
}

// entryOf returns q's entry, a new one of the given namespace if nobody has asked q yet.
func (s *Sampler) entryOf(q sample.Question, namespace string, now instant) *entry {
	if e, ok := s.entries[q]; ok {
		return e
	}
	src := s.sourceOf(q.Source)
	s.arrivals++
	e := &entry{
		turn: turn{index: -1}, question: q, fingerprint: fingerprint(q), source: src, since: now, arrival: s.arrivals,
	}
	s.entries[q] = e
	src.add(e)
	src.enter(e, namespace, e.first(now), now)
	if e.denied {
		s.deny(e, now) // Nobody watches it yet.
	}
	s.reorder(src)
	return e
}

// adopt has the entry asked for the namespace of w, if there is no room for it in the one that it was asked for and w's
// has some: who asks too much takes nothing away from others. What administrators ask waits with no namespace's.
func (s *Sampler) adopt(w *watcher, now instant) {
	e, namespace := w.entry, w.owner.name.Namespace
	if namespace == e.group.namespace || !e.denied && namespace != "" {
		return
	}
	if g, ok := e.source.groups[namespace]; !ok || e.source.room(g) {
		e.anchor = w
		s.move(e, now) // There is room: nobody is told otherwise.
	}
}

// dismiss ends all that o watches, and drops the entries that nobody else does. It returns whom to wake, because
// entries that go on in another namespace may find no room there.
func (s *Sampler) dismiss(o *owner, now instant) (wake []sample.Owner) {
	if o == nil {
		return nil
	}
	for i := range o.watchers {
		w := &o.watchers[i]
		e := w.entry
		w.leave()
		switch {
		case len(e.watchers) == 0:
			s.drop(e, now)
		case e.anchor.owner.name.Namespace != e.group.namespace:
			wake = append(wake, s.move(e, now)...)
		}
	}
	return wake
}

// move makes e an entry of the namespace that its anchor is in.
func (s *Sampler) move(e *entry, now instant) []sample.Owner {
	due, src := e.due, e.source
	if e.denied {
		due = e.first(now)
	}
	src.leave(e, now)
	src.enter(e, e.anchor.owner.name.Namespace, due, now)
	s.reorder(src)
	if e.denied {
		return s.deny(e, now)
	}
	return nil
}

func (s *Sampler) drop(e *entry, now instant) {
	delete(s.entries, e.question)
	// A request under way finds nobody to answer to.
	e.asking = nil
	e.source.leave(e, now)
	e.source.remove(e)
	s.reorder(e.source)
	s.tidy(e.source)
}

// recall takes over from the same owner's earlier watchers of the entry which sample it was woken for.
func (w *watcher) recall(before *owner) {
	if before == nil {
		return
	}
	for i := range before.watchers {
		if earlier := &before.watchers[i]; earlier.entry == w.entry {
			w.woken = max(w.woken, earlier.woken)
		}
	}
}

func (w *watcher) join() {
	w.slot = len(w.entry.watchers)
	w.entry.watchers = append(w.entry.watchers, w)
	if w.entry.anchor == nil {
		w.entry.anchor = w
	}
}

func (w *watcher) leave() {
	all := w.entry.watchers
	last := len(all) - 1
	if w.entry.anchor == w {
		// An owner that still asks has just joined anew, and so is the last.
		w.entry.anchor = all[last]
		if w.slot == last {
			w.entry.anchor = all[0]
		}
	}
	all[w.slot] = all[last]
	all[w.slot].slot = w.slot
	all[last] = nil
	w.entry.watchers = all[:last]
}

// news reports whether the owner is to be woken for the entry's newest sample, and notes that it has been. An
// owner that watches the entry twice, with other bounds, is woken once.
func (w *watcher) news() bool {
	e := w.entry
	if e.number == 0 || w.woken == e.number {
		return false
	}
	if w.stretched == e.stretched() &&
		!(sample.Watch{Seen: w.seen, Bounds: w.bounds, Scale: w.scale, Awaited: w.awaited}).Material(e.last) {
		return false
	}
	w.woken = e.number
	again := w.owner.woken == e.number
	w.owner.woken = e.number
	return !again
}
