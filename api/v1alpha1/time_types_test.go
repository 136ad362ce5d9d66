package v1alpha1_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

func TestDuration(t *testing.T) {
	tests := []struct {
		reason string
		give   v1alpha1.Duration
		want   time.Duration
	}{
		{"seconds", "30s", 30 * time.Second},
		{"two units", "1h30m", 90 * time.Minute},
		{"days, which Go does not know", "28d", 28 * 24 * time.Hour},
		{"a week", "1w", 7 * 24 * time.Hour},
		{"a year of 365 days", "1y", 365 * 24 * time.Hour},
		{"nothing", "0s", 0},
		{"absent", "", 0},
		{"not a duration, which the schema does not admit", "soon", 0},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			if got := test.give.Duration(); got != test.want {
				t.Errorf("%q is %v, want %v", test.give, got, test.want)
			}
		})
	}
}

// The longest of everything is still a time.Duration: no unit of an admitted duration can carry it over the edge.
func TestLongestDurationDoesNotOverflow(t *testing.T) {
	longest := "9y999w9999d99999h9999999m999999999s999999999999ms"
	if !schemaPattern(t, "not a duration").MatchString(longest) {
		t.Fatalf("%s is not admitted: adapt this test to the pattern", longest)
	}
	parsed, err := model.ParseDuration(longest)
	if err != nil || time.Duration(parsed) < 100*365*24*time.Hour {
		t.Errorf("got %v (%v), want more than 100 years", parsed, err)
	}
}

func FuzzDuration(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		f.Add(randomDuration(random))
	}
	for _, seed := range []string{"0s", "00m", "1ms", "1m1ms", "1m1s", "1", "", "ms", "1mo", "-5m", "1h1d"} {
		f.Add(seed)
	}
	admits := schemaPattern(f, "not a duration")
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || !admits.MatchString(text) {
			return
		}
		parsed, err := model.ParseDuration(text)
		if err != nil {
			t.Fatalf("%q is admitted and Prometheus does not parse it: %v", text, err)
		}
		if parsed < 0 {
			t.Errorf("%q overflows to %v", text, parsed)
		}
		if got := v1alpha1.Duration(text).Duration(); got != time.Duration(parsed) {
			t.Errorf("%q is %v, want %v", text, got, parsed)
		}
	})
}

// randomDuration writes some units in order, each with as many digits as comes.
func randomDuration(random *rand.Rand) string {
	var text strings.Builder
	for _, unit := range []struct {
		name   string
		digits int
	}{{"y", 1}, {"w", 3}, {"d", 4}, {"h", 5}, {"m", 7}, {"s", 9}, {"ms", 12}} {
		if random.IntN(2) == 0 {
			continue
		}
		for range 1 + random.IntN(unit.digits) {
			text.WriteByte(byte('0' + random.IntN(10)))
		}
		text.WriteString(unit.name)
	}
	return text.String()
}

// The API server's calendar is Go's: a day is admitted exactly if it exists.
func TestDatesExist(t *testing.T) {
	s := server(t)
	for _, year := range []int{2000, 2027, 2028, 2100} {
		for month := 0; month <= 13; month++ {
			for _, day := range []int{0, 1, 28, 29, 30, 31, 32} {
				date := fmt.Sprintf("%04d-%02d-%02d", year, month, day)
				_, err := time.Parse(time.DateOnly, date)
				exists := err == nil
				err = s.Create(t.Context(), compose(t, "KeyResult", smallKeyResult, "dueOn: "+date), client.DryRunAll)
				if (err == nil) != exists {
					t.Errorf("%s exists: %v; the API server: %v", date, exists, err)
				}
				for _, period := range []string{date + "/2999-12-31", "1970-01-01/" + date} {
					err = s.Create(t.Context(), compose(t, "Objective", smallObjective, "period: "+period), client.DryRunAll)
					if (err == nil) != exists {
						t.Errorf("%s: %s exists: %v; the API server: %v", period, date, exists, err)
					}
				}
			}
		}
	}
}
