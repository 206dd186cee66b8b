package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// How often progress is shown: on a terminal in place, elsewhere as lines, so that
// nobody waits in silence and no log fills.
const (
	terminalInterval = 200 * time.Millisecond
	lineInterval     = 3 * time.Second
)

// isTerminal tells whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// showProgress writes line's text to w again and again, until stop is called: which
// returns when no more will be written, and takes the text off a terminal.
func showProgress(w io.Writer, line func() string) (stop func()) {
	interval, format, last := lineInterval, "%s\n", ""
	if isTerminal(w) {
		interval, format, last = terminalInterval, "\r\x1b[K%s", "\r\x1b[K"
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				_, _ = fmt.Fprintf(w, format, line())
			case <-end:
				_, _ = io.WriteString(w, last)
				return
			}
		}
	}()
	return func() {
		close(end)
		<-ended
	}
}
