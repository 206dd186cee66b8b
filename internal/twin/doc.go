// Package twin is the local twin, an emulator of AWS: one process on one loopback port,
// which serves the AWS calls of the CDK CLI, of Tributary's Lambda function, of the AWS
// SDKs and of the AWS CLI. So a stack deploys on a laptop without an AWS account. [Start]
// connects the services in the directories below. If no service supports a request, the
// twin returns an error that names the service or the operation.
//
//	request ──limits, host, origin──▶ path /_tributary/… ──▶ control, Runtime API, custom-resource responses
//	                                  signature's scope  ──▶ sts, ssm, s3, cloudformation, kinesis, lambda,
//	                                                         redshift, redshift-serverless, redshift-data
//
// The twin accepts requests only from its owner and from the functions that run on it.
// It listens on 127.0.0.1 only, refuses requests that a web page could send, and verifies
// that each request is signed with a key that it has issued. Each start generates a new
// secret key for the owner.
//
// The twin consists of the packages below, whose names are those of AWS's services. Each
// imports only packages in the lines below its own, which depguard checks. Of Tributary's
// other packages they import partition, cloudformation/template and, in lambda,
// lambda/build:
//
//	twin       this package: authentication, authorization, and the services' connections
//	resource   creates CloudFormation's resources in the services
//	services   cloudformation, kinesis, lambda, redshift, redshiftdata, redshiftserverless,
//	           s3, secretsmanager, ssm, sts
//	shared     iam (roles and policies), limit (limits of requests), signature
//	           (verification), sqlengine (Redshift's SQL on PostgreSQL)
//	protocols  wire (AWS JSON and CBOR over HTTP)
//	base       account (account, region and ARNs), attachedroles (a warehouse's roles),
//	           depth (nesting of JSON and XML), postgres, sqlengine/rsql, uuid;
//	           postgres/postgrestest is for tests only
package twin
