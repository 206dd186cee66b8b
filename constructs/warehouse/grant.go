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

// grantOn allows grantee to perform actions on a resource.
func grantOn(grantee awsiam.IGrantable, resource *string, actions ...string) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: grantee, Actions: jsii.Strings(actions...), ResourceArns: &[]*string{resource},
	})
}

// grantSecret allows grantee to run statements as the user of a secret. The Data API reads the
// secret with the caller's permissions. If a customer managed key encrypts the secret, the
// grantee may decrypt with the key only through Secrets Manager.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-access.html
func grantSecret(scope constructs.Construct, grantee awsiam.IGrantable, secret awssecretsmanager.ISecret) awsiam.Grant {
	arn := secret.SecretArn()
	if secret.SecretFullArn() == nil { // the ARN lacks the six characters that Secrets Manager appends
		arn = jsii.String(*arn + "-??????")
	}
	return grantSecretARN(scope, grantee, arn, secret.EncryptionKey())
}

// grantSecretARN is grantSecret for the ARN of a secret and its key. A nil key means that no
// customer managed key encrypts the secret.
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

// grantStatements allows grantee to run statements in the warehouse, and to list, describe and
// cancel its own statements and read their results. The function lists statements to find
// those that a previous run sent.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html
func grantStatements(grantee awsiam.IGrantable, warehouseARN *string) awsiam.Grant {
	run := grantOn(grantee, warehouseARN, "redshift-data:ExecuteStatement")
	// IAM has no resource type for these actions. The condition limits them to the
	// statements of the caller.
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

// grantClusterQuery allows grantee to run statements in a cluster as the database user that
// Redshift creates for the grantee's IAM role or user.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentialsWithIAM.html
func grantClusterQuery(scope constructs.Construct, grantee awsiam.IGrantable, target Target) awsiam.Grant {
	database := jsii.String(*target.ClusterIdentifier + "/" + *target.Database)
	return grantStatements(grantee, clusterARN(scope, target.ClusterIdentifier)).
		Combine(grantOn(grantee, redshiftARN(scope, "dbname", database), "redshift:GetClusterCredentialsWithIAM"))
}

// grantServerlessCredentials allows grantee to connect to a Serverless workgroup as the
// database user that Redshift creates for the grantee's IAM role or user.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_GetCredentials.html
func grantServerlessCredentials(grantee awsiam.IGrantable, workgroupARN *string) awsiam.Grant {
	return grantOn(grantee, workgroupARN, "redshift-serverless:GetCredentials")
}

// clusterARN returns the ARN of a cluster in scope's account and region.
func clusterARN(scope constructs.Construct, identifier *string) *string {
	return redshiftARN(scope, "cluster", identifier)
}

// redshiftARN returns the ARN of a resource of provisioned Redshift, such as cluster, in
// scope's account and region.
func redshiftARN(scope constructs.Construct, resource string, name *string) *string {
	return awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("redshift"), Resource: jsii.String(resource), ResourceName: name,
		ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
}
