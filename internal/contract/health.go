package contract

// HealthEvent is the event that an EventBridge schedule sends to the function to request
// the health metrics of the streaming views. The events of CloudFormation do not have its
// JSON key.
type HealthEvent struct {
	Health *HealthRequest `json:"tributaryHealth"`
}

// HealthRequest names the warehouse to check and the period to count over.
type HealthRequest struct {
	Target Target `json:"target"`
	// PeriodSeconds is how many seconds the counts cover. It is the schedule's interval.
	PeriodSeconds int `json:"periodSeconds"`
}

// MetricNamespace is the CloudWatch namespace of the views' metrics. The function
// publishes to it; alarms and dashboards read from it.
const MetricNamespace = "Tributary"

// The dimensions of the views' metrics.
const (
	WarehouseDimension = "Warehouse" // the name of the cluster or workgroup
	ViewDimension      = "View"      // the name of the view, without its schema
)

// The views' metrics. Each value is for one period of the schedule.
const (
	ScannedRecordsMetric  = "ScannedRecords"  // number of records that refreshes read
	SkippedRecordsMetric  = "SkippedRecords"  // number of records that refreshes skipped
	FailedRecordsMetric   = "FailedRecords"   // number of records in SYS_STREAM_SCAN_ERRORS
	FailedRefreshesMetric = "FailedRefreshes" // number of refreshes that failed
	FreshnessMetric       = "Freshness"       // seconds since the newest record arrived
)
