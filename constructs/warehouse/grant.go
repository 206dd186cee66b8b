package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// grantOn lets grantee do actions on a resource.
func grantOn(grantee awsiam.IGrantable, resource *string, actions ...string) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: grantee, Actions: jsii.Strings(actions...), ResourceArns: &[]*string{resource},
	})
}

// grantStatements lets grantee run statements on the warehouse.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html
func grantStatements(grantee awsiam.IGrantable, warehouseARN *string) awsiam.Grant {
	run := grantOn(grantee, warehouseARN, "redshift-data:ExecuteStatement")
	// These four know no resource; the condition keeps them to what the caller
	// itself ran.
	follow := awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: grantee,
		Actions: jsii.Strings(
			"redshift-data:DescribeStatement", "redshift-data:GetStatementResult",
			"redshift-data:CancelStatement", "redshift-data:ListStatements",
		),
		ResourceArns: jsii.Strings("*"),
		Conditions: &map[string]*map[string]any{
			"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"},
		},
	})
	return run.Combine(follow)
}

// grantClusterQuery lets grantee run statements on a cluster as the user whom
// Redshift makes of the grantee's own role or user in IAM.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentialsWithIAM.html
func grantClusterQuery(scope constructs.Construct, grantee awsiam.IGrantable, target Target) awsiam.Grant {
	database := jsii.String(*target.ClusterIdentifier + "/" + *target.Database)
	return grantStatements(grantee, clusterARN(scope, target.ClusterIdentifier)).
		Combine(grantOn(grantee, redshiftARN(scope, "dbname", database), "redshift:GetClusterCredentialsWithIAM"))
}

// grantServerlessCredentials lets grantee be the user whom Redshift makes of the
// grantee's own role or user in IAM, on a Serverless workgroup.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_GetCredentials.html
func grantServerlessCredentials(grantee awsiam.IGrantable, workgroupARN *string) awsiam.Grant {
	return grantOn(grantee, workgroupARN, "redshift-serverless:GetCredentials")
}

// clusterARN returns the ARN of a cluster of scope's account and region.
func clusterARN(scope constructs.Construct, identifier *string) *string {
	return redshiftARN(scope, "cluster", identifier)
}

func redshiftARN(scope constructs.Construct, resource string, name *string) *string {
	return awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("redshift"), Resource: jsii.String(resource), ResourceName: name,
		ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
}
