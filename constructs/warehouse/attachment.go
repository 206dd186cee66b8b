package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
)

// The services that a role may be passed to, and assumed by.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-iam-authentication-access-control.html
const (
	redshiftService   = "redshift.amazonaws.com"
	serverlessService = "redshift-serverless.amazonaws.com"
)

// attachToCluster lets the function attach role to a cluster.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshift.html
func attachToCluster(scope constructs.Construct, target Target, role awsiam.IRole, by *ddlprovider.Provider) constructs.IDependable {
	grants := []awsiam.Grant{
		grantOn(by.Function, clusterARN(scope, target.ClusterIdentifier), "redshift:ModifyClusterIamRoles", "redshift:DescribeClusters"),
		grantPass(by, role, redshiftService),
	}
	return attachment(scope, target, role, by, map[string]any{"roleArn": role.RoleArn()}, grants)
}

// attachToNamespace lets the function attach role to a Serverless namespace.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftserverless.html
func attachToNamespace(scope constructs.Construct, target Target, name, arn *string, role awsiam.IRole, by *ddlprovider.Provider) constructs.IDependable {
	grants := []awsiam.Grant{
		grantOn(by.Function, arn, "redshift-serverless:GetNamespace", "redshift-serverless:UpdateNamespace"),
		grantPass(by, role, redshiftService, serverlessService),
	}
	return attachment(scope, target, role, by, map[string]any{"roleArn": role.RoleArn(), "namespaceName": name}, grants)
}

// grantPass lets the function pass this role, and only to Redshift. Writing a
// namespace's whole list of roles passes those that are there already, too: they
// are other people's, and whether that takes a right to pass them AWS doesn't say.
func grantPass(by *ddlprovider.Provider, role awsiam.IRole, services ...string) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: by.Function, Actions: jsii.Strings("iam:PassRole"), ResourceArns: &[]*string{role.RoleArn()},
		Conditions: &map[string]*map[string]any{"StringEquals": {"iam:PassedToService": services}},
	})
}

// attachment defines the resource by which the function attaches a role. It goes
// with the stack, whatever else is retained: without the role, nobody needs it.
func attachment(scope constructs.Construct, target Target, role awsiam.IRole, by *ddlprovider.Provider, properties map[string]any, grants []awsiam.Grant) constructs.IDependable {
	id := "RoleAttachment"
	if scope.Node().TryFindChild(jsii.String(id)) != nil {
		id += "-" + (*role.Node().Addr())[:8]
	}
	resource := by.Resource(scope, id, "Custom::RedshiftRoleAttachment", awscdk.RemovalPolicy_DESTROY, map[string]any{
		"Warehouse": target.Properties(), "RoleAttachment": properties,
	})
	for _, grant := range grants {
		grant.ApplyBefore(resource)
	}
	return resource
}
