package evaluate_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// trajectory is a goal and how its number moves: a story of which people know what they would say to it.
type trajectory struct {
	// file is the name of its picture.
	file string
	// story says what happens, and says what people say to it.
	story, says string
	objective   func(*v1alpha1.Objective)
	keyResults  []func(*v1alpha1.KeyResult)
	// value is the number of the n-th key result at an instant; false while the source gives no answer.
	value func(n int, t time.Time) (float64, bool)
	// born is when the goal is written; zero: at its start.
	born time.Time
	// checkIns are written as their days come.
	checkIns []v1alpha1.CheckIn
	// never are verdicts that must not be given at any time.
	never []v1alpha1.Health
	// ends is the verdict when all is over.
	ends v1alpha1.Health
	// holds is what else must be so of the verdicts, in order of time.
	holds func(t *testing.T, moments []moment)
}

// moment is what is shown at an instant.
type moment struct {
	at                 time.Time
	health             v1alpha1.Health
	progress, expected int32
	keyResults         []v1alpha1.Health
}

// share is the part of the fourth quarter of 2026 that has passed.
func share(t time.Time) float64 { return t.Sub(begin).Hours() / end.Sub(begin).Hours() }

// straight goes from 0 in a straight line to an end.
func straight(to float64) func(int, time.Time) (float64, bool) {
	return func(_ int, t time.Time) (float64, bool) { return to * min(1, share(t)), true }
}

// upTo100 goes from 0 to 100, judged as the API server's defaults have it.
func upTo100(edits ...func(*v1alpha1.KeyResult)) func(*v1alpha1.KeyResult) {
	return func(kr *v1alpha1.KeyResult) {
		reach("0", "100")(kr)
		kr.Spec.Unit, kr.Spec.HoldFor = "", "6h"
		for _, edit := range edits {
			edit(kr)
		}
	}
}

// play evaluates the goal every hour of its life and a week beyond, and whenever it has asked to be looked at.
func (tr trajectory) play(t *testing.T) []moment {
	t.Helper()
	o := newObjective()
	if tr.objective != nil {
		tr.objective(o)
	}
	keyResults := make([]*v1alpha1.KeyResult, len(tr.keyResults))
	for i, edit := range tr.keyResults {
		keyResults[i] = newKeyResult(edit, func(kr *v1alpha1.KeyResult) { kr.Name = string(rune('a' + i)) })
	}
	now := begin
	if !tr.born.IsZero() {
		now = tr.born
	}
	source := scripted{tr.value, make([]sample.Held, len(keyResults))}
	var moments []moment
	for last := end.Add(8 * quarterDay); now.Before(last); {
		o.Spec.CheckIns = slices.DeleteFunc(slices.Clone(tr.checkIns), func(c v1alpha1.CheckIn) bool { return at(c.Date.String()).After(now) })
		next := now.Add(time.Hour)
		shown := moment{at: now}
		for i, kr := range keyResults {
			result := evaluate.KeyResult(inputOf(kr, o), source.of(i, now), now)
			kr.Status = result.Status
			next = earlier(next, result.Next)
			shown.keyResults = append(shown.keyResults, kr.Status.Health)
		}
		result := evaluate.Objective(evaluate.ObjectiveInput{Objective: o, KeyResults: keyResults}, answers{}.samples, now)
		o.Status = result.Status
		shown.health, shown.progress, shown.expected = o.Status.Health, whole(o.Status.ProgressPercent), whole(o.Status.ExpectedPercent)
		moments = append(moments, shown)
		now = earlier(next, result.Next)
	}
	return moments
}

func whole(p *int32) int32 {
	if p == nil {
		return -1
	}
	return *p
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// scripted is a source whose numbers are known.
type scripted struct {
	value func(int, time.Time) (float64, bool)
	held  []sample.Held
}

// of is what is held at now of the questions of the n-th key result: live ones are asked on each multiple of their
// interval, past ones are answered at once.
func (s scripted) of(n int, now time.Time) evaluate.Samples {
	return func(q sample.Question) (sample.Held, bool) {
		if !q.Live() {
			if q.Step != 0 || now.Before(time.Unix(q.At, 0).Add(q.Settle)) {
				return sample.Held{}, false
			}
			v, _ := s.value(n, time.Unix(q.At, 0).UTC())
			return good(v, time.Unix(q.At, 0).UTC()), true
		}
		asked := now.Truncate(q.Interval)
		held := &s.held[n]
		v, answers := s.value(n, asked)
		if answers {
			*held = good(v, asked)
		} else {
			held.Last = sample.Sample{Reason: sample.SourceUnavailable, Time: asked, Message: "nothing came that is an answer of Prometheus"}
		}
		held.Interval = q.Interval
		return *held, true
	}
}

// weekly is a check-in a week, with the value of the key result "a".
func weekly(value func(t time.Time) float64) []v1alpha1.CheckIn {
	var all []v1alpha1.CheckIn
	for day := begin.Add(7 * quarterDay); day.Before(end); day = day.Add(7 * quarterDay) {
		number := v1alpha1.Decimal(sample.Display(math.Round(value(day)*100) / 100))
		all = append(all, v1alpha1.CheckIn{
			Date:       v1alpha1.Date(day.Format(time.DateOnly)),
			KeyResults: []v1alpha1.KeyResultCheckIn{{Name: "a", Value: &number}},
		})
	}
	last := v1alpha1.Decimal(sample.Display(value(end)))
	return append(all, v1alpha1.CheckIn{
		Date: "2026-12-31", KeyResults: []v1alpha1.KeyResultCheckIn{{Name: "a", Value: &last}},
	})
}

var red = []v1alpha1.Health{v1alpha1.HealthOffTrack, v1alpha1.HealthMissed}

// trajectories are the stories of docs/verdicts.md.
func trajectories() []trajectory {
	byHand := func(kr *v1alpha1.KeyResult) { kr.Spec.Metric = nil }
	return []trajectory{
		{
			file: "straight", story: "A straight line from 0 to 100 in the quarter, measured every minute.",
			says: "On track all the way, achieved.", keyResults: []func(*v1alpha1.KeyResult){upTo100()}, value: straight(100),
			never: append(red, v1alpha1.HealthAtRisk, v1alpha1.HealthUnknown), ends: v1alpha1.HealthAchieved,
		},
		{
			file: "aspirational", story: "An aspirational goal on a straight line to 0.70, its pass mark.",
			says: "On track all the way, achieved.", objective: aspirational, keyResults: []func(*v1alpha1.KeyResult){upTo100()}, value: straight(70),
			never: append(red, v1alpha1.HealthAtRisk, v1alpha1.HealthUnknown), ends: v1alpha1.HealthAchieved,
		},
		{
			file: "weekly-check-ins", story: "The same line to 100, kept by hand: one check-in a week.",
			says:       "On track: nobody is behind for what can only be written down next week.",
			objective:  func(o *v1alpha1.Objective) { o.Spec.CheckInEvery = "7d" },
			keyResults: []func(*v1alpha1.KeyResult){upTo100(byHand)},
			checkIns:   weekly(func(t time.Time) float64 { return 100 * share(t) }),
			never:      red, ends: v1alpha1.HealthAchieved,
		},
		{
			file: "average", story: "The same line seen through a 7-day average, which lags half a week, with the target at what the average reaches.",
			says:       "Never red: it is three days late, and no more.",
			keyResults: []func(*v1alpha1.KeyResult){upTo100(func(kr *v1alpha1.KeyResult) { reach("0", "96")(kr) })},
			value:      func(_ int, t time.Time) (float64, bool) { return 100 * max(0, share(t.Add(-84*time.Hour))), true },
			never:      red, ends: v1alpha1.HealthAchieved,
		},
		{
			file: "milestones", story: "Four milestones, each done on its due date.", says: "On track all the way, achieved.",
			keyResults: []func(*v1alpha1.KeyResult){delivered},
			never:      append(red, v1alpha1.HealthAtRisk), ends: v1alpha1.HealthAchieved,
		},
		{
			file: "week-six", story: "A goal written in week six with startOn that day; then a straight line to 100.",
			says:      "Not late at birth: its pace begins with it.",
			objective: func(o *v1alpha1.Objective) { o.Spec.StartOn = "2026-11-10" }, born: at("2026-11-10"),
			keyResults: []func(*v1alpha1.KeyResult){upTo100()},
			value: func(_ int, t time.Time) (float64, bool) {
				from := at("2026-11-10")
				return 100 * max(0, min(1, t.Sub(from).Hours()/end.Sub(from).Hours())), true
			},
			never: append(red, v1alpha1.HealthAtRisk), ends: v1alpha1.HealthAchieved,
		},
		{
			file: "noisy-minute", story: "A 7-day average at pace; in week eight one minute of nonsense moves it by a hundredth of a point.",
			says: "Nothing happened.", keyResults: []func(*v1alpha1.KeyResult){upTo100()},
			value: func(_ int, t time.Time) (float64, bool) {
				v := 100 * min(1, share(t))
				if minute := at("2026-11-20T12:00:00"); !t.Before(minute) && t.Before(minute.Add(7*quarterDay)) {
					v -= 100.0 / (7 * 24 * 60)
				}
				return v, true
			},
			never: append(red, v1alpha1.HealthAtRisk, v1alpha1.HealthUnknown), ends: v1alpha1.HealthAchieved,
		},
		{
			file: "source-down", story: "On pace, but the source does not answer for the whole of week eight.",
			says: "Not known for as long as nobody can know, and never red.", keyResults: []func(*v1alpha1.KeyResult){upTo100()},
			value: func(_ int, t time.Time) (float64, bool) {
				down := at("2026-11-19")
				return 100 * min(1, share(t)), t.Before(down) || !t.Before(down.Add(7*quarterDay))
			},
			never: append(red, v1alpha1.HealthAtRisk), ends: v1alpha1.HealthAchieved,
			holds: func(t *testing.T, moments []moment) {
				for _, l := range moments {
					if l.at.Equal(at("2026-11-22")) && l.health != v1alpha1.HealthUnknown {
						t.Errorf("three days after the last answer the verdict is %s", l.health)
					}
				}
			},
		},
		{
			file: "stuck", story: "On pace until half time; then nothing moves any more.",
			says: "At risk in the week after, off track with a quarter of the way missing, missed.", keyResults: []func(*v1alpha1.KeyResult){upTo100()},
			value: func(_ int, t time.Time) (float64, bool) { return 100 * min(0.5, share(t)), true },
			ends:  v1alpha1.HealthMissed,
			holds: func(t *testing.T, moments []moment) {
				inOrder(t, moments, v1alpha1.HealthOnTrack, v1alpha1.HealthAtRisk, v1alpha1.HealthOffTrack)
			},
		},
		{
			file: "wrong-way", story: "The number moves away from the target from the first day.", says: "Never green after the first days, soon red.",
			keyResults: []func(*v1alpha1.KeyResult){upTo100()}, value: straight(-60), ends: v1alpha1.HealthMissed,
			holds: func(t *testing.T, moments []moment) {
				inOrder(t, moments, v1alpha1.HealthOnTrack, v1alpha1.HealthAtRisk, v1alpha1.HealthOffTrack)
			},
		},
		{
			file: "late-but-done", story: "Nothing for six weeks, then twice the pace.", says: "Red in November, and green again when it has caught up.",
			keyResults: []func(*v1alpha1.KeyResult){upTo100()},
			value:      func(_ int, t time.Time) (float64, bool) { return 100 * max(0, min(1, 2*share(t)-0.95)), true },
			ends:       v1alpha1.HealthAchieved,
		},
	}
}

// delivered is four milestones that are done on their due dates.
func delivered(kr *v1alpha1.KeyResult) {
	kr.Spec.Reach, kr.Spec.Metric, kr.Spec.HoldFor = nil, nil, "6h"
	for _, day := range []v1alpha1.Date{"2026-10-15", "2026-11-10", "2026-12-01", "2026-12-20"} {
		kr.Spec.Milestones = append(kr.Spec.Milestones, v1alpha1.Milestone{Title: "by " + string(day), DueOn: day, DoneOn: day})
	}
}

// inOrder checks that the verdicts of the time before the end come in this order, each once.
func inOrder(t *testing.T, moments []moment, want ...v1alpha1.Health) {
	t.Helper()
	var got []v1alpha1.Health
	for _, l := range moments {
		if l.at.Before(end) && (len(got) == 0 || got[len(got)-1] != l.health) {
			got = append(got, l.health)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the verdicts were %v, want %v", got, want)
	}
}

func TestTrajectoriesAreJudgedAsPeopleWould(t *testing.T) {
	var played []string
	var all [][]moment
	for _, tr := range trajectories() {
		t.Run(tr.file, func(t *testing.T) {
			moments := tr.play(t)
			for _, l := range moments {
				closing := l.health == v1alpha1.HealthUnknown && !l.at.Before(end) // the value at the end is asked for after it
				if slices.Contains(tr.never, l.health) && !closing {
					t.Fatalf("%s It is %s on %s at %d %%, %d %% expected; people say: %s", tr.story, l.health, l.at, l.progress, l.expected, tr.says)
				}
			}
			if final := moments[len(moments)-1].health; final != tr.ends {
				t.Errorf("%s It ends %s, want %s", tr.story, final, tr.ends)
			}
			if tr.holds != nil {
				tr.holds(t, moments)
			}
			golden(t, "../../docs/verdicts/"+tr.file+".svg", picture(tr, moments))
			played, all = append(played, tr.file), append(all, moments)
		})
	}
	if len(played) == len(trajectories()) { // and not one of them alone
		golden(t, "../../docs/verdicts.md", page(trajectories(), all))
	}
}

// Teams scattered around pace: each is ahead or behind by a number of points of its own, σ 20, all the way. Half of
// them will miss. Up to three quarters of the time most are not red; then red tracks the share that will be Missed.
func TestScatteredTeamsAreNotAllRed(t *testing.T) {
	const teams = 400
	random := rand.New(rand.NewPCG(4, 20))
	red, missed := map[float64]int{}, 0
	shares := []float64{0.25, 0.5, 0.75, 0.9, 0.98}
	for range teams {
		ahead := 20 * random.NormFloat64()
		if ahead < 0 {
			missed++
		}
		for _, s := range shares {
			now := begin.Add(time.Duration(s * float64(end.Sub(begin)))).Truncate(time.Minute)
			o, kr := newObjective(), newKeyResult(upTo100())
			held := good(100*s+ahead, now)
			kr.Status = evaluate.KeyResult(inputOf(kr, o), answers{live: held}.samples, now).Status
			status := evaluate.Objective(evaluate.ObjectiveInput{Objective: o, KeyResults: []*v1alpha1.KeyResult{kr}}, answers{}.samples, now).Status
			if status.Health == v1alpha1.HealthOffTrack {
				red[s]++
			}
		}
	}
	for _, s := range shares {
		t.Logf("at %.2f of the time %d of %d are red, %d will be missed", s, red[s], teams, missed)
		if s <= 0.75 && red[s] > teams/4 {
			t.Errorf("at %.2f of the time %d of %d teams are red", s, red[s], teams)
		}
		if red[s] > missed {
			t.Errorf("at %.2f of the time %d teams are red, and %d will miss", s, red[s], missed)
		}
	}
	if red[0.98] < missed*8/10 {
		t.Errorf("in the last two days %d teams are red, and %d will miss", red[0.98], missed)
	}
}
