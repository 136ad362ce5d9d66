package command

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/labels"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"okr.dev/controller/internal/cli/goals"
)

// AllNamespaces adds -A to a command.
func AllNamespaces(cmd *cobra.Command, into *bool) {
	cmd.Flags().BoolVarP(into, "all-namespaces", "A", false, "Goals of all namespaces.")
}

// Scope is what -n and -A say.
func (e *Environment) Scope(all bool) (goals.Scope, error) {
	if all {
		return goals.Scope{}, nil
	}
	namespace, err := e.Namespace()
	return goals.Scope{Namespace: namespace}, err
}

// Output adds -o to a command: one of some formats, of which the first is the default.
func Output(cmd *cobra.Command, into *string, formats ...string) {
	*into = formats[0]
	cmd.Flags().VarP(&format{into, formats}, "output", "o", "How it is printed: "+either(formats)+".")
	utilruntime.Must(cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)))
}

type format struct {
	into    *string
	formats []string
}

// String is the format that is chosen.
func (f *format) String() string {
	if f.into == nil { // pflag asks an empty one what a default looks like
		return ""
	}
	return *f.into
}

// Type is what the help calls it.
func (*format) Type() string { return "format" }

// Set chooses a format.
func (f *format) Set(text string) error {
	if !slices.Contains(f.formats, text) {
		return fmt.Errorf("write %s", either(f.formats))
	}
	*f.into = text
	return nil
}

// either is some words to choose from: "text, json or markdown".
func either(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// Selector is what -l says: labels that are asked for.
type Selector struct {
	// Text is what was written; empty: nothing.
	Text string
	// Labels is what it means; nil where nothing was written.
	Labels labels.Selector
}

// Labels adds -l to a command.
func Labels(cmd *cobra.Command, into *Selector, usage string) {
	cmd.Flags().VarP(into, "selector", "l", usage)
}

// String is what was written.
func (s *Selector) String() string { return s.Text }

// Type is what the help calls it.
func (*Selector) Type() string { return "labels" }

// Set reads a selector.
func (s *Selector) Set(text string) error {
	read, err := labels.Parse(text)
	if err != nil {
		return fmt.Errorf("%w: write labels such as team=checkout,tier!=one", err)
	}
	s.Text, s.Labels = text, read
	return nil
}

// Admits reports whether an object of some labels is asked for.
func (s Selector) Admits(of map[string]string) bool {
	return s.Labels == nil || s.Labels.Matches(labels.Set(of))
}

// JSON writes a document as people would: indented, and < stays <.
func JSON(out io.Writer, document any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}
