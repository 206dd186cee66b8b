package contract

// The messages of the function's log lines about requests of CloudFormation. A metric
// filter counts those that failed by them.
const (
	// AnsweredMessage is that of a request which was answered. The line's status is
	// CloudFormation's SUCCESS or FAILED.
	AnsweredMessage = "answered"
	// NotAnsweredMessage is that of a run which ended without an answer, so that Lambda
	// repeats it.
	NotAnsweredMessage = "not answered"
	// StatusKey is the line's key of the status.
	StatusKey = "status"
)
