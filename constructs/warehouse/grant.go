package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/internal/via"
)

// grantOn lets grantee do actions on a resource.
func grantOn(grantee awsiam.IGrantable, resource *string, actions ...string) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: grantee, Actions: jsii.Strings(actions...), ResourceArns: &[]*string{resource},
	})
}

// grantSecret lets grantee run statements as the user of a secret, which the Data
// API reads for the caller. A key of one's own decrypts nothing but secrets.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-access.html
func grantSecret(scope constructs.Construct, grantee awsiam.IGrantable, secret awssecretsmanager.ISecret) awsiam.Grant {
	arn := secret.SecretArn()
	if secret.SecretFullArn() == nil { // it lacks the six characters that Secrets Manager adds
		arn = jsii.String(*arn + "-??????")
	}
	return grantSecretARN(scope, grantee, arn, secret.EncryptionKey())
}

func grantSecretARN(scope constructs.Construct, grantee awsiam.IGrantable, secretARN *string, key awskms.IKey) awsiam.Grant {
	grant := grantOn(grantee, secretARN, "secretsmanager:GetSecretValue")
	if key == nil {
		return grant
	}
	return grant.Combine(awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: grantee, Actions: jsii.Strings("kms:Decrypt"), ResourceArns: &[]*string{key.KeyArn()},
		Conditions: via.Condition(scope, "secretsmanager", awscdk.Stack_Of(scope).Region()),
	}))
}

// grantStatements lets grantee run statements on the warehouse: start, follow, read
// and cancel them, and find those that a run before had started.
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
