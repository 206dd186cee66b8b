package monitoring

import (
	"cmp"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// Thresholds are from when on alarms tell. Zero means the default.
type Thresholds struct {
	// IteratorAge is how old the oldest record may be that a view has yet to read,
	// for three minutes.
	//
	// Default: 5 minutes, where automatic refreshes take seconds and the lab's
	// stream keeps records for a day.
	//
	// Change: in place.
	IteratorAge time.Duration
	// WriteThrottles are the records a minute that the stream may turn away, for
	// three minutes. Producers send them again, so a moment of it is no news.
	//
	// Default: 1.
	//
	// Change: in place.
	WriteThrottles float64
	// ReadThrottles are the reads in 5 minutes that the stream may turn away, for
	// 15 minutes. Views that share a stream share its 5 reads a second and shard,
	// and lose nothing but time.
	//
	// Default: 100.
	//
	// Change: in place.
	ReadThrottles float64
	// RefusedRecords are the records in 5 minutes that PutRecords may fail to take
	// for another reason than throttling.
	//
	// Default: 1.
	//
	// Change: in place.
	RefusedRecords float64
	// CPU is the warehouse's use of its processors in percent, over 15 minutes.
	//
	// Default: 90.
	//
	// Change: in place.
	CPU float64
	// Disk is the warehouse's use of its disks in percent.
	//
	// Default: 80, which leaves the room that queries need for what they sort.
	//
	// Change: in place.
	Disk float64
	// FailedDDL are the requests in 5 minutes that the function may fail.
	//
	// Default: 1.
	//
	// Change: in place.
	FailedDDL float64
	// Freshness is how long ago a view's newest record may have arrived while more
	// of them come, for four intervals.
	//
	// Default: 10 minutes.
	//
	// Change: in place.
	Freshness time.Duration
	// LostRecords are the records in two intervals that a view may leave out.
	//
	// Default: 1.
	//
	// Change: in place.
	LostRecords float64
	// FailedRefreshes are the refreshes of a view in two intervals that may fail, for
	// four intervals: Redshift tries again.
	//
	// Default: 1.
	//
	// Change: in place.
	FailedRefreshes float64
}

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

// problems returns everything that is wrong with the props.
func (p *Props) problems() ddl.Problems {
	var problems ddl.Problems
	add := func(path, message string) { problems = append(problems, ddl.Problem{Path: path, Message: message}) }
	if p.Warehouse == nil {
		add("Warehouse", "required; pass one of package warehouse")
	}
	if p.Stream == nil {
		add("Stream", "required; pass a new or an imported awskinesis.IStream")
	}
	if i := p.ViewInterval; i != nil && (*i < 0 || *i%time.Minute != 0 || *i > 24*time.Hour) {
		add("ViewInterval", fmt.Sprintf("%v is not whole minutes up to 24 hours; write such as 5 * time.Minute, or 0 for never", *i))
	}
	for i, name := range viewsOf(p.ViewNames) {
		if _, err := ddl.ParseIdent(name); err != nil {
			add(fmt.Sprintf("ViewNames[%d]", i), err.Error())
		}
	}
	percent := func(path string, value float64) {
		if value < 0 || value > 100 {
			add("Thresholds."+path, fmt.Sprintf("0 to 100 percent, got %v", value))
		}
	}
	percent("CPU", p.Thresholds.CPU)
	percent("Disk", p.Thresholds.Disk)
	return problems
}
