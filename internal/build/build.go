// Package build says what a program was built from.
package build

import "runtime/debug"

// version is written by the linker (-X) into images and releases: an image is built without Git's history, which Go would take
// it from.
var version string

// Read is debug.ReadBuildInfo, with the version of the release where this is one.
func Read() (*debug.BuildInfo, bool) {
	info, known := debug.ReadBuildInfo()
	if known && version != "" {
		info.Main.Version = version
	}
	return info, known
}

// Version of this program, such as v0.1.0. A working copy is "(devel)".
func Version() string {
	if info, known := Read(); known && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
