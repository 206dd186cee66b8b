// Package monitoring monitors a stream, its views and their warehouse with CloudWatch: a
// dashboard, alarms that notify an SNS topic, and metrics for alarms of your own. AWS
// publishes no metrics of views. So the stack's function queries the warehouse on a
// schedule, and publishes how fresh each view is and how many records it omitted.
package monitoring
