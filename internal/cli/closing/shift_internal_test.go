package closing

import (
	"testing"

	"okr.dev/controller/internal/okr"
)

func TestMove(t *testing.T) {
	for _, c := range []struct{ reason, from, to, day, want string }{
		{"by three months", "2026-Q4", "2027-Q1", "2026-11-15", "2027-02-15"},
		{"the last of a month stays that", "2026-Q3", "2026-Q4", "2026-09-30", "2026-12-31"},
		{"in February too", "2026-Q4", "2027-Q1", "2026-11-30", "2027-02-28"},
		{"a month that is shorter", "2026-Q4", "2027-Q1", "2026-11-29", "2027-02-28"},
		{"a leap year", "2027-Q4", "2028-Q1", "2027-11-30", "2028-02-29"},
		{"the last day becomes the last day", "2026-Q4", "2027-H1", "2026-12-31", "2027-06-30"},
		{"two quarters", "2026-Q3", "2027-Q1", "2026-07-10", "2027-01-10"},
		{"years", "2026", "2027", "2026-05-31", "2027-05-31"},
		{"what would lie beyond the end", "2026-Q4", "2027-01", "2026-12-15", "2027-01-31"},
		{"what lies before the start", "2026-Q4", "2027-Q1", "2026-09-15", "2027-01-01"},
		{"by days, where no month begins", "2026-10-15/2026-12-31", "2027-01-01/2027-03-19", "2026-11-01", "2027-01-18"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			s := shift{period(t, c.from), period(t, c.to)}
			day, err := okr.ParseDate(c.day)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.move(day).String(); got != c.want {
				t.Errorf("%s becomes %s, want %s", c.day, got, c.want)
			}
		})
	}
}

func period(t *testing.T, text string) okr.Period {
	t.Helper()
	p, err := okr.ParsePeriod(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFollowing(t *testing.T) {
	for of, want := range map[string]string{
		"2026": "2027", "2026-H1": "2026-H2", "2026-H2": "2027-H1", "2026-Q1": "2026-Q2", "2026-Q4": "2027-Q1", "2026-09": "2026-10", "2026-12": "2027-01",
		"2026-08-01/2026-12-31": "2027-01-01/2027-05-31", "2026-10-15/2026-10-21": "2026-10-22/2026-10-28", "2026-01-12/2027-01-11": "2027-01-12/2028-01-11",
	} {
		if got, err := following(of); err != nil || got != want {
			t.Errorf("%s is followed by %s, want %s (%v)", of, got, want, err)
		}
	}
	if _, err := following("soon"); err == nil {
		t.Error("soon is followed by something")
	}
}

func TestSuccessor(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"credibility", "2026-Q4", "2027-Q1", "credibility-2027-q1"},
		{"credibility-2026-q4", "2026-Q4", "2027-Q1", "credibility-2027-q1"},
		{"q4-2026-credibility", "2026-Q4", "2027-Q1", "q1-2027-credibility"},
		{"credibility-q4", "2026-Q4", "2027-Q1", "credibility-q1"},
		{"faq4", "2026-Q4", "2027-Q1", "faq4-2027-q1"},
		{"lead-2026q4", "2026-Q4", "2027-Q1", "lead-2027q1"},
		{"growth-2026", "2026", "2027", "growth-2027"},
		{"growth-h2", "2026-H2", "2027-H1", "growth-h1"},
		{"growth-2026-10", "2026-10", "2026-11", "growth-2026-11"},
		{"growth-fy27-q1", "FY27-Q1", "FY27-Q2", "growth-fy27-q2"},
		{"growth-q4", "2026-Q4", "2027-H1", "growth-h1"},
		{"growth", "2026-10-01/2026-12-15", "2027-01-01/2027-03-15", "growth-2027-01-01-2027-03-15"},
		{"2026-Q4.yaml", "2026-Q4", "2027-Q1", "2027-Q1.yaml"},
	} {
		if got := successor(c.name, c.from, c.to); got != c.want {
			t.Errorf("%s after %s becomes %s, want %s", c.name, c.from, got, c.want)
		}
	}
}

func TestNextLabel(t *testing.T) {
	for label, want := range map[string]string{"FY27-Q1": "FY27-Q2", "FY27-Q4": "FY28-Q1", "FY27": "FY28", "2026-H2": "2027-H1", "2099": "2100", "FY09 Q4": "FY10 Q1", "Autumn": "", "FY27-Q7": ""} {
		if got, ok := nextLabel(label); got != want || ok != (want != "") {
			t.Errorf("%s is followed by %q, want %q", label, got, want)
		}
	}
}
