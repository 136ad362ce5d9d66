package v1alpha1

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Decimal is a decimal number: an integer such as 300, or a quoted string such as "99.95". Quote fractions: YAML would
// make a binary float of 99.95, and the API server refuses it. Up to 15 digits before the point and 9 after.
//
// +kubebuilder:validation:Type=""
// +kubebuilder:validation:XIntOrString
// +kubebuilder:validation:MaxLength=26
// +kubebuilder:validation:Pattern=`^-?[0-9]{1,15}(\.[0-9]{1,9})?$`
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
	*d = Decimal(number.String())
	return nil
}

// Float64 returns the number. It is 0 for text that is not a finite number, which the schema does not admit.
func (d Decimal) Float64() float64 {
	f, err := strconv.ParseFloat(string(d), 64)
	if err != nil {
		return 0
	}
	return f
}
