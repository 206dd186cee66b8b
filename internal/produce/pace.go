package produce

import (
	"math"
	"time"
)

// pace says when records are due: record n, from 0, at n/rate after the start. A
// rate of 0 makes all due at once. The zero pace never ends.
type pace struct {
	rate     float64       // records per second
	total    int64         // 0: no end
	duration time.Duration // 0: no end
}

// due returns how many records are due by now, elapsed after the start.
func (p pace) due(elapsed time.Duration) int64 {
	due := int64(math.MaxInt64)
	if p.rate > 0 {
		due = int64(elapsed.Seconds()*p.rate) + 1
		if p.duration > 0 {
			due = min(due, int64(math.Ceil(p.duration.Seconds()*p.rate)))
		}
	} else if p.duration > 0 && elapsed >= p.duration {
		due = 0
	}
	if p.total > 0 {
		due = min(due, p.total)
	}
	return due
}

// over tells whether none will be due any more after the first n, elapsed after
// the start.
func (p pace) over(n int64, elapsed time.Duration) bool {
	switch {
	case p.total > 0 && n >= p.total:
		return true
	case p.duration == 0:
		return false
	case p.rate > 0:
		return n >= int64(math.Ceil(p.duration.Seconds()*p.rate))
	}
	return elapsed >= p.duration
}

// at returns when record n is due, after the start.
func (p pace) at(n int64) time.Duration {
	if p.rate == 0 {
		return 0
	}
	return time.Duration(float64(n) / p.rate * float64(time.Second))
}
