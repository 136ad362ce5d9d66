package spreadsheet

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// fromTo finds where a number goes in a title: "NPS from 30 to 50", "NPS von 30 auf 50".
var fromTo = regexp.MustCompile(`(?i)\b(?:from|von)\s+(\S+(?:\s?(?:%|\pL{1,3}\b))?)\s+(?:to|auf)\s+(\S+(?:\s?(?:%|\pL{1,12}))?)`)

// nothing is what sheets write where there is nothing to write.
var nothing = []string{"-", "–", "—", "n/a", "na", "none", "?", "tbd", "tbc", "todo", "tba", "x", "…", "..."}

// keyResult adds what a row says of a key result, or leaves it out.
func (r *reader) keyResult(o *Objective, line row, title string) {
	k := &KeyResult{Row: line.number, Title: strip(title), ID: r.text(line, FieldID), Owner: r.text(line, FieldKROwner), Query: r.text(line, FieldQuery)}
	for _, name := range []string{k.ID, k.Title} {
		if other, there := r.byKeyResult[plain(name)]; there && other != o {
			r.byKeyResult[plain(name)] = nil
		} else if name != "" {
			r.byKeyResult[plain(name)] = o
		}
	}
	k.Unit = r.text(line, FieldUnit)
	k.Said = r.said(line)
	k.Team = r.sheet.OwnersAreTeams
	for _, owner := range []string{r.text(line, FieldOwner), r.text(line, FieldPerson)} {
		if k.Owner == "" && owner != o.Team && owner != o.Person {
			k.Owner = owner
		}
	}
	if status := r.text(line, FieldStatus); status != "" {
		if states[plain(status)] == "Cancelled" {
			k.State = "Cancelled"
		} else {
			k.Said = addSaid(k.Said, r.saying(FieldStatus, status))
		}
	}
	k.Start, k.Due = r.date(line, FieldStart, &k.Said), r.date(line, FieldDue, &k.Said)
	k.Confidence = r.confidence(line, &k.Said)
	k.Weight = r.weight(line, k)
	if err := r.numbers(line, k); err != nil {
		r.leave(line, err.Error())
		return
	}
	if notes := r.text(line, FieldNotes); notes != "" {
		o.Notes = append(o.Notes, k.Title+": "+notes)
	}
	o.KeyResults = append(o.KeyResults, k)
}

func (r *reader) saying(field Field, text string) Said {
	return Said{r.columns.titles[r.columns.of[field]], text}
}

// number reads a cell; nil if it says nothing.
func (r *reader) number(line row, field Field) (*Number, error) {
	text := r.text(line, field)
	if text == "" || slices.Contains(nothing, strings.ToLower(text)) {
		return nil, nil
	}
	n, err := parseNumber(text, r.convention)
	if err != nil {
		err = fmt.Errorf("%s: %q: %w", r.columns.at(line, r.columns.of[field]), brief(text), err)
		return nil, err
	}
	return &n, nil
}

// numbers reads from where to where a key result goes, and where it is. One without numbers is a step that is done or not.
func (r *reader) numbers(line row, k *KeyResult) error {
	target, err := r.number(line, FieldTarget)
	baseline, err2 := r.number(line, FieldBaseline)
	current, err3 := r.number(line, FieldCurrent)
	if errors.Is(err, errWords) { // "launched"
		k.Said = addSaid(k.Said, r.saying(FieldTarget, r.text(line, FieldTarget)))
		return r.step(line, k)
	}
	if err := cmp.Or(err, err2); err != nil {
		return err
	}
	if err3 != nil {
		r.note("%v; kept as a comment", err3)
		k.Said = addSaid(k.Said, r.saying(FieldCurrent, r.text(line, FieldCurrent)))
	}
	if from, to := r.titled(k.Title); to != nil && target == nil {
		target, baseline = to, cmp.Or(baseline, from)
		r.note("row %d: %s to %s is read from the title %q", line.number, baseline.Text, to.Text, k.Title)
	} else if to != nil && baseline == nil && rat(to.Text).Cmp(rat(target.Text)) == 0 {
		baseline = from
		r.note("row %d: the baseline %s is read from the title %q", line.number, from.Text, k.Title)
	}
	if target == nil {
		return r.step(line, k)
	}
	return r.reach(line, k, baseline, current, target)
}

// titled are the numbers that a title goes from and to; nil if it does not say them.
func (r *reader) titled(title string) (from, to *Number) {
	found := fromTo.FindStringSubmatch(title)
	if found == nil {
		return nil, nil
	}
	first, err1 := parseNumber(found[1], r.convention)
	second, err2 := parseNumber(found[2], r.convention)
	if err1 != nil || err2 != nil {
		return nil, nil
	}
	return &first, &second
}

// reach fills in a movement.
func (r *reader) reach(line row, k *KeyResult, baseline, current, target *Number) error {
	k.Target = target.Text
	for _, n := range []*Number{target, baseline, current} {
		if n != nil {
			k.Unit = cmp.Or(k.Unit, n.Unit)
		}
	}
	if current != nil {
		k.Current = current.Text
	}
	if baseline != nil {
		k.Baseline = baseline.Text
	} else {
		k.Baseline, k.Assumed = r.assume(line, k)
	}
	if progress := r.text(line, FieldProgress); progress != "" {
		k.Said = addSaid(k.Said, r.saying(FieldProgress, progress))
	}
	if rat(k.Baseline).Cmp(rat(k.Target)) == 0 {
		return fmt.Errorf("baseline and target are both %s, so that there is no way to go: correct one of them; a number that is to be held is a KPI, or a key result with `maintain`", k.Target)
	}
	if strings.Contains(k.Query, "$__elapsed") {
		k.Assumed = "" // it counts from 0 indeed
	}
	if k.Assumed != "" {
		r.note("row %d: no baseline for %q: %s; correct it where the number began elsewhere", line.number, k.Title, k.Assumed)
	}
	return nil
}

// assume finds a baseline that the sheet does not give, and says which it is.
func (r *reader) assume(line row, k *KeyResult) (baseline, why string) {
	target, current := rat(k.Target), rat(k.Current)
	if progress, err := parseNumber(r.text(line, FieldProgress), convention{decimal: '.'}); err == nil && k.Current != "" && target.Sign() != 0 {
		share, _ := new(big.Rat).Quo(current, target).Float64()
		said, _ := rat(progress.Text).Float64()
		if math.Abs(100*share-said) < 1 || math.Abs(share-said) < 0.01 && progress.Unit != "%" {
			return "0", "0 is taken, which is what its progress is counted from"
		}
	}
	switch {
	case k.Current == "" && target.Sign() > 0, k.Current != "" && current.Sign() >= 0 && target.Cmp(current) > 0:
		return "0", "0 is taken"
	case k.Current != "":
		return k.Current, "the current value is taken"
	default:
		return k.Target, "" // there is no telling: told as no way to go
	}
}

func rat(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(cmp.Or(text, "0"))
	if !ok {
		return new(big.Rat)
	}
	return r
}

// step is a key result without numbers. What is still to be decided is left out; progress in percent is a number.
func (r *reader) step(line row, k *KeyResult) error {
	text := strings.ToLower(r.text(line, FieldTarget))
	if slices.Contains(nothing, text) && text != "-" {
		return fmt.Errorf("%s: the target is not decided: write a number", r.columns.at(line, r.columns.of[FieldTarget]))
	}
	if progress := r.text(line, FieldProgress); progress != "" {
		n, err := parseNumber(progress, convention{decimal: '.'})
		if err == nil && rat(n.Text).Cmp(big.NewRat(100, 1)) <= 0 && n.Text[0] != '-' {
			value := rat(n.Text)
			if n.Unit != "%" && value.Cmp(big.NewRat(1, 1)) <= 0 && strings.ContainsAny(progress, ".") {
				value.Mul(value, big.NewRat(100, 1))
			}
			k.Baseline, k.Target, k.Current, k.Unit = "0", "100", trimmed(value.FloatString(9)), "%"
			r.note("row %d: %q has no numbers but its progress, which is taken as a key result from 0 to 100 %%", line.number, k.Title)
			return nil
		}
		k.Said = addSaid(k.Said, r.saying(FieldProgress, progress))
	}
	k.Step = true
	if current := r.text(line, FieldCurrent); current != "" {
		k.Done = slices.Contains([]string{"done", "yes", "true", "completed", "complete", "achieved", "100 percent", "1", "launched", "delivered"}, plain(current))
		if !k.Done {
			k.Said = addSaid(k.Said, r.saying(FieldCurrent, current))
		}
	}
	if baseline := r.text(line, FieldBaseline); baseline != "" {
		k.Said = addSaid(k.Said, r.saying(FieldBaseline, baseline))
	}
	r.note("row %d: %q has no target that is a number: it becomes a milestone, which is done or not", line.number, k.Title)
	return nil
}

// confidence is 0 to 10; nil if there is none, or it is none.
func (r *reader) confidence(line row, said *[]Said) *int32 {
	text := r.text(line, FieldConfidence)
	if text == "" || slices.Contains(nothing, strings.ToLower(text)) {
		return nil
	}
	share := strings.TrimSuffix(strings.ReplaceAll(text, " ", ""), "/10")
	n, err := parseNumber(share, convention{decimal: '.'})
	value := rat(n.Text)
	switch {
	case err != nil:
	case n.Unit == "%":
		value.Quo(value, big.NewRat(10, 1))
	case n.Unit != "":
		err = errWords
	case strings.ContainsAny(share, ".,") && value.Cmp(big.NewRat(1, 1)) <= 0: // 0.7
		value.Mul(value, big.NewRat(10, 1))
	}
	f, _ := value.Float64()
	if err != nil || f < 0 || f > 10 {
		r.note("%s: %q is no confidence from 0 to 10: kept as a comment", r.columns.at(line, r.columns.of[FieldConfidence]), text)
		*said = addSaid(*said, r.saying(FieldConfidence, text))
		return nil
	}
	whole := int32(math.Round(f))
	return &whole
}

// weight is a number of any size, brought to integers when all of the objective are known; empty if there is none.
func (r *reader) weight(line row, k *KeyResult) string {
	text := r.text(line, FieldWeight)
	if text == "" {
		return ""
	}
	n, err := parseNumber(text, convention{decimal: '.'})
	if err != nil || strings.HasPrefix(n.Text, "-") || n.Unit != "" && n.Unit != "%" {
		r.note("%s: %q is no weight: kept as a comment", r.columns.at(line, r.columns.of[FieldWeight]), text)
		k.Said = addSaid(k.Said, r.saying(FieldWeight, text))
		return ""
	}
	return n.Text
}

// finish looks at what only the whole sheet tells: periods that are missing, weights in fractions.
func (r *reader) finish(body []row) {
	kept := r.sheet.Objectives[:0]
	for _, o := range r.sheet.Objectives {
		r.weights(o)
		weigh(o)
	}
	for _, o := range r.sheet.Objectives {
		if o.Period = cmp.Or(o.Period, r.options.Period); o.Period == "" {
			for _, line := range body {
				if line.number == o.Row || slices.ContainsFunc(o.KeyResults, func(k *KeyResult) bool { return k.Row == line.number }) {
					r.leave(line, cmp.Or(o.unread, "its objective has no period: write 2026-Q4 in a column Period, or say --period"))
				}
			}
			continue
		}
		kept = append(kept, o)
	}
	r.sheet.Objectives = kept
	for _, o := range kept {
		serves := cmp.Or(r.byID[plain(o.Parent)], r.byTitle[plain(strip(o.Parent))])
		if o.Parent != "" && serves != o && slices.Contains(kept, serves) {
			o.Serves = serves
		}
	}
	slices.SortStableFunc(r.sheet.LeftOut, func(a, b LeftOut) int { return cmp.Compare(a.Row, b.Row) })
}

// weights tells where only some key results of an objective have a weight.
func (r *reader) weights(o *Objective) {
	var without []string
	for _, k := range o.KeyResults {
		if k.Weight == "" {
			without = append(without, fmt.Sprintf("row %d", k.Row))
		}
	}
	if len(without) > 0 && len(without) < len(o.KeyResults) {
		r.note("%s: no weight, where others of the objective have one: 1 is taken", strings.Join(without, ", "))
	}
}

// weigh makes integers of an objective's weights, in the same proportion.
func weigh(o *Objective) {
	factor := big.NewRat(1, 1)
	for _, k := range o.KeyResults {
		if k.Weight == "" {
			continue
		}
		for !new(big.Rat).Mul(rat(k.Weight), factor).IsInt() && factor.Cmp(big.NewRat(1000, 1)) < 0 {
			factor.Mul(factor, big.NewRat(10, 1))
		}
	}
	for _, k := range o.KeyResults {
		if k.Weight == "" {
			if factor.Cmp(big.NewRat(1, 1)) > 0 {
				k.Weight = factor.FloatString(0)
			}
			continue
		}
		f, _ := new(big.Rat).Mul(rat(k.Weight), factor).Float64()
		k.Weight = strconv.Itoa(int(math.Min(1000, math.Round(f))))
	}
}
