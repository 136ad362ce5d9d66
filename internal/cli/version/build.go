package version

import (
	"runtime/debug"
	"time"
)

// Build is what a program was built from. What the build did not record is empty.
type Build struct {
	// Version of the module, such as v1.2.0, or (devel).
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	// Time of the revision.
	Time *time.Time `json:"time,omitempty"`
	// Modified says that files differed from the revision.
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform,omitempty"`
}

// buildOf reads what the Go tool recorded; read is build.Read.
func buildOf(read func() (*debug.BuildInfo, bool)) Build {
	info, known := read()
	if !known {
		return Build{Version: "not known: built without Go modules"}
	}
	b := Build{Version: info.Main.Version, Go: info.GoVersion}
	if b.Version == "" {
		b.Version = "(devel)"
	}
	var system, architecture string
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Revision = setting.Value
		case "vcs.time":
			if at, err := time.Parse(time.RFC3339, setting.Value); err == nil {
				b.Time = &at
			}
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		case "GOOS":
			system = setting.Value
		case "GOARCH":
			architecture = setting.Value
		}
	}
	if system != "" && architecture != "" {
		b.Platform = system + "/" + architecture
	}
	return b
}
