package prom

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"okr.dev/controller/internal/sample"
)

// elapsedStandIn stands for $__elapsed while a template is read without knowing the start. It is a duration that
// nobody writes (a prime number of seconds), so that it is recognized in the parsed query.
const elapsedStandIn = 15485863 * time.Second

// maxProblem bounds the length of Expression.Problem, in bytes.
const maxProblem = 1024

// promql is the parser of everything in this package. Experimental functions and features stay off: they would
// parse here and not at the server, or mean something else in its next version.
var promql = parser.NewParser(parser.Options{})

// Analyze reads a query template without asking anybody. window is metric.window, zero if there is none. What is
// wrong with the template is told in Expression.Problem, one stable line of at most 1 KiB; the other fields are
// then filled as far as they are known.
func Analyze(template string, window time.Duration) sample.Expression {
	e, err := expand(template, func(name string) (string, error) {
		switch name {
		case windowPlaceholder:
			return windowText(window)
		case elapsedPlaceholder:
			return model.Duration(elapsedStandIn).String(), nil
		default:
			return name, nil // itself: it stands inside quotes, where it parses
		}
	})
	found := sample.Expression{
		Elapsed:    e.used[elapsedPlaceholder],
		Windowed:   e.used[windowPlaceholder],
		Namespaced: e.used[namespacePlaceholder],
	}
	if err != nil {
		found.Problem = problem(err)
		return found
	}
	expr, err := parse(e.text)
	if err != nil {
		found.Problem = problem(located(err, template, e))
		return found
	}
	found.Canonical = canonical(expr, found.Elapsed)
	found.LongestRange = longestRange(expr)
	found.Several = mayBeMany(expr)
	found.LongestRawRange = rawRange(expr)
	found.ShortestRange = shortestRange(expr)
	found.Pushed = pushed(expr) && !looksAtAge(expr)
	return found
}

// canonical prints a parsed query, with the stand-in turned back into the placeholder.
func canonical(expr parser.Expr, elapsed bool) string {
	text := expr.String()
	if !elapsed {
		return text
	}
	return strings.ReplaceAll(text, model.Duration(elapsedStandIn).String(), elapsedPlaceholder)
}

// parse parses a rendered query and admits only what can be one number.
func parse(text string) (parser.Expr, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("the query is empty: write a PromQL expression that gives one number, such as sum(up)")
	}
	expr, err := promql.ParseExpr(text)
	if err != nil {
		return nil, err
	}
	switch expr.Type() {
	case parser.ValueTypeScalar, parser.ValueTypeVector:
		return expr, nil
	case parser.ValueTypeMatrix:
		return nil, errors.New("the query gives a range of values, not one: wrap it in a function such as " +
			"avg_over_time(…) or sum(increase(…))")
	default:
		return nil, fmt.Errorf("the query gives a %s, not a number: wrap it, or write an expression that gives one number, "+
			"such as sum(up)", expr.Type())
	}
}

// located tells where in the template, rather than in the text that was parsed, a parse error is.
func located(err error, template string, e expansion) error {
	var several parser.ParseErrors
	if !errors.As(err, &several) || len(several) == 0 {
		return err
	}
	first := several[0]
	what := strings.ReplaceAll(first.Err.Error(), model.Duration(elapsedStandIn).String(), elapsedPlaceholder)
	at := position(template, e.origin(int(first.PositionRange.Start)))
	if strings.Contains(what, "experimental") || strings.Contains(what, "not enabled") {
		what += "; write PromQL without experimental functions"
	}
	return fmt.Errorf("the query does not parse at %s: %s", at, what)
}

// problem prints an error as one line of at most 1 KiB.
func problem(err error) string { return brief(err.Error(), maxProblem) }

// brief makes text one line of printable characters, cut to at most limit bytes (limit ≥ 3) at a character's
// boundary.
func brief(text string, limit int) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), isBlank), " ")
	if len(text) <= limit {
		return text
	}
	const mark = "…"
	cut := limit - len(mark)
	for cut > 0 && text[cut]&0xC0 == 0x80 {
		cut--
	}
	return text[:cut] + mark
}

func isBlank(r rune) bool { return r <= ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }
