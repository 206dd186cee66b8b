package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// On a terminal, a progress text replaces the previous one every terminalInterval.
// Elsewhere, a progress line is added every lineInterval, which keeps logs short.
const (
	terminalInterval = 200 * time.Millisecond
	lineInterval     = 3 * time.Second
)

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// showProgress repeatedly writes the text that line returns to w, until stop is called.
// On a terminal, stop removes the text. showProgress writes nothing after stop returns.
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
