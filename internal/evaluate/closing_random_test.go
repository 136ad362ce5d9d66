package evaluate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// TestParentIsScoredByAllWhoCount lets children be scored, deleted, cancelled, moved away and created while their parent
// closes. It holds that the parent is scored once, by the plain mean of those that count in that moment, all of whom have
// a score; and that it is Reopened from then on as long as others count, or count otherwise.
func TestParentIsScoredByAllWhoCount(t *testing.T) {
	for seed := range uint64(500) {
		d := dice{rand.New(rand.NewPCG(seed, 12))}
		in := evaluate.ObjectiveInput{Objective: newObjective(func(o *v1alpha1.Objective) { o.Spec.RollUp = v1alpha1.RollUpChildren })}
		add := func(i int) {
			o := child(fmt.Sprintf("c%02d", i), pick(d, "2026-10", "2026-11", "2026-12-01/2026-12-30"), v1alpha1.HealthUnknown, d.Int32N(101), 100, inZone(pick(d, people...)))
			o.Spec.ParentRef.Weight = pointer(pick(d, int32(0), 1, 1, 1000))
			in.Children = append(in.Children, o)
		}
		for i := range 1 + d.IntN(4) {
			add(i)
		}
		days := map[v1alpha1.Period]int{"2026-10": 31, "2026-11": 30, "2026-12-01/2026-12-30": 30}
		// mean is the score by hand, and who counts; empty while one of them has none.
		mean := func() (score, who string) {
			var sum, weight int
			scored := true
			for _, o := range in.Children {
				w := int(*o.Spec.ParentRef.Weight) * days[o.Spec.Period]
				if w == 0 || o.Spec.State == v1alpha1.ObjectiveCancelled && o.Status.Final == nil {
					continue
				}
				who += fmt.Sprint(o.Name, w, " ")
				weight += w
				if o.Status.Final == nil {
					scored = false
					continue
				}
				points, _ := strconv.ParseFloat(o.Status.Final.Score, 64)
				sum += w * int(100*points+0.5)
			}
			if !scored || weight == 0 {
				return "", who
			}
			return fmt.Sprintf("%.2f", float64(sum/weight)/100), who
		}
		var frozen, by string
		for hour := range 60 {
			now := end.Add(time.Duration(hour) * 5 * time.Hour)
			got := visitObjective(in, now).Status
			score, who := mean()
			switch {
			case frozen != "":
				same(t, fmt.Sprintf("seed %d: it stays", seed), frozen, got.Final.Score)
				same(t, fmt.Sprintf("seed %d: opened again", seed), who != by, says(got.Conditions, "Reopened") == "True EditedAfterEnd")
			case got.Final != nil || score != "":
				if got.Final == nil || got.Final.Score != score {
					t.Fatalf("seed %d: %v by %s, whose mean is %s", seed, got.Final, who, score)
				}
				frozen, by = score, who
			}
			if len(in.Children) == 0 {
				add(50 + hour)
			}
			switch i := d.IntN(len(in.Children)); d.IntN(12) {
			case 0, 1, 2, 3:
				if in.Children[i].Status.Final == nil { // a score never changes
					in.Children[i].Status.Final = &v1alpha1.Final{Score: fmt.Sprintf("%.2f", float64(d.IntN(101))/100)}
				}
			case 4:
				in.Children = slices.Delete(in.Children, i, i+1)
			case 5:
				in.Children[i].Spec.State = pick(d, v1alpha1.ObjectiveActive, v1alpha1.ObjectiveCancelled)
			case 6:
				in.Children[i].Spec.ParentRef.Weight = pointer(pick(d, int32(0), 1, 3))
			case 7:
				add(10 + hour)
			}
		}
	}
}
