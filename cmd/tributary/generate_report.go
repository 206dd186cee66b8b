package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/produce"
)

// report is what came of a run.
type report struct {
	Stream  string  `json:"stream"`
	Seed    uint64  `json:"seed"`
	Seconds float64 `json:"seconds"`
	produce.Counts
}

func (c *generateCmd) report(w io.Writer, r report) error {
	if c.Output == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	_, err := fmt.Fprintln(w, r)
	return err
}

// String returns the accounts as one line.
func (r report) String() string {
	line := fmt.Sprintf("%s: %d generated, %d accepted, %d retried, %d lost in %.1f s (%.0f/s)",
		r.Stream, r.Generated, r.Accepted, r.Retried, r.Lost, r.Seconds, float64(r.Accepted)/max(r.Seconds, 1e-3))
	if r.PossibleDuplicates > 0 {
		line += fmt.Sprintf("; up to %d twice", r.PossibleDuplicates)
	}
	return strings.Join(append([]string{line}, refusals(r.Refused)...), "; ")
}

// refusals tells how often records were not accepted, and why.
func refusals(refused map[string]int64) []string {
	var list []string
	for _, code := range slices.Sorted(maps.Keys(refused)) {
		list = append(list, fmt.Sprintf("%d times %s", refused[code], code))
	}
	return list
}

// meter tells how a run gets on. The rate is that since the line before.
type meter struct {
	started  time.Time
	total    int64         // 0: no end
	duration time.Duration // 0: no end

	at       time.Time // of the line before
	accepted int64     // then
}

func (m *meter) line(now time.Time, a produce.Counts) string {
	rate := float64(a.Accepted-m.accepted) / max(now.Sub(m.at).Seconds(), 1e-3)
	m.at, m.accepted = now, a.Accepted
	parts := []string{fmt.Sprintf("%d accepted", a.Accepted), fmt.Sprintf("%.0f/s", rate)}
	if a.Retried > 0 {
		parts = append(parts, fmt.Sprintf("%d throttled", a.Throttled()), fmt.Sprintf("%d retried", a.Retried))
	}
	if left, ok := m.left(now, a.Accepted, rate); ok {
		parts = append(parts, fmt.Sprintf("%v left", left.Round(time.Second)))
	}
	return strings.Join(append(parts, refusals(a.Refused)...), ", ")
}

// left returns how long the run will still take, and false if nobody knows.
func (m *meter) left(now time.Time, accepted int64, rate float64) (time.Duration, bool) {
	var ends []time.Duration
	if m.duration > 0 {
		ends = append(ends, max(0, m.duration-now.Sub(m.started)))
	}
	if m.total > 0 && rate > 0 {
		ends = append(ends, time.Duration(float64(m.total-accepted)/rate*float64(time.Second)))
	}
	if len(ends) == 0 {
		return 0, false
	}
	return slices.MinFunc(ends, cmp.Compare[time.Duration]), true
}
