package cloudformation

import "context"

// Type describes a CloudFormation resource type. The Type named "Custom::" describes all
// types whose names begin with it.
type Type struct {
	// Name is the type's name, such as "AWS::Kinesis::Stream".
	Name string
	// Properties lists the properties that the twin supports. A template that sets
	// another property is rejected before any resource is created. Nil accepts every
	// property; only custom resources use it.
	Properties []string
	// Required lists the required properties.
	Required []string
	// Replaces lists the properties whose change replaces the resource, according to
	// the CloudFormation documentation of the resource type.
	Replaces []string
	// Attributes lists the attributes that Fn::GetAtt can return. A template that refers
	// to another attribute is rejected. If Attributes is nil, templates may refer to any
	// attribute, and the deployment fails if the Provider does not return it.
	Attributes []string
	// Provider creates, updates and deletes resources of the type.
	Provider Provider
}

// Request is a request to a Provider to create, update or delete a resource.
type Request struct {
	StackName, StackID string
	Region, Account    string
	Type               string // such as "AWS::Kinesis::Stream"
	LogicalID          string
	PhysicalID         string // empty on Create
	// RequestID is a UUID that is unique to the request. PhysicalName derives a name
	// from it.
	RequestID string
	// Properties are the resource's properties after all intrinsic functions were
	// evaluated. They contain the types that encoding/json decodes to: string, bool,
	// float64, []any and map[string]any.
	Properties map[string]any
	// OldProperties are the properties before an Update, and nil for other requests.
	OldProperties map[string]any
	// Progress adds a stack event with a message about a long request. It is never nil.
	Progress func(message string)
}

// Resource is the result of a Create or Update.
type Resource struct {
	PhysicalID string         // the value of Ref
	Attributes map[string]any // the values of Fn::GetAtt: strings, or lists for a few attributes
	NoEcho     bool           // a custom resource's response set NoEcho: its attributes are masked
}

// Provider creates, updates and deletes resources of one type. Its methods return when
// the resource is ready, or when ctx is done. A method may return both an error and a
// Resource that it created before it failed. CloudFormation deletes that resource during
// the rollback, by its PhysicalID.
type Provider interface {
	Create(ctx context.Context, r Request) (Resource, error)
	// Update updates a resource in place. A Provider may return another PhysicalID, as
	// custom resources do. CloudFormation then deletes the old resource in the cleanup
	// at the end of the stack's update.
	Update(ctx context.Context, r Request) (Resource, error)
	// Delete deletes a resource. It returns nil if the resource does not exist.
	Delete(ctx context.Context, r Request) error
}
