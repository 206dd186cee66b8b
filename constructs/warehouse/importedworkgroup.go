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

// WorkgroupAttributes says which Serverless workgroup [FromWorkgroupAttributes]
// takes, in the stack's own account and region. The ids are in the workgroup's and
// the namespace's ARNs, by which alone IAM scopes permissions.
type WorkgroupAttributes struct {
	// WorkgroupName is the workgroup's name.
	//
	// Required.
	//
	// Change: makes the external schema and views there; the old ones go as their
	// RemovalPolicy says.
	WorkgroupName string
	// WorkgroupID is the end of the workgroup's ARN, a UUID.
	//
	// Required.
	//
	// Change: in place.
	WorkgroupID string
	// NamespaceName is the namespace's name.
	//
	// Required.
	//
	// Change: attaches the role to the other namespace.
	NamespaceName string
	// NamespaceID is the end of the namespace's ARN, a UUID.
	//
	// Required.
	//
	// Change: in place.
	NamespaceID string
	// NamespaceRoles are the roles that the namespace has already, those of other
	// stacks' ingestions among them: what aws redshift-serverless get-namespace lists.
	// Attaching one more writes the whole list, which requires iam:PassRole on each. An
	// empty list, unlike nil, says that it has none.
	//
	// Default: not known; the function may pass every role of the account, to Redshift.
	//
	// Change: in place.
	NamespaceRoles []awsiam.IRole
	// Database is the database that the views are made in.
	//
	// Required.
	//
	// Change: makes the external schema and views in the other database; the old ones go
	// as their RemovalPolicy says.
	Database string
	// Secret holds the database user who makes the views, and so owns them.
	//
	// Without it, give the function's role a name (ddlprovider.Props.RoleName). Before the
	// first deployment, a superuser makes the user of that name and lets it create in the
	// database and in the schema public, which has the ledger. For a role shop-ddl and a
	// database dev:
	//
	//	CREATE USER "IAMR:shop-ddl" PASSWORD DISABLE;
	//	GRANT CREATE ON DATABASE dev TO "IAMR:shop-ddl";
	//	GRANT CREATE ON SCHEMA public TO "IAMR:shop-ddl";
	//
	// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html,
	// https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
	//
	// Default: none; then it is the user whom Redshift makes of the function's own
	// role, IAMR:<role>, who first has to be granted CREATE ON DATABASE and CREATE ON
	// SCHEMA public.
	//
	// Change: in place. Only an owner can change or drop a view, or a superuser.
	Secret awssecretsmanager.ISecret
}

// ImportedWorkgroup is a Serverless workgroup that exists already. Nothing of it is
// changed but the list of its namespace's roles.
type ImportedWorkgroup struct {
	constructs.Construct

	attributes WorkgroupAttributes
	attached   attachments
}

var _ Warehouse = (*ImportedWorkgroup)(nil)

// FromWorkgroupAttributes takes a workgroup that exists. Bad attributes fail the
// synthesis with every problem, each under its path.
func FromWorkgroupAttributes(scope constructs.Construct, id *string, attributes *WorkgroupAttributes) *ImportedWorkgroup {
	w := &ImportedWorkgroup{Construct: constructs.NewConstruct(scope, id), attached: attachments{}}
	if attributes != nil {
		w.attributes = *attributes
	}
	invalid.Report(w.Construct, w.attributes.problems())
	return w
}

func (a *WorkgroupAttributes) problems() ddl.Problems {
	var problems ddl.Problems
	for _, required := range []struct{ path, value, what string }{
		{"WorkgroupName", a.WorkgroupName, "the workgroup's name"},
		{"WorkgroupID", a.WorkgroupID, "the end of the workgroup's ARN"},
		{"NamespaceName", a.NamespaceName, "the namespace's name"},
		{"NamespaceID", a.NamespaceID, "the end of the namespace's ARN"},
		{"Database", a.Database, "the database's name"},
	} {
		if required.value == "" {
			problems = append(problems, ddl.Problem{Path: required.path, Message: "required; write " + required.what})
		}
	}
	return problems
}

// Target returns the workgroup, the database, and the user.
func (w *ImportedWorkgroup) Target() Target {
	target := Target{WorkgroupName: jsii.String(w.attributes.WorkgroupName), Database: jsii.String(w.attributes.Database)}
	if secret := w.attributes.Secret; secret != nil {
		target.SecretARN = secret.SecretArn()
	}
	return target
}

// AttachRole lets the function attach role to the namespace, and detach it when it
// leaves the stack. One that was attached before is left attached.
func (w *ImportedWorkgroup) AttachRole(scope constructs.Construct, role awsiam.IRole, by *ddlprovider.Provider) constructs.IDependable {
	return w.attached.once(role, func() constructs.IDependable {
		to := namespace{
			name: jsii.String(w.attributes.NamespaceName), arn: serverlessARN(w.Construct, "namespace", jsii.String(w.attributes.NamespaceID)),
			roles: w.attributes.NamespaceRoles,
		}
		return attachToNamespace(scope, w.Target(), to, role, by)
	})
}

// GrantDataAPI lets grantee run statements as the secret's user; without a secret,
// as the one whom Redshift makes of grantee's own role.
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

func (w *ImportedWorkgroup) arn() *string {
	return serverlessARN(w.Construct, "workgroup", jsii.String(w.attributes.WorkgroupID))
}

// Metric returns a metric of the workgroup.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-monitoring.html
func (w *ImportedWorkgroup) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return metric(w.Construct, serverlessNamespace, name, workgroupDimension, w.Target().WorkgroupName, props)
}

func serverlessARN(scope constructs.Construct, resource string, id *string) *string {
	return awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("redshift-serverless"), Resource: jsii.String(resource), ResourceName: id,
	})
}
