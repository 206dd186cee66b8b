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

// report is the result of a run.
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

// String returns the report as one line.
func (r report) String() string {
	line := fmt.Sprintf("%s: %d generated, %d accepted, %d retried, %d lost in %.1f s (%.0f/s)",
		r.Stream, r.Generated, r.Accepted, r.Retried, r.Lost, r.Seconds, float64(r.Accepted)/max(r.Seconds, 1e-3))
	if r.PossibleDuplicates > 0 {
		line += fmt.Sprintf("; up to %d duplicates", r.PossibleDuplicates)
	}
	return strings.Join(append([]string{line}, refusals(r.Refused)...), "; ")
}

// refusals returns, for each error code in order, the code and how often a record was
// refused with it.
func refusals(refused map[string]int64) []string {
	var list []string
	for _, code := range slices.Sorted(maps.Keys(refused)) {
		list = append(list, fmt.Sprintf("%s: %d", code, refused[code]))
	}
	return list
}

// meter formats progress lines.
type meter struct {
	started  time.Time
	total    int64         // records to send; 0 means no limit
	duration time.Duration // 0 means no limit

	at       time.Time // time of the previous line
	accepted int64     // records accepted at that time
}

// line returns a progress line. The rate in it is the average since the previous line.
func (m *meter) line(now time.Time, c produce.Counts) string {
	rate := float64(c.Accepted-m.accepted) / max(now.Sub(m.at).Seconds(), 1e-3)
	m.at, m.accepted = now, c.Accepted
	parts := []string{fmt.Sprintf("%d accepted", c.Accepted), fmt.Sprintf("%.0f/s", rate)}
	if c.Retried > 0 {
		parts = append(parts, fmt.Sprintf("%d throttled", c.Throttled()), fmt.Sprintf("%d retried", c.Retried))
	}
	if left, ok := m.left(now, c.Accepted, rate); ok {
		parts = append(parts, fmt.Sprintf("%v left", left.Round(time.Second)))
	}
	return strings.Join(append(parts, refusals(c.Refused)...), ", ")
}

// left returns the estimated rest of the run's time. It returns false if the run has no
// end, or if the rate is 0.
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
