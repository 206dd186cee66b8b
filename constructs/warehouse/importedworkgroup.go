package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/invalid"
	"github.com/tributary-cdk/tributary/ddl"
)

// WorkgroupAttributes identify an existing Serverless workgroup and its namespace for
// [FromWorkgroupAttributes]. They must be in the stack's account and region. IAM policies need
// their ARNs, which contain the IDs and not the names.
type WorkgroupAttributes struct {
	// WorkgroupName is the name of the workgroup.
	//
	// Required.
	//
	// Change: creates the external schema and views in the other workgroup; their
	// RemovalPolicy determines what happens to the old ones.
	WorkgroupName string
	// WorkgroupID is the last part of the workgroup's ARN, a UUID.
	//
	// Required.
	//
	// Change: in place.
	WorkgroupID string
	// NamespaceName is the name of the workgroup's namespace.
	//
	// Required.
	//
	// Change: attaches the role to the other namespace.
	NamespaceName string
	// NamespaceID is the last part of the namespace's ARN, a UUID.
	//
	// Required.
	//
	// Change: in place.
	NamespaceID string
	// NamespaceRoles are the roles that are attached to the namespace already, including
	// those of other stacks: aws redshift-serverless get-namespace lists them. To attach
	// another role, the function writes the whole list, and so needs iam:PassRole on each
	// role. An empty list means that no role is attached; nil means that the roles are
	// unknown.
	//
	// Default: unknown; the function may pass every role of the account to Redshift.
	//
	// Change: in place.
	NamespaceRoles []awsiam.IRole
	// Database is the name of the database in which the views are created.
	//
	// Required.
	//
	// Change: creates the external schema and views in the other database; their
	// RemovalPolicy determines what happens to the old ones.
	Database string
	// Secret is the secret of the database user who creates the views, and so owns them.
	//
	// Without a secret, that user is the one that Redshift creates for the function's role,
	// IAMR:<role>. Then set the name of the role (ddlprovider.Props.RoleName). Before the
	// first deployment, a superuser creates the user, and grants it CREATE on the database
	// and on the schema public, which contains the ledger. For a role shop-ddl and a
	// database dev:
	//
	//	CREATE USER "IAMR:shop-ddl" PASSWORD DISABLE;
	//	GRANT CREATE ON DATABASE dev TO "IAMR:shop-ddl";
	//	GRANT CREATE ON SCHEMA public TO "IAMR:shop-ddl";
	//
	// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html,
	// https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
	//
	// Default: none; the user IAMR:<role> creates the views, and needs CREATE on the database
	// and on the schema public before the first deployment.
	//
	// Change: in place. Only its owner or a superuser can change or drop a view.
	Secret awssecretsmanager.ISecret
}

// ImportedWorkgroup is an existing Serverless workgroup. The stack changes only the list of
// its namespace's roles.
type ImportedWorkgroup struct {
	constructs.Construct

	attributes WorkgroupAttributes
	attached   attachments
}

var _ Warehouse = (*ImportedWorkgroup)(nil)

// FromWorkgroupAttributes imports an existing workgroup. If the attributes are invalid, the
// synthesis fails with all problems, each with the path of its attribute.
func FromWorkgroupAttributes(scope constructs.Construct, id *string, attributes *WorkgroupAttributes) *ImportedWorkgroup {
	w := &ImportedWorkgroup{Construct: constructs.NewConstruct(scope, id), attached: attachments{}}
	if attributes != nil {
		w.attributes = *attributes
	}
	invalid.Report(w.Construct, w.attributes.problems())
	return w
}

// problems returns all problems of the attributes, each with its path.
func (a *WorkgroupAttributes) problems() ddl.Problems {
	var problems ddl.Problems
	for _, required := range []struct{ path, value, what string }{
		{"WorkgroupName", a.WorkgroupName, "the workgroup's name"},
		{"WorkgroupID", a.WorkgroupID, "the UUID at the end of the workgroup's ARN"},
		{"NamespaceName", a.NamespaceName, "the namespace's name"},
		{"NamespaceID", a.NamespaceID, "the UUID at the end of the namespace's ARN"},
		{"Database", a.Database, "the database's name"},
	} {
		if required.value == "" {
			problems = append(problems, ddl.Problem{Path: required.path, Message: "required; write " + required.what})
		}
	}
	return problems
}

// Target returns the workgroup, the database and the user.
func (w *ImportedWorkgroup) Target() Target {
	target := Target{WorkgroupName: jsii.String(w.attributes.WorkgroupName), Database: jsii.String(w.attributes.Database)}
	if secret := w.attributes.Secret; secret != nil {
		target.SecretARN = secret.SecretArn()
	}
	return target
}

// AttachRole makes the function attach role to the namespace, and detach it when the
// attachment is removed from the stack. A role that was attached before the deployment stays
// attached.
func (w *ImportedWorkgroup) AttachRole(scope constructs.Construct, role awsiam.IRole, provider *ddlprovider.Provider) constructs.IDependable {
	return w.attached.once(role, func() constructs.IDependable {
		to := namespace{
			name: jsii.String(w.attributes.NamespaceName), arn: serverlessARN(w.Construct, "namespace", jsii.String(w.attributes.NamespaceID)),
			roles: w.attributes.NamespaceRoles,
		}
		return attachToNamespace(scope, w.Target(), to, role, provider)
	})
}

// GrantDataAPI lets grantee run statements as the user of the Secret. Without a secret, the
// user is the one that Redshift creates for the grantee's IAM role.
func (w *ImportedWorkgroup) GrantDataAPI(grantee awsiam.IGrantable) awsiam.Grant {
	if secret := w.attributes.Secret; secret != nil {
		return grantStatements(grantee, w.arn()).Combine(grantSecret(w.Construct, grantee, secret))
	}
	return w.GrantQuery(grantee)
}

// GrantQuery lets grantee run statements as the user IAMR:<role> or IAM:<user>.
func (w *ImportedWorkgroup) GrantQuery(grantee awsiam.IGrantable) awsiam.Grant {
	return grantStatements(grantee, w.arn()).Combine(grantServerlessCredentials(grantee, w.arn()))
}

// arn returns the ARN of the workgroup.
func (w *ImportedWorkgroup) arn() *string {
	return serverlessARN(w.Construct, "workgroup", jsii.String(w.attributes.WorkgroupID))
}

// Metric returns the metric of the workgroup that has this name in CloudWatch.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-monitoring.html
func (w *ImportedWorkgroup) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return metric(w.Construct, serverlessNamespace, name, workgroupDimension, w.Target().WorkgroupName, props)
}

// serverlessARN returns the ARN of a resource of Redshift Serverless, such as workgroup, in
// scope's account and region.
func serverlessARN(scope constructs.Construct, resource string, id *string) *string {
	return awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("redshift-serverless"), Resource: jsii.String(resource), ResourceName: id,
	})
}
