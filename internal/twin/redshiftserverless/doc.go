// Package redshiftserverless emulates the part of Redshift Serverless's API that manages
// namespaces, workgroups and usage limits, for the local twin. [Store] keeps them, and
// both CloudFormation and [API] change the Store. Package sqlengine contains the databases
// of the namespaces.
package redshiftserverless
