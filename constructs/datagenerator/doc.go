// Package datagenerator holds the construct that the page of the Kinesis Data
// Generator (KDG) needs: a Cognito user who may put records into one stream, and
// the page's address. KDG's own template makes the same by two Lambda functions,
// whose resources outlive its stack; here all are CloudFormation's.
//
// Source: https://awslabs.github.io/amazon-kinesis-data-generator/web/help.html
package datagenerator
