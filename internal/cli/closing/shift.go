package closing

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// shift moves the dates of one period into another.
type shift struct{ from, to okr.Period }

// move moves a day by as many whole months as lie between the starts of the periods, or by days where those are not the first
// of a month. The last day of a month becomes the last day of a month. What would lie outside the period becomes its first or
// its last day.
func (s shift) move(day okr.Date) okr.Date {
	moved := day
	if s.from.First.Day == 1 && s.to.First.Day == 1 {
		moved = addMonths(day, 12*(s.to.First.Year-s.from.First.Year)+int(s.to.First.Month)-int(s.from.First.Month))
	} else {
		moved = day.AddDays(s.from.First.DaysUntil(s.to.First))
	}
	switch {
	case day == s.from.Last || s.to.Last.Before(moved):
		return s.to.Last
	case moved.Before(s.to.First):
		return s.to.First
	}
	return moved
}

func addMonths(day okr.Date, months int) okr.Date {
	first := time.Date(day.Year, day.Month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := lastOf(first.Year(), first.Month())
	if day.Day == lastOf(day.Year, day.Month) || day.Day > last {
		return okr.Date{Year: first.Year(), Month: first.Month(), Day: last}
	}
	return okr.Date{Year: first.Year(), Month: first.Month(), Day: day.Day}
}

func lastOf(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// date moves a date of the API; false if it is none.
func (s shift) date(d v1alpha1.Date) (string, bool) {
	day, err := okr.ParseDate(d.String())
	if err != nil {
		return "", false
	}
	return s.move(day).String(), true
}

// kinds are the periods that have a name, by their number of months.
var kinds = map[string]int{"": 12, "H": 6, "Q": 3, "M": 1}

// named is a period of a kind, by the year and the number in it.
func named(kind string, year, number int) string {
	switch kind {
	case "":
		return fmt.Sprintf("%04d", year)
	case "M":
		return fmt.Sprintf("%04d-%02d", year, number)
	default:
		return fmt.Sprintf("%04d-%s%d", year, kind, number)
	}
}

var periodName = regexp.MustCompile(`^([0-9]{4})(?:-([HQ]?)([0-9]{1,2}))?$`)

// following is the period after one, of the same kind or the same length.
func following(period string) (string, error) {
	p, err := okr.ParsePeriod(period)
	if err != nil {
		return "", err
	}
	parts := periodName.FindStringSubmatch(period)
	if parts == nil {
		first := p.Last.AddDays(1)
		last := first.AddDays(p.Days() - 1)
		if p.First.Day == 1 && first.Day == 1 { // whole months
			months := 12*(first.Year-p.First.Year) + int(first.Month) - int(p.First.Month)
			end := addMonths(first, months)
			last = end.AddDays(-1)
		}
		return first.String() + "/" + last.String(), nil
	}
	year, kind, number := p.First.Year, parts[2], 1
	if parts[3] != "" {
		if number, err = strconv.Atoi(parts[3]); err != nil {
			return "", err
		}
		if kind == "" {
			kind = "M"
		}
	}
	if number++; number > 12/kinds[kind] {
		year, number = year+1, 1
	}
	return named(kind, year, number), nil
}

// variants are the ways in which people write a cycle inside a name, in small letters, the longest first: 2026-q4, q4-2026,
// 2026q4, q4. Those of another cycle of the same form stand in the same order.
func variants(cycle string) []string {
	parts := cycleName.FindStringSubmatch(strings.ToLower(cycle))
	if parts == nil {
		return []string{slug(cycle)}
	}
	year, part := parts[1], parts[2]
	return []string{year + "-" + part, part + "-" + year, year + part, part + year, year + "." + part, part}
}

var cycleName = regexp.MustCompile(`^((?:fy)?[0-9]{2,4})-([hq][0-9])$`)

var unfit = regexp.MustCompile(`[^a-z0-9]+`)

// slug is a text as it can stand in a name.
func slug(text string) string {
	return strings.Trim(unfit.ReplaceAllString(strings.ToLower(text), "-"), "-")
}

// successor is the name of the same thing in another cycle: with the one in place of the other where the name has it, else
// with the new one behind it.
func successor(name, from, to string) string {
	if renamed, found := replaced(name, from, to); found {
		return renamed
	}
	return name + "-" + slug(to)
}

// replaced is a name with another cycle in place of the one that it has; false if it has none. Capital letters stay so.
func replaced(name, from, to string) (string, bool) {
	old, next := variants(from), variants(to)
	for i, variant := range old {
		with := slug(to)
		if len(next) == len(old) {
			with = next[i]
		}
		pattern := regexp.MustCompile(`(?i)(^|[^a-zA-Z0-9])(` + regexp.QuoteMeta(variant) + `)($|[^a-zA-Z0-9])`)
		found := pattern.FindStringSubmatchIndex(name)
		if found == nil {
			continue
		}
		if was := name[found[4]:found[5]]; was != strings.ToLower(was) {
			with = strings.ToUpper(with)
		}
		return name[:found[4]] + with + name[found[5]:], true
	}
	return name, false
}

// nextLabel is the label of the cycle after one, such as FY28-Q1 after FY27-Q4; false if that cannot be told.
func nextLabel(label string) (string, bool) {
	parts := labelName.FindStringSubmatch(label)
	if parts == nil {
		return "", false
	}
	year, err := strconv.Atoi(parts[2])
	if err != nil {
		return "", false
	}
	bump := func() string { return fmt.Sprintf("%s%0*d", parts[1], len(parts[2]), year+1) }
	if parts[4] == "" {
		return bump(), true
	}
	number, last := int(parts[5][0]-'0'), map[string]int{"Q": 4, "H": 2}[strings.ToUpper(parts[4])]
	if number >= last {
		return bump() + parts[3] + parts[4] + "1", true
	}
	return fmt.Sprintf("%s%s%s%s%d", parts[1], parts[2], parts[3], parts[4], number+1), true
}

var labelName = regexp.MustCompile(`^([A-Za-z]*[ -]?)([0-9]{2,4})(?:([ -]?)([QqHh])([1-4]))?$`)
