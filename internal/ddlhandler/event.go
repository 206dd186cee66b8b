package ddlhandler

import (
	"strings"
)

// The custom resources that this handler answers for.
const (
	ExternalSchemaType = "Custom::RedshiftExternalSchema"
	StreamingViewType  = "Custom::RedshiftStreamingView"
	ViewType           = "Custom::RedshiftView"   // a plain one
	SchemaType         = "Custom::RedshiftSchema" // an ordinary one, which holds views
	RoleAttachmentType = "Custom::RedshiftRoleAttachment"
)

// Event is what CloudFormation sends to a custom resource's function.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
type Event struct {
	RequestType           string         // Create, Update or Delete
	RequestID             string         `json:"RequestId"`
	ResponseURL           string         // where the answer goes; anyone who has it may answer
	ResourceType          string         // one of the types above
	LogicalResourceID     string         `json:"LogicalResourceId"`
	StackID               string         `json:"StackId"`
	PhysicalResourceID    string         `json:"PhysicalResourceId"` // not on Create
	ResourceProperties    map[string]any // booleans and numbers arrive as strings
	OldResourceProperties map[string]any // on Update only
}

// owner says whose an object is, as the ledger holds it.
type owner struct{ stackID, logicalID string }

func (e *Event) owner() owner { return owner{e.StackID, e.LogicalResourceID} }

// stackName returns the name within the stack's ARN.
func (e *Event) stackName() string {
	if part := strings.Split(e.StackID, "/"); len(part) > 1 {
		return part[1]
	}
	return e.StackID
}

// unowned begins the physical id of a Create that met somebody else's object. The
// Delete which CloudFormation sends for it touches nothing.
const unowned = "unowned/"
