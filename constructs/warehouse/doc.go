// Package warehouse holds the constructs of Amazon Redshift warehouses, each
// behind one interface, so that what is built on a warehouse doesn't ask of
// which kind it is.
//
// Where CDK wants a construct, as a scope or a dependency, pass the field
// Construct: jsii knows that one, and not the struct around it.
package warehouse
