package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/tributary-cdk/tributary/internal/produce"
)

// paceFlags say how fast records come, when, and how many.
type paceFlags struct {
	Rate       float64       `default:"5" help:"Records per second; 0 means as fast as it can."`
	By         string        `default:"records" enum:"records,bytes" help:"What --rate, --ramp-to and --burst count: ${enum}."`
	RampTo     *float64      `help:"Rate to reach evenly from --rate on, within --ramp-over." placeholder:"N"`
	RampOver   time.Duration `default:"1m" help:"How long the ramp takes (default: ${default})."`
	Burst      int64         `help:"Send so many at once, every --burst-every, instead of --rate." placeholder:"N"`
	BurstEvery time.Duration `default:"1m" help:"How far bursts are apart (default: ${default})."`
	Periodic   string        `help:"File with the mean and deviation of the records per second by weekday and hour, instead of --rate: CSV lines such as Mon-Fri,9-17,500,50." placeholder:"FILE"`
	Smooth     bool          `help:"With --periodic, go over from one hour to the next in a line."`
	Total      int64         `help:"How many records to put; 0 means until Ctrl-C or another end."`
	Duration   time.Duration `help:"How long to generate, such as 10m; 0 means until Ctrl-C or another end."`
	Until      time.Time     `help:"When to stop, such as 2026-11-22T18:00:00Z." placeholder:"TIME"`
	Start      time.Time     `help:"Have the records' dates begin then and follow the pace, and don't wait for it: days of records at once." placeholder:"TIME"`
	TZ         string        `name:"tz" help:"Time zone of the records' dates, such as America/Los_Angeles. Without it, this machine's." placeholder:"ZONE"`
}

// check returns everything that is wrong with the flags, joined. A replay has no
// pace unless it is given one.
func (f *paceFlags) check(replay bool) error {
	var errs []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	refuse(!(f.Rate >= 0), "--rate: 0 or more, got %v", f.Rate)
	refuse(f.RampTo != nil && (!(*f.RampTo >= 0) || f.Rate == 0 && *f.RampTo == 0), "--ramp-to: 0 or more, and not from 0 to 0")
	refuse(f.RampOver <= 0, "--ramp-over: more than 0, got %v", f.RampOver)
	refuse(f.Burst < 0, "--burst: 0 or more, got %d", f.Burst)
	refuse(f.BurstEvery <= 0, "--burst-every: more than 0, got %v", f.BurstEvery)
	refuse(f.Total < 0, "--total: 0 or more, got %d", f.Total)
	refuse(f.Duration < 0, "--duration: 0 or more, got %v", f.Duration)
	ways := 0
	for _, given := range []bool{f.RampTo != nil, f.Burst > 0, f.Periodic != ""} {
		if given {
			ways++
		}
	}
	refuse(ways > 1, "--ramp-to, --burst, --periodic: write one of them")
	refuse(f.Smooth && f.Periodic == "", "--smooth: is of --periodic")
	refuse(!f.Until.IsZero() && f.Duration > 0, "--duration, --until: write one of them")
	refuse(!f.Start.IsZero() && f.Rate == 0 && ways == 0, "--start: needs a pace, such as --rate=5")
	refuse(!f.Start.IsZero() && replay, "--start: replayed records have dates of their own")
	if _, err := f.zone(); err != nil {
		errs = append(errs, fmt.Errorf("--tz: %w", err))
	}
	return errors.Join(errs...)
}

func (f *paceFlags) zone() (*time.Location, error) {
	if f.TZ == "" {
		return time.Local, nil
	}
	return time.LoadLocation(f.TZ)
}

// setPace sets the options that the flags are about.
func (f *paceFlags) setPace(o *produce.Options, now time.Time, seed uint64) error {
	zone, err := f.zone()
	if err != nil {
		return err
	}
	o.Zone, o.Start, o.Total, o.Duration, o.ByBytes = zone, f.Start, f.Total, f.Duration, f.By == "bytes"
	begin := now
	if !f.Start.IsZero() {
		begin = f.Start
	}
	if !f.Until.IsZero() {
		if o.Duration = f.Until.Sub(begin); o.Duration <= 0 {
			return fmt.Errorf("--until: must be after %v", begin.Format(time.RFC3339))
		}
	}
	o.Pace, err = f.pace(begin.In(zone), seed)
	return err
}

func (f *paceFlags) pace(begin time.Time, seed uint64) (produce.Pace, error) {
	switch {
	case f.Periodic != "":
		file, err := os.Open(f.Periodic)
		if err != nil {
			return nil, fmt.Errorf("--periodic: %w", err)
		}
		defer func() { _ = file.Close() }()
		week, err := produce.ReadWeek(file)
		if err != nil {
			return nil, fmt.Errorf("--periodic %q:\n%w", f.Periodic, err)
		}
		return produce.Periodic(week, f.Smooth, begin, seed), nil
	case f.Burst > 0:
		return produce.Bursts{Size: f.Burst, Interval: f.BurstEvery}, nil
	case f.RampTo != nil:
		return produce.Ramp{From: f.Rate, To: *f.RampTo, Over: f.RampOver}, nil
	case f.Rate > 0:
		return produce.Constant(f.Rate), nil
	}
	return nil, nil
}
