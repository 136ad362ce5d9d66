package okr_test

import (
	"math"
	"testing"

	"okr.dev/controller/internal/okr"
)

func TestScore(t *testing.T) {
	for _, c := range []struct {
		reason     string
		ambition   okr.Ambition
		progress   float64
		hundredths int64
		verdict    okr.Health
		grade      okr.Grade
	}{
		{"committed, arrived", okr.Committed, 100, 100, okr.Achieved, okr.Green},
		{"committed, beyond", okr.Committed, 137, 100, okr.Achieved, okr.Green},
		{"committed, rounded to there", okr.Committed, 99.9999999999, 100, okr.Achieved, okr.Green},
		{"committed, nearly: floored", okr.Committed, 99.6, 99, okr.Missed, okr.Amber},
		{"committed, 90.5", okr.Committed, 90.5, 90, okr.Missed, okr.Amber},
		{"committed, amber begins", okr.Committed, 70, 70, okr.Missed, okr.Amber},
		{"committed, amber has not begun", okr.Committed, 69.9, 69, okr.Missed, okr.Red},
		{"committed, the wrong way", okr.Committed, -20, 0, okr.Missed, okr.Red},
		{"aspirational, passed", okr.Aspirational, 70, 70, okr.Achieved, okr.Green},
		{"aspirational, all of it", okr.Aspirational, 100, 100, okr.Achieved, okr.Green},
		{"aspirational, nearly", okr.Aspirational, 69.99, 69, okr.Missed, okr.Amber},
		{"aspirational, amber begins", okr.Aspirational, 40, 40, okr.Missed, okr.Amber},
		{"aspirational, amber has not begun", okr.Aspirational, 39.9, 39, okr.Missed, okr.Red},
	} {
		s := okr.Hundredths(c.progress)
		if s != c.hundredths || c.ambition.Verdict(s) != c.verdict || c.ambition.Grade(s) != c.grade {
			t.Errorf("%s: %v is %d, %s, %s; want %d, %s, %s", c.reason, c.progress,
				s, c.ambition.Verdict(s), c.ambition.Grade(s), c.hundredths, c.verdict, c.grade)
		}
	}
	for _, x := range notFinite {
		for _, a := range []okr.Ambition{okr.Committed, okr.Aspirational} {
			if s := okr.Hundredths(x); s >= 0 || a.Verdict(s) == okr.Achieved || a.Grade(s) == okr.Green {
				t.Errorf("%v scores %d: it should be absurd, and never green", x, s)
			}
		}
	}
}

func TestObjectiveScore(t *testing.T) {
	for _, c := range []struct {
		reason  string
		members []okr.MemberScore
		want    int64
		ok      bool
	}{
		{"one", []okr.MemberScore{{Weight: 1, Hundredths: 70}}, 70, true},
		{"floored", []okr.MemberScore{{Weight: 1, Hundredths: 100}, {Weight: 1, Hundredths: 99}}, 99, true},
		{"weighted", []okr.MemberScore{{Weight: 3, Hundredths: 100}, {Weight: 1, Hundredths: 20}}, 80, true},
		{"thirds that add up", []okr.MemberScore{{Weight: 0.1, Hundredths: 70}, {Weight: 0.2, Hundredths: 70}}, 70, true},
		{"one without weight does not count", []okr.MemberScore{{Weight: 1, Hundredths: 70}, {Hundredths: 0}}, 70, true},
		{"no weight", []okr.MemberScore{{Hundredths: 70}}, 0, false},
		{"none", nil, 0, false},
		{"no number", []okr.MemberScore{{Weight: math.NaN(), Hundredths: 100}}, 0, false},
		{"infinite", []okr.MemberScore{{Weight: math.Inf(1), Hundredths: 100}}, 0, false},
	} {
		if got, ok := okr.ObjectiveScore(c.members); got != c.want || ok != c.ok {
			t.Errorf("%s: %d, %t; want %d, %t", c.reason, got, ok, c.want, c.ok)
		}
	}
}
