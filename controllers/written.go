package controllers

import (
	"sync"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/internal/sample"
)

// written is what this process remembers of its own status writes, one per object at most. The cache hears of them a
// little later: an evaluation from before such a write would find nothing to do, and leave it standing.
type written struct {
	mutex sync.Mutex
	last  map[sample.Owner]writing
}

// writing is one status write.
type writing struct {
	at time.Time
	// over is the version of the object that was written over; empty if the write made no other one.
	over string
}

// heardOf is how long, at most, the cache takes to hear of a write. An object that is still as it was before the write
// then has become so again: etcd was restored.
const heardOf = time.Minute

// ahead reports whether an object, as it was read, is still as it was before the last write of its status.
func (w *written) ahead(o sample.Owner, object client.Object, now time.Time) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	last, known := w.last[o]
	return known && last.over == object.GetResourceVersion() && now.Sub(last.at).Abs() < heardOf
}

// wait is how long it takes from now until the last write of the object's status is interval ago; 0 or less if it is
// already. A write from before the start of this process is not known, and a clock that was set back is not waited for.
func (w *written) wait(o sample.Owner, now time.Time, interval time.Duration) time.Duration {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	last, known := w.last[o]
	if !known || now.Before(last.at) {
		return 0
	}
	return interval - now.Sub(last.at)
}

// note remembers that the status of an object was written.
func (w *written) note(o sample.Owner, before, after client.Object, now time.Time) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	last := writing{at: now, over: before.GetResourceVersion()}
	if after.GetResourceVersion() == last.over {
		last.over = ""
	}
	w.last[o] = last
}

// forget drops what is remembered of an object that is gone.
func (w *written) forget(o sample.Owner) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	delete(w.last, o)
}
