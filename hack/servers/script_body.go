package servers

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"time"
)

// Answers whose body is the fault.

// Hang answers nothing until the client leaves.
func Hang() Answer {
	return func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
}

// Drip answers a byte at a time, with that much time between, until the client leaves.
func Drip(every time.Duration) Answer {
	return func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			if _, err := w.Write([]byte(" ")); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush() // an error means that the client left, which the context tells too
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
			}
		}
	}
}

// Endless answers without an end, as fast as it is read.
func Endless() Answer {
	return func(w http.ResponseWriter, _ *http.Request) {
		chunk := bytes.Repeat([]byte(" "), 64<<10)
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
}

// Bomb answers 100 MiB in 100 KiB of gzip.
func Bomb() Answer {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		chunk := make([]byte, 1<<20)
		for range 100 {
			if _, err := packed.Write(chunk); err != nil {
				return
			}
		}
		_ = packed.Close() // the client may have left
	}
}

// CutShort announces a longer body than it sends.
func CutShort(v string) Answer {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		success(w, "", vector(r, []string{v}))
	}
}

// Redirect leads elsewhere.
func Redirect(status int, to string) Answer {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, status) }
}
