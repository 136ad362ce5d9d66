package prom

import (
	"testing"
	"time"

	"okr.dev/controller/internal/sample"
)

func TestSent(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	q := sample.Question{Query: `sum(rate(a{namespace="$__namespace"}[$__window]))`, Window: time.Hour, Namespace: "shop"}
	theirs := q
	theirs.Tenant = mine
	nobody := q
	nobody.Tenant = sample.Tenant{Label: "ns"}
	early := sample.Question{Query: "increase(a[$__elapsed])", Start: at.Unix()}
	cases := []struct {
		reason string
		q      sample.Question
		want   string
	}{
		{"placeholders are replaced", q, `sum(rate(a{namespace="shop"}[1h]))`},
		{"and the tenant's matcher added", theirs, `sum(rate(a{namespace="shop",ns="mine"}[1h]))`},
		{"without a tenant's name nothing is sent", nobody, ""},
		{"nor before five minutes have passed", early, ""},
	}
	for _, c := range cases {
		if got, err := Sent(c.q, at); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: got %q, %v", c.reason, got, err)
		}
	}
}
