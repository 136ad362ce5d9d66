package recorded

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"okr.dev/controller/internal/okr"
)

// writtenOn is the day that the samples take for today.
var writtenOn = time.Date(2026, time.November, 15, 0, 0, 0, 0, time.UTC)

var (
	dates   = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}`)
	periods = regexp.MustCompile(`(period: )"(\d{4}(?:-[QH]\d)?)"`)
)

// CopySamples copies the samples with their dates moved as the demo had moved them when it was recorded: then they are the
// files that the recorded goals were applied from, with their comments.
func (c Cluster) CopySamples(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, below), 0o755)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if filepath.Ext(path) == ".yaml" {
			if content, err = c.move(content); err != nil {
				return err
			}
		}
		return os.WriteFile(filepath.Join(to, below), content, 0o644)
	})
}

func (c Cluster) move(sample []byte) ([]byte, error) {
	days := int(c.Time.UTC().Truncate(24*time.Hour).Sub(writtenOn) / (24 * time.Hour))
	var failed error
	moved := dates.ReplaceAllFunc(sample, func(text []byte) []byte {
		day, err := okr.ParseDate(string(text))
		failed = errors.Join(failed, err)
		return []byte(day.AddDays(days).String())
	})
	moved = periods.ReplaceAllFunc(moved, func(text []byte) []byte {
		parts := periods.FindSubmatch(text)
		p, err := okr.ParsePeriod(string(parts[2]))
		failed = errors.Join(failed, err)
		return []byte(string(parts[1]) + `"` + p.First.AddDays(days).String() + "/" + p.Last.AddDays(days).String() + `"`)
	})
	return moved, failed
}
