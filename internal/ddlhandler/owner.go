package ddlhandler

import (
	"strings"

	"github.com/aws/aws-lambda-go/cfn"
)

// owner says whose an object is, as the ledger holds it.
type owner struct{ stackID, logicalID string }

func ownerOf(ev cfn.Event) owner { return owner{ev.StackID, ev.LogicalResourceID} }

// stackName returns the name within the stack's ARN.
func stackName(ev cfn.Event) string {
	if part := strings.Split(ev.StackID, "/"); len(part) > 1 {
		return part[1]
	}
	return ev.StackID
}

// unowned begins the physical id of a Create that met somebody else's object. The
// Delete which CloudFormation sends for it touches nothing.
const unowned = "unowned/"
