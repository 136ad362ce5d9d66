package grafana_test

import (
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	"okr.dev/controller/hack/artifacts/grafana"
)

// Grafana's own types, made from its schemas, read each dashboard strictly: no field is unknown to them, none that they need is
// missing, and each value is one that they allow. That goes for the options of panels and for queries too.
func TestGrafanasOwnTypesReadThem(t *testing.T) {
	types := cog.NewRuntime()
	types.RegisterPanelcfgVariant(stat.VariantConfig())
	types.RegisterPanelcfgVariant(table.VariantConfig())
	types.RegisterPanelcfgVariant(timeseries.VariantConfig())
	types.RegisterDataqueryVariant(prometheus.VariantConfig())
	for _, d := range grafana.Dashboards() {
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var read dashboard.Dashboard //nolint:staticcheck // the format that Grafana 10 to 12 all import; its successor is for newer ones alone
		// An error without a text is a list of errors that is empty.
		if err := read.UnmarshalJSONStrict(text); err != nil && err.Error() != "" {
			t.Errorf("%s: %v", d.UID, err)
		}
		if err := read.Validate(); err != nil && err.Error() != "" {
			t.Errorf("%s: %v", d.UID, err)
		}
		if len(read.Panels) != len(d.Panels) {
			t.Errorf("%s: %d of %d panels are read", d.UID, len(read.Panels), len(d.Panels))
		}
	}
}
