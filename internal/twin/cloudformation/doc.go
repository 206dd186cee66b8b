// Package cloudformation emulates AWS CloudFormation for the local twin. It
// implements CloudFormation's Query API over HTTP, change sets, the order of
// dependencies, stack events, replacements, rollbacks and the custom-resource
// protocol.
//
// The package creates no resources itself. Its caller passes a [Type] with a
// [Provider] for each resource type. A template that uses an unknown resource
// type or property is rejected, with the name of the type or property, before
// any resource is created.
//
//	template body ──template.Parse──▶ Template ──Bind──▶ Bound ──plan──▶ change set ──deployment──▶ Providers
//
// A [Service] keeps its stacks in memory and guards them with one lock. It calls
// Providers without holding the lock, and calls them concurrently for resources
// that do not depend on each other.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/Welcome.html
package cloudformation
