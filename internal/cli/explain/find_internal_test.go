package explain

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
)

// A name without a kind is the goal that has it; where goals of several kinds have it, they are named.
func TestSettle(t *testing.T) {
	meta := func(namespace, name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: namespace, Name: name}
	}
	set := goals.New([]client.Object{
		&v1alpha1.KeyResult{ObjectMeta: meta("shop", "rating")},
		&v1alpha1.KPI{ObjectMeta: meta("shop", "rating")},
		&v1alpha1.KPI{ObjectMeta: meta("shop", "revenue")},
		&v1alpha1.KPI{ObjectMeta: meta("bank", "revenue")},
	})
	cases := map[string]struct {
		reason string
		name   command.Name
		kind   string
		err    string
	}{
		"One":     {"the only one of its namespace, whatever others have", command.Name{Namespace: "shop", Name: "revenue"}, command.KPI, ""},
		"Several": {"which of them is not guessed", command.Name{Namespace: "shop", Name: "rating"}, "", "rating is keyresult/rating and kpi/rating: write one of these"},
		"Said":    {"unless it is said", command.Name{Kind: command.KPI, Namespace: "shop", Name: "rating"}, command.KPI, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := settle(set, tc.name)
			if err == nil && (got.Kind != tc.kind || tc.err != "") || err != nil && err.Error() != tc.err {
				t.Errorf("%s: %+v, %v", tc.reason, got, err)
			}
		})
	}
}
