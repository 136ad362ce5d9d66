package draft

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// answers are what somebody says about an objective, as text.
type answers struct {
	title, description, rationale    string
	team, person, contact            string
	level, period, cycle, startOn    string
	timeZone, ambition, checkInEvery string
	kpis, keyResults, actions        []string
	parent                           string
}

// question asks for one answer: as a flag, or in words.
type question struct {
	flag string
	// ask is the question, why says in a line what to think of; usage is the flag's, where that is another text.
	ask, why, usage string
	into            func(*answers) *string
	// check says what is wrong with an answer that is not empty.
	check func(string) error
	// fallback is taken where nothing is said; nil: nothing.
	fallback func(*drafting) string
	// unasked says that it is a flag only; needed that there must be an answer.
	unasked, needed bool
}

// questions in the order in which they are asked.
func questions() []question {
	return []question{
		{flag: "title", usage: "What will be true at the end, in words that people remember.", needed: true, ask: "What do you want to be true at the end?", why: "In words that people remember, and without numbers: those are the key results.", check: atMost(253),
			into: func(a *answers) *string { return &a.title }, fallback: (*drafting).titleByKPI},
		{flag: "description", unasked: true, why: "Why it matters now.", check: atMost(2048),
			into: func(a *answers) *string { return &a.description }},
		{flag: "rationale", usage: "Why this, and why now: what was seen, and what it comes from.", ask: "Why this, and why now?", why: "What was seen, and what it comes from. Ask why five times.", check: atMost(2048),
			into: func(a *answers) *string { return &a.rationale }, fallback: (*drafting).rationaleByKPI},
		{flag: "owner", usage: "Team that answers for it.", ask: "Which team answers for it?", why: "What everybody owns, nobody looks after.", check: atMost(63),
			into: func(a *answers) *string { return &a.team }, fallback: func(d *drafting) string { return cmp.Or(d.owner().Team, d.namespace) }},
		{flag: "person", usage: "Person in the team to talk to: a name or a handle.", ask: "Who in the team is the one to talk to?", why: "A name or a handle.", check: atMost(63),
			into: func(a *answers) *string { return &a.person }, fallback: func(d *drafting) string { return d.owner().Person }},
		{flag: "contact", usage: "Where others reach the owner: a channel such as #checkout, an address, a page.", ask: "Where do others reach them?", why: "Others rely on a promise: a channel such as #checkout, an address, a page.", check: atMost(253),
			into: func(a *answers) *string { return &a.contact }, fallback: func(d *drafting) string { return d.owner().Contact }},
		{flag: "level", usage: "Company, Department, Team or Individual. Default: that of the KPI, or Team.", ask: "How high up does it stand?", why: sayLevel, check: checkLevel,
			into: func(a *answers) *string { return &a.level }, fallback: func(d *drafting) string { return cmp.Or(d.levelOfKPI(), string(v1alpha1.LevelTeam)) }},
		{flag: "period", usage: "Time in which it is to be achieved: 2026-Q4, 2026-10, 2026-H2, 2026, or two dates 2026-10-01/2026-12-15. Default: the present quarter.", ask: "For which time?", why: sayPeriod, check: checkPeriod,
			into: func(a *answers) *string { return &a.period }, fallback: (*drafting).presentQuarter},
		{flag: "cycle", unasked: true, why: "A label for organisations with a fiscal calendar, such as FY27-Q1.", check: atMost(63),
			into: func(a *answers) *string { return &a.cycle }},
		{flag: "time-zone", unasked: true, why: "Where its days begin and end, such as Europe/Berlin.", check: checkZone,
			into: func(a *answers) *string { return &a.timeZone }, fallback: (*drafting).zoneByKPI},
		{flag: "start-on", usage: "Day on which work begins, such as 2026-11-10. Default: today, where the period began more than two weeks ago.", ask: "On which day does work begin?", why: "The period has begun long ago: progress is expected from this day on.", check: checkDate,
			into: func(a *answers) *string { return &a.startOn }, fallback: (*drafting).lateStart},
		{flag: "ambition", usage: "Committed (a promise: passes at 100 percent), which is the default, or Aspirational (a stretch: passes at 70).", ask: "Is it Committed or Aspirational?", why: sayAmbition, check: checkAmbition,
			into: func(a *answers) *string { return &a.ambition }, fallback: func(*drafting) string { return string(v1alpha1.AmbitionCommitted) }},
		{flag: "parent", usage: "Objective that it serves: namespace/name, or a name of the same namespace.", ask: "Which objective does it serve?", why: "namespace/name, or a name of the same namespace; empty: none.", check: checkName,
			into: func(a *answers) *string { return &a.parent }},
		{flag: "check-in-every", usage: "How often the team checks in, such as 7d, which is the default; never: no rhythm.", ask: "How often do you check in?", why: "A few minutes a week keep a goal alive: 7d. Write \"never\" for no rhythm.", check: checkRhythm,
			into: func(a *answers) *string { return &a.checkInEvery }, fallback: func(*drafting) string { return "7d" }},
	}
}

func atMost(limit int) func(string) error {
	return func(text string) error {
		switch n := utf8.RuneCountInString(text); {
		case !utf8.ValidString(text):
			return errors.New("it is not UTF-8")
		case n > limit:
			return fmt.Errorf("%d characters: write up to %d", n, limit)
		}
		return nil
	}
}

func checkLevel(text string) error {
	if !slices.Contains(levels, v1alpha1.Level(text)) {
		return fmt.Errorf("%q is no level: write Company, Department, Team or Individual", text)
	}
	return nil
}

func checkAmbition(text string) error {
	if text != string(v1alpha1.AmbitionCommitted) && text != string(v1alpha1.AmbitionAspirational) {
		return fmt.Errorf("%q is no ambition: write Committed or Aspirational", text)
	}
	return nil
}

func checkPeriod(text string) error {
	p, err := okr.ParsePeriod(text)
	if err == nil && p.First.Year < 1970 {
		err = fmt.Errorf("%q is too long ago", text)
	}
	return err
}

func checkDate(text string) error {
	_, err := okr.ParseDate(text)
	return err
}

func checkZone(text string) error {
	if evaluate.Zone(v1alpha1.TimeZone(text)) == nil {
		return fmt.Errorf("there is no time zone %q: write an IANA name such as Europe/Berlin", text)
	}
	return nil
}

// label is the name of an object, with its namespace in front or without.
var label = regexp.MustCompile(`^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/)?[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)

func checkName(text string) error {
	if !label.MatchString(text) {
		return fmt.Errorf("%q is no name: write name or namespace/name in small letters, digits and dashes, such as company/customers-love-us", text)
	}
	return nil
}

func checkRhythm(text string) error {
	d := v1alpha1.Duration(text).Duration()
	if text != never && (d < 24*time.Hour || !rhythm.MatchString(text)) {
		return fmt.Errorf("%q is no rhythm: write days, such as 7d, or never", text)
	}
	return nil
}

const never = "never"

var rhythm = regexp.MustCompile(`^[0-9]{1,4}[dwy]$`)

// parseAction reads an action: "title|owner|2026-10-31"; title alone is enough.
func parseAction(text string) (v1alpha1.Action, error) {
	parts := strings.Split(text, "|")
	for len(parts) < 3 {
		parts = append(parts, "")
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	a := v1alpha1.Action{Title: parts[0], Owner: parts[1], DueOn: v1alpha1.Date(parts[2])}
	if len(parts) > 3 || a.Title == "" {
		return a, fmt.Errorf(`action %q: write "title|owner|2026-10-31"; the title alone is enough`, text)
	}
	if err := cmp.Or(atMost(253)(a.Title), atMost(63)(a.Owner)); err != nil {
		return a, fmt.Errorf("action %q: %w", a.Title, err)
	}
	if a.DueOn != "" {
		if err := checkDate(parts[2]); err != nil {
			return a, fmt.Errorf("action %q: %w", a.Title, err)
		}
	}
	return a, nil
}

// reference parts namespace/name; the namespace is empty where it is own, or not said.
func reference(text, own string) (namespace, name string) {
	namespace, name, parted := strings.Cut(text, "/")
	if !parted {
		return "", namespace
	}
	if namespace == own {
		namespace = ""
	}
	return namespace, name
}
