package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// attachToCluster lets the function attach role to a cluster.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshift.html
func attachToCluster(scope constructs.Construct, target Target, role awsiam.IRole, by *ddlprovider.Provider) constructs.IDependable {
	grants := []awsiam.Grant{
		grantOn(by.Function, clusterARN(scope, target.ClusterIdentifier), "redshift:ModifyClusterIamRoles", "redshift:DescribeClusters"),
		grantPass(by, "StringEquals", "redshift.amazonaws.com", role.RoleArn()),
	}
	return attachment(scope, target, role, by, contract.RoleAttachment{RoleARN: *role.RoleArn()}, grants)
}

// namespace is a Serverless namespace that roles are attached to.
type namespace struct {
	name, arn *string
	// roles are those that it has already. Nil means that nobody knows.
	roles []awsiam.IRole
}

// attachToNamespace lets the function attach role to a Serverless namespace, whose
// list of roles is only written as a whole. AWS's documentation doesn't say it, but
// UpdateNamespace passes every role that stays in the list, and so takes iam:PassRole
// on each. Where nobody knows them, they may be any roles of the account.
//
// Which service the roles are passed to is an open question: a condition on
// redshift.amazonaws.com was seen to fail on Serverless. This one holds for both of
// Redshift's services, and for a call that names no service; it does not hold for one
// that names another service.
//
// Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftserverless.html,
// https://github.com/aws-solutions-library-samples/guidance-for-clickstream-analytics-on-aws/pull/749
func attachToNamespace(scope constructs.Construct, target Target, to namespace, role awsiam.IRole, by *ddlprovider.Provider) constructs.IDependable {
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
		grantOn(by.Function, to.arn, "redshift-serverless:GetNamespace", "redshift-serverless:UpdateNamespace"),
		grantPass(by, "StringLikeIfExists", "redshift*.amazonaws.com", passed...),
	}
	return attachment(scope, target, role, by, contract.RoleAttachment{RoleARN: *role.RoleArn(), NamespaceName: *to.name}, grants)
}

// grantPass lets the function pass roles to Redshift.
func grantPass(by *ddlprovider.Provider, operator, service string, roleARNs ...*string) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: by.Function, Actions: jsii.Strings("iam:PassRole"), ResourceArns: &roleARNs,
		Conditions: &map[string]*map[string]any{operator: {"iam:PassedToService": service}},
	})
}

// attachment defines the resource by which the function attaches a role. It goes
// with the stack, whatever else is retained: without the role, nobody needs it.
func attachment(scope constructs.Construct, target Target, role awsiam.IRole, by *ddlprovider.Provider, declared contract.RoleAttachment, grants []awsiam.Grant) constructs.IDependable {
	id := "RoleAttachment"
	if scope.Node().TryFindChild(jsii.String(id)) != nil {
		id += "-" + (*role.Node().Addr())[:8]
	}
	resource := by.Resource(scope, id, contract.RoleAttachmentType, awscdk.RemovalPolicy_DESTROY,
		contract.Encode(contract.Properties{Warehouse: target.Contract(), RoleAttachment: declared}))
	for _, grant := range grants {
		grant.ApplyBefore(resource)
	}
	return resource
}
