package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/invalid"
	"github.com/tributary-cdk/tributary/ddl"
)

// ClusterAttributes identify an existing cluster for [FromClusterAttributes]. The cluster must
// be in the stack's account and region.
type ClusterAttributes struct {
	// ClusterIdentifier is the name of the cluster.
	//
	// Required.
	//
	// Change: creates the external schema and views in the other cluster; their
	// RemovalPolicy determines what happens to the old ones.
	ClusterIdentifier string
	// Database is the name of the database in which the views are created.
	//
	// Required.
	//
	// Change: creates the external schema and views in the other database; their
	// RemovalPolicy determines what happens to the old ones.
	Database string
	// Secret is the secret of the database user who creates the views, and so owns them.
	// The user must be a superuser, or have CREATE on the database and on its schemas. If the
	// secret contains the name of a cluster, as a secret that Redshift manages does, it must
	// be this cluster.
	//
	// Default: none. One of Secret and DatabaseUser is required.
	//
	// Change: in place. Only its owner or a superuser can change or drop a view.
	Secret awssecretsmanager.ISecret
	// DatabaseUser is the name of the database user who creates the views, and so owns them.
	// Instead of a secret, the user gets temporary credentials by IAM. The user must exist
	// before the first deployment, with CREATE on the database and on the schema public,
	// which contains the ledger. For a user etl and a database dev, a superuser runs:
	//
	//	CREATE USER etl PASSWORD DISABLE;
	//	GRANT CREATE ON DATABASE dev TO etl;
	//	GRANT CREATE ON SCHEMA public TO etl;
	//
	// Default: none.
	//
	// Change: in place. Only its owner or a superuser can change or drop a view.
	DatabaseUser string
}

// ImportedCluster is an existing cluster. The stack changes only the list of its roles.
type ImportedCluster struct {
	constructs.Construct

	attributes ClusterAttributes
	attached   attachments
}

var _ Warehouse = (*ImportedCluster)(nil)

// FromClusterAttributes imports an existing cluster. If the attributes are invalid, the
// synthesis fails with all problems, each with the path of its attribute.
func FromClusterAttributes(scope constructs.Construct, id *string, attributes *ClusterAttributes) *ImportedCluster {
	c := &ImportedCluster{Construct: constructs.NewConstruct(scope, id), attached: attachments{}}
	if attributes != nil {
		c.attributes = *attributes
	}
	invalid.Report(c.Construct, c.attributes.problems())
	return c
}

// problems returns all problems of the attributes, each with its path.
func (a *ClusterAttributes) problems() ddl.Problems {
	var problems ddl.Problems
	if a.ClusterIdentifier == "" {
		problems = append(problems, ddl.Problem{Path: "ClusterIdentifier", Message: "required; write the cluster's name"})
	}
	if a.Database == "" {
		problems = append(problems, ddl.Problem{Path: "Database", Message: "required; write the database's name"})
	}
	if (a.Secret == nil) == (a.DatabaseUser == "") {
		problems = append(problems, ddl.Problem{Path: "Secret", Message: "needs exactly one of Secret and DatabaseUser, got both or neither"})
	}
	return problems
}

// Target returns the cluster, the database and the user.
func (c *ImportedCluster) Target() Target {
	target := Target{
		ClusterIdentifier: jsii.String(c.attributes.ClusterIdentifier), Database: jsii.String(c.attributes.Database),
		DatabaseUser: nonEmpty(c.attributes.DatabaseUser),
	}
	if secret := c.attributes.Secret; secret != nil {
		target.SecretARN = secret.SecretArn()
	}
	return target
}

// AttachRole makes the function attach role to the cluster, and detach it when the attachment
// is removed from the stack. A role that was attached before the deployment stays attached.
func (c *ImportedCluster) AttachRole(scope constructs.Construct, role awsiam.IRole, provider *ddlprovider.Provider) constructs.IDependable {
	return c.attached.once(role, func() constructs.IDependable { return attachToCluster(scope, c.Target(), role, provider) })
}

// GrantDataAPI lets grantee run statements as the user of the Secret, or as DatabaseUser.
func (c *ImportedCluster) GrantDataAPI(grantee awsiam.IGrantable) awsiam.Grant {
	target := c.Target()
	grant := grantStatements(grantee, clusterARN(c.Construct, target.ClusterIdentifier))
	if secret := c.attributes.Secret; secret != nil {
		return grant.Combine(grantSecret(c.Construct, grantee, secret))
	}
	// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentials.html
	user := jsii.String(*target.ClusterIdentifier + "/" + c.attributes.DatabaseUser)
	database := jsii.String(*target.ClusterIdentifier + "/" + *target.Database)
	return grant.Combine(awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: grantee, Actions: jsii.Strings("redshift:GetClusterCredentials"),
		ResourceArns: &[]*string{redshiftARN(c.Construct, "dbuser", user), redshiftARN(c.Construct, "dbname", database)},
	}))
}

// GrantQuery lets grantee run statements as the user IAMR:<role> or IAM:<user>.
func (c *ImportedCluster) GrantQuery(grantee awsiam.IGrantable) awsiam.Grant {
	return grantClusterQuery(c.Construct, grantee, c.Target())
}

// Metric returns the metric of the cluster that has this name in CloudWatch.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/metrics-listing.html
func (c *ImportedCluster) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return metric(c.Construct, clusterNamespace, name, clusterDimension, c.Target().ClusterIdentifier, props)
}

// attachments are the role attachments of one warehouse, by the ARN of the role.
type attachments map[string]constructs.IDependable

// once returns the attachment of role. If there is none yet, it calls attach to define one.
func (a attachments) once(role awsiam.IRole, attach func() constructs.IDependable) constructs.IDependable {
	arn := *role.RoleArn()
	if a[arn] == nil {
		a[arn] = attach()
	}
	return a[arn]
}
