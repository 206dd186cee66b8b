// Package twin is the local twin: one process on one loopback port that
// answers the AWS calls which the CDK CLI, Tributary's Lambda, the AWS SDKs
// and the AWS CLI make, so that the same stack deploys on a laptop without an
// AWS account. [Start] composes it of the services in the directories below;
// what none of them knows is refused by name.
//
//	request ──limits, host, origin──▶ path /_tributary/… ──▶ control, Runtime API, custom-resource answers
//	                                  credential scope   ──▶ sts, ssm, s3, cloudformation, kinesis, lambda, redshift-data
//
// It trusts whoever can reach the port: it listens on 127.0.0.1 alone, and
// refuses requests that a web page could make.
package twin
