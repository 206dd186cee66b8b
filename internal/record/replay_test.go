package record_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/record"
)

// replayed returns all records of a replay, each with the duration after which it is due.
func replayed(r *record.Replay) []string {
	var list []string
	for {
		due := r.At(0)
		text, err := r.Append(nil, time.Time{})
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			return append(list, err.Error())
		}
		list = append(list, fmt.Sprintf("%v %s", due, strings.TrimSuffix(string(text), "\n")))
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	first := func(text []byte) (time.Time, error) {
		at, _, _ := strings.Cut(strings.Trim(strings.TrimPrefix(string(text), `{"at":`), `"{`), `"`)
		return record.ParseTime(at)
	}
	tests := map[string]struct {
		text    string
		options record.ReplayOptions
		want    []string
	}{
		"lines":                    {"{\"a\":1}\r\n\nx,y", record.ReplayOptions{}, []string{`0s {"a":1}`, "0s x,y"}},
		"CSV":                      {"\ufeffa,\"b \"\"c\"\"\"\n1,\"x\ny\"\n,2\n", record.ReplayOptions{CSV: true}, []string{`0s {"a":"1","b \"c\"":"x\ny"}`, `0s {"a":"","b \"c\"":"2"}`}},
		"CSV with a missing value": {"a,b\n1\n", record.ReplayOptions{CSV: true}, []string{"record on line 2: wrong number of fields"}},
		"records with times":       {"at\n2026-11-22 10:00:00\n2026-11-22 10:00:10\n2026-11-22 10:00:05\n1795341612\n", record.ReplayOptions{CSV: true, Time: first}, []string{`0s {"at":"2026-11-22 10:00:00"}`, `10s {"at":"2026-11-22 10:00:10"}`, `10s {"at":"2026-11-22 10:00:05"}`, `12s {"at":"1795341612"}`}},
		"speed of 10":              {"at\n2026-11-22 10:00:00\n2026-11-22 10:00:10\n", record.ReplayOptions{CSV: true, Time: first, Speed: 10}, []string{`0s {"at":"2026-11-22 10:00:00"}`, `1s {"at":"2026-11-22 10:00:10"}`}},
		"invalid time":             {"at\nnever\n", record.ReplayOptions{CSV: true, Time: first}, []string{`time of a record: must be a date such as "2026-11-22T18:57:13Z", got "never"`}},
		"no records":               {"", record.ReplayOptions{}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, replayed(record.NewReplay(t.Context(), strings.NewReader(test.text), test.options))); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReplayWithNotYet(t *testing.T) {
	t.Parallel()
	notYet := errors.New("not yet")
	reader, writer := io.Pipe()
	r := record.NewReplay(t.Context(), reader, record.ReplayOptions{NotYet: notYet})
	if _, err := r.Append(nil, time.Time{}); !errors.Is(err, notYet) {
		t.Errorf("error without a record: want %v, got %v", notYet, err)
	}
	if _, err := io.WriteString(writer, "a\n"); err != nil {
		t.Fatal(err)
	}
	for {
		text, err := r.Append(nil, time.Time{})
		if errors.Is(err, notYet) {
			time.Sleep(time.Millisecond)
			continue
		}
		if string(text) != "a\n" || err != nil {
			t.Errorf("want the record a, got %q, error %v", text, err)
		}
		break
	}
	_ = writer.Close()
	if got := replayed(r); len(got) > 1 || len(got) == 1 && got[0] != "not yet" {
		t.Errorf("records at the end: want none, got %v", got)
	}
}
