package produce

import (
	"math"
	"math/rand/v2"
	"time"
)

// Week has the distribution of the rate per second for each weekday, from Sunday on, and
// for each hour.
type Week [7][24]Distribution

// Distribution is a normal distribution of a rate per second. A random rate is rounded
// up to a whole number, and is 0 if it is negative.
type Distribution struct {
	Mean, Deviation float64
}

// Periodic returns a pace like the periodic mode of the Kinesis Data Generator. For each
// second from start on, it draws a random count from the distribution of the hour, in
// start's time zone, and spreads the count evenly over the second.
//
// With smooth, the distribution changes linearly from one hour to the next, and the
// values in week apply at the beginning of each hour. Equal seeds give equal counts.
//
// Source: https://awslabs.github.io/amazon-kinesis-data-generator/web/help.html
func Periodic(week Week, smooth bool, start time.Time, seed uint64) Pace {
	return &periodic{week: week, smooth: smooth, start: start, second: -1, rng: rand.New(rand.NewPCG(seed, 2))} //nolint:gosec // a load needn't be secret
}

type periodic struct {
	week   Week
	smooth bool
	start  time.Time
	rng    *rand.Rand

	second int64 // the current second, counted from start
	before int64 // the sum of the counts of all earlier seconds
	count  int64 // the count of the current second
	empty  int64 // how many seconds in a row, up to the current one, have count 0
}

// At returns when n is due.
func (p *periodic) At(n int64) time.Duration {
	for n >= p.before+p.count {
		if p.empty > maxEmptySeconds {
			return math.MaxInt64
		}
		p.before += p.count
		p.second++
		p.count = p.draw(p.distribution(p.start.Add(time.Duration(p.second) * time.Second)))
		if p.empty++; p.count > 0 {
			p.empty = 0
		}
	}
	return time.Duration(p.second)*time.Second + time.Duration(n-p.before)*time.Second/time.Duration(p.count)
}

// maxEmptySeconds is after how many seconds with count 0 a periodic pace ends. It is
// more than a week, after which all hours have had count 0.
const maxEmptySeconds = 8 * 24 * 3600

func (p *periodic) draw(d Distribution) int64 {
	return int64(math.Ceil(max(0, d.Mean+d.Deviation*p.rng.NormFloat64())))
}

func (p *periodic) distribution(at time.Time) Distribution {
	from := p.week[at.Weekday()][at.Hour()]
	if !p.smooth {
		return from
	}
	next := at.Add(time.Hour)
	to := p.week[next.Weekday()][next.Hour()]
	part := float64(at.Minute()*60+at.Second()) / 3600
	return Distribution{from.Mean + (to.Mean-from.Mean)*part, from.Deviation + (to.Deviation-from.Deviation)*part}
}
