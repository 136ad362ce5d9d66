package spreadsheet

import (
	"errors"
	"strings"
	"testing"
)

func TestNumbers(t *testing.T) {
	point, comma := convention{decimal: '.'}, convention{decimal: ','}
	cases := map[string]struct {
		reason, cell string
		by           convention
		text, unit   string
		ambiguous    bool
		words        bool
	}{
		"Integer":      {reason: "an integer", cell: "800", text: "800"},
		"Point":        {reason: "one digit behind a point is a fraction", cell: "12.5 %", text: "12.5", unit: "%"},
		"Comma":        {reason: "and behind a comma", cell: "12,5%", text: "12.5", unit: "%"},
		"German":       {reason: "the last of two signs is before the fraction", cell: "€ 1.200,50", text: "1200.5", unit: "€"},
		"English":      {reason: "whichever it is", cell: "$1,200.50", text: "1200.5", unit: "$"},
		"Swiss":        {reason: "apostrophes part thousands", cell: "1'200.50 CHF", text: "1200.5", unit: "CHF"},
		"Spaces":       {reason: "and so do spaces, narrow ones too", cell: "1\u202f200,5 kg", text: "1200.5", unit: "kg"},
		"Groups":       {reason: "two of a kind part thousands", cell: "1,200,000", text: "1200000"},
		"Three":        {reason: "three digits behind one sign may be either", cell: "€ 1,200", ambiguous: true},
		"ThreePoint":   {reason: "the same with a point", cell: "1.200", ambiguous: true},
		"ByPoint":      {reason: "it is known how the sheet writes", cell: "1,200", by: point, text: "1200"},
		"ByComma":      {reason: "it is known how the sheet writes", cell: "1,200", by: comma, text: "1.2"},
		"Zero":         {reason: "no thousand begins with a zero", cell: "0,125", text: "0.125"},
		"FourBefore":   {reason: "nor has four digits before it", cell: "1200.125", text: "1200.125"},
		"Negative":     {reason: "a sign", cell: "-4", text: "-4"},
		"Minus":        {reason: "a minus as typographers write it", cell: "−4", text: "-4"},
		"Accounting":   {reason: "parentheses are a minus", cell: "(1,200.00)", text: "-1200"},
		"Bound":        {reason: "a bound is a target", cell: ">= 99.9 %", text: "99.9", unit: "%"},
		"Thousand":     {reason: "k is a thousand", cell: "1.2k customers", text: "1200", unit: "customers"},
		"Million":      {reason: "m with a currency is a million", cell: "$1.5M", text: "1500000", unit: "$"},
		"Metres":       {reason: "m without one is a metre, or whatever", cell: "5 m", text: "5", unit: "m"},
		"Currency":     {reason: "codes of currencies stand before numbers", cell: "EUR 40", text: "40", unit: "EUR"},
		"Leading":      {reason: "a fraction without its zero", cell: ".5", text: "0.5"},
		"Words":        {reason: "words are no number", cell: "launched", words: true},
		"WordsDigits":  {reason: "nor is a rank", cell: "Top 10", words: true},
		"Share":        {reason: "nor are two numbers", cell: "3 of 5", words: true},
		"Slash":        {reason: "nor is a fraction with a slash", cell: "3/5", words: true},
		"Date":         {reason: "nor is a date", cell: "31.10.2026", words: true},
		"BadGroups":    {reason: "nor are groups of two", cell: "12,34,567", words: true},
		"Contradicted": {reason: "what is said is held", cell: "1.200,50", by: convention{decimal: '.', said: true}, words: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := parseNumber(tc.cell, tc.by)
			var ambiguous errAmbiguous
			switch {
			case tc.ambiguous != errors.As(err, &ambiguous):
				t.Errorf("%s: %q gives %v, %v", tc.reason, tc.cell, got, err)
			case tc.words != (err != nil && !tc.ambiguous):
				t.Errorf("%s: %q gives %v, %v", tc.reason, tc.cell, got, err)
			case err == nil && got != (Number{tc.text, tc.unit}):
				t.Errorf("%s: %q gives %+v, want %q %q", tc.reason, tc.cell, got, tc.text, tc.unit)
			}
		})
	}
}

func TestDates(t *testing.T) {
	cases := map[string]struct {
		reason, cell string
		order        DateOrder
		want         string // empty: an error
	}{
		"ISO":        {"year-month-day", "2026-10-31", "", "2026-10-31"},
		"Time":       {"with a time that nobody meant", "2026-10-31 00:00:00", "", "2026-10-31"},
		"Points":     {"with points the day is first", "03.04.2026", "", "2026-04-03"},
		"Slashes":    {"a day that is no month", "31/10/2026", "", "2026-10-31"},
		"American":   {"a month that is first", "10/31/2026", "", "2026-10-31"},
		"Ambiguous":  {"either", "03/04/2026", "", ""},
		"DayFirst":   {"by what is known", "03/04/2026", DayFirst, "2026-04-03"},
		"MonthFirst": {"by what is known", "03/04/2026", MonthFirst, "2026-03-04"},
		"SameDay":    {"both readings are one", "04/04/2026", "", "2026-04-04"},
		"Named":      {"a month by name", "31 Oct 2026", "", "2026-10-31"},
		"Excel":      {"as spreadsheets shorten it", "31-Oct-26", "", "2026-10-31"},
		"September":  {"in its longer abbreviation", "1 Sept 2026", "", "2026-09-01"},
		"American2":  {"a month by name, first", "October 31st, 2026", "", "2026-10-31"},
		"Short":      {"a year of two digits", "31.10.26", "", "2026-10-31"},
		"None":       {"a day that there is not", "31.02.2026", "", ""},
		"Serial":     {"a number of days", "46327", "", ""},
		"Words":      {"words", "soon", "", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, _, err := parseDate(tc.cell, tc.order)
			if (err != nil) != (tc.want == "") || err == nil && got.String() != tc.want {
				t.Errorf("%s: %q gives %v, %v, want %q", tc.reason, tc.cell, got, err, tc.want)
			}
		})
	}
}

func TestPeriods(t *testing.T) {
	for cell, want := range map[string]string{
		"2026-Q4": "2026-Q4", "Q4 2026": "2026-Q4", "q4/2026": "2026-Q4", "Q4'26": "2026-Q4", "2026 Q4": "2026-Q4", "H2 2026": "2026-H2", "2026": "2026",
		"October 2026": "2026-10", "Oct 2026": "2026-10", "10/2026": "2026-10", "2026-10": "2026-10", "2026-10-01/2026-12-15": "2026-10-01/2026-12-15",
		"01.10.2026 - 15.12.2026": "2026-10-01/2026-12-15", "1 Oct 2026 to 15 Dec 2026": "2026-10-01/2026-12-15",
		"2026-10-01/2026-12-31": "2026-Q4", "1 Jan 2026 - 31 Dec 2026": "2026", "2026-02-01/2026-02-28": "2026-02", "Q5 2026": "", "FY27 Q1": "", "next quarter": "", "2026-12-15/2026-10-01": "", "Q4": "",
	} {
		got, err := parsePeriod(cell, "")
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q gives %q, %v, want %q", cell, got, err, want)
		}
	}
}

// What is read of any cell fits the API, or is refused; nothing panics.
func FuzzCells(f *testing.F) {
	for _, seed := range []string{"€ 1.200,50", "12.5 %", "(3)", "31/10/2026", "Q4 2026", "1e9", "٣", "½", "--5", "1.2.3,4", "k", "$1.5M"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		for _, c := range []convention{{}, {decimal: '.'}, {decimal: ',', said: true}} {
			if n, err := parseNumber(cell, c); err == nil && !decimalForm.MatchString(n.Text) {
				t.Errorf("%q gives %q", cell, n.Text)
			}
		}
		if period, err := parsePeriod(cell, ""); err == nil && period == "" {
			t.Errorf("%q gives an empty period", cell)
		}
	})
}

// A cell with millions of digits is refused at once, and not repeated whole.
func TestFarTooManyDigits(t *testing.T) {
	_, err := parseNumber(strings.Repeat("9", 3_000_000)+" k", convention{})
	if err == nil || len(err.Error()) > 300 || !strings.Contains(err.Error(), "too many digits") {
		t.Errorf("%.400v", err)
	}
}
