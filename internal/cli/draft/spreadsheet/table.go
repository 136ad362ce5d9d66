// Package spreadsheet reads objectives and key results from the CSV files that spreadsheets and OKR suites export. It is
// pure: text in, goals and what is to be said about the text out. Nothing is dropped: what cannot be used is told, with its
// row and column as the spreadsheet counts them.
package spreadsheet

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// row is a row of the sheet.
type row struct {
	// number as the spreadsheet counts it, from 1.
	number int
	cells  []string
}

// cell is the text in a column; empty if the row ends before.
func (r row) cell(column int) string {
	if column < 0 || column >= len(r.cells) {
		return ""
	}
	return r.cells[column]
}

func (r row) empty() bool {
	for _, c := range r.cells {
		if c != "" {
			return false
		}
	}
	return true
}

// letter is the name of a column in a spreadsheet: 0 is A.
func letter(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// decode makes UTF-8 of what a spreadsheet saves.
func decode(content []byte) (string, error) {
	switch {
	case bytes.HasPrefix(content, []byte("PK\x03\x04")), bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0")):
		return "", errors.New("this is a workbook, not a CSV file: save the sheet as CSV (UTF-8) first")
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(content)
		if err != nil {
			return "", fmt.Errorf("UTF-16: %w", err)
		}
		content = decoded
	}
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(content) {
		line := 1
		for ; len(content) > 0; line++ {
			first, rest, _ := bytes.Cut(content, []byte("\n"))
			if !utf8.Valid(first) {
				break
			}
			content = rest
		}
		return "", fmt.Errorf("line %d is not UTF-8: save the sheet as \"CSV UTF-8\"; or, if it is Excel's plain CSV: iconv -f WINDOWS-1252 -t UTF-8 FILE.csv | kubectl okr import -", line)
	}
	return string(content), nil
}

// delimiters between cells, the likeliest first.
const delimiters = ",;\t|"

// table finds the delimiter, and reads the rows: that is the right one by which the most columns are understood.
func table(text string, score func([]row) int) ([]row, error) {
	// A spreadsheet opens a file that begins with sep=; by that delimiter. It is no row of the sheet.
	if first, rest, found := strings.Cut(text, "\n"); found {
		if sign, said := strings.CutPrefix(strings.TrimSpace(first), "sep="); said && len(sign) == 1 {
			return records(rest, rune(sign[0]))
		}
	}
	var best []row
	var failed error
	most := -1
	for _, delimiter := range delimiters {
		rows, err := records(text, delimiter)
		if err != nil {
			failed = cmp.Or(failed, err)
			continue
		}
		if s := score(rows); s > most {
			best, most = rows, s
		}
	}
	if most <= 0 && failed != nil { // it is read by another delimiter, and means nothing
		return nil, failed
	}
	return best, nil
}

func records(text string, delimiter rune) ([]row, error) {
	rows, err := parse(text, delimiter, false)
	if errors.Is(err, csv.ErrBareQuote) { // 5" screens
		return parse(text, delimiter, true)
	}
	return rows, err
}

func parse(text string, delimiter rune, lazy bool) ([]row, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = delimiter, -1, lazy
	var rows []row
	for number := 1; ; number++ {
		from := r.InputOffset()
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("the row that begins in line %d is not CSV: in line %d, %w", wrong.StartLine, wrong.Line, wrong.Err)
		}
		if err != nil {
			return nil, err
		}
		raw := text[from:r.InputOffset()]
		number += len(raw) - len(strings.TrimLeft(raw, "\n")) // empty lines are rows too
		for i := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "\u00a0", " "))
		}
		rows = append(rows, row{number, cells})
	}
}
