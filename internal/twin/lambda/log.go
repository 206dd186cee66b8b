package lambda

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"time"
)

// keptLines is how many of its last lines a function's log keeps in memory.
// The file has them all.
const keptLines = 2000

// log is what a function's environments wrote, line by line, after the time
// of each. It is safe for concurrent use; a part of a line waits for its end.
type log struct {
	mu      sync.Mutex
	file    *os.File
	lines   []string // a ring: the oldest is at start
	start   int
	partial []byte
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

// Write adds p's lines. It does not fail: a full disk must not end a function.
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
	_, _ = l.file.WriteString(line + "\n") // see Write
	if len(l.lines) < keptLines {
		l.lines = append(l.lines, line)
		return
	}
	l.lines[l.start] = line
	l.start = (l.start + 1) % keptLines
}

// tail returns the kept lines, oldest first.
func (l *log) tail() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append(append([]string{}, l.lines[l.start:]...), l.lines[:l.start]...)
}

func (l *log) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.file.Close() // every line has been written already
}

// Log returns the last lines of a function's log, oldest first, and whether
// the function has one. Deleted functions keep theirs while the twin runs.
func (s *Service) Log(function string) ([]string, bool) {
	s.mu.Lock()
	l := s.logs[function]
	s.mu.Unlock()
	if l == nil {
		return nil, false
	}
	return l.tail(), true
}

// Logs returns the names of the functions that have a log, deleted ones too.
func (s *Service) Logs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, len(s.logs))
	for name := range s.logs {
		names = append(names, name)
	}
	return names
}
