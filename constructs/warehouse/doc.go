// Package warehouse holds the constructs of Amazon Redshift warehouses, each
// behind one interface, so that what is built on a warehouse doesn't ask of
// which kind it is.
package warehouse
