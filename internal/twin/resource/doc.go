// Package resource implements the resource types of the local twin's CloudFormation. It
// supports the types that Tributary's stack and common CDK stacks use. Streams, functions,
// clusters, parameters and others are created in the twin's services. Networks, keys and
// log groups are only recorded, with their physical ids and attributes. So a resource that
// refers to a resource that does not exist fails, as on AWS.
//
// [Types] returns the resource types. [Registry] records the resources that exist,
// including those that a deleted stack has retained.
package resource
