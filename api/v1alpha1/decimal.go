package v1alpha1

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Decimal is a decimal number: an integer such as 300, or a quoted string such as "99.95". Quote fractions: YAML makes
// a binary float of a bare 99.95, and the API server refuses it. Up to 15 digits before the point and 9 after.
//
// Its form is a rule rather than a pattern, because the API server's message about a pattern is the pattern. Rules that
// compare decimals first look whether both are numbers, so that a typing error is reported once, in words.
//
// +kubebuilder:validation:Type=""
// +kubebuilder:validation:XIntOrString
// +kubebuilder:validation:MaxLength=64
// +kubebuilder:validation:XValidation:rule="string(self).matches('^-?[0-9]{1,15}([.][0-9]{1,9})?$')",message="not a decimal number: write up to 15 digits, and up to 9 after a point, in quotes if there is a point, such as 300 or \"99.95\""
type Decimal string

// UnmarshalJSON accepts a JSON string or a JSON number. It refuses nothing that the schema admits, because one
// undecodable object would break every List of its kind; what the text means is Float64's business.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return fmt.Errorf("decimal: %w", err)
		}
		*d = Decimal(text)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return fmt.Errorf("decimal: want an integer or a string such as %q: %w", "99.95", err)
	}
	*d = Decimal(plain(number.String()))
	return nil
}

// plain writes 1e3 and 3.0, which JSON allows for integers, as 1000 and 3, which the schema admits as strings too:
// what was read can be written back.
func plain(number string) string {
	if !strings.ContainsAny(number, ".eE") {
		return number
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// Float64 returns the number, always finite. It is 0 for text that is not a finite number, which the schema does not
// admit.
func (d Decimal) Float64() float64 {
	f, err := strconv.ParseFloat(string(d), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}
