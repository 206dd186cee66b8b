package record

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Replay makes records of what was recorded before: the lines of a file, or of a
// pipe, in their order. Use [NewReplay].
type Replay struct {
	o       ReplayOptions
	lines   chan line
	first   time.Time     // of the first record
	due     time.Duration // of the next record, after the first
	next    line
	waiting bool // next is not there yet
}

// ReplayOptions say how to read records.
type ReplayOptions struct {
	// CSV says that a line is comma-separated values, and the first has their names:
	// a record is a JSON object of strings. Otherwise a line is a record as it is.
	CSV bool
	// Time returns when a record was made, if it is to be sent as long after the first
	// as it was made. Nil means that a record doesn't tell.
	Time func(record []byte) (time.Time, error)
	// Speed is how many times as fast as they were made records are sent. 0 means 1.
	Speed float64
	// NotYet is the error of Append and At when the next record has not come yet. Nil
	// means to wait for it.
	NotYet error
}

type line struct {
	text []byte
	err  error
}

// NewReplay returns the records that r holds. They are read in advance, by a
// goroutine that ends with r, or with what it reads then once ctx has ended.
func NewReplay(ctx context.Context, r io.Reader, o ReplayOptions) *Replay {
	if o.Speed == 0 {
		o.Speed = 1
	}
	p := &Replay{o: o, lines: make(chan line, 10000), waiting: true}
	read := readLines
	if o.CSV {
		read = readCSV
	}
	go func() {
		defer close(p.lines)
		send := func(l line) error {
			select {
			case p.lines <- l:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err := read(r, func(text []byte) error { return send(line{text: text}) }); err != nil {
			_ = send(line{err: err})
		}
	}()
	return p
}

// Append appends the next record, with a newline behind it. The error is io.EOF
// after the last.
func (p *Replay) Append(dst []byte, _ time.Time) ([]byte, error) {
	if err := p.peek(); err != nil {
		return dst, err
	}
	p.waiting = true
	return append(append(dst, p.next.text...), '\n'), nil
}

// At returns how long after the first record the next was made, or how long after
// the first the last one before it, if that is later: the number doesn't matter. At
// the end, and before the next record has come, that is no longer.
func (p *Replay) At(int64) time.Duration {
	_ = p.peek() // Append tells
	return p.due
}

// peek has the next record at hand, or returns why there is none.
func (p *Replay) peek() error {
	if !p.waiting {
		return p.next.err
	}
	var ok bool
	select {
	case p.next, ok = <-p.lines:
	default:
		if p.o.NotYet != nil {
			return p.o.NotYet
		}
		p.next, ok = <-p.lines
	}
	p.waiting = false
	if !ok {
		p.next.err = io.EOF
	}
	if p.next.err != nil || p.o.Time == nil {
		return p.next.err
	}
	made, err := p.o.Time(p.next.text)
	if err != nil {
		p.next.err = fmt.Errorf("time of a record: %w", err)
		return p.next.err
	}
	if p.first.IsZero() {
		p.first = made
	}
	p.due = max(p.due, time.Duration(float64(made.Sub(p.first))/p.o.Speed))
	return nil
}

// readLines yields a reader's lines, but for empty ones.
func readLines(r io.Reader, yield func([]byte) error) error {
	reader := bufio.NewReaderSize(r, 1<<16)
	for {
		text, err := reader.ReadBytes('\n')
		if trimmed := strings.TrimRight(string(text), "\r\n"); trimmed != "" {
			if err := yield([]byte(trimmed)); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readCSV yields a JSON object of strings for each line behind the first, with its
// fields in the order of the file.
func readCSV(r io.Reader, yield func([]byte) error) error {
	reader := csv.NewReader(r)
	reader.ReuseRecord = true
	names, err := reader.Read()
	if err != nil {
		return err
	}
	var keys [][]byte
	for _, name := range names {
		keys = append(keys, quote(strings.TrimPrefix(name, "\ufeff")))
	}
	for {
		values, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		text := []byte{'{'}
		for i, value := range values {
			if i > 0 {
				text = append(text, ',')
			}
			text = append(append(append(text, keys[i]...), ':'), quote(value)...)
		}
		if err := yield(append(text, '}')); err != nil {
			return err
		}
	}
}

func quote(text string) []byte {
	quoted, _ := json.Marshal(text) // a string always can be
	return quoted
}

// ParseTime reads a time as records have it: as RFC 3339, as JavaScript prints it
// or reads it, or as seconds or milliseconds since 1970, which it tells apart by
// their size.
func ParseTime(text string) (time.Time, error) {
	if n, err := strconv.ParseFloat(text, 64); err == nil && len(text) > len("2026") {
		const firstMilliseconds = 1e11 // the year 5138 in seconds, or 1973
		if n < firstMilliseconds {
			n *= 1000
		}
		return time.UnixMilli(int64(n)).UTC(), nil
	}
	return parseDate(text)
}
