// Package near finds what was meant by a name that there is not.
package near

import (
	"slices"
	"strings"
)

// Name is the one of the known names that was most likely meant; empty if none is near.
func Name(name string, known []string) string {
	for _, found := range Names(name, known, 1) {
		return found
	}
	return ""
}

// Names are those that were most likely meant, the nearest first, at most so many: slips of the pen, and those that a part of is
// written, or more than they are.
func Names(name string, known []string, most int) []string { return nearest(name, known, most, partly) }

// Slip is the one of the known names that a slip of the pen made a name of: few letters are wrong, or its capitals. Empty if there
// is none. What is a part of a name is none: it may well be a name of its own.
func Slip(name string, known []string) string {
	for _, found := range nearest(name, known, 1, slip) {
		return found
	}
	return ""
}

func nearest(name string, known []string, most int, distance func(name, known string) (int, bool)) []string {
	type candidate struct {
		name     string
		distance int
	}
	var candidates []candidate
	for _, other := range known {
		if d, near := distance(strings.ToLower(name), strings.ToLower(other)); near {
			candidates = append(candidates, candidate{other, d})
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return a.distance - b.distance })
	var names []string
	for _, c := range candidates[:min(most, len(candidates))] {
		names = append(names, c.name)
	}
	return names
}

// leastPart is how many letters a part of a name has at least: with fewer, it may be a part of anything.
const leastPart = 3

// slip is how many letters are wrong, and whether that is no more than a third of them.
func slip(name, known string) (int, bool) {
	d := edits([]rune(name), []rune(known))
	return d, d <= max(1, len(name)/3) && name != ""
}

// partly is as slip; what begins alike, or has the name in it, is near too.
func partly(name, known string) (int, bool) {
	d, near := slip(name, known)
	if min(len(name), len(known)) < leastPart {
		return d, near
	}
	switch begins := strings.HasPrefix(known, name); {
	case begins && d > 1:
		return 1, true
	case d > 2 && (strings.Contains(known, name) || strings.Contains(name, known)):
		return 2, true
	default:
		return d, near || begins
	}
}

// edits is how many letters must be changed, added, left out or exchanged with their neighbour to make b of a. That neighbours
// are exchanged is one slip of the fingers, which Levenshtein's distance counts as two.
func edits(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
