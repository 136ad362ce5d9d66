//go:build race

package oracle_test

// schedulesByDefault are fewer under the race detector, which makes each five times as long.
const schedulesByDefault = 1000
