package okr

// Grade is the colour of a final score. The texts are those of the API.
type Grade string

// The grades.
const (
	Green Grade = "Green"
	Amber Grade = "Amber"
	Red   Grade = "Red"
)

// Ambition says where passing and the grades lie.
type Ambition struct {
	// Pass is the passing progress in percent.
	Pass float64
	// Amber is the progress in percent from which a score that does not pass is amber.
	Amber float64
}

// The ambitions. A committed goal passes at 1.00, an aspirational one at 0.70, as OKR practice has it.
var (
	Committed    = Ambition{Pass: 100, Amber: 70}
	Aspirational = Ambition{Pass: 70, Amber: 40}
)

// Hundredths is the score of a final progress of p percent, in hundredths: clamped to 0..100 and rounded down.
// There is no score without a finite p: the caller asks Known first.
func Hundredths(p float64) int64 { return Whole(Clamp(p)) }

// Verdict is Achieved or Missed, by a score in hundredths.
func (a Ambition) Verdict(hundredths int64) Health {
	if float64(hundredths) >= a.Pass {
		return Achieved
	}
	return Missed
}

// Grade is the colour of a score in hundredths.
func (a Ambition) Grade(hundredths int64) Grade {
	switch s := float64(hundredths); {
	case s >= a.Pass:
		return Green
	case s >= a.Amber:
		return Amber
	default:
		return Red
	}
}

// MemberScore is a member's final score in hundredths and its weight.
type MemberScore struct {
	Weight     float64
	Hundredths int64
}

// ObjectiveScore is the weighted mean of its members' scores in hundredths, rounded down; false without weight.
// It exists only when every member has a score, which the caller sees to.
func ObjectiveScore(members []MemberScore) (int64, bool) {
	var sum, weight float64
	for _, m := range members {
		sum += m.Weight * float64(m.Hundredths)
		weight += m.Weight
	}
	if weight <= 0 || !finite(sum/weight) {
		return 0, false
	}
	return Whole(sum / weight), true
}
