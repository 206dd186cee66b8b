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

// Replay reads recorded records: the lines of a file or a pipe, in their order. Create it
// with [NewReplay].
type Replay struct {
	o       ReplayOptions
	lines   chan line     // the lines that are read, but not returned
	first   time.Time     // the time of the first record
	due     time.Duration // when the next record is due, after the first
	next    line          // the next record
	waiting bool          // true until next is read
}

// ReplayOptions are the format and the speed of a [Replay].
type ReplayOptions struct {
	// CSV is true if the input has comma-separated values, with their names in the first
	// line. Each record is then a JSON object of strings. Otherwise each line is a record.
	CSV bool
	// Time returns the time at which a record was created, from which At computes when the
	// record is due. Nil means that all records are due immediately.
	Time func(record []byte) (time.Time, error)
	// Speed is the factor by which the records are replayed faster than they were created.
	// 0 means 1.
	Speed float64
	// NotYet is the error that Append returns if the next record is not available yet. Nil
	// means that Append and At wait for the record.
	NotYet error
}

// line is a line of the input, or the error of reading it.
type line struct {
	text []byte
	err  error
}

// NewReplay returns the records in r. A goroutine reads them in advance. It ends at the end
// of r, or after the next record that it reads once ctx is done.
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

// Append appends the next record and a newline to dst. After the last record, it returns
// io.EOF.
func (p *Replay) Append(dst []byte, _ time.Time) ([]byte, error) {
	if err := p.peek(); err != nil {
		return dst, err
	}
	p.waiting = true
	return append(append(dst, p.next.text...), '\n'), nil
}

// At returns when the next record is due: the duration from the first record's time to its
// own, divided by Speed. The result never decreases, even if the times of the records do. If
// there is no next record, or not yet, it is that of the record before. The argument is
// ignored.
func (p *Replay) At(int64) time.Duration {
	_ = p.peek() // Append returns the error
	return p.due
}

// peek sets next to the next record, or returns the error that Append returns instead.
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

// readLines calls yield for each line of r that is not empty.
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

// readCSV calls yield with a JSON object of strings for each line of r after the first. The
// fields of the object have the same order as the line.
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

// quote returns text as a JSON string.
func quote(text string) []byte {
	quoted, _ := json.Marshal(text) // can't fail for a string
	return quoted
}

// ParseTime parses a time in a common form: RFC 3339, a form that JavaScript prints or can
// parse, or a number of seconds or milliseconds since 1970. A number below 1e11 is in
// seconds.
func ParseTime(text string) (time.Time, error) {
	if n, err := strconv.ParseFloat(text, 64); err == nil && len(text) > len("2026") {
		const firstMilliseconds = 1e11 // in seconds the year 5138, in milliseconds the year 1973
		if n < firstMilliseconds {
			n *= 1000
		}
		return time.UnixMilli(int64(n)).UTC(), nil
	}
	return parseDate(text)
}
