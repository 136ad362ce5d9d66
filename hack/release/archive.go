package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// content is a file of an archive.
type content struct {
	data       []byte
	executable bool
}

func (c content) mode() os.FileMode {
	if c.executable {
		return 0o755
	}
	return 0o644
}

// readFiles reads files by the names that they get in an archive.
func readFiles(paths map[string]string) (map[string]content, error) {
	contents := map[string]content{}
	for name, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		contents[name] = content{data: data, executable: info.Mode()&0o111 != 0}
	}
	return contents, nil
}

// write creates a file and says what went wrong, also when it is closed.
func write(path string, fill func(*os.File) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(fill(f), f.Close())
}

// tarTo writes a .tar.gz whose bytes depend on the files and the time alone: sorted, owned by nobody in particular.
func tarTo(w io.Writer, files map[string]content, at time.Time) error {
	packed := gzip.NewWriter(w) // its header has neither a name nor a time
	out := tar.NewWriter(packed)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		c := files[name]
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: name, Size: int64(len(c.data)), Mode: int64(c.mode()), ModTime: at, Format: tar.FormatUSTAR,
		}
		if err := out.WriteHeader(header); err != nil {
			return err
		}
		if _, err := out.Write(c.data); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), packed.Close())
}

// zipTo is tarTo for those who have no tar.
func zipTo(w io.Writer, files map[string]content, at time.Time) error {
	out := zip.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		c := files[name]
		header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at.UTC()}
		header.SetMode(c.mode())
		part, err := out.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := part.Write(c.data); err != nil {
			return err
		}
	}
	return out.Close()
}

// untar reads the files of a .tar.gz.
func untar(data []byte) (map[string]content, error) {
	packed, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	files := map[string]content{}
	for in := tar.NewReader(packed); ; {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(in)
		if err != nil {
			return nil, err
		}
		files[header.Name] = content{data: data, executable: header.Mode&0o111 != 0}
	}
}

const checksums = "checksums.txt"

// writeChecksums writes the SHA-256 of every file of a folder, as sha256sum -c reads them.
func writeChecksums(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, entry := range entries { // sorted by name
		sum, err := checksum(filepath.Join(dir, entry.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&lines, "%s  %s\n", sum, entry.Name())
	}
	return os.WriteFile(filepath.Join(dir, checksums), []byte(lines.String()), 0o644)
}

func checksum(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
