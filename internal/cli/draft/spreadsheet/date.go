package spreadsheet

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"okr.dev/controller/internal/okr"
)

// DateOrder is how a sheet writes days and months that are both numbers.
type DateOrder string

// The orders; empty is not known.
const (
	DayFirst   DateOrder = "dmy"
	MonthFirst DateOrder = "mdy"
)

// errAmbiguousDate is a date that may be two days.
type errAmbiguousDate struct{ text, dmy, mdy string }

func (e errAmbiguousDate) Error() string {
	return fmt.Sprintf("%q may be %s or %s: write one of them, or say --date-order dmy or --date-order mdy", e.text, e.dmy, e.mdy)
}

var (
	isoDate  = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$`)
	numbers  = regexp.MustCompile(`^(\d{1,2})([-/.])\s?(\d{1,2})[-/.]\s?(\d{4}|\d{2})(?: \d.*)?$`)
	dayMonth = regexp.MustCompile(`^(?:\pL{2,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?[.\s-]*(\pL{3,9})[.,\s-]*(\d{4}|\d{2})$`)
	monthDay = regexp.MustCompile(`^(?:\pL{6,9},?\s+)?(\pL{3,9})[.\s-]*(\d{1,2})(?:st|nd|rd|th)?[,\s-]+(\d{4})$`)
	serial   = regexp.MustCompile(`^[34]\d{4}(\.\d+)?$`)
)

// parseDate reads a date, and says whether it is evidence for an order.
func parseDate(cell string, order DateOrder) (okr.Date, DateOrder, error) {
	cell = strings.TrimSpace(cell)
	if m := isoDate.FindStringSubmatch(cell); m != nil {
		d, err := civil(m[1], m[2], m[3])
		return d, "", err
	}
	if m := numbers.FindStringSubmatch(cell); m != nil {
		return numeric(cell, m[1], m[3], m[4], m[2] == ".", order)
	}
	if m := dayMonth.FindStringSubmatch(cell); m != nil {
		d, err := named(m[3], m[2], m[1])
		return d, "", err
	}
	if m := monthDay.FindStringSubmatch(cell); m != nil {
		d, err := named(m[3], m[1], m[2])
		return d, "", err
	}
	if serial.MatchString(cell) {
		return okr.Date{}, "", fmt.Errorf("%q is a date as a spreadsheet counts days: format the column as a date, such as 2026-10-31, and save it again", cell)
	}
	return okr.Date{}, "", fmt.Errorf("%q is not a date: write year-month-day, such as 2026-10-31", cell)
}

// numeric reads two numbers and a year. With points the day comes first, wherever dates are written so.
func numeric(text, first, second, year string, points bool, order DateOrder) (okr.Date, DateOrder, error) {
	if len(year) == 2 {
		year = "20" + year
	}
	dmy, dayFirst := civil(year, second, first)
	mdy, monthFirst := civil(year, first, second)
	switch {
	case points, dayFirst == nil && monthFirst != nil:
		return dmy, DayFirst, dayFirst
	case dayFirst != nil && monthFirst == nil:
		return mdy, MonthFirst, nil
	case dayFirst != nil:
		return dmy, "", fmt.Errorf("there is no day %q: write year-month-day, such as 2026-10-31", text)
	case dmy == mdy:
		return dmy, "", nil
	case order == DayFirst:
		return dmy, "", nil
	case order == MonthFirst:
		return mdy, "", nil
	default:
		return dmy, "", errAmbiguousDate{text, dmy.String(), mdy.String()}
	}
}

func civil(year, month, day string) (okr.Date, error) {
	return okr.ParseDate(fmt.Sprintf("%s-%02s-%02s", year, month, day))
}

func named(year, month, day string) (okr.Date, error) {
	n, ok := monthOf(month)
	if !ok {
		return okr.Date{}, fmt.Errorf("there is no month %q: write year-month-day, such as 2026-10-31", month)
	}
	if len(year) == 2 {
		year = "20" + year
	}
	return civil(year, strconv.Itoa(n), day)
}

// monthOf is the number of a month by its name, or the first three letters or more of it.
func monthOf(name string) (int, bool) {
	for m := time.January; m <= time.December; m++ {
		if len(name) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), strings.ToLower(name)) {
			return int(m), true
		}
	}
	return 0, false
}

var (
	yearPart  = regexp.MustCompile(`(?i)^(\d{4})[\s/-]*([QH][1-4])$`)
	partYear  = regexp.MustCompile(`(?i)^(?:calendar )?([QH][1-4])[\s/'-]*(\d{4}|\d{2})$`)
	monthYear = regexp.MustCompile(`^(\pL{3,9})\.?[\s/-]+(\d{4})$`)
	numMonth  = regexp.MustCompile(`^(\d{1,2})/(\d{4})$`)
	isoMonth  = regexp.MustCompile(`^\d{4}-\d{2}$`)
	fiscal    = regexp.MustCompile(`(?i)\bFY`)
)

// parsePeriod reads a period as people write it, and gives it as the API does.
func parsePeriod(cell string, order DateOrder) (string, error) {
	cell = strings.TrimSpace(cell)
	found := cell
	switch m := (match{cell}); {
	case fiscal.MatchString(cell):
		return "", fmt.Errorf("%q is a fiscal period: write its calendar dates, such as 2026-10-01/2026-12-31, or say --period", cell)
	case isoMonth.MatchString(cell):
	case m.of(yearPart) != nil:
		found = m.of(yearPart)[1] + "-" + strings.ToUpper(m.of(yearPart)[2])
	case m.of(partYear) != nil:
		year := m.of(partYear)[2]
		if len(year) == 2 {
			year = "20" + year
		}
		found = year + "-" + strings.ToUpper(m.of(partYear)[1])
	case m.of(numMonth) != nil:
		found = fmt.Sprintf("%s-%02s", m.of(numMonth)[2], m.of(numMonth)[1])
	case m.of(monthYear) != nil:
		n, ok := monthOf(m.of(monthYear)[1])
		if !ok {
			return "", errPeriod(cell)
		}
		found = fmt.Sprintf("%s-%02d", m.of(monthYear)[2], n)
	default:
		if span, err := parseSpan(cell, order); span != "" || err != nil {
			return span, err
		}
	}
	if _, err := okr.ParsePeriod(found); err != nil {
		return "", errPeriod(cell)
	}
	return found, nil
}

type match struct{ text string }

func (m match) of(r *regexp.Regexp) []string { return r.FindStringSubmatch(m.text) }

func errPeriod(cell string) error {
	return fmt.Errorf("%q is not a period: write 2026-Q4, 2026-H2, 2026-10, 2026, or 2026-10-01/2026-12-31", cell)
}

// parseSpan reads two dates; empty if the cell does not hold two.
func parseSpan(cell string, order DateOrder) (string, error) {
	for _, between := range []string{" to ", " - ", " – ", "–", " until ", "/"} {
		first, last, parted := strings.Cut(cell, between)
		if !parted {
			continue
		}
		from, _, err1 := parseDate(first, order)
		to, _, err2 := parseDate(last, order)
		var ambiguous errAmbiguousDate
		switch err := cmp.Or(err1, err2); {
		case err == nil && to.Before(from):
			return "", fmt.Errorf("%q ends before it begins", cell)
		case err == nil:
			return called(from.String() + "/" + to.String()), nil
		case errors.As(err, &ambiguous):
			return "", err
		}
	}
	return "", nil
}

// called is a period of two dates by its name, where it has one: 2026-10-01/2026-12-31 is 2026-Q4.
func called(period string) string {
	span, err := okr.ParsePeriod(period)
	if err != nil {
		return period
	}
	year, month := span.First.Year, int(span.First.Month)
	for _, name := range []string{
		fmt.Sprintf("%d", year), fmt.Sprintf("%d-H%d", year, (month+5)/6), fmt.Sprintf("%d-Q%d", year, (month+2)/3), fmt.Sprintf("%d-%02d", year, month),
	} {
		if named, err := okr.ParsePeriod(name); err == nil && named == span {
			return name
		}
	}
	return period
}
