package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// attachToCluster defines the custom resource with which the provider's function attaches role to
// a cluster. It grants the function the permissions for that.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshift.html
func attachToCluster(scope constructs.Construct, target Target, role awsiam.IRole, provider *ddlprovider.Provider) constructs.IDependable {
	grants := []awsiam.Grant{
		grantOn(provider.Function, clusterARN(scope, target.ClusterIdentifier), "redshift:ModifyClusterIamRoles", "redshift:DescribeClusters"),
		grantPass(provider, "StringEquals", "redshift.amazonaws.com", role.RoleArn()),
	}
	return attachment(scope, target, role, provider, contract.RoleAttachment{RoleARN: *role.RoleArn()}, grants)
}

// namespace is a Serverless namespace that roles are attached to.
type namespace struct {
	name, arn *string
	// roles are the roles that are attached already. Nil means that they are unknown.
	roles []awsiam.IRole
}

// attachToNamespace defines the custom resource with which the provider's function attaches role
// to a Serverless namespace. It grants the function the permissions for that. UpdateNamespace
// replaces the whole list of roles. AWS's documentation doesn't mention it, but the caller
// needs iam:PassRole on every role in the list. If the attached roles are unknown, the
// function gets it on all roles of the account.
//
// AWS doesn't document which service the roles are passed to. A condition on
// redshift.amazonaws.com failed for a Serverless namespace (see the second source). The
// condition here is met for both services of Redshift, and if the call names no service. It
// is not met for any other service.
//
// Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftserverless.html,
// https://github.com/aws-solutions-library-samples/guidance-for-clickstream-analytics-on-aws/pull/749
func attachToNamespace(scope constructs.Construct, target Target, to namespace, role awsiam.IRole, provider *ddlprovider.Provider) constructs.IDependable {
	passed := []*string{awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("iam"), Region: new(string), Resource: jsii.String("role"), ResourceName: jsii.String("*"),
	})}
	if to.roles != nil {
		passed = []*string{role.RoleArn()}
		for _, present := range to.roles {
			passed = append(passed, present.RoleArn())
		}
	}
	grants := []awsiam.Grant{
		grantOn(provider.Function, to.arn, "redshift-serverless:GetNamespace", "redshift-serverless:UpdateNamespace"),
		grantPass(provider, "StringLikeIfExists", "redshift*.amazonaws.com", passed...),
	}
	return attachment(scope, target, role, provider, contract.RoleAttachment{RoleARN: *role.RoleArn(), NamespaceName: *to.name}, grants)
}

// grantPass allows the function to pass roles to a service. The name of the service must match
// service by the IAM condition operator, such as StringEquals.
func grantPass(provider *ddlprovider.Provider, operator, service string, roleARNs ...*string) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: provider.Function, Actions: jsii.Strings("iam:PassRole"), ResourceArns: &roleARNs,
		Conditions: &map[string]*map[string]any{operator: {"iam:PassedToService": service}},
	})
}

// attachment defines the custom resource with which the function attaches a role. It is
// deleted with the stack, even if other resources are retained, because the role is deleted,
// too. The grants take effect before it.
func attachment(scope constructs.Construct, target Target, role awsiam.IRole, provider *ddlprovider.Provider, declared contract.RoleAttachment, grants []awsiam.Grant) constructs.IDependable {
	id := "RoleAttachment"
	if scope.Node().TryFindChild(jsii.String(id)) != nil {
		id += "-" + (*role.Node().Addr())[:8]
	}
	resource := provider.Resource(scope, id, contract.RoleAttachmentType, awscdk.RemovalPolicy_DESTROY,
		contract.Encode(contract.Properties{Warehouse: target.Contract(), RoleAttachment: declared}))
	for _, grant := range grants {
		grant.ApplyBefore(resource)
	}
	return resource
}
