package command_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"okr.dev/controller/internal/cli/command"
)

func TestParseName(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		want   command.Name
		err    string
	}{
		"Name":       {"a name alone", []string{"rating"}, command.Name{Name: "rating"}, ""},
		"Qualified":  {"as it is printed", []string{"shop/rating"}, command.Name{Namespace: "shop", Name: "rating"}, ""},
		"Kind":       {"as kubectl writes it", []string{"kr/rating"}, command.Name{Kind: command.KeyResult, Name: "rating"}, ""},
		"Full":       {"a resource with its group", []string{"KPIs.goals.okr.dev/rating"}, command.Name{Kind: command.KPI, Name: "rating"}, ""},
		"Apart":      {"a kind and a name", []string{"obj", "rating"}, command.Name{Kind: command.Objective, Name: "rating"}, ""},
		"Both":       {"a kind and what is printed", []string{"objective/shop/rating"}, command.Name{Kind: command.Objective, Namespace: "shop", Name: "rating"}, ""},
		"BothApart":  {"the same in two", []string{"kr", "shop/rating"}, command.Name{Kind: command.KeyResult, Namespace: "shop", Name: "rating"}, ""},
		"Twice":      {"a kind that is said twice", []string{"kr", "kr/rating"}, command.Name{Kind: command.KeyResult, Name: "rating"}, ""},
		"None":       {"nothing", nil, command.Name{}, "which goal?"},
		"NoKind":     {"a kind that there is not", []string{"pod", "rating"}, command.Name{}, `"pod" is no kind of goal`},
		"NoName":     {"a kind without a name", []string{"kr/"}, command.Name{}, `"kr/" is no name`},
		"TooDeep":    {"too many parts", []string{"a/b/c"}, command.Name{}, `"a/b/c" is no name`},
		"TooMany":    {"two goals", []string{"kr", "a", "b"}, command.Name{}, "one goal at a time"},
		"NoNameArea": {"a namespace that is empty", []string{"/rating"}, command.Name{}, `"/rating" is no name`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := command.ParseName(tc.args...)
			if tc.err == "" && (err != nil || got != tc.want) || tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("%s: %+v, %v", tc.reason, got, err)
			}
		})
	}
}

func TestArguments(t *testing.T) {
	cmd := &cobra.Command{Use: "scorecard"}
	cases := map[string]struct {
		reason string
		args   cobra.PositionalArgs
		given  []string
		says   string // empty: nothing is wrong
	}{
		"NoneIsNone": {"flags alone", command.NoArguments, nil, ""},
		"One":        {"a name that is perhaps a namespace", command.NoArguments, []string{"sales"}, `"sales": scorecard takes no name, but flags, such as -n sales`},
		"TooFew":     {"what is missing, and a line that has it", command.Arguments(1, 1, "objective", "checkin a"), nil, "which objective? Write such as: checkin a"},
		"TooMany":    {"words that were not quoted", command.Arguments(0, 1, "name", "new a"), []string{"a", "b"}, `"b" is one more; quote`},
		"Any":        {"as many as one likes", command.Arguments(1, -1, "files", "lint a"), []string{"a", "b", "c"}, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := tc.args(cmd, tc.given)
			if (err == nil) != (tc.says == "") || err != nil && !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%s: %v", tc.reason, err)
			}
		})
	}
}

func TestUnreached(t *testing.T) {
	refused := errors.New("connection refused")
	other := errors.New("another error")
	cases := map[string]struct {
		reason string
		err    error
		says   []string
	}{
		"Nobody":  {"no kubeconfig at all", &url.Error{Op: "Get", URL: "http://localhost:8080/api", Err: refused}, []string{"no kubeconfig names one", "KUBECONFIG"}},
		"Down":    {"a cluster that is down", &url.Error{Op: "Get", URL: "https://10.0.0.1:6443/api", Err: refused}, []string{"the cluster at 10.0.0.1:6443 does not answer: connection refused", "--context"}},
		"Unknown": {"credentials that have expired", apierrors.NewUnauthorized("Unauthorized"), []string{"does not know you", "log in again"}},
		"Other":   {"others say it themselves", other, []string{"another error"}},
		"Ended":   {"somebody pressed Ctrl-C", &url.Error{Op: "Get", URL: "https://10.0.0.1/api", Err: context.Canceled}, []string{"context canceled"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := command.Unreached(tc.err)
			for _, text := range tc.says {
				if !strings.Contains(got.Error(), text) {
					t.Errorf("%s: %q is not said: %v", tc.reason, text, got)
				}
			}
		})
	}
}
