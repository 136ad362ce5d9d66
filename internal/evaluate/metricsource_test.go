package evaluate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

func newSource() *v1alpha1.MetricSource {
	s := &v1alpha1.MetricSource{ObjectMeta: metav1.ObjectMeta{Name: "default", Generation: 1}}
	s.Spec.AllowedNamespaces.From = v1alpha1.NamespacesFromAll
	s.Status.ObservedGeneration = -1
	return s
}

func TestMetricSource(t *testing.T) {
	source := newSource()
	steps := []struct {
		reason           string
		trouble          *evaluate.SourceTrouble
		held             sample.Held
		ready, reachable string
		asked            int
	}{
		{"first visit", nil, sample.Held{}, "True Ready", "Unknown Pending", 1},
		{"answers", nil, good(1, middle), "True Ready", "True Answers", 1},
		{"a restart changes nothing", nil, sample.Held{}, "True Ready", "True Answers", 1},
		{"down: Ready is untouched", nil, bad(sample.SourceUnavailable, middle), "True Ready", "False SourceUnavailable", 1},
		{"a restart while it is down", nil, sample.Held{}, "True Ready", "False SourceUnavailable", 1},
		{"an address that is none", &evaluate.SourceTrouble{Reason: "InvalidURL", Message: "no host"}, sample.Held{}, "False Stalled", "Unknown InvalidURL", 0},
		{"mended, and not asked yet", nil, sample.Held{}, "True Ready", "Unknown Pending", 1},
		{"it answers", nil, good(1, middle), "True Ready", "True Answers", 1},
		{"a Secret is gone: what it answered before does not stand", &evaluate.SourceTrouble{Reason: "ReferenceNotFound", Message: "Secret a", Heals: true},
			good(1, middle), "False ReferenceNotFound", "Unknown ReferenceNotFound", 0},
		{"the Secret is back", nil, sample.Held{}, "True Ready", "Unknown Pending", 1},
	}
	for _, s := range steps {
		got := evaluate.MetricSource(evaluate.MetricSourceInput{Source: source, Trouble: s.trouble}, answers{live: s.held}.samples, middle)
		source.Status = got.Status
		same(t, s.reason, s.ready, says(got.Status.Conditions, "Ready"))
		same(t, s.reason, s.reachable, says(got.Status.Conditions, "Reachable"))
		same(t, s.reason+": probes", s.asked, len(got.Watches))
		same(t, s.reason+": next look", middle.Add(time.Hour), got.Next)
		complete(t, got.Status.Conditions, 1, "Ready", "Stalled", "Reachable", "Saturated")
	}
	source.Generation = 2
	got := evaluate.MetricSource(evaluate.MetricSourceInput{Source: source}, answers{}.samples, middle)
	same(t, "after an edit, what was said before does not stand", "Unknown Pending", says(got.Status.Conditions, "Reachable"))
}

func TestMetricSourceServer(t *testing.T) {
	source := newSource()
	told := &v1alpha1.SourceServerStatus{Flavour: v1alpha1.FlavourPrometheus, Version: "3.5.0", Retention: "15d"}
	steps := []struct {
		reason string
		edited bool
		told   *v1alpha1.SourceServerStatus
		want   *v1alpha1.SourceServerStatus
	}{
		{"not asked yet", false, nil, nil},
		{"it told", false, told, told},
		{"a restart changes nothing", false, nil, told},
		{"an edit: it may be another server", true, nil, nil},
		{"nor does it come back by itself", false, nil, nil},
		{"the other server told", false, told, told},
	}
	for _, s := range steps {
		if s.edited {
			source.Generation++
		}
		got := evaluate.MetricSource(evaluate.MetricSourceInput{Source: source, Server: s.told}, answers{live: good(1, middle)}.samples, middle)
		source.Status = got.Status
		same(t, s.reason, s.want, got.Status.Server)
	}
}

// docs/faults.md: "Clock skew".
func TestMetricSourceClockSkew(t *testing.T) {
	source := newSource()
	input := evaluate.MetricSourceInput{Source: source, Skewed: true}
	got := evaluate.MetricSource(input, answers{live: good(1, middle)}.samples, middle)
	same(t, "it answers all the same", "True Answers", says(got.Status.Conditions, "Reachable"))
	message := meta.FindStatusCondition(got.Status.Conditions, "Reachable").Message
	if !strings.Contains(message, "differ by more than 30 s") {
		t.Errorf("the clocks differ, and Reachable says %q", message)
	}
	source.Status = got.Status
	again := evaluate.MetricSource(input, answers{live: good(1, middle)}.samples, middle.Add(time.Minute))
	same(t, "said once", got.Status, again.Status)
	input.Skewed = false
	got = evaluate.MetricSource(input, answers{live: good(1, middle)}.samples, middle)
	same(t, "the clocks are set", "the source answers queries", meta.FindStatusCondition(got.Status.Conditions, "Reachable").Message)
}

func TestSaturated(t *testing.T) {
	source := newSource()
	steps := []struct {
		reason     string
		trouble    *evaluate.SourceTrouble
		generation int64
		load       evaluate.SourceLoad
		want       string
	}{
		{"nothing is known at first", nil, 1, evaluate.SourceLoad{}, "Unknown Pending"},
		{"it copes", nil, 1, evaluate.SourceLoad{Stretch: 1}, "False AsExpected"},
		{"too much", nil, 1, evaluate.SourceLoad{Stretch: 4, Demand: 170, Limit: 50}, "True DemandAboveLimits"},
		{"a restart changes nothing", nil, 1, evaluate.SourceLoad{}, "True DemandAboveLimits"},
		{"what was said of other limits does not stand", nil, 2, evaluate.SourceLoad{}, "Unknown Pending"},
		{"not asked at all", &evaluate.SourceTrouble{Reason: v1alpha1.ReasonInvalidURL, Message: "no host"}, 2, evaluate.SourceLoad{}, "Unknown InvalidURL"},
		{"asked again", nil, 2, evaluate.SourceLoad{}, "Unknown Pending"},
		{"a Secret is gone: nothing is sent, whatever is asked for", &evaluate.SourceTrouble{Reason: v1alpha1.ReasonReferenceNotFound, Message: "Secret a", Heals: true},
			2, evaluate.SourceLoad{Stretch: 1}, "Unknown ReferenceNotFound"},
		{"nor is anything too much", &evaluate.SourceTrouble{Reason: v1alpha1.ReasonReferenceNotFound, Message: "Secret a", Heals: true},
			2, evaluate.SourceLoad{Stretch: 2, Demand: 170, Limit: 100}, "Unknown ReferenceNotFound"},
		{"the Secret is back", nil, 2, evaluate.SourceLoad{Stretch: 1}, "False AsExpected"},
	}
	for _, s := range steps {
		source.Generation = s.generation
		got := evaluate.MetricSource(evaluate.MetricSourceInput{Source: source, Trouble: s.trouble, Load: s.load}, answers{}.samples, middle)
		source.Status = got.Status
		same(t, s.reason, s.want, says(got.Status.Conditions, "Saturated"))
		if s.load.Stretch > 1 && s.trouble == nil {
			same(t, "both rates, the factor and what to do", "170 queries per second are asked for and the limits admit 50: "+
				"every interval is 4 times as long as asked for; raise limits.queriesPerSecond or limits.maxConcurrent, or ask "+
				"less often (limits.minInterval, metric.interval)", meta.FindStatusCondition(got.Status.Conditions, "Saturated").Message)
		}
	}
}

func TestLimitsOf(t *testing.T) {
	source := newSource()
	same(t, "defaults", evaluate.Limits{
		Timeout: 10 * time.Second, MinInterval: 30 * time.Second, MaxConcurrent: 4, QueriesPerSecond: 50, MaxResponseBytes: 1 << 20,
		EntriesPerNamespace: 500,
	}, evaluate.LimitsOf(source))
	source.Spec.Limits = &v1alpha1.SourceLimits{
		Timeout: "5s", MinInterval: "1s", MaxConcurrent: pointer[int32](2), QueriesPerSecond: pointer[int32](3), MaxResponseBytes: pointer[int64](1024),
		EntriesPerNamespace: pointer[int32](7),
	}
	same(t, "as written", evaluate.Limits{
		Timeout: 5 * time.Second, MinInterval: time.Second, MaxConcurrent: 2, QueriesPerSecond: 3, MaxResponseBytes: 1024,
		EntriesPerNamespace: 7,
	}, evaluate.LimitsOf(source))
}

func TestShared(t *testing.T) {
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{"team": "checkout"}}
	named := func(labelled string) func(string) (labels.Set, bool) {
		return func(string) (labels.Set, bool) { return labels.Set{"team": labelled}, true }
	}
	unheardOf := func(string) (labels.Set, bool) { return nil, false }
	others := &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromSelector, Selector: &metav1.LabelSelector{
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "untrusted", Operator: metav1.LabelSelectorOpDoesNotExist}},
	}}
	unasked := func(string) (labels.Set, bool) { panic("labels were read although they do not matter") }
	allowed := func(from v1alpha1.NamespacesFrom) *v1alpha1.AllowedNamespaces {
		a := &v1alpha1.AllowedNamespaces{From: from}
		if from == v1alpha1.NamespacesFromSelector {
			a.Selector = selector
		}
		return a
	}
	cases := []struct {
		reason   string
		allowed  *v1alpha1.AllowedNamespaces
		from     string
		labelsOf func(string) (labels.Set, bool)
		want     bool
	}{
		{"its own namespace, always", nil, "a", unasked, true},
		{"absent is its own only", nil, "b", unasked, false},
		{"Same", allowed(v1alpha1.NamespacesFromSame), "b", unasked, false},
		{"All", allowed(v1alpha1.NamespacesFromAll), "b", unasked, true},
		{"a label that matches", allowed(v1alpha1.NamespacesFromSelector), "b", named("checkout"), true},
		{"a label that does not", allowed(v1alpha1.NamespacesFromSelector), "b", named("search"), false},
		{"a label that it lacks, as it should", others, "b", named("search"), true},
		{"a namespace that is not known lacks no label", others, "b", unheardOf, false},
		{"Selector without one", &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromSelector}, "b", named("checkout"), false},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, evaluate.Shared(c.allowed, "a", c.from, c.labelsOf)); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
	same(t, "a source of all", true, evaluate.SourceShared(newSource().Spec.AllowedNamespaces, "b", unasked))
	same(t, "a source of some", false, evaluate.SourceShared(
		v1alpha1.SourceNamespaces{From: v1alpha1.NamespacesFromSelector, Selector: selector}, "b", named("search")))
}
