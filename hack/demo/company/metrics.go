package company

import "slices"

// Metrics are all numbers of the organisations. README.md of the demo lists them with their values.
func Metrics() []Metric { return slices.Clone(metrics) }

var metrics = slices.Concat(companyA, platform, agency, app, carMaker, shop)

var byName = func() map[string]*Metric {
	index := make(map[string]*Metric, len(metrics))
	for i := range metrics {
		index[metrics[i].Name] = &metrics[i]
	}
	return index
}()

// gauge is a number that follows a path, with a ripple that a person sees in the fourth digit.
func gauge(team, name, help string, p path) Metric {
	const mild = 0.004
	return Metric{Team: team, Name: name, Help: help, path: p, noise: mild}
}

// counter is a number that grows; its path is the growth per day.
func counter(team, name, help string, perDay path) Metric {
	return Metric{Team: team, Name: name, Help: help, path: perDay, Counter: true}
}

// dipping is a gauge without a ripple, with incidents.
func dipping(team, name, help string, p path, dips ...dip) Metric {
	return Metric{Team: team, Name: name, Help: help, path: p, dips: dips}
}
