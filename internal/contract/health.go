package contract

// HealthEvent is what a schedule of EventBridge sends to the function: a question about
// the streaming views' health. CloudFormation's events have no such key.
type HealthEvent struct {
	Health *HealthRequest `json:"tributaryHealth"`
}

// HealthRequest says of what warehouse, and for how long a period.
type HealthRequest struct {
	Target Target `json:"target"`
	// PeriodSeconds is what the counts are for: as long as the schedule waits.
	PeriodSeconds int `json:"periodSeconds"`
}

// MetricNamespace is where the function publishes the views' metrics in CloudWatch, and
// where alarms and dashboards find them.
const MetricNamespace = "Tributary"

// The dimensions of the views' metrics.
const (
	WarehouseDimension = "Warehouse" // the cluster's or the workgroup's name
	ViewDimension      = "View"      // the view's name, without its schema
)

// The views' metrics, each of one period of the schedule.
const (
	ScannedRecordsMetric  = "ScannedRecords"  // how many records refreshes read
	SkippedRecordsMetric  = "SkippedRecords"  // how many records they left out
	FailedRecordsMetric   = "FailedRecords"   // how many records SYS_STREAM_SCAN_ERRORS lists
	FailedRefreshesMetric = "FailedRefreshes" // how many refreshes failed
	FreshnessMetric       = "Freshness"       // how many seconds ago the newest record arrived
)
