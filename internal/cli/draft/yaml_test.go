package draft

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	k8syaml "sigs.k8s.io/yaml"
)

// read is what YAML 1.1 makes of a text in the three places where one is written.
func read(t *testing.T, text string) (plain, inFlow, asBlock string) {
	t.Helper()
	document := comment(text, 0) + "spec:\n" + comment(text, 2) + "  plain: " + scalar(text) + "\n  flow: {a: " + scalar(text) + ", b: x}\n  block:" + block(text, 2) + "\n  end: x\n"
	var got struct {
		Spec struct {
			Plain, Block, End string
			Flow              struct{ A, B string }
		}
	}
	if err := k8syaml.UnmarshalStrict([]byte(document), &got); err != nil {
		t.Fatalf("%q: %v\n%s", text, err, document)
	}
	if got.Spec.End != "x" || got.Spec.Flow.B != "x" {
		t.Errorf("%q leaks into what follows:\n%s", text, document)
	}
	return got.Spec.Plain, got.Spec.Flow.A, got.Spec.Block
}

// Whatever somebody types is read back as that, and as nothing else: it ends neither its line nor its comment.
func TestTextIsReadBack(t *testing.T) {
	long := strings.Repeat("What was seen, and what it comes from: five whys. ", 9)
	texts := []string{
		"", "Checkout feels instant", "yes", "No", "on", "null", "~", "2026", "2026-10-01", "1e3", "0x10", "1:30", "12.50", ".5", "#sales", "a #b", "a: b", "a:",
		"- a", "*a", "&a", "!a", "%", "@kim", "`x`", "'x'", `"x"`, `C:\dir`, "{a: b}", "[a]", "a, b", "?", "|", ">", "---", "...", "a\nb", "a\n---\nkind: Secret",
		"a\n\nb", "\na", "a\n", " a", "a ", "a\tb", "a  b", "\x1b[31mred", "\x00", "a\u0085b", "a\u2028b", "\ufeffa", "\u200f", "Müller → ≥ 99 %", "日本語", "😀", "\xff\xfe",
		long, strings.TrimSpace(long), strings.TrimSpace(long) + "\n" + strings.TrimSpace(long), strings.Repeat("x", 300), "\r\na\r\nb", "e\u0301", "<<", "=", "y", "n",
	}
	alphabet := []rune("ab yn01 :#-,{}[]&*!|>'\"%@`\\\n\t~.?=\u0085\u2028\u00a0é日\x1b")
	source := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var b strings.Builder
		for range source.IntN(160) {
			b.WriteRune(alphabet[source.IntN(len(alphabet))])
		}
		texts = append(texts, b.String())
	}
	for _, text := range texts {
		want := strings.ToValidUTF8(text, "\uFFFD")
		if !utf8.ValidString(want) {
			t.Fatalf("%q", want)
		}
		plain, inFlow, asBlock := read(t, text)
		if plain != want || inFlow != want || asBlock != want {
			t.Errorf("%q is read as %q, in flow style %q, as a block %q", want, plain, inFlow, asBlock)
		}
	}
}

func TestNames(t *testing.T) {
	cases := map[string]struct{ reason, title, want string }{
		"Plain":    {"words become a label", "Checkout feels instant", "checkout-feels-instant"},
		"Signs":    {"signs part words, apostrophes do not", "Customers' first reply: we don't wait!", "customers-first-reply-we-dont-wait"},
		"Accents":  {"letters lose their accents", "Größere Räume für Élodie", "groessere-raeume-fuer-elodie"},
		"Percent":  {"a percent sign is a word", "50% of trials", "50-percent-of-trials"},
		"Long":     {"a name is cut between words", "Every customer who has ever waited for an answer gets one at once", "every-customer-who-has-ever-waited-for-an-answer"},
		"LongWord": {"a word that is too long is cut", strings.Repeat("x", 90), strings.Repeat("x", maxName)},
		"Foreign":  {"a script without small letters gives none", "顧客に愛される", ""},
		"Empty":    {"nothing is nothing", "", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := nameOf(tc.title); got != tc.want {
				t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
	taken := names{}
	if a, b, c := taken.take("A", "x"), taken.take("A", "x"), taken.take("顧客", "x"); a != "a" || b != "a-2" || c != "x" {
		t.Errorf("names are unique: %s %s %s", a, b, c)
	}
}
