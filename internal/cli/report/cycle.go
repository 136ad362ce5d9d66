package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/practice"
)

// cycle is a set of objectives that people plan and review together.
type cycle struct {
	// label is spec.cycle, or the period's text where there is none.
	label      string
	objectives []*v1alpha1.Objective
	// first and last are the days that its objectives span; ok says whether any of their periods can be read.
	first, last okr.Date
	ok          bool
	// present are the objectives whose time is now.
	present int
}

// timeOf is when an objective is; nil if its period or its zone cannot be read.
func timeOf(o *v1alpha1.Objective) *practice.Time {
	return practice.NewObjective(o, evaluate.Zone(o.Spec.TimeZone)).Time
}

// cyclesOf groups objectives, the newest cycle first.
func cyclesOf(objectives []*v1alpha1.Objective, now time.Time) []cycle {
	var cycles []cycle
	for _, o := range objectives {
		label := line(goals.CycleOf(o))
		i := slices.IndexFunc(cycles, func(c cycle) bool { return goals.SameCycle(c.label, label) })
		if i < 0 {
			i = len(cycles)
			cycles = append(cycles, cycle{label: label})
		}
		c := &cycles[i]
		if len(label) < len(c.label) {
			c.label = label
		}
		c.add(o, now)
	}
	slices.SortStableFunc(cycles, func(a, b cycle) int {
		switch {
		case a.ok != b.ok && a.ok, b.ok && b.last.Before(a.last):
			return -1
		case a.ok != b.ok, a.ok && a.last.Before(b.last):
			return 1
		default:
			return strings.Compare(a.label, b.label)
		}
	})
	return cycles
}

func (c *cycle) add(o *v1alpha1.Objective, now time.Time) {
	c.objectives = append(c.objectives, o)
	t := timeOf(o)
	if t == nil {
		return
	}
	if !c.ok || t.First.Before(c.first) {
		c.first = t.First
	}
	if !c.ok || c.last.Before(t.Last) {
		c.last = t.Last
	}
	c.ok = true
	if !now.Before(t.First.Start(t.Zone)) && now.Before(t.End) {
		c.present++
	}
}

// choose finds the cycle of a label, else what is of that period; without a label, that which most objectives of today are in. Of cycles with as many, the
// one that ends first, or else begins last; where no objective is of today, the one that ended last, or else begins first.
func choose(cycles []cycle, label string, now time.Time) (cycle, error) {
	if label != "" {
		i := slices.IndexFunc(cycles, func(c cycle) bool { return goals.SameCycle(c.label, label) })
		if i >= 0 {
			return cycles[i], nil
		}
		named := cycle{label: label}
		for _, c := range cycles {
			for _, o := range c.objectives { // of another label, and of that period
				if goals.InCycle(o, label) {
					named.add(o, now)
				}
			}
		}
		if len(named.objectives) == 0 {
			return cycle{}, fmt.Errorf("no objective is of the cycle %q; there are:\n%s", label, listing(cycles))
		}
		return named, nil
	}
	today := okr.DayOf(now, time.UTC)
	best := cycles[0]
	for _, c := range cycles[1:] {
		if better(c, best, today) {
			best = c
		}
	}
	return best, nil
}

func better(c, than cycle, today okr.Date) bool {
	switch {
	case c.present != than.present:
		return c.present > than.present
	case c.ok != than.ok:
		return c.ok
	case c.present > 0 && c.last == than.last:
		return than.first.Before(c.first)
	case c.present > 0:
		return c.last.Before(than.last)
	}
	past, pastThan := c.last.Before(today), than.last.Before(today)
	switch {
	case past != pastThan:
		return past
	case past:
		return than.last.Before(c.last)
	default:
		return c.first.Before(than.first)
	}
}

// listing names the cycles that there are.
func listing(cycles []cycle) string {
	lines := make([]string, 0, len(cycles))
	for _, c := range cycles {
		lines = append(lines, fmt.Sprintf("  --cycle %s   %s", c.label, plural(len(c.objectives), "objective", "objectives")))
	}
	return strings.Join(lines, "\n")
}
