package preview

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/simulate"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// backtest is how an objective and its key results would have ended in periods of the past.
type backtest struct {
	id
	Title string
	// Periods by name, the newest first.
	Periods []string
	// Rows are the objective itself, where it is made of what is measured, and then its key results.
	Rows []pastRow
	// Left are the key results that have no past to be asked for.
	Left []string
}

type pastRow struct {
	id
	Title string
	Cells []pastEnd
}

// pastEnd is how a goal would have ended.
type pastEnd struct {
	Period string `json:"period"`
	Health string `json:"health,omitempty"`
	Score  string `json:"score,omitempty"`
	// Value at the end, and the way or band that it is judged by.
	Value  string `json:"value,omitempty"`
	Target string `json:"target,omitempty"`
	// Without says why there is no score.
	Without string `json:"without,omitempty"`
	Message string `json:"message,omitempty"`
}

// trial is one objective in one period of the past.
type trial struct {
	objective *v1alpha1.Objective
	period    okr.Period
	// at is the instant at which it is looked at: late enough after its end for all data to have arrived.
	at time.Time
}

// backtests finds out how the goals of a set would have ended in the last n periods of the same length that are over at an
// instant.
func backtests(ctx context.Context, set *goals.Set, shown map[id]bool, n int, at time.Time, askers map[string]simulate.Asker) ([]backtest, error) {
	var found []*backtest
	trials := map[time.Time]map[okr.Period][]trial{}
	for _, o := range set.Objectives {
		measured, left := pastOf(set, o)
		if !shown[idOf(o)] && !slices.ContainsFunc(measured, func(kr *v1alpha1.KeyResult) bool { return shown[idOf(kr)] }) {
			continue
		}
		periods := pastPeriods(o, n, at)
		if o.Spec.State == v1alpha1.ObjectiveCancelled || len(measured) == 0 || len(periods) == 0 {
			continue
		}
		b := &backtest{id: idOf(o), Title: o.Spec.Title, Left: left}
		if o.Spec.RollUp != v1alpha1.RollUpChildren {
			b.Rows = append(b.Rows, pastRow{id: idOf(o), Title: o.Spec.Title})
		}
		for _, kr := range measured {
			b.Rows = append(b.Rows, pastRow{id: idOf(kr), Title: kr.Spec.Title})
		}
		for _, p := range periods {
			b.Periods = append(b.Periods, label(p))
			when := earlier(p.Last.End(evaluate.Zone(o.Spec.TimeZone)).Add(evaluate.Closing), at).UTC()
			if trials[when] == nil {
				trials[when] = map[okr.Period][]trial{}
			}
			trials[when][p] = append(trials[when][p], trial{o, p, when})
		}
		found = append(found, b)
	}
	ends, err := play(ctx, set, trials, askers)
	if err != nil {
		return nil, err
	}
	result := make([]backtest, 0, len(found))
	for _, b := range found {
		for i := range b.Rows {
			for _, p := range b.Periods {
				b.Rows[i].Cells = append(b.Rows[i].Cells, ends[pastKey{b.Rows[i].id, p}])
			}
		}
		result = append(result, *b)
	}
	return result, nil
}

type pastKey struct {
	id
	period string
}

// play evaluates all trials, those of an instant and a period together.
func play(ctx context.Context, set *goals.Set, trials map[time.Time]map[okr.Period][]trial, askers map[string]simulate.Asker) (map[pastKey]pastEnd, error) {
	ends := map[pastKey]pastEnd{}
	for _, when := range slices.SortedFunc(maps.Keys(trials), time.Time.Compare) {
		answers := simulate.NewAnswers(when, askers)
		for _, p := range slices.SortedFunc(maps.Keys(trials[when]), func(a, b okr.Period) int {
			return cmp.Or(cmp.Compare(a.First.String(), b.First.String()), cmp.Compare(a.Last.String(), b.Last.String()))
		}) {
			world := stage(set, trials[when][p])
			after, err := simulate.Run(ctx, world, answers, simulate.Options{Evaluated: func(o client.Object) bool { return idOf(o).Kind != "KPI" }})
			if err != nil {
				return nil, err
			}
			for _, o := range all(after) {
				if i := idOf(o); i.Kind == "Objective" || i.Kind == "KeyResult" {
					ends[pastKey{i, label(p)}] = endOf(o, label(p))
				}
			}
		}
	}
	return ends, nil
}

// stage is the set of goals as they would have been in a period of the past.
func stage(set *goals.Set, trials []trial) *goals.Set {
	var objects []client.Object
	for _, t := range trials {
		own, err := okr.ParsePeriod(string(t.objective.Spec.Period))
		if err != nil {
			continue // it has no past periods
		}
		m := moved{own, t.period}
		objects = append(objects, m.objective(t.objective))
		measured, _ := pastOf(set, t.objective)
		for _, kr := range measured {
			objects = append(objects, m.keyResult(kr))
		}
	}
	for _, o := range all(set) {
		if i := idOf(o); i.Kind != "Objective" && i.Kind != "KeyResult" {
			objects = append(objects, o)
		}
	}
	return goals.New(objects)
}

// pastOf are the key results of an objective whose past can be asked for, and why the others' cannot.
func pastOf(set *goals.Set, o *v1alpha1.Objective) (measured []*v1alpha1.KeyResult, left []string) {
	for _, kr := range set.KeyResultsOf(o) {
		switch {
		case kr.Spec.State == v1alpha1.KeyResultCancelled:
		case len(kr.Spec.Milestones) > 0:
			left = append(left, kr.Name+" (milestones)")
		case kr.Spec.Metric != nil:
			measured = append(measured, kr)
		case kr.Spec.KPIRef == nil:
			left = append(left, kr.Name+" (check-ins)")
		default:
			key := gather.KPIKey(*kr.Spec.KPIRef, kr.Namespace)
			switch kpi := set.KPI(key.Namespace, key.Name); {
			case kpi == nil:
				left = append(left, kr.Name+" (its KPI is not known)")
			case kpi.Spec.Metric == nil:
				left = append(left, kr.Name+" (readings)")
			default:
				measured = append(measured, kr)
			}
		}
	}
	return measured, left
}

// pastPeriods are the last n periods of an objective's length before its own that are over at an instant, the newest first.
func pastPeriods(o *v1alpha1.Objective, n int, at time.Time) []okr.Period {
	own, err := okr.ParsePeriod(string(o.Spec.Period))
	zone := evaluate.Zone(o.Spec.TimeZone)
	if err != nil || zone == nil {
		return nil
	}
	var periods []okr.Period
	for i := 1; len(periods) < n && i <= maxBack; i++ {
		p := back(own, i)
		if p.First.Year < 1970 {
			break
		}
		if !p.Last.End(zone).After(at) {
			periods = append(periods, p)
		}
	}
	return periods
}

// maxBack bounds how far back from a period of the far future is looked.
const maxBack = 10000

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// endOf is how a goal has ended.
func endOf(o client.Object, period string) pastEnd {
	s := standingOf(o)
	end := pastEnd{Period: period}
	if s.Score != "" {
		end.Health, end.Score, end.Value, end.Target = s.Health, s.Score, s.Value, s.Target
		return end
	}
	end.Message = s.Message
	switch o := o.(type) {
	case *v1alpha1.Objective:
		end.Without = "no score" // its key results say why
	case *v1alpha1.KeyResult:
		end.Without = "unknown"
		if c := meta.FindStatusCondition(o.Status.Conditions, v1alpha1.MeasuredCondition); c != nil {
			end.Without, end.Message = without(c.Reason), c.Message
		}
	}
	return end
}

// without is in words why there is no score.
func without(reason string) string {
	switch reason {
	case string(sample.NoData), string(sample.HistoryUnavailable):
		return "no data"
	case v1alpha1.ReasonPartialHistory:
		return "too little data"
	case v1alpha1.ReasonAlreadyMet:
		return "already there"
	case v1alpha1.ReasonClosing, v1alpha1.ReasonPending:
		return "too recent"
	default:
		return reason
	}
}
