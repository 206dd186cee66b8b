package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/tributary-cdk/tributary/internal/produce"
)

// paceFlags are the flags for the rate, the times and the number of records.
type paceFlags struct {
	Rate       float64       `default:"5" help:"Records per second; 0 means as fast as possible."`
	By         string        `default:"records" enum:"records,bytes" help:"Unit of --rate, --ramp-to and --burst: ${enum}."`
	RampTo     *float64      `help:"Change the rate linearly from --rate to this rate, during --ramp-over, and then keep it." placeholder:"N"`
	RampOver   time.Duration `default:"1m" help:"Duration of the ramp (default: ${default})."`
	Burst      int64         `help:"Send this many records at once, every --burst-every, instead of --rate." placeholder:"N"`
	BurstEvery time.Duration `default:"1m" help:"Time between two bursts (default: ${default})."`
	Periodic   string        `help:"File with the mean and the standard deviation of the records per second by weekday and hour, instead of --rate: CSV lines such as Mon-Fri,9-17,500,50." placeholder:"FILE"`
	Smooth     bool          `help:"With --periodic, change the mean and the deviation linearly from one hour to the next."`
	Total      int64         `help:"How many records to send; 0 means no limit."`
	Duration   time.Duration `help:"For how long to generate records, such as 10m; 0 means no limit."`
	Until      time.Time     `help:"When to stop generating records, such as 2026-11-22T18:00:00Z." placeholder:"TIME"`
	Start      time.Time     `help:"Time of the first record. The times of later records follow the pace, but the command does not wait for them: it can generate the records of several days at once." placeholder:"TIME"`
	TZ         string        `name:"tz" help:"Time zone of the records' dates, such as America/Los_Angeles (default: this machine's)." placeholder:"ZONE"`
}

// check returns an error that joins everything that is wrong with the flags. replay says
// whether the records come from a replay, which can't be combined with --start.
func (f *paceFlags) check(replay bool) error {
	var errs []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	refuse(!(f.Rate >= 0), "--rate: needs 0 or more, got %v", f.Rate)
	refuse(f.RampTo != nil && (!(*f.RampTo >= 0) || f.Rate == 0 && *f.RampTo == 0), "--ramp-to: needs 0 or more, and more than 0 if --rate is 0")
	refuse(f.RampOver <= 0, "--ramp-over: needs more than 0, got %v", f.RampOver)
	refuse(f.Burst < 0, "--burst: needs 0 or more, got %d", f.Burst)
	refuse(f.BurstEvery <= 0, "--burst-every: needs more than 0, got %v", f.BurstEvery)
	refuse(f.Total < 0, "--total: needs 0 or more, got %d", f.Total)
	refuse(f.Duration < 0, "--duration: needs 0 or more, got %v", f.Duration)
	ways := 0
	for _, given := range []bool{f.RampTo != nil, f.Burst > 0, f.Periodic != ""} {
		if given {
			ways++
		}
	}
	refuse(ways > 1, "--ramp-to, --burst, --periodic: give only one of them")
	refuse(f.Smooth && f.Periodic == "", "--smooth: needs --periodic")
	refuse(!f.Until.IsZero() && f.Duration > 0, "--duration, --until: give only one of them")
	refuse(!f.Start.IsZero() && f.Rate == 0 && ways == 0, "--start: needs a pace, such as --rate=5")
	refuse(!f.Start.IsZero() && replay, "--start, --replay: give only one of them; replayed records already contain their dates")
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

// setPace sets the options that depend on these flags.
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
			return fmt.Errorf("--until: needs a time after %v, got %v", begin.Format(time.RFC3339), f.Until.Format(time.RFC3339))
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
