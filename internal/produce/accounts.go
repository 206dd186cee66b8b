package produce

import (
	"maps"
	"sync"
)

// Accounts counts records.
type Accounts struct {
	// Generated counts the records taken from the source.
	Generated int64 `json:"generated"`
	// Accepted counts the records which the stream has accepted, each once.
	Accepted int64 `json:"accepted"`
	// Lost counts the records generated but not accepted: those under way, and in
	// the end those given up.
	Lost int64 `json:"lost"`
	// Retried counts how often a record was sent again.
	Retried int64 `json:"retried"`
	// Refused counts how often a record was not accepted, by the error code that
	// came instead. Nil means never.
	Refused map[string]int64 `json:"refused"`
	// Bytes is the size of the accepted records' data.
	Bytes int64 `json:"bytes"`
	// Calls counts the PutRecords calls.
	Calls int64 `json:"calls"`
}

// ledger keeps Accounts while goroutines add to them.
type ledger struct {
	mu       sync.Mutex
	accounts Accounts
}

func (l *ledger) snapshot() Accounts {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.accounts
	a.Lost = a.Generated - a.Accepted
	a.Refused = maps.Clone(a.Refused)
	return a
}

func (l *ledger) generated(records int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts.Generated += int64(records)
}

// called counts what one call sent, and came to.
func (l *ledger) called(sent, accepted, bytes int, again bool, refused map[string]int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts.Calls++
	l.accounts.Accepted += int64(accepted)
	l.accounts.Bytes += int64(bytes)
	if again {
		l.accounts.Retried += int64(sent)
	}
	for code, count := range refused {
		if l.accounts.Refused == nil {
			l.accounts.Refused = map[string]int64{}
		}
		l.accounts.Refused[code] += count
	}
}
