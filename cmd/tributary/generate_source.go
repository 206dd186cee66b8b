package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/produce"
	"github.com/tributary-cdk/tributary/internal/record"
)

// sourceFlags are the flags for the source of the records.
type sourceFlags struct {
	Template  string  `help:"File with the record template, in the syntax of the Kinesis Data Generator; - reads standard input. Without this flag, the records are the lab's charging sessions." placeholder:"FILE"`
	Seed      *uint64 `help:"Seed of the random values: equal seeds give equal values. Without this flag, the seed is different each time." placeholder:"N"`
	Replay    string  `help:"File with records to send, instead of a template: one record per line, or CSV, whose rows become JSON objects; - reads standard input." placeholder:"FILE"`
	Format    string  `default:"auto" enum:"auto,lines,csv" help:"Format of the --replay file: ${enum}; auto means csv if the file name ends in .csv, else lines."`
	TimeField string  `help:"Field with the time of each replayed record. The records are then sent at the same intervals." placeholder:"PATH"`
	Speed     float64 `default:"1" help:"With --time-field, the speed of the replay: 2 sends the records twice as fast."`
}

func (f *sourceFlags) check() error {
	var errs []error
	if f.Template != "" && f.Replay != "" {
		errs = append(errs, errors.New("--template, --replay: give only one of them"))
	}
	if f.TimeField != "" && f.Replay == "" {
		errs = append(errs, errors.New("--time-field: needs --replay"))
	}
	if !(f.Speed > 0) {
		errs = append(errs, fmt.Errorf("--speed: needs more than 0, got %v", f.Speed))
	}
	return errors.Join(errs...)
}

// source is an open source of records.
type source struct {
	produce.Source
	pace  produce.Pace // from the times in the records; nil if there is none
	close func()
}

// open opens the source that the flags name.
func (f *sourceFlags) open(ctx context.Context, stdin io.Reader, seed uint64) (*source, error) {
	if f.Replay != "" {
		return f.openReplay(ctx, stdin)
	}
	text, err := f.text(stdin)
	if err != nil {
		return nil, fmt.Errorf("--template: %w", err)
	}
	generator, err := generator(fmt.Sprintf("--template %q", f.Template), text, seed)
	if err != nil {
		return nil, err
	}
	return &source{Source: generator, close: func() {}}, nil
}

// generator returns a source for the text of a template. what is the template's name in
// error messages.
func generator(what, text string, seed uint64) (*record.Generator, error) {
	template, err := record.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", what, err)
	}
	return record.NewGenerator(template, seed), nil
}

// text returns the text of the template.
func (f *sourceFlags) text(stdin io.Reader) (string, error) {
	var text []byte
	var err error
	switch f.Template {
	case "":
		return lab.RecordTemplate, nil
	case "-":
		text, err = io.ReadAll(stdin)
	default:
		text, err = os.ReadFile(f.Template)
	}
	return string(text), err
}

func (f *sourceFlags) openReplay(ctx context.Context, stdin io.Reader) (*source, error) {
	ctx, stop := context.WithCancel(ctx)
	s, from := &source{close: stop}, stdin
	if f.Replay != "-" {
		file, err := os.Open(f.Replay)
		if err != nil {
			stop()
			return nil, fmt.Errorf("--replay: %w", err)
		}
		from, s.close = file, func() { stop(); _ = file.Close() }
	}
	options := record.ReplayOptions{
		CSV:   f.Format == "csv" || f.Format == "auto" && strings.HasSuffix(strings.ToLower(f.Replay), ".csv"),
		Speed: f.Speed, NotYet: produce.ErrNotYet,
	}
	if f.TimeField != "" {
		options.Time = timeOf(strings.Split(f.TimeField, "."))
	}
	replay := record.NewReplay(ctx, from, options)
	if s.Source = replay; f.TimeField != "" {
		s.pace = replay
	}
	return s, nil
}

// timeOf returns a function that reads a record's time from a field.
func timeOf(path []string) func([]byte) (time.Time, error) {
	return func(text []byte) (time.Time, error) {
		value, err := produce.Field(text, path)
		if err != nil {
			return time.Time{}, err
		}
		at := string(value)
		if at[0] == '"' {
			if err := json.Unmarshal(value, &at); err != nil {
				return time.Time{}, err
			}
		}
		return record.ParseTime(at)
	}
}
