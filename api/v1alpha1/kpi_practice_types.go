package v1alpha1

// Reading is a KPI's value on a day, kept by hand.
type Reading struct {
	// date of the reading, such as 2026-10-31: one a day at most. One that is
	// still to come waits for its date.
	// +required
	Date Date `json:"date,omitempty"`

	// value is the number: an integer such as 42, or a quoted fraction such as
	// "7.6".
	// +required
	Value *Decimal `json:"value,omitempty"`

	// note says where it comes from, or what is special about it.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Note string `json:"note,omitempty"`
}

// CalendarWindow is a span of the calendar.
//
// +kubebuilder:validation:Enum=Week;Month;Quarter;Year
type CalendarWindow string

// The spans of the calendar. A week begins on Monday.
const (
	CalendarWeek    CalendarWindow = "Week"
	CalendarMonth   CalendarWindow = "Month"
	CalendarQuarter CalendarWindow = "Quarter"
	CalendarYear    CalendarWindow = "Year"
)

// Window is what $__window is read as when nothing is asked: metric.window, or 30d where the calendar says how long it is,
// for any length will do to read a query. It is empty where metric is.
func (s *KPISpec) Window() Duration {
	switch {
	case s.Metric == nil:
		return ""
	case s.CalendarWindow != "":
		return "30d"
	default:
		return s.Metric.Window
	}
}

// Acceptance says that people live with a KPI outside its band for a while, and why.
type Acceptance struct {
	// until is the last day of it, such as 2027-01-31; its end counts. One that is
	// past accepts nothing.
	// +required
	Until Date `json:"until,omitempty"`

	// reason is why, in a sentence.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Reason string `json:"reason,omitempty"`
}

// TrendDirection says whether a number moves towards what is wanted of it.
//
// +kubebuilder:validation:Enum=Improving;Worsening;Flat
type TrendDirection string

// The directions of a trend.
const (
	TrendImproving TrendDirection = "Improving"
	TrendWorsening TrendDirection = "Worsening"
	TrendFlat      TrendDirection = "Flat"
)

// Trend is how a KPI's value compares with that of compareTo ago.
type Trend struct {
	// changePercent is the change in percent of the value then, one decimal, such
	// as "-12.5". Absent where that value was 0, or so close to it that the change
	// is 100,000 percent or more.
	// +optional
	ChangePercent string `json:"changePercent,omitempty"`
	// direction is Improving, Worsening or Flat. Another verdict than then decides
	// it. With the same verdict a change of less than half a percent is Flat, and
	// a larger one goes by the target: up where it has a lower bound, down where
	// it has an upper one, closer to it where it has both. Absent without a
	// target.
	// +optional
	Direction TrendDirection `json:"direction,omitempty"`
	// summary is both, as people read it: "↓ 12.5 % Improving".
	// +optional
	Summary string `json:"summary,omitempty"`
}
