package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
)

// grantStatements lets grantee run statements on the warehouse as the user of
// the secret.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html
func grantStatements(grantee awsiam.IGrantable, warehouseARN, secretARN *string) {
	grant := func(sid string, actions []string, resource *string, conditions map[string]any) {
		props := &awsiam.PolicyStatementProps{
			Sid: jsii.String(sid), Actions: jsii.Strings(actions...), Resources: &[]*string{resource},
		}
		if conditions != nil {
			props.Conditions = &conditions
		}
		grantee.GrantPrincipal().AddToPrincipalPolicy(awsiam.NewPolicyStatement(props))
	}
	grant("RunStatements", []string{"redshift-data:ExecuteStatement"}, warehouseARN, nil)
	// These four know no resource; the condition keeps them to what the caller
	// itself ran.
	grant("FollowOwnStatements", []string{
		"redshift-data:DescribeStatement", "redshift-data:GetStatementResult",
		"redshift-data:CancelStatement", "redshift-data:ListStatements",
	}, jsii.String("*"), map[string]any{
		"StringEquals": map[string]any{"redshift-data:statement-owner-iam-userid": "${aws:userid}"},
	})
	grant("ReadAdminSecret", []string{"secretsmanager:GetSecretValue"}, secretARN, nil)
}
