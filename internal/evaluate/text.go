package evaluate

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// quantity is a value with its unit as people read it: "412 ms".
func quantity(v float64, unit string) string { return withUnit(sample.Display(v), unit) }

// beside is a value as people read it beside bounds: it reads on the side of each on which it is. 99.987 is not 99.99 where at
// least 99.99 is wanted: there it is cut, not rounded, as 99.6 percent are not 100.
func beside(v float64, unit string, inside ...func(float64) bool) string {
	shown := displayed(v)
	lastDigit := math.Pow10(int(math.Floor(math.Log10(math.Abs(v)))) - 3)
	cut := shown - math.Copysign(lastDigit, shown-v) // the other of the two that v lies between
	for _, candidate := range []float64{shown, cut} {
		if !slices.ContainsFunc(inside, func(inside func(float64) bool) bool { return inside(candidate) != inside(v) }) {
			return quantity(candidate, unit)
		}
	}
	return withUnit(exact(v), unit)
}

func withUnit(text, unit string) string {
	if unit == "" {
		return text
	}
	return text + " " + unit
}

// exact is a value with all its digits, as it is kept in status.
func exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// number reads what exact wrote; false for anything else.
func number(text string) (float64, bool) {
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && v-v == 0 // neither NaN nor infinite
}

// numberOf is a remembered value; nil if there is none.
func numberOf(frozen *v1alpha1.FrozenValue) *float64 {
	if frozen == nil {
		return nil
	}
	if v, ok := number(frozen.Value); ok {
		return &v
	}
	return nil
}

// bandText is a band as people read it: "≥ 99.9 %", "≤ 5 %", "70–85 %".
func bandText(band *v1alpha1.Band, unit string) string {
	switch {
	case band == nil:
		return ""
	case band.AtMost == nil:
		return withUnit("≥ "+string(*band.AtLeast), unit)
	case band.AtLeast == nil:
		return withUnit("≤ "+string(*band.AtMost), unit)
	default:
		return withUnit(string(*band.AtLeast)+"–"+string(*band.AtMost), unit)
	}
}

// targetText is a KPI's target as people read it, with what it aspires to.
func targetText(spec *v1alpha1.KPISpec) string {
	text := bandText(spec.Target, spec.Unit)
	if text == "" || spec.StretchTarget == nil {
		return text
	}
	return text + " (stretch " + withUnit(string(*spec.StretchTarget), spec.Unit) + ")"
}

// nameFrom is an object as it is called from namespace own: with its own in front where that is another one.
func nameFrom(own, namespace, name string) string {
	if namespace == "" || namespace == own {
		return name
	}
	return namespace + "/" + name
}

// wayText is a reach as people read it: "800 → 300 ms", with what is known of it.
func wayText(baseline *float64, target *float64, change v1alpha1.Change, unit string) string {
	var b strings.Builder
	if baseline != nil {
		b.WriteString(sample.Display(*baseline) + " ")
	}
	if target != nil {
		b.WriteString("→ " + sample.Display(*target))
		return withUnit(b.String(), unit)
	}
	b.WriteString(string(change))
	if strings.HasSuffix(string(change), "%") {
		return b.String()
	}
	return withUnit(b.String(), unit)
}

// enumerate joins up to ten names, and says how many more there are.
func enumerate(names []string) string {
	const most = 10
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and " + strconv.Itoa(len(names)-most) + " more"
}

// oneLine is what people wrote, on one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// duration is a length of time as it is written in a spec: "30s", "1h30m".
func duration(d time.Duration) string { return model.Duration(d).String() }

// percent is a whole percentage as people read it.
func percent[N int32 | int64](n N) string { return strconv.FormatInt(int64(n), 10) + " %" }

// score is a number of hundredths as 0.00 to 1.00.
func score(hundredths int64) string {
	return strconv.FormatFloat(float64(hundredths)/100, 'f', 2, 64)
}

// hundredths reads what score wrote; false for anything else.
func hundredths(text string) (int64, bool) {
	whole, fraction, found := strings.Cut(text, ".")
	if !found || len(fraction) != 2 {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+fraction, 10, 64)
	return n, err == nil
}
