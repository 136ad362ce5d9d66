package lint

import (
	"fmt"
	"strings"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/practice"
)

var (
	// data and property escape what GitHub would read as the end of a text, or of one of its properties.
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// writeGitHub prints commands with which GitHub shows findings beside the lines of a pull request.
func writeGitHub(env *command.Environment, report *Report, showIgnored bool) error {
	var b strings.Builder
	for _, f := range report.Findings {
		if f.Silenced != "" && !showIgnored {
			continue
		}
		level := map[practice.Severity]string{practice.Error: "error", practice.Warning: "warning", practice.Advice: "notice"}[f.Severity]
		title := f.Rule
		if f.Silenced != "" {
			level, title = "notice", f.Rule+" (ignored: "+f.Silenced+")"
		}
		where := fmt.Sprintf("file=%s,line=%d", property.Replace(uri(f.Path)), f.Line)
		if f.Column > 0 {
			where += fmt.Sprintf(",col=%d", f.Column)
		}
		said := f.said()
		fmt.Fprintf(&b, "::%s %s,title=%s::%s\n", level, where, property.Replace(title), data.Replace(said))
	}
	b.WriteString(report.summary(env.Screen) + "\n")
	return printed(env.Out, b.String())
}
