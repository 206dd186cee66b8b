// Package via allows the use of a KMS key only through one AWS service.
package via

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Condition returns a condition of IAM that is met if a service of a region uses the key
// for the caller. AWS documents the service's name as kinesis.<region>.amazonaws.com, and
// doesn't document the name in partitions with another domain suffix. So the condition
// accepts the name with either suffix.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func Condition(scope constructs.Construct, service string, region *string) *map[string]*map[string]any {
	name := service + "." + *region + "."
	return &map[string]*map[string]any{"StringEquals": {"kms:ViaService": []string{
		name + "amazonaws.com", name + *awscdk.Stack_Of(scope).UrlSuffix(),
	}}}
}

// Statement returns a statement that allows an action on a key if a service of a region
// uses the key for the caller.
func Statement(scope constructs.Construct, sid string, key *string, action, service string, region *string) awsiam.PolicyStatement {
	statement := awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String(sid), Actions: jsii.Strings(action), Resources: &[]*string{key},
	})
	for operator, tests := range *Condition(scope, service, region) {
		statement.AddCondition(jsii.String(operator), *tests)
	}
	return statement
}
