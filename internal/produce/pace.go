package produce

import (
	"math"
	"time"
)

// Pace is a schedule of records or of bytes.
type Pace interface {
	// At returns when record or byte n is due, as the time since the start. The first is
	// number 0. The caller never passes a smaller n than before, and At never returns an
	// earlier time than before.
	At(n int64) time.Duration
}

// Constant is a pace with a constant rate per second. It must be greater than 0.
type Constant float64

// At returns when n is due.
func (c Constant) At(n int64) time.Duration { return seconds(float64(n) / float64(c)) }

// Ramp is a pace whose rate per second changes linearly from From to To during Over, and
// then stays at To. At least one of the rates must be greater than 0.
type Ramp struct {
	From, To float64
	Over     time.Duration
}

// At returns when n is due: the time t at which the integral of the rate,
// From·t + (To-From)·t²/(2·Over), reaches n.
func (r Ramp) At(n int64) time.Duration {
	over, count := r.Over.Seconds(), float64(n)
	if n == 0 {
		return 0
	}
	if whole := (r.From + r.To) / 2 * over; count >= whole {
		return seconds(over + (count-whole)/r.To)
	}
	slope := (r.To - r.From) / over
	if slope == 0 {
		return seconds(count / r.From)
	}
	// The quadratic formula has two equivalent forms. This one never divides by a number
	// near 0.
	return seconds(2 * count / (r.From + math.Sqrt(r.From*r.From+2*slope*count)))
}

// Bursts is a pace of Size records or bytes at once, at the start and after every
// Interval.
type Bursts struct {
	Size     int64
	Interval time.Duration
}

// At returns when n is due.
func (b Bursts) At(n int64) time.Duration { return time.Duration(n/b.Size) * b.Interval }

// seconds converts s to a duration. It returns the longest duration if s is greater or
// infinite.
func seconds(s float64) time.Duration {
	if ns := s * float64(time.Second); ns < math.MaxInt64 {
		return time.Duration(ns)
	}
	return math.MaxInt64
}
