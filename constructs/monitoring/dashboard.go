package monitoring

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

// addDashboard defines the dashboard, with widgets for the alarms, the stream, the views and
// the warehouse. interval is how often the views are measured.
func (m *Monitoring) addDashboard(views []string, interval time.Duration) {
	alarms := make([]interfacesawscloudwatch.IAlarmRef, len(m.Alarms))
	for i, a := range m.Alarms {
		alarms[i] = a
	}
	m.Dashboard = awscloudwatch.NewDashboard(m.Construct, jsii.String("Dashboard"), &awscloudwatch.DashboardProps{
		DefaultInterval: awscdk.Duration_Hours(jsii.Number(3)),
	})
	m.Dashboard.AddWidgets(awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
		Title: jsii.String("Alarms"), Width: jsii.Number(24), Alarms: &alarms,
	}))
	m.Dashboard.AddWidgets(
		graph("Records put into the stream per minute", m.MetricIncomingRecords()),
		graph("Age of the last record that was read", m.MetricGetRecordsIteratorAgeMilliseconds()),
		graph("Throttled reads and writes, failed records", m.MetricWriteProvisionedThroughputExceeded(), m.MetricReadProvisionedThroughputExceeded(), m.MetricPutRecordsFailedRecords()),
	)
	if len(views) > 0 {
		var fresh, lost, failed []awscloudwatch.IMetric
		for _, v := range views {
			fresh = append(fresh, m.MetricFreshness(v, interval))
			lost = append(lost, m.MetricSkippedRecords(v, interval), m.MetricFailedRecords(v, interval))
			failed = append(failed, m.MetricFailedRefreshes(v, interval))
		}
		m.Dashboard.AddWidgets(graph("Age of each view's newest record", fresh...), graph("Omitted records", lost...), graph("Failed refreshes", failed...))
	}
	warehouse := []awscloudwatch.IWidget{graph("Failed DDL", m.MetricFailedDDL())}
	if serverless(m.warehouse) {
		warehouse = append(warehouse, graph("Warehouse: capacity", m.MetricComputeCapacity()), graph("Warehouse: billed RPU-seconds per hour", m.MetricComputeSeconds()))
	} else {
		warehouse = append(warehouse, graph("Warehouse: CPU and disk", m.MetricCPUUtilization(), m.MetricPercentageDiskSpaceUsed()), graph("Warehouse: health status", m.MetricHealthStatus()))
	}
	m.Dashboard.AddWidgets(warehouse...)
}

// graph returns a widget that takes a third of a row.
func graph(title string, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: jsii.String(title), Width: jsii.Number(8), Left: &metrics,
		LeftYAxis: &awscloudwatch.YAxisProps{Min: jsii.Number(0)},
	})
}
