//go:build race

package evaluate_test

// underRace: the race detector makes what is pure and runs alone five to ten times as long, and finds nothing in it.
const underRace = true
