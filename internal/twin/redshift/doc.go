// Package redshift emulates the part of Amazon Redshift's API that manages provisioned
// clusters and their roles, for the local twin. [Store] keeps the clusters, which both
// CloudFormation and [API] create. Package sqlengine contains the databases of the
// clusters.
package redshift
