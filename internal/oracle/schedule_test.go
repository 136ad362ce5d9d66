package oracle_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"okr.dev/controller/internal/sample"
)

var (
	schedules = flag.Uint64("schedules", schedulesByDefault, "how many random schedules of faults are run")
	firstSeed = flag.Uint64("first", 0, "the seed of the first schedule; the others follow")
)

// TestNoScheduleOfFaultsGivesAWrongVerdict leads KPIs and key results through random schedules: answers with and
// without a number, failures, late answers, restarts, wiped statuses, edits, limits, old caches, failed and withheld
// writes, and clocks that are set forward. A seed decides a schedule, apart from the jitter of retries.
func TestNoScheduleOfFaultsGivesAWrongVerdict(t *testing.T) {
	workers := uint64(runtime.GOMAXPROCS(0))
	for worker := range workers {
		t.Run(fmt.Sprint("worker ", worker), func(t *testing.T) {
			t.Parallel()
			for seed := *firstSeed + worker; seed < *firstSeed+*schedules && !t.Failed(); seed += workers {
				synctest.Test(t, func(t *testing.T) { schedule(t, seed) })
			}
		})
	}
}

// TestRestartGoesByWhatIsWritten: what two of a million schedules found. A value that was not written, for it had the
// verdict of the written one, is lost with the controller, and by a band that is edited then the two differ.
func TestRestartGoesByWhatIsWritten(t *testing.T) {
	k := newKPI(dice{rand.New(rand.NewPCG(1, 1))})
	minute := func(n int) time.Time { return january.Add(time.Duration(n) * time.Minute) }
	number := func(v float64, n int) event {
		return event{what: answered, clock: minute(n), answer: answer{minute(n), "Sampled", v}, inForce: time.Minute}
	}
	wide := k.rules(time.Second, 0)
	written := k.evaluate(nil, func(sample.Question) (sample.Held, bool) {
		good := sample.Good(100, minute(1))
		return sample.Held{Last: good, Good: good, Answered: good.Reason, Since: good.Time}, true
	}, minute(1))
	k.limit = 100
	k.write()
	got := health([]event{
		{what: started, clock: minute(0), rules: wide},
		number(100, 1),
		{what: passed, clock: minute(1)},
		number(50, 2),
		{what: started, clock: minute(3), rules: wide, remembered: written.remembered},
		{what: edited, clock: minute(4), rules: k.rules(time.Second, 0)},
	}, minute(5))
	if got != "Warning" {
		t.Errorf("100 was written, and is %s by a limit of 100", got)
	}
}

// schedule is one life of an object.
func schedule(t *testing.T, seed uint64) {
	d := dice{rand.New(rand.NewPCG(seed, 1))}
	w, longest := newWorld(newKPI(d), seed), 20*time.Minute
	if d.chance(30) {
		w, longest = newWorld(newKeyResult(d), seed), 6*time.Hour
		time.Sleep(d.between(0, 24*24*time.Hour)) // its end is not part of this
	}
	w.careless = d.chance(50)
	w.turn(d)
	w.start()
	for range 10 + d.IntN(15) {
		if w.clock.Now().After(february.AddDate(0, 0, -2)) {
			break
		}
		w.step(d, longest)
		time.Sleep(d.between(time.Second, pick(d, 2*time.Second, time.Minute, 5*time.Minute, longest)))
		w.calm()
		if !w.check(t, seed) {
			break
		}
	}
	w.stop()
}

// calm waits until everything that has to happen has happened: nobody is busy, and nobody has to look again.
func (w *world) calm() {
	for {
		synctest.Wait()
		w.mutex.Lock()
		if w.busy {
			w.busy, w.unsettled = false, true
			w.ring()
		}
		settled := !w.unsettled
		w.mutex.Unlock()
		if settled {
			return
		}
		time.Sleep(time.Second)
	}
}

// held reports whether a verdict may depend on every single answer, so that none may come and go unseen.
func (w *world) held() bool {
	switch s := w.subject.(type) {
	case *kpiSubject:
		return s.holdFor > 0
	case *keyResultSubject:
		return s.holdFor > 0
	default:
		return false
	}
}

// step is what happens next.
func (w *world) step(d dice, longest time.Duration) {
	switch d.IntN(16) {
	case 0, 1, 2, 3, 4:
		w.turn(d)
	case 5:
		w.restart(d, longest)
	case 6:
		w.wipe()
		w.tell(event{what: wiped})
	case 7:
		w.change(func() event { return event{what: w.edit(d), remembered: w.remembered} })
	case 8:
		w.change(func() event {
			w.minInterval, w.offset = pick(d, time.Second, 30*time.Second, 10*time.Minute), pick(d, 0, 3*time.Minute)
			return event{what: limited}
		})
		w.sampler.SetSource("default", w.source())
	case 9:
		w.mutex.Lock()
		w.busy = !w.held()
		w.mutex.Unlock()
	case 10:
		w.mutex.Lock()
		w.late = !w.held() && d.chance(50)
		w.mutex.Unlock()
	case 11:
		w.set(d.between(0, 2*time.Hour)) // back: see TestSuspendedMachineAndClockSteps
	}
}

// change edits the object or its source.
func (w *world) change(edit func() event) {
	w.mutex.Lock()
	e := edit()
	if w.held() {
		w.late = false
	}
	w.mutex.Unlock()
	w.tell(e)
	if e.what == started { // the question is another, and the spec was edited
		w.tell(event{what: edited})
	}
}

// set steps the clock. What is published counts again once somebody has looked.
func (w *world) set(by time.Duration) {
	w.clock.step(by)
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.note("the clock was set by %s", by)
	w.unsettled = true
}

// restart stops the controller for a while.
func (w *world) restart(d dice, longest time.Duration) {
	w.stop()
	w.mutex.Lock()
	w.note("the controller stops")
	w.news = nil
	w.mutex.Unlock()
	time.Sleep(d.between(0, pick(d, time.Second, longest)))
	if d.chance(15) {
		w.wipe()
		w.mutex.Lock()
		w.news = append(w.news, event{what: forgotten})
		w.mutex.Unlock()
	}
	w.start()
}

var (
	noNumber = []string{"NoData", "NotANumber", "Infinite", "MultipleSeries", "NotAScalar", "HistoryUnavailable"}
	noAnswer = []string{"Timeout", "SourceUnavailable", "QueryFailed", "AuthenticationFailed", "PartialResponse", "ResponseTooLarge"}
)

// turn changes how the source answers from now on: it gives one value again and again, or others, or none, or any of it.
func (w *world) turn(d dice) {
	same := w.value(d, w.clock.Now())
	numbers := func(d dice, now time.Time) answer { return answer{reason: "Sampled", value: w.value(d, now)} }
	broken := func(d dice, _ time.Time) answer { return answer{reason: pick(d, noNumber...)} }
	down := func(d dice, _ time.Time) answer { return answer{reason: pick(d, noAnswer...)} }
	steady := func(dice, time.Time) answer { return answer{reason: "Sampled", value: same} }
	mode := steady
	switch d.IntN(8) {
	case 0:
		mode = numbers
	case 1:
		mode = broken
	case 2, 3:
		mode = down
	case 4:
		mode = func(d dice, now time.Time) answer { return pick(d, steady, numbers, broken, down)(d, now) }
	case 5:
		mode = func(d dice, now time.Time) answer {
			if d.chance(75) {
				return steady(d, now)
			}
			return numbers(d, now)
		}
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.mode = mode
}

// TestSuspendedMachineAndClockSteps: a machine that slept, or whose clock was set, looks again within the hour, and
// writes nothing where nothing has changed.
func TestSuspendedMachineAndClockSteps(t *testing.T) {
	cases := []struct {
		reason string
		by     time.Duration
		// writes are those of the first value of a new day.
		writes int
	}{
		{"a second", time.Second, 0},
		{"a nap", 10 * time.Minute, 0},
		{"a night: longer than a value lasts", 9 * time.Hour, 0},
		{"a holiday", 20 * 24 * time.Hour, 1},
		{"set back a little", -time.Minute, 0},
		{"set back by a zone", -2 * time.Hour, 0},
		{"set back by a month", -30 * 24 * time.Hour, 0},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := dice{rand.New(rand.NewPCG(1, 1))}
				k := newKPI(d)
				k.holdFor = time.Minute
				k.write()
				w := newWorld(k, 1)
				w.mode = func(dice, time.Time) answer { return answer{reason: "Sampled", value: 50} }
				w.start()
				time.Sleep(2 * time.Hour)
				w.calm()
				w.check(t, 0)
				written := w.written
				w.set(c.by)
				began := time.Now()
				w.calm()
				if waited := time.Since(began); waited > time.Hour {
					t.Errorf("nobody looked for %s", waited)
				}
				time.Sleep(3 * time.Hour)
				w.calm()
				w.check(t, 0)
				if w.published != "Healthy" || w.written != written+c.writes {
					t.Errorf("%s, and written %d times", w.published, w.written-written)
				}
				w.stop()
			})
		})
	}
}
