package lint

import "okr.dev/controller/internal/cli/command"

// The shape of -o json.
type (
	jsonReport struct {
		Findings []jsonFinding `json:"findings"`
		Skipped  []jsonSkipped `json:"skipped"`
		Summary  jsonSummary   `json:"summary"`
	}
	jsonFinding struct {
		File     string      `json:"file"`
		Line     int         `json:"line"`
		Column   int         `json:"column,omitempty"`
		Severity string      `json:"severity"`
		Rule     string      `json:"rule"`
		Object   *jsonObject `json:"object,omitempty"`
		Field    string      `json:"field,omitempty"`
		Message  string      `json:"message"`
		Ignored  string      `json:"ignored,omitempty"`
	}
	jsonObject struct {
		Kind      string `json:"kind"`
		Namespace string `json:"namespace,omitempty"`
		Name      string `json:"name"`
	}
	jsonSkipped struct {
		File   string `json:"file"`
		Reason string `json:"reason"`
	}
	jsonSummary struct {
		Files    int `json:"files"`
		Objects  int `json:"objects"`
		Errors   int `json:"errors"`
		Warnings int `json:"warnings"`
		Advice   int `json:"advice"`
		Ignored  int `json:"ignored"`
		Unjudged int `json:"unjudged"`
	}
)

// writeJSON prints everything, silenced findings too: whoever reads it can tell them by their reason.
func writeJSON(env *command.Environment, report *Report, _ bool) error {
	out := jsonReport{Findings: []jsonFinding{}, Skipped: []jsonSkipped{}}
	for _, f := range report.Findings {
		found := jsonFinding{
			File: shownPath(f.Path), Line: f.Line, Column: f.Column, Severity: f.Severity.String(), Rule: f.Rule,
			Field: f.Field, Message: f.Message, Ignored: f.Silenced,
		}
		if f.Object.Kind != "" {
			found.Object = &jsonObject{f.Object.Kind, f.Object.Namespace, f.Object.Name}
		}
		out.Findings = append(out.Findings, found)
	}
	for _, s := range report.Skipped {
		out.Skipped = append(out.Skipped, jsonSkipped{shownPath(s.Path), s.Reason})
	}
	out.Summary = jsonSummary{
		Files: report.Files, Objects: report.Goals, Ignored: report.Silenced(), Unjudged: report.Unjudged,
		Errors: report.Count(severities[0]), Warnings: report.Count(severities[1]), Advice: report.Count(severities[2]),
	}
	return command.JSON(env.Out, out)
}
