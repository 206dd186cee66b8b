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

// counter keeps Accounts while goroutines add to them.
type counter struct {
	mu       sync.Mutex
	accounts Accounts
}

func (c *counter) snapshot() Accounts {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.accounts
	a.Lost = a.Generated - a.Accepted
	a.Refused = maps.Clone(a.Refused)
	return a
}

func (c *counter) generated(records int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.accounts.Generated += int64(records)
}

// call is what one call to the sink came to, in records.
type call struct {
	sent, accepted int
	bytes          int // accepted
	again, unsure  bool
	refused        map[string]int64
}

func (c *counter) called(one call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.accounts.Calls++
	c.accounts.Accepted += int64(one.accepted)
	c.accounts.Bytes += int64(one.bytes)
	if one.again {
		c.accounts.Retried += int64(one.sent)
	}
	if one.unsure {
		c.accounts.Unsure += int64(one.sent)
	}
	for code, count := range one.refused {
		if c.accounts.Refused == nil {
			c.accounts.Refused = map[string]int64{}
		}
		c.accounts.Refused[code] += count
	}
}
