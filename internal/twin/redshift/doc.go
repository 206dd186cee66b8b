// Package redshift answers the calls of the service redshift for the local twin: those
// about provisioned clusters and their roles. [Store] keeps the clusters, whether
// CloudFormation makes them or the API, and [API] is the API. What is in a cluster is
// package sqlengine's.
package redshift
