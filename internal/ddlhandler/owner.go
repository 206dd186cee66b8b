package ddlhandler

import (
	"strings"

	"github.com/aws/aws-lambda-go/cfn"
)

// owner identifies the construct that owns an object, as the ledger records it.
type owner struct{ stackID, logicalID string }

func ownerOf(ev cfn.Event) owner { return owner{ev.StackID, ev.LogicalResourceID} }

// stackName returns the stack's name, which its ARN contains.
func stackName(ev cfn.Event) string {
	if part := strings.Split(ev.StackID, "/"); len(part) > 1 {
		return part[1]
	}
	return ev.StackID
}

// unowned is the prefix of the physical ID that a Create returns if it does not own the
// object. CloudFormation later sends a Delete with this ID, which changes nothing.
const unowned = "unowned/"
