package manifest_test

import (
	"testing"

	"okr.dev/controller/internal/cli/manifest"
)

const places = `base: &base
  owner: {team: web}
  title: Old
spec:
  <<: *base
  title: New
  title: Newest
  checkIns:
  - on: 2026-10-12
  - date: 2026-10-19
    note: slow
  list:
  - <<: [*base, {level: Team}]
loop: &loop
  <<: *loop
`

func TestLocate(t *testing.T) {
	root := manifest.Parse("x.yaml", []byte(places)).Documents[0].Root
	cases := map[string]struct {
		reason, field string
		line          int
		value         string
	}{
		"Merged":       {"what is merged is where it is written", "spec.owner.team", 2, "web"},
		"Twice":        {"the last of two counts", "spec.title", 7, "Newest"},
		"Truth":        {"YAML 1.1 reads on as true", "spec.checkIns[0].true", 9, "2026-10-12"},
		"Named":        {"an element is found by what names it", "spec.checkIns[2026-10-19].note", 11, "slow"},
		"Not named":    {"one that there is not", "spec.checkIns[2026-10-26]", 8, ""},
		"Merged list":  {"several may be merged", "spec.list[0].level", 13, "Team"},
		"Merged first": {"and the first of them counts", "spec.list[0].title", 3, "Old"},
		"Missing":      {"what is not there has no value", "spec.reach.target", 4, ""},
		"Circle":       {"a mapping may be merged into itself", "loop.title", 14, ""},
		"Whole":        {"the whole is where it begins", "", 1, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			place := manifest.Locate(root, tc.field)
			value := ""
			if place.Value != nil {
				value = place.Value.Value
			}
			if place.Key.Line != tc.line || value != tc.value {
				t.Errorf("%s: line %d, %q, want %d, %q", tc.reason, place.Key.Line, value, tc.line, tc.value)
			}
		})
	}
}
