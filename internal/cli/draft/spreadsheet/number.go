package spreadsheet

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"unicode"
)

// Number is a number as the API takes it, such as 1200 or 12.5, and the unit that stood beside it.
type Number struct{ Text, Unit string }

var (
	// written are the parts of a cell with a number: what stands before it, its digits, and what stands behind it.
	written = regexp.MustCompile(`^([^\d.,()+−-]*)(\(?[+−-]?[\d.,][\d.,'’\s\x{202f}]*\)?)(.*)$`)
	// comparison is what may stand before a target.
	comparison = regexp.MustCompile(`^(?:>=|<=|≥|≤|>|<|~|≈|at least|at most|up to|min\.?|max\.?)\s*`)
)

// currency is what may stand before a number and has letters.
var currency = regexp.MustCompile(`^(?:(?:US|A|C|AU|CA|NZ|HK|R|S)\$|(?i:usd|eur|gbp|chf|jpy|cny|inr|aud|cad|nzd|sek|nok|dkk|pln|czk|huf|brl|mxn|zar|sgd|hkd|krw|rs|kr|fr)\.?)$`)

// scales are what multiplies a number: thousands, millions and billions.
var scales = map[string]int64{"k": 1e3, "thousand": 1e3, "tsd": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}

// decimalForm is that of a number in the API.
var decimalForm = regexp.MustCompile(`^-?[0-9]{1,15}([.][0-9]{1,9})?$`)

// errWords is a cell that holds no number at all.
var errWords = errors.New("it is not a number")

// convention is how a sheet writes fractions.
type convention struct {
	// decimal is '.' or ','; 0 is not known.
	decimal rune
	// said is true where somebody said so, rather than another cell.
	said bool
}

// errAmbiguous is a number that has two readings; its text names both.
type errAmbiguous struct{ text, whole, fraction string }

func (e errAmbiguous) Error() string {
	return fmt.Sprintf("%q may be %s or %s: write one of them, or say --decimal . or --decimal ,", e.text, e.whole, e.fraction)
}

// mostDigits is how long the digits of a cell are at most, with what separates them, lest a cell takes minutes.
const mostDigits = 100

// errDigits is a number that the API has no room for.
type errDigits struct{ cell string }

func (e errDigits) Error() string {
	return fmt.Sprintf("%q has too many digits: write up to 15 before the point and 9 behind it", brief(e.cell))
}

// brief is what a cell begins with, to be named in a message.
func brief(cell string) string {
	const most = 80
	if letters := []rune(one(cell)); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return one(cell)
}

// parseNumber reads a number with its unit.
func parseNumber(cell string, c convention) (Number, error) {
	rest := comparison.ReplaceAllString(strings.TrimSpace(cell), "")
	parts := written.FindStringSubmatch(rest)
	if len(parts) == 0 || !strings.ContainsFunc(parts[2], unicode.IsDigit) {
		return Number{}, errWords
	}
	before, digits, behind := strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2]), strings.TrimSpace(parts[3])
	if strings.ContainsFunc(behind, unicode.IsDigit) || strings.ContainsFunc(before, unicode.IsLetter) && !currency.MatchString(before) {
		return Number{}, errWords
	}
	negative := false
	if strings.HasPrefix(digits, "(") && strings.HasSuffix(digits, ")") { // as accountants write it
		negative, digits = true, digits[1:len(digits)-1]
	}
	if strings.ContainsAny(digits, "()") {
		return Number{}, errWords
	}
	if bare := strings.TrimLeft(digits, "-−"); bare != digits {
		negative, digits = !negative, bare
	}
	if len(digits) > mostDigits {
		return Number{}, errDigits{cell}
	}
	text, err := normal(strings.TrimPrefix(digits, "+"), c)
	if err != nil {
		return Number{}, err
	}
	unit, scale := unitOf(before, behind)
	text = scaled(text, scale)
	if negative && strings.Trim(text, "0.") != "" {
		text = "-" + text
	}
	if !decimalForm.MatchString(text) {
		return Number{}, errDigits{cell}
	}
	return Number{text, unit}, nil
}

// unitOf is the unit that stands before or behind a number, and what multiplies it.
func unitOf(before, behind string) (string, int64) {
	first, more, _ := strings.Cut(behind, " ")
	scale, scales := int64(1), scales[strings.ToLower(strings.TrimRight(first, "."))]
	// "5 m" is five metres, and "$ 5 m" five millions.
	if scales > 0 && (first != "m" || before != "") {
		scale, behind = scales, strings.TrimSpace(more)
	}
	if before == "" {
		return behind, scale
	}
	return strings.TrimSpace(before + " " + behind), scale
}

func scaled(text string, scale int64) string {
	if scale == 1 {
		return text
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return text
	}
	return trimmed(r.Mul(r, new(big.Rat).SetInt64(scale)).FloatString(9))
}

// trimmed is a decimal without zeros that say nothing.
func trimmed(text string) string {
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	text = strings.TrimLeft(text, "0")
	if text == "" || text[0] == '.' {
		text = "0" + text
	}
	return text
}

// normal reads digits with separators.
func normal(digits string, c convention) (string, error) {
	spaced := strings.IndexFunc(digits, func(r rune) bool { return unicode.IsSpace(r) || r == '\'' || r == '’' }) >= 0
	plain := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, digits)
	decimal, ambiguous := evidence(plain, spaced)
	if ambiguous {
		decimal = c.decimal
		if decimal == 0 {
			at := strings.IndexAny(plain, ".,")
			return "", errAmbiguous{digits, plain[:at] + plain[at+1:], trimmed(plain[:at] + "." + plain[at+1:])}
		}
	}
	if c.said && decimal != 0 && decimal != c.decimal {
		return "", fmt.Errorf("%q has another decimal sign than --decimal %c says", digits, c.decimal)
	}
	whole, fraction := plain, ""
	if decimal != 0 {
		if at := strings.LastIndex(plain, string(decimal)); at >= 0 {
			whole, fraction = plain[:at], plain[at+1:]
		}
	}
	if !grouped(whole) || strings.ContainsAny(fraction, ".,") || len(fraction) > 9 {
		return "", errWords
	}
	whole = strings.NewReplacer(".", "", ",", "").Replace(whole)
	if fraction == "" {
		return trimmed(whole), nil
	}
	return trimmed(whole + "." + fraction), nil
}

// evidence is the decimal sign that a number has without doubt, or the one that it leaves when the other separates thousands;
// 0 where it tells nothing. ambiguous says that its one separator may be either. spaced says that thousands are separated
// otherwise.
func evidence(plain string, spaced bool) (decimal rune, ambiguous bool) {
	points, commas := strings.Count(plain, "."), strings.Count(plain, ",")
	sign, other := '.', ','
	if commas > 0 && points == 0 {
		sign, other = ',', '.'
	}
	switch {
	case points+commas == 0:
		return 0, false
	case points > 0 && commas > 0:
		return rune(plain[strings.LastIndexAny(plain, ".,")]), false
	case points+commas > 1:
		return other, false
	}
	at := strings.IndexByte(plain, byte(sign))
	before, behind := plain[:at], plain[at+1:]
	if spaced || len(behind) != 3 || before == "" || len(before) > 3 || before[0] == '0' {
		return sign, false
	}
	return 0, true
}

// grouped reports whether thousands are separated every three digits, by one sign, or not at all.
func grouped(whole string) bool {
	if strings.Contains(whole, ".") && strings.Contains(whole, ",") {
		return false
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' })
	for i, group := range groups {
		if i > 0 && len(group) != 3 || i == 0 && len(groups) > 1 && len(group) > 3 {
			return false
		}
	}
	return len(groups) == 1+strings.Count(whole, ".")+strings.Count(whole, ",") || whole == ""
}
