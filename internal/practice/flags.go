package practice

import (
	"errors"
	"flag"
	"time"

	"okr.dev/controller/api/v1alpha1"
)

// BindFlags lets the command line say the thresholds of the rules that count for WellFormed. What they are before is the
// default.
func (t *Thresholds) BindFlags(flags *flag.FlagSet) {
	flags.IntVar(&t.KeyResultsMin, "key-results-min", t.KeyResultsMin, "Rule OKR001: how many key results an objective has at least.")
	flags.IntVar(&t.KeyResultsMax, "key-results-max", t.KeyResultsMax, "Rule OKR001: how many key results an objective has at most.")
	length := func(into *time.Duration, name, usage string) {
		flags.Func(name, usage+" (default "+short(*into)+")", func(text string) error {
			d := v1alpha1.Duration(text).Duration()
			if d <= 0 {
				return errors.New("write a length of time such as 14d")
			}
			*into = d
			return nil
		})
	}
	length(&t.LateStart, "late-start", "Rule OKR019: how far into its period a goal may be first seen without startOn, such as 14d.")
	length(&t.RawRange, "longest-raw-range", "Rule PQL003: how far a query that is asked often may look back over raw data, such as 7d.")
	length(&t.ShortestValue, "shortest-value-range", "Rule PQL004: how far a key result's value must look back, such as 24h.")
}
