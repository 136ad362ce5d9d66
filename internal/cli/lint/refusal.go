package lint

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/admission"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/cli/near"
	"okr.dev/controller/internal/practice"
)

// maxApplied is how large an object may be for kubectl apply, in bytes of JSON, which keeps a copy of it in an annotation.
const maxApplied = 256 << 10

// admit asks what the API server would say to an object of ours, and reads it as what it is.
func (o *object) admit(ctx context.Context) []Finding {
	head := o.head()
	if head.APIVersion != v1alpha1.GroupVersion.String() || !slices.Contains(admission.Kinds(), head.Kind) {
		o.refused = true
		field := "kind"
		if slices.Contains(admission.Kinds(), head.Kind) {
			field = "apiVersion"
		}
		return []Finding{o.finding("API001", practice.Error, field, unknownKind(head))}
	}
	kind, err := admission.For(head.Kind)
	if err != nil || kind == nil {
		o.refused = true
		return []Finding{o.finding("API001", practice.Error, "kind", fmt.Sprintf("the kind cannot be read: %v", err))}
	}
	status := o.content["status"]
	sent := runtime.DeepCopyJSON(o.content)
	size := sizeOf(sent)
	problems := kind.Create(ctx, sent)
	o.refused = len(problems) > 0
	var found []Finding
	for _, p := range mentioned(problems) {
		found = append(found, o.refusal(kind, p))
		admission.Remove(sent, p.Field)
		o.wrong = append(o.wrong, p.Field)
	}
	if size > maxApplied && !o.refused {
		found = append(found, o.finding("API005", practice.Warning, "metadata",
			fmt.Sprintf("it has %d KiB, and kubectl apply takes %d at most: apply it with --server-side, or shorten it", size>>10, maxApplied>>10)))
	}
	if status != nil { // of what was read from a cluster: the rules of practice know how to use it
		sent["status"] = status
	}
	o.goal = typed(head, sent)
	return found
}

// sizeOf is how long an object is as JSON, in bytes.
func sizeOf(content map[string]any) int {
	data, err := json.Marshal(content)
	if err != nil {
		return 0
	}
	return len(data)
}

func unknownKind(head manifest.Head) string {
	version := v1alpha1.GroupVersion.String()
	switch kind := meantKind(head.Kind); {
	case head.Kind == "":
		return "there is no kind: write kind: Objective, KeyResult, KPI or MetricSource"
	case kind == "" && near.Slip(head.Kind, admission.Kinds()) != "":
		return fmt.Sprintf("there is no kind %q: write kind: %s", head.Kind, near.Slip(head.Kind, admission.Kinds()))
	case kind == "":
		return fmt.Sprintf("there is no kind %q in %s: write Objective, KeyResult, KPI or MetricSource", head.Kind, version)
	case kind != head.Kind:
		return fmt.Sprintf("there is no kind %q: write kind: %s", head.Kind, kind)
	case head.APIVersion == "":
		return fmt.Sprintf("there is no apiVersion: write apiVersion: %s", version)
	default:
		return fmt.Sprintf("%s is not of %q: write apiVersion: %s", kind, head.APIVersion, version)
	}
}

// mentioned leaves out what says less about a field than something else does, and rules that are broken because of a field that is
// called otherwise.
func mentioned(problems []admission.Problem) []admission.Problem {
	var kept []admission.Problem
	for i, p := range problems {
		again := func(before admission.Problem) bool { return before.Field == p.Field && before.Detail == p.Detail }
		longer := func(other admission.Problem) bool { return other.Field == p.Field && !short(other) && short(p) }
		follows := func(other admission.Problem) bool {
			return p.Cause == admission.Rule && other.Cause == admission.Unknown && strings.HasPrefix(other.Field, p.Field+".")
		}
		if !slices.ContainsFunc(problems[:i], again) && !slices.ContainsFunc(problems, longer) && !slices.ContainsFunc(problems, follows) {
			kept = append(kept, p)
		}
	}
	return kept
}

// short reports whether it is only said that a text is empty: a rule about the same text says what to write.
func short(p admission.Problem) bool { return strings.Contains(p.Detail, "at least 1 chars long") }

// typed reads an object as what it is. What cannot be read is left out.
func typed(head manifest.Head, content map[string]any) client.Object {
	var goal client.Object
	switch head.Kind {
	case "Objective":
		goal = &v1alpha1.Objective{}
	case "KeyResult":
		goal = &v1alpha1.KeyResult{}
	case "KPI":
		goal = &v1alpha1.KPI{}
	default:
		goal = &v1alpha1.MetricSource{}
	}
	data, err := json.Marshal(content)
	if err == nil {
		err = json.Unmarshal(data, goal)
	}
	if err != nil { // the decoder goes on with what follows
		goal.SetNamespace(head.Namespace)
		goal.SetName(head.Name)
	}
	return goal
}
