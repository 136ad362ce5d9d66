//go:build !race

package oracle_test

// schedulesByDefault take half a minute on two cores.
const schedulesByDefault = 10000
