package checkin_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/json"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/manifest"
)

// within reports whether all bytes of a text are there in another one, in their order.
func within(part, whole []byte) bool {
	for _, b := range whole {
		if len(part) > 0 && part[0] == b {
			part = part[1:]
		}
	}
	return len(part) == 0
}

// TestCorpus checks in in awkward files, with line breaks of both kinds, and with none at the end: nothing is added but the
// check-in, and nothing is taken away.
func TestCorpus(t *testing.T) {
	variants := map[string]func([]byte) []byte{
		"as-it-is":      func(b []byte) []byte { return b },
		"windows":       func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) },
		"no-line-break": func(b []byte) []byte { return bytes.TrimRight(b, "\n") },
	}
	var diffs strings.Builder
	for _, name := range []string{"anchors", "empty", "flow", "newest-first", "plain"} {
		for variant, of := range variants {
			t.Run(name+" "+variant, func(t *testing.T) {
				inCopy(t, "internal/cli/edit/testdata/corpus")
				path := "corpus/" + name + ".yaml"
				original, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				original = of(original)
				if err := os.WriteFile(path, original, 0o600); err != nil {
					t.Fatal(err)
				}
				args := []string{name, "--offline", "--date", "2026-12-02", "--confidence", "7", "--note", "Well: #1 is on [track], 'all' of it", "--value", name + "-hand=12.5", "--yes"}
				got, err := checkedIn(t, wide, "", "", args...)
				if err != nil {
					t.Fatal(err)
				}
				if variant == "as-it-is" {
					diffs.WriteString(got + "\n")
				}
				after, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				before := original
				if name == "plain" { // the empty brackets give way to the list
					before = bytes.Replace(before, []byte("checkIns: []"), []byte("checkIns:"), 1)
				}
				if !within(before, after) {
					t.Errorf("bytes are gone:\n%s", after)
				}
				if added := bytes.Count(after, []byte("\n")) - bytes.Count(original, []byte("\n")); added > 6 {
					t.Errorf("%d lines were added", added)
				}
				if crlf := bytes.Count(after, []byte("\r\n")); variant == "windows" && crlf != bytes.Count(after, []byte("\n")) {
					t.Errorf("line breaks are mixed")
				}
				compare(t, name, original, after)
			})
		}
	}
	recorded.Golden(t, "corpus", diffs.String())
}

// compare holds that the objects are as they were but for the check-in.
func compare(t *testing.T, name string, before, after []byte) {
	t.Helper()
	was, is := manifest.Parse("", before).Documents, manifest.Parse("", after).Documents
	for i := range was {
		old, err := was[i].Goal()
		if err != nil {
			t.Fatal(err)
		}
		now, err := is[i].Goal()
		if err != nil {
			t.Fatal(err)
		}
		if o, ok := now.(*v1alpha1.Objective); ok {
			found := 0
			var others []v1alpha1.CheckIn
			for _, c := range o.Spec.CheckIns {
				if c.Date != "2026-12-02" {
					others = append(others, c)
					continue
				}
				found++
				if *c.Confidence != 7 || c.Note != "Well: #1 is on [track], 'all' of it" || len(c.KeyResults) != 1 || c.KeyResults[0].Name != name+"-hand" || *c.KeyResults[0].Value != "12.5" {
					t.Errorf("the check-in is %+v", c)
				}
			}
			if found != 1 {
				t.Errorf("%d check-ins of the day", found)
			}
			o.Spec.CheckIns = others
		}
		a, err := json.Marshal(old)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(now)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("another object:\n%s\n%s", a, b)
		}
	}
}

// TestEverySample checks in for each objective of the samples, in the middle of its period, and reads the files again.
func TestEverySample(t *testing.T) {
	inCopy(t, "config/samples")
	files, err := manifest.Load([]string{"samples"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, f := range files {
		for _, d := range f.Documents {
			object, err := d.Goal()
			if err != nil {
				t.Fatal(err)
			}
			o, ok := object.(*v1alpha1.Objective)
			if !ok {
				continue
			}
			date := map[string]string{"2026-Q3": "2026-08-20", "2027-Q1": "2027-02-01"}[string(o.Spec.Period)]
			if date == "" {
				date = "2026-11-26"
			}
			if _, err := checkedIn(t, wide, "", "", o.Name, "-f", f.Path, "--offline", "--date", date, "--confidence", "5", "--note", "all: well", "--yes"); err != nil {
				t.Errorf("%s: %v", o.Name, err)
			}
			count++
		}
	}
	files, err = manifest.Load([]string{"samples"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, d := range f.Documents {
			object, err := d.Goal()
			if err != nil {
				t.Fatal(err)
			}
			if o, ok := object.(*v1alpha1.Objective); ok {
				for _, c := range o.Spec.CheckIns {
					if c.Note == "all: well" {
						count--
					}
				}
			}
		}
	}
	if count != 0 {
		t.Errorf("%d check-ins are missing", count)
	}
}
