package controllers

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/prom"
	"okr.dev/controller/internal/sample"
)

var admittedCount = flag.Int("admitted", 60, "how many random objects of each kind are admitted and evaluated")

// author writes random specs from the schema of a kind: every field, and of every form the worst that may pass.
type author struct {
	*rand.Rand
	schema map[string]any
}

func (a author) one(from ...any) any { return from[a.IntN(len(from))] }

func authorOf(t *testing.T, seed uint64, plural string) author {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "config", "crd", "bases", "goals.okr.dev_"+plural+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	crd := map[string]any{}
	if err := yaml.Unmarshal(data, &crd); err != nil {
		t.Fatal(err)
	}
	versions, _, err := unstructured.NestedSlice(crd, "spec", "versions")
	if err != nil {
		t.Fatal(err)
	}
	schema, found, err := unstructured.NestedMap(versions[0].(map[string]any), "schema", "openAPIV3Schema", "properties", "spec")
	if err != nil || !found {
		t.Fatalf("the CRD of %s has no spec: %v", plural, err)
	}
	return author{rand.New(rand.NewPCG(seed, 7)), schema}
}

// value is a random value of a schema. Its form is known by the rule that the API server checks it with.
func (a author) value(name string, schema map[string]any) any {
	if enum, ok := schema["enum"].([]any); ok {
		return a.one(enum...)
	}
	rules, _ := json.Marshal(schema["x-kubernetes-validations"])
	form := func(words string) bool { return strings.Contains(string(rules), words) }
	switch {
	case form("not a decimal number"):
		return a.one(int64(0), int64(1), "-0", "99.95", "0.000000001", "999999999999999.999999999", "-999999999999999.999999999", "007", int64(a.IntN(1000)))
	case form("there is no such date"):
		day := fmt.Sprintf("2026-%02d-%02d", 9+a.IntN(4), 1+a.IntN(28))
		return a.one(day, day, day, day+"T00:00:00Z", "1970-01-01", "2999-12-31", "2028-02-29T00:00:00Z")
	case form("not a period"):
		return a.one("2026-Q4", "2026", "2026-H2", "2026-10", "2026-10-01/2026-10-01", "1970", "2999", "1970-01-01/2999-12-31", "2027-Q1")
	case form("not a duration"):
		return a.one("0s", "1s", "7d", "1d", "31d", "90d", "1y", "9y", "1ms", "9y999w9999d99999h9999999m999999999s999999999999ms")
	case form("not a share"):
		return a.one("1%", "0.000000001%", "100%", "50%")
	case form("not a score"):
		return a.one("0", "0.7", "1.00", "0.99")
	case form("not a time zone"):
		return a.one("UTC", "Europe/Berlin", "America/Santiago", "Pacific/Apia", "Mars/Olympus", "Asia/Gaza")
	case form("write + or - and a number"):
		return a.one("+20%", "-100%", "+15", "-0.000000001", "+999999999999999%")
	case form("begins with https:// or http://"):
		return "https://example.org/" + strings.Repeat("é", a.IntN(40))
	}
	switch schema["type"] {
	case "object":
		return a.object(schema)
	case "array":
		items, list := schema["items"].(map[string]any), []any{}
		most := 6.0
		if bound, ok := schema["maxItems"].(float64); ok {
			most = min(bound, most)
		}
		for range 1 + a.IntN(int(most)) {
			list = append(list, a.value(name, items))
		}
		return list
	case "integer":
		low, _ := schema["minimum"].(float64)
		high, bounded := schema["maximum"].(float64)
		if !bounded {
			high = math.MaxInt32
		}
		return a.one(int64(low), int64(high), int64(low)+a.Int64N(int64(high-low)+1))
	case "string":
		return a.text(name, schema)
	}
	return nil
}

func (a author) text(name string, schema map[string]any) string {
	switch name {
	case "query":
		return a.one("latency", "sum(rate(x[$__window]))", "sum(increase(x[$__elapsed]))", "up @ 5", "sum(", `"text"`, "scalar(x)", "vector(1)", "x[5m]",
			`x{n="$__namespace"}`, "-1", "# nothing", "\x00", "max_over_time(sum(x)[$__window:1m]) offset 9y").(string)
	case "name", "namespace", "key":
		return a.one("a", "b", "c").(string)
	}
	most, _ := schema["maxLength"].(float64)
	return a.one("x", "From 5 to 10 %", "Buy 3 servers", "\n\t ", "<script>", "{{.}} %s %d %!", strings.Repeat("é", int(most)), strings.Repeat("w ", int(most)/2), "\u202eabc\u0000").(string)
}

func (a author) object(schema map[string]any) map[string]any {
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	object := map[string]any{}
	for _, name := range sorted(properties) {
		if name == "selector" || name == "final" && a.IntN(4) > 0 {
			continue
		}
		if slices.Contains(required, any(name)) || a.IntN(100) < 45 {
			object[name] = a.value(name, properties[name].(map[string]any))
		}
	}
	return object
}

func sorted(m map[string]any) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// admitted has the API server take a random object, and takes out of it what the API server complains about until it
// does. The object is as a watch would bring it. False if nothing that is left may pass.
func (a author) admitted(t *testing.T, kind, namespace string, into client.Object) bool {
	t.Helper()
	spec := a.object(a.schema)
	a.alone(spec, "metric", "readings")
	a.alone(spec, "reach", "maintain", "milestones")
	for range 20 {
		object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": v1alpha1.GroupVersion.String(), "kind": kind, "spec": spec}}
		object.SetName(a.one("a", "b", "c").(string) + "-" + fmt.Sprint(a.Uint32()))
		object.SetNamespace(namespace)
		err := admin.Create(t.Context(), object)
		if err == nil {
			data, err := object.MarshalJSON()
			if err == nil {
				err = json.Unmarshal(data, into)
			}
			if err != nil {
				t.Fatalf("admitted, and cannot be decoded: %v\n%s", err, data)
			}
			return true
		}
		var status apierrors.APIStatus
		if !errors.As(err, &status) || status.Status().Details == nil {
			t.Fatalf("not a refusal: %v", err)
		}
		if strings.Contains(err.Error(), "evaluating rule") || strings.Contains(err.Error(), "no such overload") || strings.Contains(err.Error(), "cost") {
			t.Errorf("a rule broke down where it should answer: %v", err)
		}
		for _, cause := range status.Status().Details.Causes {
			if cause.Field == "spec" {
				return false // what it is about is gone
			}
			remove(spec, cause)
		}
	}
	return false
}

// alone writes one field of several that exclude each other, if the kind has them.
func (a author) alone(spec map[string]any, names ...string) {
	properties := a.schema["properties"].(map[string]any)
	if _, known := properties[names[1]]; !known {
		return
	}
	for _, name := range names {
		delete(spec, name)
	}
	name := names[a.IntN(len(names))]
	spec[name] = a.value(name, properties[name].(map[string]any))
}

// remove takes out what is complained about; around it, where something is missing.
func remove(spec map[string]any, cause metav1.StatusCause) {
	if strings.Contains(cause.Message, "remove metric, kpiRef and guard") {
		delete(spec, "metric")
		delete(spec, "kpiRef")
		delete(spec, "guard")
		return
	}
	path := strings.Split(strings.NewReplacer("[", ".", "]", "").Replace(strings.TrimPrefix(cause.Field, "spec.")), ".")
	if cause.Type == metav1.CauseTypeFieldValueRequired && len(path) > 1 {
		path = path[:len(path)-1]
	}
	if n, err := strconv.Atoi(path[len(path)-1]); err == nil {
		if list, found, err := unstructured.NestedSlice(spec, path[:len(path)-1]...); found && err == nil && n < len(list) {
			_ = unstructured.SetNestedSlice(spec, slices.Delete(list, n, n+1), path[:len(path)-1]...)
			return
		}
	}
	if slices.ContainsFunc(path, func(step string) bool { return strings.Trim(step, "0123456789") == "" }) {
		path = path[:1] // inside an item of a list
	}
	unstructured.RemoveNestedField(spec, path...)
}

// held answers anything with anything.
func (a author) held(now time.Time) evaluate.Samples {
	seed := a.Uint64()
	return func(q sample.Question) (sample.Held, bool) {
		d := rand.New(rand.NewPCG(seed, uint64(q.At)^uint64(q.From)^uint64(len(q.Query))))
		at := now.Add(-time.Duration(d.IntN(100)) * time.Second).Truncate(time.Second)
		if q.At != 0 {
			at = time.Unix(q.At, 0)
		}
		good := sample.Good([]float64{0, -1, 1e-300, -1e300, 1e300, math.MaxFloat64, 99.95, 310, 5e14}[d.IntN(9)], at)
		if q.Step > 0 {
			series := sample.Series{From: q.From, Step: q.Step}
			for i := range d.IntN(500) {
				series.Values = append(series.Values, []float64{math.NaN(), 0, 1e300, -5, 99.95}[d.IntN(5)])
				good.Time = series.At(i)
			}
			good.Value, good.Series = 0, &series
		}
		switch d.IntN(4) {
		case 0:
			return sample.Held{}, false
		case 1:
			return sample.Held{Last: sample.Sample{Reason: sample.NoData, Time: at, Message: strings.Repeat("é", 1000)}, Answered: sample.NoData, Since: at, Interval: q.Interval}, true
		}
		return sample.Held{Last: good, Good: good, Answered: sample.Sampled, Since: at, Interval: q.Interval}, true
	}
}

func metricFrom(spec *v1alpha1.Metric) *evaluate.Metric {
	if spec == nil {
		return nil
	}
	return &evaluate.Metric{Spec: *spec, Namespace: "here", SourceFound: true, MinInterval: time.Second, Expression: prom.Analyze(spec.Query, spec.Window.Duration())}
}

// Whatever the API server admits is decoded and evaluated at any time, and the API server admits the status that comes of
// it. Evaluated again, nothing is left to say.
func TestWhateverIsAdmittedIsEvaluated(t *testing.T) {
	t.Parallel()
	r := &rig{T: t}
	namespace := "admitted"
	r.create(r.newNamespace(namespace))
	objectives, keyResults, kpis := authorOf(t, 1, "objectives"), authorOf(t, 2, "keyresults"), authorOf(t, 3, "kpis")
	var o []*v1alpha1.Objective
	var kr []*v1alpha1.KeyResult
	var k []*v1alpha1.KPI
	for range 10 * *admittedCount {
		if one := (&v1alpha1.Objective{}); len(o) < *admittedCount && objectives.admitted(t, kindObjective, namespace, one) {
			o = append(o, one)
		}
		if one := (&v1alpha1.KeyResult{}); len(kr) < *admittedCount && keyResults.admitted(t, kindKeyResult, namespace, one) {
			kr = append(kr, one)
		}
		if one := (&v1alpha1.KPI{}); len(k) < *admittedCount && kpis.admitted(t, kindKPI, namespace, one) {
			k = append(k, one)
		}
	}
	if len(o)+len(kr)+len(k) < 3**admittedCount {
		t.Fatalf("only %d objectives, %d key results and %d KPIs of %d were admitted", len(o), len(kr), len(k), *admittedCount)
	}
	a := objectives
	for i := range o {
		in := evaluate.ObjectiveInput{Objective: o[i], KeyResults: kr[:i%4], Parent: o[a.IntN(len(o))], MissingKPIs: o[i].Spec.KPIRefs[:min(1, len(o[i].Spec.KPIRefs))]}
		for _, child := range o[i:min(i+3, len(o))] {
			child = child.DeepCopy()
			child.Spec.ParentRef = &v1alpha1.ParentReference{Name: o[i].Name}
			in.Children = append(in.Children, child)
		}
		for _, kpi := range k[:i%3] {
			in.KPIs = append(in.KPIs, evaluate.NamedKPI{KPI: kpi, Metric: metricFrom(kpi.Spec.Metric)})
		}
		evaluated(t, a, o[i], &o[i].Status, &o[i].Status.Conditions, func(s evaluate.Samples, now time.Time) evaluate.Result[v1alpha1.ObjectiveStatus] {
			return evaluate.Objective(in, s, now)
		})
	}
	for i := range kr {
		in := evaluate.KeyResultInput{KeyResult: kr[i], Objective: o[a.IntN(len(o))], Metric: metricFrom(kr[i].Spec.Metric), Guard: metricFrom(evaluate.GuardMetric(kr[i]))}
		if kr[i].Spec.KPIRef != nil {
			in.KPI = k[a.IntN(len(k))]
			in.Metric = metricFrom(in.KPI.Spec.Metric)
			if in.KPI.Spec.CalendarWindow != "" {
				in.Metric = nil
			}
		}
		for said := range in.Objective.Spec.CheckIns {
			for about := range in.Objective.Spec.CheckIns[said].KeyResults {
				in.Objective.Spec.CheckIns[said].KeyResults[about].Name = kr[i].Name
			}
		}
		evaluated(t, a, kr[i], &kr[i].Status, &kr[i].Status.Conditions, func(s evaluate.Samples, now time.Time) evaluate.Result[v1alpha1.KeyResultStatus] {
			return evaluate.KeyResult(in, s, now)
		})
	}
	for i := range k {
		in := evaluate.KPIInput{KPI: k[i], Metric: metricFrom(k[i].Spec.Metric), ParentMissing: i%2 == 0, Objectives: o[i%len(o):], Grace: time.Hour}
		if in.Metric != nil && k[i].Spec.CalendarWindow != "" {
			in.Metric.Expression = prom.Analyze(in.Metric.Spec.Query, k[i].Spec.Window().Duration())
		}
		evaluated(t, a, k[i], &k[i].Status, &k[i].Status.Conditions, func(s evaluate.Samples, now time.Time) evaluate.Result[v1alpha1.KPIStatus] {
			return evaluate.KPI(in, s, now)
		})
	}
}

// evaluated leads an object through a few instants of its life and holds what must hold of every evaluation.
func evaluated[S any](t *testing.T, a author, object client.Object, status *S, conditions *[]metav1.Condition, at func(evaluate.Samples, time.Time) evaluate.Result[S]) {
	t.Helper()
	fresh := *status
	defer func() {
		if problem := recover(); problem != nil {
			object.SetManagedFields(nil)
			text, _ := yaml.Marshal(object)
			t.Errorf("panic: %v\n%s\n%s", problem, debug.Stack(), text)
		}
	}()
	instants := []time.Time{time.Unix(0, 0), time.Unix(1, 0), time.Date(2999, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(3000, 1, 20, 0, 0, 0, 0, time.UTC)}
	for range 6 {
		instants = append(instants, time.Date(2026, 9, 1+a.IntN(150), a.IntN(24), a.IntN(60), a.IntN(60), 0, time.UTC))
	}
	slices.SortFunc(instants, time.Time.Compare)
	for _, now := range instants {
		answers, known := a.held(now), map[sample.Question]bool{}
		samples := func(q sample.Question) (sample.Held, bool) { known[q] = true; return answers(q) }
		began := time.Now()
		result := at(samples, now)
		if took := time.Since(began); took > time.Second {
			t.Errorf("evaluated for %s", took)
		}
		if !result.Next.After(now) || result.Next.After(now.Add(time.Hour)) {
			t.Errorf("at %s the next look is %s", now, result.Next)
		}
		*status = result.Status
		same := func(q sample.Question) (sample.Held, bool) { // what it has now begun to ask has no answer yet
			if !known[q] {
				return sample.Held{}, false
			}
			return answers(q)
		}
		if again := at(same, now); again.Change != evaluate.Unchanged {
			t.Errorf("%s evaluated again at %s, there is something to write: %s\n%s", object.GetName(), now, again.Change, cmp.Diff(result.Status, again.Status))
		}
		for _, c := range *conditions {
			if len(c.Message) > 1024 || !utf8.ValidString(c.Message) || c.Message == "" || c.Reason == "" {
				t.Errorf("%s is %s, with %d bytes of message: %q", c.Type, c.Reason, len(c.Message), c.Message)
			}
		}
	}
	written := object.DeepCopyObject().(client.Object)
	if err := admin.Status().Update(t.Context(), written, client.DryRunAll); err != nil {
		t.Errorf("the status is refused: %v", err)
	}
	*status = fresh
}
