package lambda

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"time"
)

// keptLines is how many lines of a function's log are kept in memory. The log's file
// has all lines.
const keptLines = 2000

// log holds the output of a function's environments. Each line begins with the time at
// which it was written. A log is safe for concurrent use.
type log struct {
	mu      sync.Mutex
	file    *os.File
	lines   []string // the last keptLines lines; a ring buffer once it is full
	start   int      // index of the oldest line
	partial []byte   // the output after the last line break
}

func openLog(dir, function string) (*log, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(logFile(dir, function), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return &log{file: file}, nil
}

// Write adds the lines of p. It ignores errors of the file, since a function must not
// fail because the disk is full.
func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, p...)
	for {
		line, rest, found := bytes.Cut(l.partial, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.add(string(line))
		l.partial = rest
	}
}

// printf adds one line.
func (l *log) printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(fmt.Sprintf(format, args...))
}

func (l *log) add(text string) {
	line := time.Now().UTC().Format("2006-01-02T15:04:05.000Z") + " " + text
	_, _ = l.file.WriteString(line + "\n") // see Write for why it ignores errors
	if len(l.lines) < keptLines {
		l.lines = append(l.lines, line)
		return
	}
	l.lines[l.start] = line
	l.start = (l.start + 1) % keptLines
}

// tail returns the lines in memory, the oldest first.
func (l *log) tail() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append(append([]string{}, l.lines[l.start:]...), l.lines[:l.start]...)
}

func (l *log) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.file.Close() // all lines are written: there is nothing to lose
}

// Log returns the last lines of a function's log, the oldest first, and whether the
// function has a log. The log of a deleted function is kept until the twin ends.
func (s *Service) Log(function string) ([]string, bool) {
	s.mu.Lock()
	l := s.logs[function]
	s.mu.Unlock()
	if l == nil {
		return nil, false
	}
	return l.tail(), true
}

// Logs returns the names of the functions that have a log, deleted functions included.
func (s *Service) Logs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, len(s.logs))
	for name := range s.logs {
		names = append(names, name)
	}
	return names
}
