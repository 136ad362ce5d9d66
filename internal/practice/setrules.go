package practice

import (
	"cmp"
	"slices"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

var setRules = []Rule{
	{
		ID: "OKR002", Severity: Warning, SetWide: true, set: fewObjectives,
		Title:   "A team has at most 5 active objectives in a period",
		Why:     "What matters most is decided by what is left out. With eight goals a team has none.",
		Example: "Six Objectives with `owner: {team: checkout}` and `period: 2026-Q4`. Drafts, cancelled ones and those that are over do not count. Without a team the namespace stands in.",
		Fix:     "Keep the three that matter most. Make the others `state: Draft`, or give them to the next period.",
	},
	{
		ID: "OKR012", Severity: Advice, SetWide: true, set: ambitious,
		Title: "Aspirational objectives score between 0.3 and 0.9",
		Why: "An aspirational goal is meant to be missed a little. When all of a team's are reached it could have aimed higher; when all stay below 0.3 " +
			"they were wishes.",
		Example: "Both aspirational objectives of a team in `2026-Q3` have a final score of 1.00.",
		Fix:     "Aim higher in the next period, or call what is a promise `ambition: Committed`; or aim where there is a way.",
	},
	{
		ID: "OKR018", Severity: Advice, SetWide: true, set: opposed,
		Title:   "No two key results pull the same metric in opposite directions",
		Why:     "Two teams that work against each other both fail, and only find out at the end.",
		Example: "One active objective has `sum(tickets_open)` rise from 10 to 20, another has it fall from 10 to 5, at the same time.",
		Fix:     "Talk to each other; drop one of them, or measure what each really wants.",
	},
	{
		ID: "KPI005", Severity: Advice, SetWide: true, set: vanity,
		Title: "A vanity metric stands with a conversion KPI",
		Why:   "Visits, page views, followers, likes and impressions only ever rise, and can be bought. They mean something beside what people then do.",
		Example: "A KPI with the title `Monthly visits`, and none of its parent, children and siblings speaks of conversion, enquiries, bookings, sign-ups, click-through, purchases, " +
			"orders, leads, trials, activation, subscriptions or retention. Titles are what is searched.",
		Fix: "Write a KPI for what visitors do (`title: Trial conversion`), and put the two together with `spec.parentRef`.",
	},
}

// active reports whether people mean an objective and it is not over.
func (o *Objective) active(in look) bool { return o.stage(in.now)&committed != 0 }

// team is who owns an objective; its namespace where no team is named.
func (o *Objective) team() string {
	if owner := o.Object.Spec.Owner; owner != nil && owner.Team != "" {
		return owner.Team
	}
	return "namespace " + o.Object.Namespace
}

// season is a team in a period.
type season struct {
	team   string
	period okr.Period
}

// seasons groups objectives by team and period, in a stable order.
func (s *Set) seasons(counts func(*Objective) bool) (order []season, groups map[season][]*Objective) {
	groups = map[season][]*Objective{}
	for _, o := range s.Objectives {
		if o.Time == nil || !counts(o) {
			continue
		}
		key := season{o.team(), okr.Period{First: o.Time.First, Last: o.Time.Last}}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], o)
	}
	return order, groups
}

func fewObjectives(s *Set, in look) []located {
	var found []located
	order, groups := s.seasons(func(o *Objective) bool { return o.active(in) })
	for _, key := range order {
		group := groups[key]
		if len(group) <= in.ObjectivesMax {
			continue
		}
		last := group[len(group)-1]
		found = append(found, locate(last.subject(), "spec.owner", "%s has %d active objectives from %s to %s: keep %d at most, and make the others drafts",
			brief(key.team, maxQuoted), len(group), key.period.First, key.period.Last, in.ObjectivesMax))
	}
	return found
}

func locate(s subject, field, format string, args ...any) located {
	return located{s, broken(field, format, args...).breaches[0]}
}

func ambitious(s *Set, in look) []located {
	var found []located
	order, groups := s.seasons(func(o *Objective) bool {
		_, scored := scoreOf(o)
		return scored && o.Object.Spec.Ambition == v1alpha1.AmbitionAspirational
	})
	for _, key := range order {
		lowest, highest := int64(100), int64(0)
		for _, o := range groups[key] {
			n, _ := scoreOf(o)
			lowest, highest = min(lowest, n), max(highest, n)
		}
		group := groups[key]
		last, team := group[len(group)-1], brief(key.team, maxQuoted)
		switch {
		case lowest > in.ScoreHigh:
			found = append(found, locate(last.subject(), "spec.ambition", "every aspirational objective of %s from %s to %s scored above 0.%02d: aim higher, or call it committed",
				team, key.period.First, key.period.Last, in.ScoreHigh))
		case highest < in.ScoreLow:
			found = append(found, locate(last.subject(), "spec.ambition", "every aspirational objective of %s from %s to %s scored below 0.%02d: aim where there is a way",
				team, key.period.First, key.period.Last, in.ScoreLow))
		}
	}
	return found
}

// scoreOf is an objective's final score in hundredths; false while there is none.
func scoreOf(o *Objective) (int64, bool) {
	if o.Object.Status.Final == nil || !strings.Contains(o.Object.Status.Final.Score, ".") {
		return 0, false
	}
	score := v1alpha1.Decimal(o.Object.Status.Final.Score).Float64()
	if score < 0 || score > 1 {
		return 0, false
	}
	return int64(score*100 + 0.5), true
}

// heading says which way a key result wants its number to go: 1 up, -1 down, 0 neither or not known.
func (k *KeyResult) heading() int {
	reach := k.Object.Spec.Reach
	if reach == nil {
		return 0
	}
	switch {
	case reach.Direction == v1alpha1.DirectionIncrease, strings.HasPrefix(string(reach.Change), "+"):
		return 1
	case reach.Direction == v1alpha1.DirectionDecrease, strings.HasPrefix(string(reach.Change), "-"):
		return -1
	case reach.Target != nil && reach.Baseline != nil:
		return cmp.Compare(reach.Target.Float64(), reach.Baseline.Float64())
	default:
		return 0
	}
}

func opposed(s *Set, in look) []located {
	// By what they move: comparing all with all would not end with ten thousand of them.
	moving := map[string][]*KeyResult{}
	for _, k := range s.KeyResults {
		if k.Query != nil && k.Query.Expression.Canonical != "" && k.heading() != 0 && k.stage(in.now)&committed != 0 && k.Time != nil && k.Objective != nil {
			moving[k.Query.Expression.Canonical] = append(moving[k.Query.Expression.Canonical], k)
		}
	}
	var found []located
	for _, group := range moving { // findings are sorted afterwards
		for _, k := range group {
			i := slices.IndexFunc(group, func(other *KeyResult) bool {
				return other.heading() == -k.heading() && k.Query.same(other.Query) &&
					other.Time.Start.Before(k.Time.End) && k.Time.Start.Before(other.Time.End)
			})
			if i >= 0 {
				other := group[i].Object
				found = append(found, locate(k.subject(), "spec.reach", "%s pulls the same metric the other way: talk to each other, and drop one or measure what each wants",
					brief(other.Namespace+"/"+other.Name, 2*maxQuoted)))
			}
		}
	}
	return found
}

func vanity(s *Set, _ look) []located {
	var found []located
	for _, k := range s.KPIs {
		title := k.Object.Spec.Title
		if !speaksOf(title, vanityWords) || speaksOf(title, conversionWords) {
			continue
		}
		family := slices.Clone(k.Children)
		if k.Parent != nil {
			family = append(append(family, k.Parent), k.Parent.Children...)
		}
		if !slices.ContainsFunc(family, func(other *KPI) bool { return speaksOf(other.Object.Spec.Title, conversionWords) }) {
			found = append(found, locate(k.subject(), "spec.parentRef", "a number that only ever rises: put it together with a KPI of what people then do, by spec.parentRef"))
		}
	}
	return found
}
