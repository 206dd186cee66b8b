package produce

import (
	"maps"
	"sync"
)

// Accounts counts records.
type Accounts struct {
	// Generated counts the records taken from the source.
	Generated int64 `json:"generated"`
	// Accepted counts the records which the sink has accepted, each once.
	Accepted int64 `json:"accepted"`
	// Lost counts the records generated but not accepted: those under way, and in
	// the end those given up.
	Lost int64 `json:"lost"`
	// Retried counts how often a record was sent again.
	Retried int64 `json:"retried"`
	// Unsure counts how often a record was sent again although the call before may
	// have been carried out: so many may be in the stream twice.
	Unsure int64 `json:"unsure"`
	// Refused counts how often a record was not accepted, by the error code that
	// came instead. Nil means never.
	Refused map[string]int64 `json:"refused"`
	// Bytes is the size of the accepted records' data.
	Bytes int64 `json:"bytes"`
	// Calls counts the calls to the sink.
	Calls int64 `json:"calls"`
}

// Throttled returns how often a record was refused because there were too many.
func (a Accounts) Throttled() int64 {
	sum := int64(0)
	for code, count := range a.Refused {
		if throttles[code] {
			sum += count
		}
	}
	return sum
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

// call is what one call to the sink came to, in records.
type call struct {
	sent, accepted int
	bytes          int // accepted
	again, unsure  bool
	refused        map[string]int64
}

func (l *ledger) called(c call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts.Calls++
	l.accounts.Accepted += int64(c.accepted)
	l.accounts.Bytes += int64(c.bytes)
	if c.again {
		l.accounts.Retried += int64(c.sent)
	}
	if c.unsure {
		l.accounts.Unsure += int64(c.sent)
	}
	for code, count := range c.refused {
		if l.accounts.Refused == nil {
			l.accounts.Refused = map[string]int64{}
		}
		l.accounts.Refused[code] += count
	}
}
