package evaluate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// budget is a band that the value may leave for a share of the time. The time outside is counted on a grid from the
// start. Whole days of the count are settled in the status and not asked for again, so that it does not matter how long
// the source remembers; what follows them, the tail, is asked as one range, and each answer counts all of it anew: no
// point is counted twice, and none is lost, in whatever order answers come.
type budget struct {
	maintain
	allowed float64
	grid    okr.Grid
	// count is all that is known, recorded what of it the status before knew.
	count, recorded okr.Count
	// tail asks for what is not settled.
	tail sample.Watch
	// failing says that the tail is not answered; what was counted stands until it is stale.
	failing *obstacle
}

// untold is what is put before what hinders the count, lest it is taken for what hinders the value.
const untold = "time outside: "

// resolve counts the time outside.
func (b *budget) resolve(begun bool) *obstacle {
	if !begun {
		return nil
	}
	key := b.countKey()
	total, settled, known := b.restore(key)
	b.recorded = total
	if !b.now.Before(b.pace.End) {
		b.count = total
		return b.whyPartial()
	}
	q := b.question(settled)
	held := b.in.Metric.held(b.samples, q)
	from := b.grid.At(settled.Points)
	if held.Last.Time.Before(from) && held.Last.Reason != "" { // about nothing of it
		held.Last, held.Good, held.Answered = sample.Sample{}, sample.Sample{}, ""
	}
	b.tail = sample.Watch{Question: q, Seen: held.Last, Stretched: held.Stretched}
	if values, fits := b.values(held.Good, settled); fits {
		if fresh := settled.Add(b.band(), values); !known || fresh.Points >= total.Points {
			total, known = fresh, true
			settled = b.settle(settled, values)
		}
	}
	b.count = total
	due := from.Add(b.in.Metric.QueryOffset + max(q.Interval, b.in.Metric.MinInterval))
	if b.now.Before(due) { // only then all that it may be asked about lies in the range
		b.next = append(b.next, due)
		known = known || settled.Points == 0
		b.tail = sample.Watch{}
	}
	in := b.whyUncounted(q, held, known, due)
	if b.in.Metric.asked() && total.Points > 0 {
		b.status.Frozen.Breach = b.frozen(key, total, settled)
	}
	return in
}

// question asks for the points that are not settled.
func (b *budget) question(settled okr.Count) sample.Question {
	q := b.in.Metric.question(b.pace.Span)
	q.Step, q.From = b.grid.Step, b.grid.At(settled.Points).Unix()
	q.Interval = max(b.grid.Step, b.in.Metric.interval(b.pace.Span))
	return q
}

// countKey identifies what is counted.
func (b *budget) countKey() string {
	q := b.in.Metric.question(b.pace.Span)
	return b.in.Metric.key(q, append(b.decides()[:3:3], strconv.FormatInt(b.pace.Start.Unix(), 10), b.grid.Step.String())...)
}

// restore is what the status before knows of the count: all of it, and what is settled. What was counted on a clock that
// was ahead is no count.
func (b *budget) restore(key string) (total, settled okr.Count, known bool) {
	breach := b.status.Frozen.Breach
	if breach == nil || breach.Key != key {
		return total, settled, false
	}
	if breach.Settled != nil {
		if settled, known = b.read(*breach.Settled); !known {
			return total, okr.Count{}, false
		}
	}
	if total, known = b.read(breach.BreachCount); !known || total.Points < settled.Points {
		return settled, settled, settled.Points > 0
	}
	return total, settled, true
}

// read is a count as it was written; false if it cannot be one by now.
func (b *budget) read(c v1alpha1.BreachCount) (okr.Count, bool) {
	last, found := b.grid.Index(c.CountedUntil.Time)
	if !found || c.CountedUntil.After(b.now) {
		return okr.Count{}, false
	}
	return okr.Count{Points: last + 1, Outside: int(orZero(c.Outside)), Missing: int(orZero(c.Missing))}, true
}

func (b *budget) frozen(key string, total, settled okr.Count) *v1alpha1.Breach {
	write := func(c okr.Count) v1alpha1.BreachCount {
		return v1alpha1.BreachCount{
			Outside: pointer(int32(c.Outside)), Missing: pointer(int32(c.Missing)), CountedUntil: second(b.grid.At(c.Points - 1)),
		}
	}
	breach := &v1alpha1.Breach{BreachCount: write(total), Key: key}
	if settled.Points > 0 {
		breach.Settled = pointer(write(settled))
	}
	return breach
}

// values are those of a sample that follow what is settled, up to the last point of the grid; false if it answers
// another question, or nothing yet.
func (b *budget) values(s sample.Sample, settled okr.Count) ([]float64, bool) {
	if !s.OK() || s.Series == nil || s.Series.From != b.grid.At(settled.Points).Unix() || s.Series.Step != b.grid.Step {
		return nil, false
	}
	values := s.Series.Values[:min(len(s.Series.Values), b.grid.Points-settled.Points)]
	return values, len(values) > 0
}

// settle takes over the whole days whose last point was read when metric.settle had passed since.
func (b *budget) settle(settled okr.Count, values []float64) okr.Count {
	last := b.grid.At(settled.Points + len(values) - 1)
	for day := b.grid.Day(); day <= len(values); {
		if b.grid.At(settled.Points + day - 1).Add(b.in.Metric.settle()).After(last) {
			break
		}
		settled, values = settled.Add(b.band(), values[:day]), values[day:]
	}
	return settled
}

// whyUncounted says why there is no count to judge by. What was counted stands while no answer comes, until it is as
// old as a value may be; once that has ended a verdict, only an answer begins it again.
func (b *budget) whyUncounted(q sample.Question, held sample.Held, known bool, due time.Time) *obstacle {
	before := b.saidOfValue() // trouble with the guard is none of the count
	ended := !b.judged() && before != nil && before.Status != metav1.ConditionTrue && b.current()
	last := held.Last
	if last.Reason != "" && !last.OK() {
		b.failing = &obstacle{metav1.ConditionFalse, string(last.Reason), untold + last.Message}
	}
	switch {
	case held.Answered.Answered() && held.Answered != sample.Sampled:
		return b.failing
	case b.now.Before(due) && known:
		return nil
	case !held.Good.OK() && (!known || ended):
		if b.failing == nil && ended && (before.Reason == v1alpha1.ReasonPartialHistory || strings.HasPrefix(before.Message, untold)) {
			return &obstacle{before.Status, before.Reason, before.Message} // not asked again since the controller started
		}
		if b.failing == nil {
			return &obstacle{metav1.ConditionUnknown, v1alpha1.ReasonPending, "waiting for the first count of the time outside"}
		}
		return b.failing
	}
	since := held.Since
	if since.IsZero() {
		since = b.now
	}
	staleAt := since.Add(b.in.Metric.staleAfter(keyResultStaleAfter, max(q.Interval, held.Interval, held.Then)))
	if b.now.Before(staleAt) {
		b.next = append(b.next, staleAt)
		return nil
	}
	if b.failing == nil {
		return &obstacle{metav1.ConditionFalse, v1alpha1.ReasonPartialHistory, untold + "the last count is older than metric.staleAfter"}
	}
	return b.failing
}

// running is how the key result stands by a count, inside the band or not.
func (b *budget) running(count okr.Count, inside bool) okr.Budget {
	return okr.Budget{
		Pace: b.pace, Allowed: b.allowed, Outside: b.grid.Share(count.Outside), Missing: b.grid.Share(count.Missing), Inside: inside,
	}
}

func (b *budget) stand(value float64) (running, bool) {
	return b.running(b.count, b.band().Contains(value)), true
}

// doubt takes a verdict back that missing points could turn, and says while it stands that the count is not answered.
func (b *budget) doubt(value *measured) {
	shown, known := b.keyResult.stand(b.shownBy(value.value), b.guardValue())
	switch {
	case !known || !value.usable:
	case shown.Verdict(b.now).Health == okr.Unknown:
		b.lookAtChangeOf(shown)
		value.usable, value.status, value.reason = false, metav1.ConditionFalse, v1alpha1.ReasonPartialHistory
		value.message = b.spent(b.count) + ", which could decide"
	case b.failing != nil && value.status == metav1.ConditionTrue:
		value.status, value.reason, value.message = b.failing.status, b.failing.reason, b.failing.message
	}
}

func (b *budget) explain(okr.Verdict, int64) string { return b.where() + "; " + b.spent(b.count) }

// spent says in words how much of the budget is spent.
func (b *budget) spent(count okr.Count) string {
	percent := func(points int) string { return sample.Display(b.percent(points)) + " %" }
	text := fmt.Sprintf("outside for %s of the whole time so far, and %s %% are allowed",
		percent(count.Outside), sample.Display(100*b.allowed))
	if count.Missing > 0 {
		text += "; for " + percent(count.Missing) + " there is no number"
	}
	return text
}

// percent is a number of points as a percentage of the whole time.
func (b *budget) percent(points int) float64 { return sample.Round(100 * b.grid.Share(points)) }

// finalQuestion asks for all points up to the end that are not settled.
func (b *budget) finalQuestion() sample.Question {
	_, settled, _ := b.restore(b.countKey())
	q := b.question(settled)
	q.Interval, q.At, q.Settle = 0, b.pace.End.Unix(), b.in.Metric.settle()
	return q
}

// finalCount is the whole count by the answer to it. Points that it does not hold are missing.
func (b *budget) finalCount(last sample.Sample) okr.Count {
	_, count, _ := b.restore(b.countKey())
	if values, fits := b.values(last, count); fits {
		count = count.Add(b.band(), values)
	}
	return count.Add(b.band(), slices.Repeat([]float64{math.NaN()}, b.grid.Points-count.Points))
}

// finalText is the share of the time spent outside: in percent, and in words.
func (b *budget) finalText(last sample.Sample) (value, text string) {
	outside := b.percent(b.finalCount(last).Outside)
	return exact(outside), sample.Display(outside) + " % of the time outside"
}

func (b *budget) final(last sample.Sample) (float64, bool) {
	return b.running(b.finalCount(last), true).Final()
}

// whyPartial says that the answer about the end leaves the score open.
func (b *budget) whyPartial() *obstacle {
	last := b.in.Metric.held(b.samples, b.finalQuestion()).Last
	if !last.OK() {
		return nil
	}
	count := b.finalCount(last)
	if _, known := b.running(count, true).Final(); known {
		return nil
	}
	return &obstacle{metav1.ConditionFalse, v1alpha1.ReasonPartialHistory, b.spent(count) + ", which could decide the score"}
}

func (b *budget) decides() []string {
	return append(b.maintain.decides(), exact(b.allowed))
}
