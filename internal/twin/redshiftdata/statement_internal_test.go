package redshiftdata

import (
	"testing"
	"time"
)

// TestRemoveExpired checks that expired statements and client tokens don't stay in memory,
// even if a statement that was submitted before them is still running.
func TestRemoveExpired(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	s := New(nil, Options{Now: func() time.Time { return now }})
	t.Cleanup(s.Close)
	for _, st := range []*statement{
		{id: "running", status: started, updated: now.Add(-48 * time.Hour)},
		{id: "expired", status: finished, updated: now.Add(-25 * time.Hour)},
		{id: "recent", status: finished, updated: now.Add(-23 * time.Hour)},
	} {
		s.statements = append(s.statements, st)
		s.byID[st.id] = st
	}
	s.tokens["expired"] = token{id: "recent", expires: now.Add(-time.Nanosecond)}
	s.tokens["valid"] = token{id: "recent", expires: now}
	s.removeExpired()
	if len(s.statements) != 2 || len(s.byID) != 2 || s.byID["running"] == nil || s.byID["recent"] == nil {
		t.Errorf("statements: want running and recent, got %v", s.byID)
	}
	if _, ok := s.tokens["valid"]; !ok || len(s.tokens) != 1 {
		t.Errorf("client tokens: want the valid one, got %v", s.tokens)
	}
}
