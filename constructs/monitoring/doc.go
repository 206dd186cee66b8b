// Package monitoring shows on AWS how a stream and its views are: a CloudWatch
// dashboard, alarms that tell a topic, and the metrics themselves for alarms of
// the caller's own. What CloudWatch doesn't see, how fresh each view is and what
// it left out, the stack's function asks the warehouse on a schedule.
package monitoring
