// Package via limits the use of a key to one service that uses it for somebody.
package via

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Condition is met where a service of a region uses the key. AWS documents the
// service's name as kinesis.<region>.amazonaws.com, and doesn't say what it is in
// partitions whose hosts end otherwise: it may have either ending.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func Condition(scope constructs.Construct, service string, region *string) *map[string]*map[string]any {
	name := service + "." + *region + "."
	return &map[string]*map[string]any{"StringEquals": {"kms:ViaService": []string{
		name + "amazonaws.com", name + *awscdk.Stack_Of(scope).UrlSuffix(),
	}}}
}

// Statement allows an action on a key, where a service of a region does it.
func Statement(scope constructs.Construct, sid string, key *string, action, service string, region *string) awsiam.PolicyStatement {
	statement := awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String(sid), Actions: jsii.Strings(action), Resources: &[]*string{key},
	})
	for operator, tests := range *Condition(scope, service, region) {
		statement.AddCondition(jsii.String(operator), *tests)
	}
	return statement
}
