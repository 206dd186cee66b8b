package produce

import (
	"math"
	"time"
)

// Pace says when something is due. What it counts is records, or bytes.
type Pace interface {
	// At returns when number n, from 0, is due, after the start. It is asked with
	// numbers that don't fall, and returns times that don't.
	At(n int64) time.Duration
}

// Constant is a pace of so many per second, evenly. It must be above 0.
type Constant float64

// At returns when n is due.
func (c Constant) At(n int64) time.Duration { return seconds(float64(n) / float64(c)) }

// Ramp is a pace that rises or falls evenly from one rate per second to another,
// and then stays there. One of the rates at least must be above 0.
type Ramp struct {
	From, To float64
	Over     time.Duration
}

// At returns when n is due: where the line's integral, From·t + (To-From)·t²/2·Over,
// reaches n.
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
	// Of the quadratic equation's two forms, the one that divides by no small number.
	return seconds(2 * count / (r.From + math.Sqrt(r.From*r.From+2*slope*count)))
}

// Bursts is a pace of Size at once, every Interval.
type Bursts struct {
	Size     int64
	Interval time.Duration
}

// At returns when n is due.
func (b Bursts) At(n int64) time.Duration { return time.Duration(n/b.Size) * b.Interval }

// seconds returns a duration; the longest there is for what doesn't end.
func seconds(s float64) time.Duration {
	if ns := s * float64(time.Second); ns < math.MaxInt64 {
		return time.Duration(ns)
	}
	return math.MaxInt64
}
