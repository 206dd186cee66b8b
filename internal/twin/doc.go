// Package twin is the local twin: one process on one loopback port that
// answers the AWS calls which the CDK CLI, Tributary's Lambda, the AWS SDKs
// and the AWS CLI make, so that the same stack deploys on a laptop without an
// AWS account. [Start] composes it of the services in the directories below;
// what none of them knows is refused by name.
//
//	request ──limits, host, origin──▶ path /_tributary/… ──▶ control, Runtime API, custom-resource answers
//	                                  signature's scope  ──▶ sts, ssm, s3, cloudformation, kinesis, lambda, redshift-data
//
// Only its owner can send it requests, and the functions that run on it: it listens
// on 127.0.0.1 alone, refuses requests that a web page could make, and verifies
// that each request is signed with a key that it has issued. The owner's secret key
// is made anew at each start.
package twin
