// Package datagenerator contains the construct that the web page of the Kinesis Data
// Generator (KDG) needs: a Cognito user who may put records into one stream, and the URL
// of the page. The template of KDG itself creates these resources by two Lambda functions,
// and so they remain when its stack is deleted. Here, CloudFormation creates and deletes
// all resources.
//
// Source: https://awslabs.github.io/amazon-kinesis-data-generator/web/help.html
package datagenerator
