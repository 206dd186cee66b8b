package produce

import (
	"math"
	"math/rand/v2"
	"time"
)

// Week is how many there are each second, by weekday from Sunday and by hour.
type Week [7][24]Spread

// Spread is a normal distribution of how many there are in a second. A record is
// sent for each begun one.
type Spread struct {
	Mean, Deviation float64
}

// Periodic returns the Kinesis Data Generator's periodic pace from a time on, in
// its zone: each second a random count, whose distribution is the hour's. The
// count is spread over its second. Smooth goes over from one hour to the next in a
// line, so that the week's values are those of the full hours. Equal seeds give
// equal counts.
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

	second int64 // which is looked at, after the start
	before int64 // how many there are before it
	count  int64 // how many there are in it
	silent int64 // seconds without any, up to it
}

// At returns when n is due.
func (p *periodic) At(n int64) time.Duration {
	for n >= p.before+p.count {
		if p.silent > longestSilence {
			return math.MaxInt64
		}
		p.before += p.count
		p.second++
		p.count = p.draw(p.spread(p.start.Add(time.Duration(p.second) * time.Second)))
		if p.silent++; p.count > 0 {
			p.silent = 0
		}
	}
	return time.Duration(p.second)*time.Second + time.Duration(n-p.before)*time.Second/time.Duration(p.count)
}

// longestSilence is after how many seconds without any a pace ends: more than a
// week.
const longestSilence = 8 * 24 * 3600

func (p *periodic) draw(s Spread) int64 {
	return int64(math.Ceil(max(0, s.Mean+s.Deviation*p.rng.NormFloat64())))
}

func (p *periodic) spread(at time.Time) Spread {
	from := p.week[at.Weekday()][at.Hour()]
	if !p.smooth {
		return from
	}
	next := at.Add(time.Hour)
	to := p.week[next.Weekday()][next.Hour()]
	part := float64(at.Minute()*60+at.Second()) / 3600
	return Spread{from.Mean + (to.Mean-from.Mean)*part, from.Deviation + (to.Deviation-from.Deviation)*part}
}
