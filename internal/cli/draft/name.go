package draft

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxName is how long a name that is made of a title becomes: short enough to be typed, and to be given a number.
const maxName = 50

// nameOf makes a DNS label of a title; empty if the title has nothing for it, as one in Chinese.
func nameOf(title string) string {
	var words []string
	word := func(r rune) bool { return r < 'a' || r > 'z' }
	notDigit := func(r rune) bool { return r < '0' || r > '9' }
	for _, w := range strings.FieldsFunc(spell(title), func(r rune) bool { return word(r) && notDigit(r) }) {
		if words = append(words, w); len(strings.Join(words, "-")) > maxName {
			words = words[:len(words)-1]
			break
		}
	}
	if name := strings.Join(words, "-"); name != "" || len(title) == 0 {
		return name
	}
	first := strings.FieldsFunc(spell(title), func(r rune) bool { return word(r) && notDigit(r) })
	if len(first) == 0 {
		return ""
	}
	return first[0][:maxName] // one word that is too long by itself
}

// spell writes a text in small letters of ASCII, as far as it can be; what is inside a word and no letter joins its sides.
func spell(text string) string {
	text = letters.Replace(strings.ToLower(text))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, norm.NFKD.String(text))
}

var letters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "å", "a", "ł", "l", "đ", "d",
	"ð", "d", "þ", "th", "ı", "i", "%", " percent ", "&", " and ", "€", " euro ", "$", " dollar ")

// names gives out names that are unique among those that it gave out.
type names map[string]bool

// take is the name made of a title, or of fallback where the title has nothing for one; a number makes it unique.
func (n names) take(title, fallback string) string {
	name := nameOf(title)
	if name == "" {
		name = fallback
	}
	numbered := func(i int) string {
		if i == 1 {
			return name
		}
		return name + "-" + strconv.Itoa(i)
	}
	taken, free := 0, 1
	for n[numbered(free)] {
		taken, free = free, 2*free
	}
	for free-taken > 1 { // thousands of rows may have one title
		if middle := (taken + free) / 2; n[numbered(middle)] {
			taken = middle
		} else {
			free = middle
		}
	}
	n[numbered(free)] = true
	return numbered(free)
}
