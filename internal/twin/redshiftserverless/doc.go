// Package redshiftserverless answers the calls of the service redshift-serverless for the
// local twin: those about namespaces, workgroups and usage limits. [Store] keeps them,
// whether CloudFormation makes them or the API, and [API] is the API. What is in a
// namespace is package sqlengine's.
package redshiftserverless
