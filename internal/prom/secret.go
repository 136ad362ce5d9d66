package prom

import (
	"fmt"
	"io"
)

const redacted = "(secret)"

// Secret is a string that prints itself nowhere: not with any verb of fmt, not in a log, not in JSON or YAML.
// string(s) is the value.
type Secret string

// Format writes a stand-in, whatever the verb.
func (Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// MarshalText returns a stand-in.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
