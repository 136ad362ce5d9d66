package v1alpha1_test

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"okr.dev/controller/api/v1alpha1"
)

func TestDecimal(t *testing.T) {
	tests := []struct {
		reason string
		json   string
		want   v1alpha1.Decimal
		number float64
	}{
		{"an integer", `300`, "300", 300},
		{"an integer below 0", `-5`, "-5", -5},
		{"0 below 0", `-0`, "-0", 0},
		{"a string", `"99.95"`, "99.95", 99.95},
		{"a string keeps its form", `"007.50"`, "007.50", 7.5},
		{"the longest", `"-999999999999999.999999999"`, "-999999999999999.999999999", -1e15},
		{"what JSON writers make of an integer", `3.0`, "3", 3},
		{"the same with an exponent", `1e3`, "1000", 1000},
		{"and a great one", `1E+14`, "100000000000000", 1e14},
		{"more digits than the schema admits", `9223372036854775807`, "9223372036854775807", math.MaxInt64},
		{"a fraction, which the schema does not admit", `0.5`, "0.5", 0.5},
		{"too great for a float", `1e400`, "1e400", 0},
		{"text that is not a number", `"fast"`, "fast", 0},
		{"not a number by name", `"NaN"`, "NaN", 0},
		{"infinite by name", `"-Inf"`, "-Inf", 0},
		{"nothing", `""`, "", 0},
		{"escaped", `"\u0034\u0032"`, "42", 42},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			var d v1alpha1.Decimal
			if err := json.Unmarshal([]byte(test.json), &d); err != nil {
				t.Fatal(err)
			}
			if d != test.want || d.Float64() != test.number {
				t.Errorf("got %q and %v, want %q and %v", d, d.Float64(), test.want, test.number)
			}
		})
	}
}

func TestDecimalRefusesOtherJSON(t *testing.T) {
	for _, text := range []string{`true`, `{}`, `[1]`, `"open`, `1 2`} {
		var d v1alpha1.Decimal
		if err := json.Unmarshal([]byte(text), &d); err == nil {
			t.Errorf("%s is decoded as %q, want an error", text, d)
		}
	}
}

// What the API server admits is decoded, whatever it is: one object that cannot be would break every List.
func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{
		`300`, `-0`, `"99.95"`, `"-0.000000001"`, `3.0`, `1e3`, `1E2`, `100e-2`, `999999999999999`, `-999999999999999`,
		`"999999999999999.999999999"`, `9223372036854775807`, `1e19`, `"NaN"`, `"0x10"`, `"1_0"`, `null`, `"\u0031"`,
	} {
		f.Add([]byte(seed))
	}
	admits := schemaPattern(f, "not a decimal number")
	f.Fuzz(func(t *testing.T, data []byte) {
		text, ok := admitted(data, admits.MatchString)
		if !ok {
			return
		}
		var d, again v1alpha1.Decimal
		if err := json.Unmarshal(data, &d); err != nil {
			t.Fatalf("%s is admitted and cannot be decoded: %v", data, err)
		}
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("%s is admitted and no number: %v", data, err)
		}
		if got := d.Float64(); got != want || math.IsInf(got, 0) {
			t.Errorf("%s is read as %v, want %v", data, got, want)
		}
		written, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(written), `"`) || !admits.MatchString(string(d)) {
			t.Errorf("%s is written as %s, which is not admitted", data, written)
		}
		if err := json.Unmarshal(written, &again); err != nil || again != d {
			t.Errorf("%s is written as %s and read as %q (%v)", data, written, again, err)
		}
	})
}

// admitted tells whether the API server would take a JSON text for a Decimal, generously, and the number in it. It reads
// a number without a fraction as an integer, whether it is written 1000, 1000.0 or 1e3.
func admitted(data []byte, matches func(string) bool) (string, bool) {
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	if !json.Valid(data) || decoder.Decode(&value) != nil {
		return "", false
	}
	switch v := value.(type) {
	case string:
		return v, matches(v)
	case json.Number:
		if integer, err := v.Int64(); err == nil {
			return v.String(), matches(strconv.FormatInt(integer, 10))
		}
		f, err := v.Float64()
		return v.String(), err == nil && f == math.Trunc(f) && matches(strconv.FormatFloat(f, 'f', -1, 64))
	}
	return "", false
}
