package main

import (
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/produce"
)

func TestMeter(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		meter meter
		want  string
	}{
		"no limit":      {meter{}, "500 accepted, 100/s, 6 throttled, 7 retried, ThrottlingException: 6"},
		"total":         {meter{total: 1000}, "500 accepted, 100/s, 6 throttled, 7 retried, 5s left, ThrottlingException: 6"},
		"duration":      {meter{duration: time.Minute}, "500 accepted, 100/s, 6 throttled, 7 retried, 55s left, ThrottlingException: 6"},
		"earlier limit": {meter{total: 1e6, duration: 7 * time.Second}, "500 accepted, 100/s, 6 throttled, 7 retried, 2s left, ThrottlingException: 6"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := test.meter
			m.started, m.at = start, start
			if got := m.line(start.Add(5*time.Second), produce.Counts{Accepted: 500, Retried: 7, Refused: map[string]int64{"ThrottlingException": 6}}); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestReportString(t *testing.T) {
	t.Parallel()
	r := report{Stream: "s", Seconds: 2, Counts: produce.Counts{
		Generated: 10, Accepted: 9, Lost: 1, Retried: 3, PossibleDuplicates: 1,
		Refused: map[string]int64{"no answer": 1, "ProvisionedThroughputExceededException": 3},
	}}
	const want = "s: 10 generated, 9 accepted, 3 retried, 1 lost in 2.0 s (4/s); up to 1 duplicates; ProvisionedThroughputExceededException: 3; no answer: 1"
	if got := r.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
