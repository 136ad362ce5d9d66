package evaluate_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

var (
	lives = flag.Int("lives", 1, "how many goals of each shape live through some days, looked at every minute, and how many through a quarter")
	born  = flag.Uint64("born", 0, "the first seed of these goals")
)

// someDays are short periods, most of them with a change of the clocks in one of the zones below.
var someDays = []v1alpha1.Period{
	"2026-09-04/2026-09-08", "2026-10-01/2026-10-06", "2026-10-22/2026-10-29", "2026-10-30/2026-11-03",
	"2027-03-13/2027-03-16", "2027-03-26/2027-04-04", "2026-12-29/2027-01-04", "2026-11-15/2026-11-15", "2028-02-28/2028-03-01",
}

// people live in these zones.
var people = []v1alpha1.TimeZone{
	"", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Kiritimati", "Africa/Casablanca",
}

// dayIn is a day of a span, or shortly before or after it.
func (d dice) dayIn(span okr.Period) v1alpha1.Date {
	return v1alpha1.Date(span.First.AddDays(d.IntN(span.Days()+4) - 2).String())
}

// datesIn are fewer than n such days, none of them twice, in any order.
func (d dice) datesIn(span okr.Period, n int) []v1alpha1.Date {
	var dates []v1alpha1.Date
	for range d.IntN(n) {
		if date := d.dayIn(span); !slices.Contains(dates, date) {
			dates = append(dates, date)
		}
	}
	return dates
}

// within is a day of a span.
func (d dice) within(span okr.Period) v1alpha1.Date {
	return v1alpha1.Date(span.First.AddDays(d.IntN(span.Days())).String())
}

func (d dice) decimal(lo, hi int) *v1alpha1.Decimal { return decimal(strconv.Itoa(lo + d.IntN(hi-lo))) }

// shapes are all the ways in which a key result of a period can be written.
var shapes = map[string]func(d dice, kr *v1alpha1.KeyResult, days okr.Period){
	"Given":    func(dice, *v1alpha1.KeyResult, okr.Period) {},
	"Measured": func(_ dice, kr *v1alpha1.KeyResult, _ okr.Period) { measuredBaseline(kr) },
	"Change": func(d dice, kr *v1alpha1.KeyResult, _ okr.Period) {
		kr.Spec.Reach = &v1alpha1.Reach{Change: pick(d, v1alpha1.Change("-20%"), "+15", "+40%")}
		if d.chance(50) {
			kr.Spec.Reach.Baseline = d.decimal(300, 800)
		}
	},
	"Elapsed": func(_ dice, kr *v1alpha1.KeyResult, _ okr.Period) {
		kr.Spec.Metric.Query = "increase(sold[$__elapsed])"
		kr.Spec.Reach = &v1alpha1.Reach{Target: decimal("1000")}
	},
	"Replanned": func(d dice, kr *v1alpha1.KeyResult, days okr.Period) {
		kr.Spec.Reach.Replanned = []v1alpha1.Replan{{Date: d.within(days), From: decimal("250"), To: decimal("300"), Reason: "it was too easy"}}
	},
	"Maintain":  func(d dice, kr *v1alpha1.KeyResult, _ okr.Period) { atMost(*d.decimal(300, 800), "")(kr) },
	"Budget":    func(d dice, kr *v1alpha1.KeyResult, _ okr.Period) { atMost(*d.decimal(700, 900), d.breach())(kr) },
	"Guarded":   func(d dice, kr *v1alpha1.KeyResult, _ okr.Period) { d.guard(kr) },
	"HeldInIt":  func(d dice, kr *v1alpha1.KeyResult, _ okr.Period) { atMost(*d.decimal(300, 800), "")(kr); d.guard(kr) },
	"SpentInIt": func(d dice, kr *v1alpha1.KeyResult, _ okr.Period) { atMost("850", d.breach())(kr); d.guard(kr) },
	"Milestones": func(d dice, kr *v1alpha1.KeyResult, days okr.Period) {
		kr.Spec.Metric, kr.Spec.Reach = nil, nil
		for i := range 1 + d.IntN(5) {
			kr.Spec.Milestones = append(kr.Spec.Milestones, v1alpha1.Milestone{
				Title: fmt.Sprint("step ", i), Weight: pointer(pick(d, int32(1), 2, 1000)),
				DueOn: pick(d, "", d.dayIn(days)), DoneOn: pick(d, "", d.dayIn(days)),
			})
		}
	},
	"ByHand":     func(_ dice, kr *v1alpha1.KeyResult, _ okr.Period) { kr.Spec.Metric = nil },
	"HeldByHand": func(_ dice, kr *v1alpha1.KeyResult, _ okr.Period) { kr.Spec.Metric = nil; atMost("500", "")(kr) },
	"Readings": func(_ dice, kr *v1alpha1.KeyResult, _ okr.Period) {
		kr.Spec.Metric, kr.Spec.KPIRef = nil, &v1alpha1.KPIReference{Name: "revenue"}
	},
	"GuardedByHand": func(d dice, kr *v1alpha1.KeyResult, _ okr.Period) {
		kr.Spec.Metric = nil
		d.guard(kr)
	},
}

func shapeNames() []string { return slices.Sorted(maps.Keys(shapes)) }

func (d dice) breach() v1alpha1.Percentage {
	return pick(d, v1alpha1.Percentage("0.1%"), "1%", "20%", "100%")
}

func (d dice) guard(kr *v1alpha1.KeyResult) {
	kr.Spec.Guard = &v1alpha1.Guard{Query: guardQuery, AtLeast: d.decimal(400, 900)}
}

// goal is a random key result of a shape, with its objective, in a period.
func (d dice) goal(shape string, period v1alpha1.Period) (evaluate.KeyResultInput, okr.Period) {
	days, err := okr.ParsePeriod(string(period))
	if err != nil {
		panic(err)
	}
	o := d.objective()
	o.Spec.Period, o.Spec.TimeZone, o.Spec.State, o.Spec.CheckIns = period, pick(d, people...), v1alpha1.ObjectiveActive, nil
	if d.chance(30) {
		o.Spec.StartOn = d.within(days)
	}
	for _, date := range d.datesIn(days, 8) {
		checkIn := d.checkIn()
		checkIn.Date = date
		o.Spec.CheckIns = append(o.Spec.CheckIns, checkIn)
	}
	kr := newKeyResult()
	kr.Spec.Metric.Interval = pick(d, v1alpha1.Duration(""), "5m", "1h")
	kr.Spec.Metric.StaleAfter = pick(d, v1alpha1.Duration(""), "1h", "90s")
	kr.Spec.Metric.Settle = pick(d, v1alpha1.Duration(""), "1h")
	kr.Spec.HoldFor = pick(d, v1alpha1.Duration(""), "0s", "30m", "6h")
	shapes[shape](d, kr, days)
	if d.chance(30) {
		kr.Spec.DueOn = d.dayIn(days)
	}
	if d.chance(30) {
		kr.Spec.StartOn = d.within(days)
	}
	if d.chance(30) && kr.Spec.Milestones == nil {
		kr.Spec.Pace = &v1alpha1.KeyResultPace{Checkpoints: []v1alpha1.Checkpoint{{Date: d.within(days), Percent: pointer(d.Int32N(101))}}}
	}
	if d.chance(15) {
		record("", string(d.within(days)), pick(d, "0.5", "1"))(kr)
	}
	in := inputOf(kr, o)
	if kr.Spec.KPIRef != nil {
		in.KPI = newKPI(func(k *v1alpha1.KPI) {
			k.Name, k.Spec.Metric = "revenue", nil
			k.Spec.TimeZone, k.Spec.ReadEvery = pick(d, people...), pick(d, v1alpha1.Duration(""), "1d", "36h")
			for _, date := range d.datesIn(days, 6) {
				k.Spec.Readings = append(k.Spec.Readings, v1alpha1.Reading{Date: date, Value: d.decimal(250, 850)})
			}
		})
	}
	return in, days
}

// edits are what people do to a goal while it lives, besides what happens to every key result.
func (d dice) edit(in evaluate.KeyResultInput, days okr.Period) {
	kr, o := in.KeyResult, in.Objective
	switch d.IntN(8) {
	case 0:
		kr.Spec.DueOn = pick(d, "", d.dayIn(days))
	case 1:
		kr.Spec.HoldFor = pick(d, v1alpha1.Duration(""), "30m", "6h")
	case 2:
		if kr.Spec.Maintain != nil {
			kr.Spec.Maintain.AtMost = d.decimal(300, 900)
		} else if kr.Spec.Reach != nil && kr.Spec.Reach.Target != nil {
			kr.Spec.Reach.Target = d.decimal(100, 300)
		}
	case 3:
		if kr.Spec.Guard != nil {
			kr.Spec.Guard.AtLeast = d.decimal(400, 900)
		}
	case 4:
		o.Spec.Pace = &v1alpha1.ObjectivePace{AtRiskGap: pointer(d.Int32N(20)), OffTrackGap: pointer(20 + d.Int32N(20))}
	case 5:
		o.Spec.State = pick(d, v1alpha1.ObjectiveActive, v1alpha1.ObjectiveActive, v1alpha1.ObjectiveDraft, v1alpha1.ObjectiveCancelled)
	case 6:
		o.Spec.CheckIns = append(o.Spec.CheckIns, v1alpha1.CheckIn{Date: d.dayIn(days), Confidence: pointer(d.Int32N(11))})
	case 7:
		kr.Status = v1alpha1.KeyResultStatus{ObservedGeneration: -1}
	}
	kr.Generation++
	o.Generation++
}

// spoken is what of a status must not change unannounced.
type spoken struct {
	health             string
	progress, expected *int32
	conditions         []metav1.Condition
}

func spokenBy(status any) spoken {
	switch s := status.(type) {
	case v1alpha1.KeyResultStatus:
		return spoken{string(s.Health), s.ProgressPercent, s.ExpectedPercent, s.Conditions}
	case v1alpha1.ObjectiveStatus:
		return spoken{string(s.Health), s.ProgressPercent, s.ExpectedPercent, s.Conditions}
	case v1alpha1.KPIStatus:
		return spoken{string(s.Health), nil, nil, s.Conditions}
	default:
		panic("no status")
	}
}

func (s spoken) String() string {
	text := s.health
	for _, n := range []*int32{s.progress, s.expected} {
		if n != nil {
			text += fmt.Sprint(" ", *n)
		}
	}
	for _, c := range s.conditions {
		text += fmt.Sprintf("\n\t%s=%s %s: %s", c.Type, c.Status, c.Reason, c.Message)
	}
	return text
}

// equals compares all but messages, which may hold what has merely moved.
func (s spoken) equals(other spoken) bool {
	number := func(a, b *int32) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	if s.health != other.health || !number(s.progress, other.progress) || !number(s.expected, other.expected) || len(s.conditions) != len(other.conditions) {
		return false
	}
	for i := range s.conditions {
		a, b := &s.conditions[i], &other.conditions[i]
		if a.Type != b.Type || a.Status != b.Status || a.Reason != b.Reason {
			return false
		}
	}
	return true
}

// keeper looks at a subject when a controller would: when something has happened, and at its next look. It writes as one
// does: what has merely moved once per five minutes.
type keeper struct {
	subject
	held          answers
	next, written time.Time
	last          spoken
	looks         int
}

func (k *keeper) look(t *testing.T, now time.Time) {
	t.Helper()
	status, change, next := k.evaluate(k.held, now)
	k.last, k.next = spokenBy(status), next
	k.looks++
	switch wait := 5*time.Minute - now.Sub(k.written); {
	case change == evaluate.Unchanged:
	case change == evaluate.Value && wait > 0:
		if again := now.Add(wait); again.Before(next) {
			k.next = again
		}
	default:
		k.keep(status)
		k.written = now
		for reason, held := range map[string]answers{"looked at again": k.held, "after a restart": {}} {
			if again, change, _ := k.evaluate(held, now); change != evaluate.Unchanged {
				t.Fatalf("%s at %v: -before +after\n%s", reason, now, cmp.Diff(status, again))
			}
		}
	}
}

// live leads a subject from an instant to another, and holds that at no minute in between its verdict is another one than
// the one it was last looked at with.
func live(t *testing.T, d dice, s subject, from, to time.Time, happen func()) {
	t.Helper()
	k := &keeper{subject: s}
	k.look(t, from)
	event := from
	for minute := from.Add(time.Minute); minute.Before(to); minute = minute.Add(time.Minute) {
		for !k.next.After(minute) || !event.After(minute) {
			if k.next.Before(event) {
				k.look(t, k.next)
				continue
			}
			d.happen(k, event, happen)
			k.look(t, event)
			event = event.Add(pick(d, 3*time.Minute, time.Hour, 5*time.Hour, 20*time.Hour) + time.Duration(d.Int64N(int64(time.Hour))))
		}
		status, _, _ := k.evaluate(k.held, minute)
		if now := spokenBy(status); !now.equals(k.last) {
			t.Fatalf("at %v, and the next look is %v, it says\n%v\ninstead of\n%v", minute, k.next, now, k.last)
		}
	}
}

// happen is what happens at an instant: answers come, somebody edits something, the controller starts again.
func (d dice) happen(k *keeper, now time.Time, edit func()) {
	k.held = answers{
		d.next(k.held.live, now, k.lo, k.hi), d.next(k.held.start, now, k.lo, k.hi), d.next(k.held.end, now, k.lo, k.hi),
		d.next(k.held.guard, now, k.lo, k.hi), d.next(k.held.guardEnd, now, k.lo, k.hi), k.held.count,
	}
	switch roll := d.IntN(100); {
	case roll < 60:
		k.held.count = d.counts(now, k.lo, k.hi)
	case roll < 65:
		k.held = answers{}
	}
	if d.chance(15) {
		k.disturb(d)
	}
	if d.chance(10) && edit != nil {
		edit()
	}
}

// TestNoVerdictChangesUnannounced leads random goals of every shape through their whole lives, looked at as a controller
// does, and holds at every minute that nobody who looks then reads another verdict than was announced.
func TestNoVerdictChangesUnannounced(t *testing.T) {
	if underRace {
		t.Skip("make test runs it without the race detector")
	}
	goal := func(t *testing.T, seed uint64, number int, shape string, period v1alpha1.Period) {
		t.Parallel()
		d := dice{rand.New(rand.NewPCG(seed, uint64(number)))}
		in, days := d.goal(shape, period)
		span := days.Span(evaluate.Zone(in.Objective.Spec.TimeZone))
		s := keyResultSubject(in)
		edit := func() { d.edit(in, days) }
		live(t, d, s, span.Start.Add(-6*time.Hour), span.End.Add(2*time.Hour), edit)
		live(t, d, s, span.End.Add(7*24*time.Hour-time.Hour), span.End.Add(7*24*time.Hour+time.Hour), edit)
	}
	names := shapeNames()
	for i := range uint64(*lives) {
		seed := *born + i
		for j, name := range names {
			period := someDays[(int(seed)+j)%len(someDays)]
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) { goal(t, seed, j, name, period) })
		}
		t.Run(fmt.Sprintf("Quarter/%d", seed), func(t *testing.T) { goal(t, seed, len(names), names[int(seed)%len(names)], quarter) })
		for kind, make := range map[string]func(dice) subject{"KPI": dice.kpiSubject, "Objective": dice.objectiveSubject} {
			t.Run(fmt.Sprintf("%s/%d", kind, seed), func(t *testing.T) {
				t.Parallel()
				d := dice{rand.New(rand.NewPCG(seed, 4))}
				from := pick(d, begin.AddDate(0, 0, -2), at("2026-10-23"), end.AddDate(0, 0, -3))
				live(t, d, make(d), from, from.AddDate(0, 0, 7), nil)
			})
		}
	}
}
