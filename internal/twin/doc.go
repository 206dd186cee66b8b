// Package twin is the local twin: one process on one loopback port that
// answers the AWS calls which the CDK CLI, Tributary's Lambda, the AWS SDKs
// and the AWS CLI make, so that the same stack deploys on a laptop without an
// AWS account. [Start] composes it of the services in the directories below;
// what none of them knows is refused by name.
//
//	request ──limits, host, origin──▶ path /_tributary/… ──▶ control, Runtime API, custom-resource answers
//	                                  signature's scope  ──▶ sts, ssm, s3, cloudformation, kinesis, lambda,
//	                                                         redshift, redshift-serverless, redshift-data
//
// Only its owner can send it requests, and the functions that run on it: it listens
// on 127.0.0.1 alone, refuses requests that a web page could make, and verifies
// that each request is signed with a key that it has issued. The owner's secret key
// is made anew at each start.
//
// The packages below, named as AWS names its services. Each imports packages of the
// lines below its own, and none of its own line or above; depguard enforces it. Of
// Tributary's other packages they import partition, cloudformation/template and, in
// lambda, lambda/build:
//
//	twin       this package: who is let in, and what is connected to what
//	resource   makes CloudFormation's resources in the services
//	services   cloudformation, kinesis, lambda, redshift, redshiftdata, redshiftserverless,
//	           s3, secretsmanager, ssm, sts
//	shared     iam (roles, policies, what they allow), limit (what a request may cost),
//	           signature (who signed), sqlengine (Redshift's SQL on PostgreSQL)
//	protocols  wire (AWS's JSON, and CBOR, over HTTP)
//	base       account (whose resources, their ARNs), attachedroles (a warehouse's roles),
//	           depth (how deeply a body nests), postgres, sqlengine/rsql, uuid;
//	           postgres/postgrestest is for tests only
package twin
