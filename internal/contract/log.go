package contract

// The messages of the function's log lines about CloudFormation requests. A metric filter
// uses them to count failed requests.
const (
	// AnsweredMessage is logged when the function has answered a request. The line also
	// contains the status: CloudFormation's SUCCESS or FAILED.
	AnsweredMessage = "answered"
	// NotAnsweredMessage is logged when a run ends without an answer, so that Lambda
	// invokes the function again.
	NotAnsweredMessage = "not answered"
	// StatusKey is the key of the status in the log line.
	StatusKey = "status"
)
