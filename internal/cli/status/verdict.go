package status

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// verdictOf is a health with the condition that explains it.
func verdictOf(health, condition string, conditions []metav1.Condition, progress, expected *int32) Verdict {
	v := Verdict{Health: health, ProgressPercent: progress, ExpectedPercent: expected}
	if health == "" {
		v.Health, v.Because = string(v1alpha1.HealthUnknown), "not looked at yet"
		return v
	}
	if c := meta.FindStatusCondition(conditions, condition); c != nil {
		v.Reason, v.Because, v.Message = c.Reason, because(c.Reason), c.Message
		if since := c.LastTransitionTime.Time; !since.IsZero() {
			v.Since = &since
		}
	}
	return v
}

func verdictOfObjective(o *v1alpha1.Objective) Verdict {
	s := &o.Status
	return verdictOf(string(s.Health), v1alpha1.OnTrackCondition, s.Conditions, s.ProgressPercent, s.ExpectedPercent)
}

func verdictOfKeyResult(kr *v1alpha1.KeyResult) Verdict {
	s := &kr.Status
	return verdictOf(string(s.Health), v1alpha1.OnTrackCondition, s.Conditions, s.ProgressPercent, s.ExpectedPercent)
}

func verdictOfKPI(k *v1alpha1.KPI) Verdict {
	return verdictOf(string(k.Status.Health), v1alpha1.HealthyCondition, k.Status.Conditions, nil, nil)
}

// words are the reasons whose name does not say it all.
var words = map[string]string{
	string(okr.OnPace):                  "the pace is kept",
	string(okr.TargetReached):           "the target is reached",
	string(okr.Behind):                  "behind the pace",
	string(okr.Regressing):              "moving the wrong way",
	string(okr.MembersBehind):           "behind the pace",
	string(okr.OutsideBand):             "outside its band",
	string(okr.BudgetSpent):             "was outside its band for longer than is allowed",
	string(okr.SpendingFast):            "uses up too fast what it may be outside its band",
	v1alpha1.ReasonLowConfidence:        "the team does not believe in it: confidence below 4 of 10",
	v1alpha1.ReasonUnplanned:            "its children end before it does",
	v1alpha1.ReasonMembersUnknown:       "it depends on goals that have no verdict",
	v1alpha1.ReasonNoKeyResults:         "it has no key results",
	v1alpha1.ReasonNoChildren:           "it has no children",
	v1alpha1.ReasonGuardNotMet:          "its guard has not reached its bound",
	v1alpha1.ReasonPending:              "not begun",
	v1alpha1.ReasonDraft:                "a draft",
	v1alpha1.ReasonCancelled:            "given up",
	v1alpha1.ReasonClosing:              "over, and the final values are being asked for",
	v1alpha1.ReasonFinalUnavailable:     "over, and there is no final value",
	v1alpha1.ReasonAlreadyMet:           "the target was met before it began",
	v1alpha1.ReasonBaselineZero:         "a change in percent of 0 has no target",
	v1alpha1.ReasonNoCheckIn:            "no check-in gives its value",
	v1alpha1.ReasonNoReading:            "there is no reading",
	v1alpha1.ReasonStale:                "the newest value is too old",
	v1alpha1.ReasonPartialHistory:       "numbers are missing that could decide",
	v1alpha1.ReasonReferenceNotFound:    "what it refers to is not there, or not shared",
	v1alpha1.ReasonInsideBand:           "inside its band",
	v1alpha1.ReasonOutsideWarning:       "close to the edge of its band",
	v1alpha1.ReasonOutsideTarget:        "outside its band",
	v1alpha1.ReasonNoTarget:             "it has no target",
	string(sample.NoData):               "the query finds nothing",
	string(sample.NotANumber):           "the query gives no number",
	string(sample.Infinite):             "the query gives infinity",
	string(sample.MultipleSeries):       "the query gives several numbers",
	string(sample.NotAScalar):           "the query gives something else than a number",
	string(sample.HistoryUnavailable):   "the source does not reach back that far",
	string(sample.SourceUnavailable):    "the source does not answer",
	string(sample.AuthenticationFailed): "the source refuses the credentials",
	string(sample.Timeout):              "the source takes too long",
	string(v1alpha1.HealthAchieved):     "achieved",
	string(v1alpha1.HealthMissed):       "missed",
}

// because is a reason in words: those of the table, else its name with spaces.
func because(reason string) string {
	if text, known := words[reason]; known {
		return text
	}
	var b strings.Builder
	for i, r := range reason {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// waiting are the reasons of an unknown verdict that go away by themselves.
var waiting = []string{v1alpha1.ReasonPending, v1alpha1.ReasonDraft, v1alpha1.ReasonCancelled, v1alpha1.ReasonClosing, v1alpha1.ReasonSettling}

// why is the reason in words and the message, unless that says it in the same words.
func (v Verdict) why() string { return sentence(v.Because, v.Message) }

func sentence(because, message string) string {
	switch {
	case message == "", because == "":
		return because + message
	case strings.HasPrefix(strings.ToLower(message), strings.ToLower(because)):
		return message
	default:
		return because + ": " + message
	}
}

// mend reports whether a verdict is unknown for a reason that a person must mend.
func (v Verdict) mend() bool {
	return v.Health == string(v1alpha1.HealthUnknown) && v.Reason != "" && !slices.Contains(waiting, v.Reason)
}

// hindrance is what keeps a goal or a KPI from being evaluated as it is written; empty if nothing does.
func hindrance(generation, observed int64, conditions []metav1.Condition) string {
	switch c := meta.FindStatusCondition(conditions, v1alpha1.StalledCondition); {
	case len(conditions) == 0:
		return "see whether the controller is running: it has not looked at this yet"
	case c != nil && c.Status == metav1.ConditionTrue:
		return c.Message
	}
	if c := meta.FindStatusCondition(conditions, v1alpha1.ReadyCondition); c != nil && c.Status == metav1.ConditionFalse {
		return c.Message
	}
	if observed < generation {
		return "the controller has not looked at the newest edit yet"
	}
	return ""
}

// unmeasured is why no fresh value is held; empty if one is, or none is needed yet.
func unmeasured(conditions []metav1.Condition) *metav1.Condition {
	c := meta.FindStatusCondition(conditions, v1alpha1.MeasuredCondition)
	if c == nil || c.Status != metav1.ConditionFalse || slices.Contains(waiting, c.Reason) {
		return nil
	}
	return c
}

// isTrue and isFalse are for conditions that may be absent.
func isTrue(conditions []metav1.Condition, condition string) bool {
	return meta.IsStatusConditionTrue(conditions, condition)
}

func isFalse(conditions []metav1.Condition, condition string) bool {
	return meta.IsStatusConditionFalse(conditions, condition)
}

func messageOf(conditions []metav1.Condition, condition string) string {
	if c := meta.FindStatusCondition(conditions, condition); c != nil {
		return c.Message
	}
	return ""
}

// active reports whether people are committed to an objective; no state is the default.
func active(o *v1alpha1.Objective) bool {
	return o.Spec.State == "" || o.Spec.State == v1alpha1.ObjectiveActive
}

// within reports whether an instant lies at most so long before now.
func within(t, now time.Time, span time.Duration) bool {
	return !t.IsZero() && !t.After(now) && now.Sub(t) <= span
}
