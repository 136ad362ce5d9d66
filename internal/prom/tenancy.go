package prom

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"okr.dev/controller/internal/sample"
)

// tenantKey is the context's key for the sample.Tenant of the question that a request belongs to.
type tenantKey struct{}

// tenantValue is what the value of a tenant may be: that of a label in Kubernetes. Above all it is not empty, for
// label="" selects the series that nobody has labelled.
var tenantValue = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)

// errUnfaithful says that a confined query does not read back as it was meant. PromQL's printer drops what is finer
// than a millisecond; whatever else it may do wrong ends here too.
var errUnfaithful = errors.New("the query cannot be confined to one tenant, for it would mean something else when it is " +
	"read again: write lengths of time in whole milliseconds, or the query more simply")

// maxConfined bounds a confined query, in bytes: a matcher in each of thousands of selectors, and numbers that are
// printed with all their digits, would make much of little.
const maxConfined = 64 << 10

// errLarge is why a longer one is not sent.
var errLarge = errors.New("the query would be longer than 64 KiB with the tenant's matcher in every selector: write it more simply")

// checkTenant returns why nothing may be asked for a tenant. The API admits no such source; this is the last gate.
func checkTenant(t sample.Tenant) error {
	if t.Label != "" && (!model.LegacyValidation.IsValidLabelName(t.Label) || t.Label == model.MetricNameLabel) {
		return fmt.Errorf("%q cannot be the label of a tenant", brief(t.Label, 64))
	}
	if t.Label != "" && !tenantValue.MatchString(t.LabelValue) || t.Header != "" && !tenantValue.MatchString(t.HeaderValue) {
		return errors.New("which tenant it is asked for is not known, or its name is not the value of a label")
	}
	return nil
}

// confine returns a rendered query in which every vector selector has the tenant's exact matcher beside its own, so
// that no part of it reads another tenant's series. It believes neither its walk nor PromQL's printer: the text is
// parsed again, and refused unless every selector in it has the matcher and it is the query that was confined.
func confine(text string, t sample.Tenant) (string, error) {
	expr, err := parse(text)
	if err != nil {
		return "", err
	}
	selectors, shape := walk(expr)
	for _, s := range selectors {
		if !confined(s, t) {
			only := &labels.Matcher{Type: labels.MatchEqual, Name: t.Label, Value: t.LabelValue}
			s.LabelMatchers = append([]*labels.Matcher{only}, s.LabelMatchers...)
		}
	}
	if text = printed(expr); len(text) > maxConfined {
		return "", errLarge
	}
	again, err := parse(text)
	if err != nil {
		return "", errUnfaithful
	}
	selectors, shapeAgain := walk(again)
	for _, s := range selectors {
		if !confined(s, t) {
			return "", errUnfaithful
		}
	}
	if printed(again) != text || !slices.Equal(shape, shapeAgain) {
		return "", errUnfaithful
	}
	return text, nil
}

// printed prints a query, numbers as numbers: PromQL's printer cuts 1001ms, written as a number, to 1s.
func printed(expr parser.Expr) string {
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if number, ok := node.(*parser.NumberLiteral); ok {
			number.Duration = false
		}
		return nil
	})
	return expr.String()
}

// part is what one node is in the shape of a query.
type part struct {
	kind reflect.Type
	// number is the bits of a number's value: NaN is NaN.
	number uint64
	text   string
	// lengths are its lengths of time: range, step and offset.
	lengths [3]time.Duration
}

// walk returns every vector selector of a query and its shape: its nodes in depth-first order, with nothing where one
// ends. A kind of node that the parser itself does not know the children of panics, which the one who asks survives:
// nothing is sent.
func walk(expr parser.Expr) (selectors []*parser.VectorSelector, shape []part) {
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		this := part{kind: reflect.TypeOf(node)}
		switch n := node.(type) {
		case *parser.VectorSelector:
			selectors = append(selectors, n)
			this.lengths[2] = n.OriginalOffset
		case *parser.MatrixSelector:
			this.lengths[0] = n.Range
		case *parser.SubqueryExpr:
			this.lengths = [3]time.Duration{n.Range, n.Step, n.OriginalOffset}
		case *parser.NumberLiteral:
			this.number = math.Float64bits(n.Val)
		case *parser.StringLiteral:
			this.text = n.Val
		}
		shape = append(shape, this)
		return nil
	})
	return selectors, shape
}

// confined reports whether a selector has the tenant's exact matcher. Others beside it only narrow it further.
func confined(s *parser.VectorSelector, t sample.Tenant) bool {
	return slices.ContainsFunc(s.LabelMatchers, func(m *labels.Matcher) bool {
		return m.Type == labels.MatchEqual && m.Name == t.Label && m.Value == t.LabelValue
	})
}
