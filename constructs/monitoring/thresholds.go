package monitoring

import (
	"cmp"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// Thresholds are the values at which alarms fire: an alarm fires when its metric is at or
// above the value. A value of zero means the default.
type Thresholds struct {
	// IteratorAge is the age of the last record that a reader of the stream got. The alarm
	// fires after three minutes at this age, since the reader is then behind.
	//
	// Default: 5 minutes, since an automatic refresh takes seconds, and the lab's stream
	// keeps records for a day.
	//
	// Change: in place.
	IteratorAge time.Duration
	// WriteThrottles is the number of throttled records per minute. The alarm fires after
	// three minutes with that many. A shorter time is harmless, because producers send
	// the records again.
	//
	// Default: 1.
	//
	// Change: in place.
	WriteThrottles float64
	// ReadThrottles is the number of throttled reads in 5 minutes. The alarm fires after 15
	// minutes with that many. The views on a stream share its limit of 5 reads per second
	// and shard. Throttling delays a view, and the view loses no records.
	//
	// Default: 100.
	//
	// Change: in place.
	ReadThrottles float64
	// RefusedRecords is the number of records in 5 minutes for which PutRecords failed, for
	// another reason than throttling.
	//
	// Default: 1.
	//
	// Change: in place.
	RefusedRecords float64
	// CPU is the CPU utilization of a cluster in percent. The alarm fires after 15 minutes.
	//
	// Default: 90.
	//
	// Change: in place.
	CPU float64
	// Disk is the used disk space of a cluster in percent.
	//
	// Default: 80, since queries need free space for sorting.
	//
	// Change: in place.
	Disk float64
	// FailedDDL is the number of requests in 5 minutes that failed in the function.
	//
	// Default: 1.
	//
	// Change: in place.
	FailedDDL float64
	// Freshness is the time since a view's newest record arrived in the stream. The alarm
	// fires after four intervals (Props.ViewInterval), if records arrive during that time.
	//
	// Default: 10 minutes.
	//
	// Change: in place.
	Freshness time.Duration
	// LostRecords is the number of records in two intervals that a view omitted.
	//
	// Default: 1.
	//
	// Change: in place.
	LostRecords float64
	// FailedRefreshes is the number of failed refreshes of a view in two intervals. The
	// alarm fires after four intervals, because Redshift retries a refresh.
	//
	// Default: 1.
	//
	// Change: in place.
	FailedRefreshes float64
}

// withDefaults returns the thresholds with the default for each that is zero.
func (t Thresholds) withDefaults() Thresholds {
	return Thresholds{
		IteratorAge:     cmp.Or(t.IteratorAge, 5*time.Minute),
		WriteThrottles:  cmp.Or(t.WriteThrottles, 1),
		ReadThrottles:   cmp.Or(t.ReadThrottles, 100),
		RefusedRecords:  cmp.Or(t.RefusedRecords, 1),
		CPU:             cmp.Or(t.CPU, 90),
		Disk:            cmp.Or(t.Disk, 80),
		FailedDDL:       cmp.Or(t.FailedDDL, 1),
		Freshness:       cmp.Or(t.Freshness, 10*time.Minute),
		LostRecords:     cmp.Or(t.LostRecords, 1),
		FailedRefreshes: cmp.Or(t.FailedRefreshes, 1),
	}
}

// problems returns all problems of the props, each with its path.
func (p *Props) problems() ddl.Problems {
	var problems ddl.Problems
	add := func(path, message string) { problems = append(problems, ddl.Problem{Path: path, Message: message}) }
	if p.Warehouse == nil {
		add("Warehouse", "required; pass a warehouse of package warehouse")
	}
	if p.Stream == nil {
		add("Stream", "required; pass a new or an imported awskinesis.IStream")
	}
	if i := p.ViewInterval; i != nil && (*i < 0 || *i%time.Minute != 0 || *i > 24*time.Hour) {
		add("ViewInterval", fmt.Sprintf("needs whole minutes up to 24 hours, got %v; write a duration such as 5 * time.Minute, or 0 for never", *i))
	}
	for i, name := range viewsOf(p.ViewNames) {
		if _, err := ddl.ParseIdent(name); err != nil {
			add(fmt.Sprintf("ViewNames[%d]", i), err.Error())
		}
	}
	percent := func(path string, value float64) {
		if value < 0 || value > 100 {
			add("Thresholds."+path, fmt.Sprintf("needs 0 to 100 percent, got %v", value))
		}
	}
	percent("CPU", p.Thresholds.CPU)
	percent("Disk", p.Thresholds.Disk)
	return problems
}
