package produce

import (
	"maps"
	"sync"
)

// Counts are a Producer's statistics. All but Calls and Bytes count records.
type Counts struct {
	// Generated counts the records that the source has returned.
	Generated int64 `json:"generated"`
	// Accepted counts the records that the sink has accepted. A record is counted once.
	Accepted int64 `json:"accepted"`
	// Lost counts the records that were generated and are not accepted. During a run it
	// includes the records that are still being sent.
	Lost int64 `json:"lost"`
	// Retried counts how often a record was sent again.
	Retried int64 `json:"retried"`
	// PossibleDuplicates counts how often a record was sent again although the previous
	// call may have succeeded. At most this many records are duplicates.
	PossibleDuplicates int64 `json:"unsure"`
	// Refused counts, by error code, how often a record was not accepted. It is nil if
	// every record was accepted at once.
	Refused map[string]int64 `json:"refused"`
	// Bytes is the total size of the accepted records' data.
	Bytes int64 `json:"bytes"`
	// Calls counts the calls of the sink.
	Calls int64 `json:"calls"`
}

// Throttled returns how often a record was refused because a rate limit was exceeded.
func (c Counts) Throttled() int64 {
	sum := int64(0)
	for code, count := range c.Refused {
		if throttlingCodes[code] {
			sum += count
		}
	}
	return sum
}

// counter is a Counts that several goroutines may update.
type counter struct {
	mu     sync.Mutex
	counts Counts
}

func (c *counter) snapshot() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := c.counts
	counts.Lost = counts.Generated - counts.Accepted
	counts.Refused = maps.Clone(counts.Refused)
	return counts
}

func (c *counter) addGenerated(records int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Generated += int64(records)
}

// call is the result of one call of the sink.
type call struct {
	sent, accepted    int  // in records
	bytes             int  // total size of the accepted records' data
	retry             bool // whether these records had been sent before
	possibleDuplicate bool // whether the previous call may have succeeded
	refused           map[string]int64
}

func (c *counter) addCall(result call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Calls++
	c.counts.Accepted += int64(result.accepted)
	c.counts.Bytes += int64(result.bytes)
	if result.retry {
		c.counts.Retried += int64(result.sent)
	}
	if result.possibleDuplicate {
		c.counts.PossibleDuplicates += int64(result.sent)
	}
	for code, count := range result.refused {
		if c.counts.Refused == nil {
			c.counts.Refused = map[string]int64{}
		}
		c.counts.Refused[code] += count
	}
}
