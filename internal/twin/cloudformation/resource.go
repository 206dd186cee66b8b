package cloudformation

import "context"

// Type says how the twin makes one CloudFormation resource type, or, for a
// custom resource, all whose name begins with "Custom::".
type Type struct {
	// Name is the type's name, such as "AWS::Kinesis::Stream".
	Name string
	// Properties lists the properties that the twin knows. A template which
	// sets another is refused by the property's name, before anything is made.
	// Nil accepts every property: for custom resources only.
	Properties []string
	// Required lists the properties without which the resource is refused.
	Required []string
	// Replaces lists the properties whose change replaces the resource, as the
	// resource's CloudFormation documentation says.
	Replaces []string
	// Attributes lists what Fn::GetAtt can name. Nil leaves it to Provider.
	Attributes []string
	// Provider makes, changes and removes.
	Provider Provider
}

// Request tells a Provider which resource of which stack is meant.
type Request struct {
	StackName, StackID string
	Region, Account    string
	Type               string // such as "AWS::Kinesis::Stream"
	LogicalID          string
	PhysicalID         string // empty on Create
	// RequestID is the request's own UUID, from which PhysicalName draws a new
	// name.
	RequestID string
	// Properties are the resource's properties with every intrinsic resolved:
	// string, bool, float64, []any and map[string]any, as encoding/json makes
	// them.
	Properties map[string]any
	// OldProperties are the properties before an Update, else nil.
	OldProperties map[string]any
	// Progress tells the stack's history how a long operation goes on. Never nil.
	Progress func(message string)
}

// Resource is what a Provider made.
type Resource struct {
	PhysicalID string         // what Ref gives
	Attributes map[string]any // what Fn::GetAtt gives; string values, lists for the few that are lists
	NoEcho     bool           // a custom resource asked that its attributes be masked
}

// Provider makes, changes and removes resources of one type. Its methods block
// until that is done, and give up when ctx ends. A Resource returned beside an
// error is what was made before it failed: CloudFormation deletes it when it
// rolls back, under its PhysicalID.
type Provider interface {
	Create(ctx context.Context, r Request) (Resource, error)
	// Update changes a resource in place. A Provider may return another
	// PhysicalID, as custom resources do: then the old one is deleted when the
	// stack's update is cleaned up.
	Update(ctx context.Context, r Request) (Resource, error)
	// Delete succeeds if the resource is gone already.
	Delete(ctx context.Context, r Request) error
}
