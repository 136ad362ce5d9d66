package sampler

import "container/heap"

// turn is when something is due, and where it stands in its queue. Where the order is another than that of time, due
// is the number to order by.
type turn struct {
	due instant
	// index is the place in the queue, -1 outside it.
	index int
}

func (t *turn) place() *turn { return t }

// queue is a heap of things by the instant at which they are due; the first stands at index 0.
type queue[T interface{ place() *turn }] []T

// next is when the first is due; never if there is none.
func (q queue[T]) next() instant {
	if len(q) == 0 {
		return never
	}
	return q[0].place().due
}

// set puts item where its new due instant belongs, into the queue if it was not there.
func (q *queue[T]) set(item T, due instant) {
	t := item.place()
	t.due = due
	if t.index < 0 {
		heap.Push(q, item)
		return
	}
	heap.Fix(q, t.index)
}

// remove takes item out, if it is in.
func (q *queue[T]) remove(item T) {
	if index := item.place().index; index >= 0 {
		heap.Remove(q, index)
	}
}

// Len is for container/heap alone, as are Less, Swap, Push and Pop.
func (q queue[T]) Len() int { return len(q) }

func (q queue[T]) Less(i, j int) bool { return q[i].place().due < q[j].place().due }

func (q queue[T]) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place().index, q[j].place().index = i, j
}

// Push appends, for container/heap.
func (q *queue[T]) Push(x any) {
	item := x.(T) // set pushes nothing else.
	item.place().index = len(*q)
	*q = append(*q, item)
}

// Pop takes the last off, for container/heap.
func (q *queue[T]) Pop() any {
	var none T
	last := len(*q) - 1
	item := (*q)[last]
	(*q)[last] = none
	*q = (*q)[:last]
	item.place().index = -1
	return item
}
