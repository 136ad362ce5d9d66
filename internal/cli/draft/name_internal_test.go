package draft

import "testing"

func TestNamesAreUnique(t *testing.T) {
	given := names{"same-title-5": true}
	seen := map[string]bool{}
	for range 30_000 { // as many as a sheet that was filled by a machine may have
		name := given.take("Same title", "fallback")
		if seen[name] || name == "same-title-5" {
			t.Fatalf("%s is given out twice", name)
		}
		seen[name] = true
	}
	if !seen["same-title"] || !seen["same-title-2"] {
		t.Error("the first has no number, and the second is number 2")
	}
}
