// Package resource makes, for the local twin's CloudFormation, the resources
// that Tributary's stack and usual CDK stacks declare. Streams, functions,
// clusters and parameters take effect in the twin's services; networks, keys
// and the like exist by name, with the attributes that templates ask of them,
// so that what refers to something absent fails here as it does on AWS.
//
// [Types] is the table. [Registry] knows what exists at the moment, and so
// what a deleted stack left behind.
package resource
