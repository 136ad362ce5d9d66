package preview

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// standing is how a goal stands, as people read it.
type standing struct {
	Health string `json:"health,omitempty"`
	// Progress and Expected are in percent; nil where they are not known, or there are none.
	Progress *int32 `json:"progressPercent,omitempty"`
	Expected *int32 `json:"expectedPercent,omitempty"`
	Value    string `json:"value,omitempty"`
	Target   string `json:"target,omitempty"`
	// Score and Grade once it is over.
	Score string `json:"score,omitempty"`
	Grade string `json:"grade,omitempty"`
	// Message says why it stands so.
	Message string `json:"message,omitempty"`
	// Aligned, of a KPI: True, False or Unknown. By are the objectives that look after it, or why none does.
	Aligned string `json:"aligned,omitempty"`
	By      string `json:"alignedBy,omitempty"`
	// NeedsObjective, of a KPI.
	NeedsObjective string `json:"needsObjective,omitempty"`
	// Trouble are the conditions that somebody should look at, each with what it says.
	Trouble []trouble `json:"trouble,omitempty"`
}

type trouble struct {
	Condition string `json:"condition"`
	Message   string `json:"message"`
}

func standingOf(o client.Object) standing {
	switch o := o.(type) {
	case *v1alpha1.Objective:
		s := o.Status
		st := standing{Health: string(s.Health), Progress: s.ProgressPercent, Expected: s.ExpectedPercent}
		st.final(s.Final)
		st.conditions(s.Conditions, v1alpha1.OnTrackCondition)
		return st
	case *v1alpha1.KeyResult:
		s := o.Status
		st := standing{Health: string(s.Health), Progress: s.ProgressPercent, Expected: s.ExpectedPercent, Value: s.Value, Target: s.Target}
		st.final(s.Final)
		st.conditions(s.Conditions, v1alpha1.OnTrackCondition)
		return st
	case *v1alpha1.KPI:
		s := o.Status
		st := standing{Health: string(s.Health), Value: s.Value, Target: s.Target}
		st.conditions(s.Conditions, v1alpha1.HealthyCondition)
		if c := meta.FindStatusCondition(s.Conditions, v1alpha1.AlignedCondition); c != nil {
			st.Aligned, st.By = string(c.Status), c.Message
		}
		if c := meta.FindStatusCondition(s.Conditions, v1alpha1.NeedsObjectiveCondition); c != nil {
			st.NeedsObjective = string(c.Status)
			if c.Status == metav1.ConditionTrue {
				st.Trouble = append(st.Trouble, trouble{c.Type, c.Message})
			}
		}
		return st
	default:
		return standing{}
	}
}

func (s *standing) final(f *v1alpha1.Final) {
	if f != nil {
		s.Score, s.Grade = f.Score, string(f.Grade)
	}
}

// watched are the conditions of which False, or Unknown, is trouble, in the order in which they are told.
var watched = []string{v1alpha1.ReadyCondition, v1alpha1.ResolvedRefsCondition, v1alpha1.MeasuredCondition, v1alpha1.WellFormedCondition}

// conditions takes the verdict's message and what is not in order.
func (s *standing) conditions(all []metav1.Condition, verdict string) {
	if c := meta.FindStatusCondition(all, verdict); c != nil {
		s.Message = c.Message
	}
	var told []string
	for _, kind := range watched {
		c := meta.FindStatusCondition(all, kind)
		if c == nil || c.Status != metav1.ConditionFalse {
			continue
		}
		repeated := false
		for _, before := range told {
			repeated = repeated || strings.Contains(before, c.Message) || strings.Contains(c.Message, before)
		}
		if !repeated {
			told = append(told, c.Message)
			s.Trouble = append(s.Trouble, trouble{c.Type, c.Message})
		}
	}
}

// short is the standing in a few words: "AtRisk, 31 %", "Achieved 0.85", "Healthy, 44 points".
func (s standing) short() string {
	switch {
	case s.Health == "":
		return "not evaluated"
	case s.Score != "":
		return s.Health + " " + s.Score
	case s.Progress != nil:
		return fmt.Sprintf("%s, %d %%", s.Health, *s.Progress)
	case s.Aligned != "" && s.Value != "":
		return s.Health + ", " + s.Value
	default:
		return s.Health
	}
}

// same reports whether two standings read the same in a summary.
func (s standing) same(other standing) bool {
	return s.short() == other.short() && s.Aligned == other.Aligned && s.NeedsObjective == other.NeedsObjective
}
