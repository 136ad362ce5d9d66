package draft

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKeyResultInALine(t *testing.T) {
	at := func(value float64) func(measure) present {
		return func(measure) present { return present{value: value, known: true, from: "measured"} }
	}
	none := func(measure) present { return present{why: "nobody was asked"} }
	cases := map[string]struct {
		reason, text string
		planned      bool
		now          func(measure) present
		// want are the lines about the shape and the source; fails is a part of the error.
		want, fails string
	}{
		"ByHand":      {reason: "from here to there, kept by hand", text: "Trials|customers|30|50", want: "reach: {baseline: 30, target: 50}"},
		"Fraction":    {reason: "fractions are quoted", text: "Rating|of 10|7.6|9", want: `reach: {baseline: "7.6", target: 9}`},
		"Units":       {reason: "units beside numbers are understood", text: "Win rate|%|18 %|25%", want: "reach: {baseline: 18, target: 25}"},
		"Title":       {reason: "the title says it already", text: "p99 latency from 800 ms to 300 ms|||", want: "reach: {baseline: 800, target: 300}"},
		"NoBaseline":  {reason: "a number kept by hand has to begin somewhere", text: "Trials|customers||50", fails: "write the baseline"},
		"Measured":    {reason: "the present value is where it starts", text: "Reply|h||4|max(reply)", now: at(26.021), want: "reach: {baseline: \"26.02\", target: 4}\nmetric: query: max(reply)"},
		"Direction":   {reason: "without a value the controller measures it", text: "Reply|h||<=4|max(reply)", want: "reach: {target: 4, direction: Decrease}\nmetric: query: max(reply)"},
		"Unknown":     {reason: "which way to go is not guessed at", text: "Reply|h||4|max(reply)", fails: ">=4 or <=4"},
		"Planned":     {reason: "what has not begun starts from a value that is not known yet", text: "Reply|h||<=4|max(reply)", planned: true, now: at(26), want: "reach: {target: 4, direction: Decrease}\nmetric: query: max(reply)"},
		"AlreadyMet":  {reason: "a target that is reached already leads nowhere", text: "Reply|h||<=4|max(reply)", now: at(3), fails: "is at 3 already"},
		"Same":        {reason: "nor does one that is where it begins", text: "Reply|h|4|4", fails: "is at 4 already"},
		"Change":      {reason: "a change in percent", text: "Reply|h||-15%|max(reply)", want: "reach: {change: \"-15%\"}\nmetric: query: max(reply)"},
		"Keep":        {reason: "a number to be held", text: "Availability|%||keep >=99.9|kpi:platform/availability", want: "maintain: {atLeast: \"99.9\"}\nkpiRef: {name: availability, namespace: platform}"},
		"KeepByHand":  {reason: "what is held must be measured", text: "Availability|%||keep >=99.9", fails: "must be measured"},
		"Window":      {reason: "a window is given a length", text: "Errors|||<=1|sum(rate(errors[$__window]))", want: "reach: {target: 1, direction: Decrease}\nmetric: query: \"sum(rate(errors[$__window]))\" window: 7d"},
		"Elapsed":     {reason: "a count from zero has no baseline", text: "Orders|||500|sum(increase(orders[$__elapsed]))", now: at(3), want: "reach: {target: 500}\nmetric: query: \"sum(increase(orders[$__elapsed]))\""},
		"ElapsedFrom": {reason: "and may not be given one", text: "Orders||20|500|sum(increase(orders[$__elapsed]))", fails: "leave the baseline empty"},
		"Bars":        {reason: "a query may hold bars", text: `Errors|||<=1|sum(rate(http{code=~"5..|4.."}[1d]))`, want: "reach: {target: 1, direction: Decrease}\nmetric: query: \"sum(rate(http{code=~\\\"5..|4..\\\"}[1d]))\""},
		"Broken":      {reason: "a query that does not parse is refused", text: "Errors|||<=1|sum(rate(", fails: "unclosed"},
		"BadTarget":   {reason: "words are no target", text: "Errors|||few", fails: "write 50"},
		"BadName":     {reason: "a KPI has a name", text: "Errors|||<=1|kpi:My KPI", fails: "is no name"},
		"Short":       {reason: "four parts at least", text: "Errors", fails: keyResultForm},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.now == nil {
				tc.now = none
			}
			m, err := parseMeasure(tc.text)
			var got string
			if err == nil {
				kr, _, failed := m.keyResult(!tc.planned, tc.now)
				if err = failed; err == nil {
					w := &writer{}
					w.shape(&kr.Spec)
					w.source(&kr.Spec)
					got = strings.NewReplacer("metric:\n    query", "metric: query", "\n    window", " window", "  ", "").Replace(strings.TrimSpace(w.String()))
				}
			}
			switch {
			case tc.fails == "" && err != nil:
				t.Errorf("%s: %v", tc.reason, err)
			case tc.fails != "" && (err == nil || !strings.Contains(err.Error(), tc.fails)):
				t.Errorf("%s: error %v, want one with %q", tc.reason, err, tc.fails)
			case tc.fails == "":
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
				}
			}
		})
	}
}
