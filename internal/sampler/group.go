package sampler

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"

	"okr.dev/controller/internal/sample"
)

// group is the entries of one source that are asked for one namespace. Groups take turns, so that no namespace waits
// because another asks much. Cluster-scoped owners have the namespace "".
type group struct {
	// turn is the place in the queue that the group is in.
	turn
	// in is source.line or source.resting; nil if the group has nothing to ask, or may not ask more just now.
	in        *queue[*group]
	namespace string
	// waiting are the entries that are to be asked, by when; outside those beyond the source's limit, by arrival.
	waiting, outside queue[*entry]
	// entries counts all, hanging those whose newest request timed out, busy the requests under way.
	entries, hanging, busy int
	// served is the number of the group's last request among those of its source.
	served uint64
}

// rank orders those that are due: who has the fewest requests under way goes first, then who has waited the longest
// for a turn. So a namespace whose queries hang leaves the slots that become free to the others.
func (g *group) rank() instant { return instant(g.busy)<<48 | instant(g.served) }

// groupOf returns the group of a namespace, a new one if there is none.
func (src *source) groupOf(namespace string) *group {
	if g, ok := src.groups[namespace]; ok {
		return g
	}
	g := &group{turn: turn{index: -1}, namespace: namespace}
	src.groups[namespace] = g
	return g
}

// seat puts g where it belongs after its entries or requests have changed, and drops it once it has neither.
func (src *source) seat(g *group, now instant) {
	if g.entries == 0 && g.busy == 0 {
		delete(src.groups, g.namespace)
	}
	switch due := g.waiting.next(); {
	case due == never || src.full(g):
		src.put(g, nil, never)
	case due <= now:
		src.put(g, &src.line, g.rank())
	default:
		src.put(g, &src.resting, due)
	}
}

func (src *source) put(g *group, in *queue[*group], due instant) {
	if g.in != nil && g.in != in {
		g.in.remove(g)
	}
	if g.in = in; in != nil {
		in.set(g, due)
	}
}

// full reports whether g may begin no more requests: once a namespace has as many queries that hang as there are
// slots, it gets half of them at most, even while nobody else waits. Whoever comes then finds one free.
func (src *source) full(g *group) bool {
	slots := src.settings.MaxConcurrent
	return !src.breaker.open && g.hanging >= slots && g.busy >= (slots+1)/2
}

// rouse lines up the groups that have something due.
func (src *source) rouse(now instant) {
	for src.resting.next() <= now {
		src.seat(src.resting[0], now)
	}
}

// room reports whether g may have one entry more. What administrators ask is not limited.
func (src *source) room(g *group) bool {
	limit := src.settings.EntriesPerNamespace
	return limit < 1 || g.namespace == "" || g.entries-len(g.outside) < limit
}

// enter makes e one of namespace's entries, to be asked when due if there is room for it.
func (src *source) enter(e *entry, namespace string, due, now instant) {
	g := src.groupOf(namespace)
	admitted := src.room(g)
	e.group = g
	g.entries++
	if admitted {
		src.admit(e, due)
	} else {
		// A request under way finds nobody to answer to.
		e.denied, e.asking, e.hanging = true, nil, false
		g.outside.set(e, instant(e.arrival))
	}
	if e.hanging {
		g.hanging++
	}
	src.seat(g, now)
}

// leave takes e out of its group, and lets those in that there is room for now.
func (src *source) leave(e *entry, now instant) {
	g := e.group
	if e.denied {
		g.outside.remove(e)
		e.denied = false
	} else {
		g.waiting.remove(e)
		src.demand -= e.load()
	}
	if e.hanging {
		g.hanging--
	}
	g.entries--
	e.group = nil
	for len(g.outside) > 0 && src.room(g) {
		next := heap.Pop(&g.outside).(*entry) // Nothing else is outside.
		next.denied = false
		src.admit(next, next.first(now))
	}
	src.seat(g, now)
}

func (src *source) admit(e *entry, due instant) {
	src.demand += e.load()
	if !e.settled && e.asking == nil {
		e.group.waiting.set(e, due)
	}
}

// readmit decides anew who has room after the limit has changed, and returns who has lost it: who came first stays.
// The caller plans everything anew.
func (src *source) readmit() (out []*entry) {
	admitted := map[*group]int{}
	for _, g := range src.groups {
		clear(g.outside)
		g.outside = g.outside[:0]
	}
	limit := src.settings.EntriesPerNamespace
	for _, e := range slices.SortedFunc(slices.Values(src.entries), func(a, b *entry) int { return cmp.Compare(a.arrival, b.arrival) }) {
		g := e.group
		if limit < 1 || g.namespace == "" || admitted[g] < limit {
			admitted[g]++
			if e.denied {
				e.denied, e.aligned, e.failures = false, 0, 0
			}
			continue
		}
		if !e.denied {
			out = append(out, e)
		}
		e.setHanging(false)
		e.denied, e.asking = true, nil
		// In the order of arrival they are a heap.
		e.due, e.index = instant(e.arrival), len(g.outside)
		g.outside = append(g.outside, e)
	}
	return out
}

// deny has e hold that there is no room for it, and returns whom to wake. What was settled is so no more: once there is
// room it is asked again, for what it held is not its newest sample now.
func (s *Sampler) deny(e *entry, now instant) []sample.Owner {
	e.settled = false
	at := e.about(now)
	return s.keep(e, sample.Sample{Time: at.time(), Reason: sample.SourceDenied, Message: fmt.Sprintf(
		"the namespace asks more different questions than limits.entriesPerNamespace of MetricSource %s admits (%d), and what "+
			"it asked first is answered: ask less, or have the limit raised", e.question.Source, e.source.settings.EntriesPerNamespace)}, at, now)
}
