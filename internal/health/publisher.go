package health

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tributary-cdk/tributary/internal/contract"
)

// Publisher publishes the health of views as CloudWatch metrics.
type Publisher struct {
	// Open returns a Querier of the target's warehouse.
	Open func(target contract.Target) Querier
	// Out receives a line for each view, in CloudWatch's embedded metric format. In a Lambda
	// function it is standard output, from which CloudWatch reads the metrics. This needs no
	// permission except to write the log.
	Out io.Writer
}

// Publish queries the health of the request's warehouse, and writes the metrics to Out.
func (p *Publisher) Publish(ctx context.Context, r contract.HealthRequest) error {
	var errs []error
	if r.PeriodSeconds <= 0 {
		errs = append(errs, fmt.Errorf("tributaryHealth.periodSeconds: got %d; write a number over 0", r.PeriodSeconds))
	}
	if r.Target.Name() == "" {
		errs = append(errs, errors.New("tributaryHealth.target: missing; write clusterIdentifier or workgroupName"))
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	report, err := Query(ctx, p.Open(r.Target), time.Duration(r.PeriodSeconds)*time.Second)
	if err != nil {
		return fmt.Errorf("health of the views: %w", err)
	}
	warehouse := r.Target.Name()
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

// metrics returns a view's metrics in CloudWatch's embedded metric format.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
func metrics(warehouse string, v View, now time.Time) map[string]any {
	type metric struct{ Name, Unit string }
	names := []metric{
		{contract.ScannedRecordsMetric, "Count"},
		{contract.SkippedRecordsMetric, "Count"},
		{contract.FailedRecordsMetric, "Count"},
		{contract.FailedRefreshesMetric, "Count"},
	}
	line := map[string]any{
		contract.WarehouseDimension: warehouse, contract.ViewDimension: v.Name,
		contract.ScannedRecordsMetric: v.Scanned, contract.SkippedRecordsMetric: v.Skipped,
		contract.FailedRecordsMetric: v.Errors, contract.FailedRefreshesMetric: v.FailedRefreshes,
	}
	if fresh, ok := v.Freshness(now); ok {
		names = append(names, metric{contract.FreshnessMetric, "Seconds"})
		line[contract.FreshnessMetric] = fresh.Seconds()
	}
	line["_aws"] = map[string]any{
		"Timestamp": now.UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace": contract.MetricNamespace, "Dimensions": [][]string{{contract.WarehouseDimension, contract.ViewDimension}}, "Metrics": names,
		}},
	}
	return line
}

// Route returns a Lambda function's handler. It publishes metrics for the events of a
// schedule, and calls next for all other events.
func Route[E any](p *Publisher, next func(context.Context, E) error) func(context.Context, json.RawMessage) error {
	return func(ctx context.Context, message json.RawMessage) error {
		var scheduled contract.HealthEvent
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
