package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/practice"
)

// The part of SARIF 2.1.0 that is needed here.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string     `json:"id"`
		ShortDescription sarifText  `json:"shortDescription"`
		FullDescription  sarifText  `json:"fullDescription"`
		Help             sarifText  `json:"help"`
		Default          sarifLevel `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
)

// writeSARIF prints a log for code scanning. Findings that are silenced are in it as suppressed.
func writeSARIF(env *command.Environment, report *Report, _ bool) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "kubectl okr lint"}}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	indexes := map[string]int{}
	for i, rule := range Rules() {
		indexes[rule.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifOf(rule))
	}
	for _, f := range report.Findings {
		said := f.said()
		result := sarifResult{
			RuleID: f.Rule, RuleIndex: indexes[f.Rule], Level: level(f.Severity), Message: sarifText{Text: said},
			Locations:    []sarifLocation{{Physical: sarifPhysical{sarifArtifact{escaped(uri(f.Path))}, sarifRegion{f.Line, f.Column}}}},
			Fingerprints: map[string]string{"okr/v1": fingerprint(f)},
		}
		if f.Object.Kind != "" {
			result.Locations[0].Logical = []sarifLogical{{Name: strings.Trim(f.Object.Kind+"/"+f.Object.Namespace+"/"+f.Object.Name, "/"), Kind: "object"}}
		}
		if f.Silenced != "" {
			result.Suppressions = []sarifSuppression{{"inSource", f.Silenced}}
		}
		run.Results = append(run.Results, result)
	}
	return command.JSON(env.Out, sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifOf(rule practice.Rule) sarifRule {
	text := "Why: " + rule.Why + "\nBreaks it: " + rule.Example + "\nInstead: " + rule.Fix
	markdown := "**Why:** " + rule.Why + "\n\n**Breaks it:** " + rule.Example + "\n\n**Instead:** " + rule.Fix
	return sarifRule{
		ID: rule.ID, ShortDescription: sarifText{Text: rule.Title}, FullDescription: sarifText{Text: rule.Why},
		Help: sarifText{Text: text, Markdown: markdown}, Default: sarifLevel{level(rule.Severity)},
	}
}

func level(s practice.Severity) string {
	switch s {
	case practice.Error:
		return "error"
	case practice.Warning:
		return "warning"
	default:
		return "note"
	}
}

// fingerprint stays the same when lines are added above a finding.
func fingerprint(f Finding) string {
	text := strings.Join([]string{f.Rule, f.Object.Kind, f.Object.Namespace, f.Object.Name, f.Field, f.Message}, "\x00")
	if f.Object.Kind == "" {
		text += "\x00" + uri(f.Path)
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// uri is a path relative to where the command runs, as SARIF and GitHub want it: the root of the repository, in a workflow.
func uri(path string) string {
	path = shownPath(path)
	if here, err := os.Getwd(); err == nil && filepath.IsAbs(path) {
		if relative, err := filepath.Rel(here, path); err == nil && !strings.HasPrefix(relative, "..") {
			path = filepath.ToSlash(relative)
		}
	}
	return path
}

// escaped is a path as a URI.
func escaped(path string) string {
	segments := strings.Split(path, "/")
	for i := range segments {
		segments[i] = url.PathEscape(segments[i])
	}
	if slices.Contains(segments[:1], "") {
		return "file://" + strings.Join(segments, "/")
	}
	return strings.Join(segments, "/")
}
