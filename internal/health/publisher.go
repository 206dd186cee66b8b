package health

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Namespace is that of the metrics, in CloudWatch.
const Namespace = "Tributary"

// Event asks for the metrics of a warehouse's views. It is what a schedule sends.
type Event struct {
	// Health tells the event from those of CloudFormation.
	Health *Request `json:"tributaryHealth"`
}

// Request says of what, and since when.
type Request struct {
	Target dataapi.Target `json:"target"`
	// PeriodSeconds is what the counts are for: as long as the schedule waits.
	PeriodSeconds int `json:"periodSeconds"`
}

// Publisher writes the health of views as metrics.
type Publisher struct {
	// Open returns what answers the queries of the warehouse that target names.
	Open func(target dataapi.Target) Querier
	// Out gets a line for each view, in CloudWatch's embedded metric format. In a
	// Lambda function it is standard output: from there CloudWatch takes the
	// metrics, and no permission is needed but to write the log.
	Out io.Writer
}

// Publish asks and writes.
func (p *Publisher) Publish(ctx context.Context, r Request) error {
	var errs []error
	if r.PeriodSeconds <= 0 {
		errs = append(errs, fmt.Errorf("tributaryHealth.periodSeconds: more than 0, got %d", r.PeriodSeconds))
	}
	if r.Target.ClusterIdentifier == "" && r.Target.WorkgroupName == "" {
		errs = append(errs, errors.New("tributaryHealth.target: required; name a cluster or a workgroup"))
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	report, err := Ask(ctx, p.Open(r.Target), time.Duration(r.PeriodSeconds)*time.Second)
	if err != nil {
		return fmt.Errorf("health of the views: %w", err)
	}
	warehouse := r.Target.ClusterIdentifier + r.Target.WorkgroupName // it has one of them
	for _, view := range report.Streaming() {
		line, err := json.Marshal(metrics(warehouse, view, report.Now))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(p.Out, "%s\n", line); err != nil {
			return err
		}
	}
	return nil
}

// metrics returns a view's metrics in the embedded metric format.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
func metrics(warehouse string, v View, now time.Time) map[string]any {
	type metric struct{ Name, Unit string }
	names := []metric{{"ScannedRecords", "Count"}, {"SkippedRecords", "Count"}, {"FailedRecords", "Count"}, {"FailedRefreshes", "Count"}}
	line := map[string]any{
		"Warehouse": warehouse, "View": v.Name,
		"ScannedRecords": v.Scanned, "SkippedRecords": v.Skipped, "FailedRecords": v.Errors, "FailedRefreshes": v.FailedRefreshes,
	}
	if fresh, ok := v.Freshness(now); ok {
		names = append(names, metric{"Freshness", "Seconds"})
		line["Freshness"] = fresh.Seconds()
	}
	line["_aws"] = map[string]any{
		"Timestamp": now.UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace": Namespace, "Dimensions": [][]string{{"Warehouse", "View"}}, "Metrics": names,
		}},
	}
	return line
}

// Route returns a Lambda function's handler: p's for a schedule's events, next for
// all others.
func Route[E any](p *Publisher, next func(context.Context, E) error) func(context.Context, json.RawMessage) error {
	return func(ctx context.Context, message json.RawMessage) error {
		var scheduled Event
		if err := json.Unmarshal(message, &scheduled); err == nil && scheduled.Health != nil {
			return p.Publish(ctx, *scheduled.Health)
		}
		var event E
		if err := json.Unmarshal(message, &event); err != nil {
			return fmt.Errorf("event: %w", err)
		}
		return next(ctx, event)
	}
}
