// Package warehouse contains a construct for each kind of Amazon Redshift warehouse. All
// implement one interface, so that other constructs work with every kind.
//
// To pass a warehouse to CDK as a construct, such as a scope or a dependency, pass its field
// Construct: jsii doesn't know the Go struct that embeds it.
package warehouse
