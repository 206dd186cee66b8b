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

// ClusterAttributes says which cluster [FromClusterAttributes] takes, in the
// stack's own account and region.
type ClusterAttributes struct {
	// ClusterIdentifier is the cluster's name.
	//
	// Required.
	//
	// Change: makes the external schema and views in the other cluster; the old ones go
	// as their RemovalPolicy says.
	ClusterIdentifier string
	// Database is the database that the views are made in.
	//
	// Required.
	//
	// Change: makes the external schema and views in the other database; the old ones go
	// as their RemovalPolicy says.
	Database string
	// Secret holds the database user who makes the views, and so owns them: a
	// superuser, or one who may create in the database and its schemas. It has to
	// name the cluster, as secrets do which Redshift manages, or none.
	//
	// Default: none. One of Secret and DatabaseUser is required.
	//
	// Change: in place. Only an owner can change or drop a view, or a superuser.
	Secret awssecretsmanager.ISecret
	// DatabaseUser is that user, where IAM vouches for users instead. It has to be there
	// before the first deployment, and to be allowed to create in the database and in the
	// schema public, which has the ledger. A superuser makes a user etl for a database
	// dev so:
	//
	//	CREATE USER etl PASSWORD DISABLE;
	//	GRANT CREATE ON DATABASE dev TO etl;
	//	GRANT CREATE ON SCHEMA public TO etl;
	//
	// Default: none.
	//
	// Change: in place, as Secret.
	DatabaseUser string
}

// ImportedCluster is a cluster that exists already. Nothing of it is changed but the
// list of its roles.
type ImportedCluster struct {
	constructs.Construct

	attributes ClusterAttributes
	attached   attachments
}

var _ Warehouse = (*ImportedCluster)(nil)

// FromClusterAttributes takes a cluster that exists. Bad attributes fail the
// synthesis with every problem, each under its path.
func FromClusterAttributes(scope constructs.Construct, id *string, attributes *ClusterAttributes) *ImportedCluster {
	c := &ImportedCluster{Construct: constructs.NewConstruct(scope, id), attached: attachments{}}
	if attributes != nil {
		c.attributes = *attributes
	}
	invalid.Report(c.Construct, c.attributes.problems())
	return c
}

func (a *ClusterAttributes) problems() ddl.Problems {
	var problems ddl.Problems
	if a.ClusterIdentifier == "" {
		problems = append(problems, ddl.Problem{Path: "ClusterIdentifier", Message: "required; write the cluster's name"})
	}
	if a.Database == "" {
		problems = append(problems, ddl.Problem{Path: "Database", Message: "required; write the database's name"})
	}
	if (a.Secret == nil) == (a.DatabaseUser == "") {
		problems = append(problems, ddl.Problem{Path: "Secret", Message: "has both or neither of Secret and DatabaseUser; set one"})
	}
	return problems
}

// Target returns the cluster, the database, and the user.
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

// AttachRole lets the function attach role to the cluster, and detach it when it
// leaves the stack. One that was attached before is left attached.
func (c *ImportedCluster) AttachRole(scope constructs.Construct, role awsiam.IRole, by *ddlprovider.Provider) constructs.IDependable {
	return c.attached.once(role, func() constructs.IDependable { return attachToCluster(scope, c.Target(), role, by) })
}

// GrantDataAPI lets grantee run statements as the attributes' user.
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

// Metric returns a metric of the cluster.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/metrics-listing.html
func (c *ImportedCluster) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return metric(c.Construct, clusterNamespace, name, clusterDimension, c.Target().ClusterIdentifier, props)
}

// attachments are those of one warehouse, by the role's ARN.
type attachments map[string]constructs.IDependable

// once returns the role's attachment, which attach makes if there is none.
func (a attachments) once(role awsiam.IRole, attach func() constructs.IDependable) constructs.IDependable {
	arn := *role.RoleArn()
	if a[arn] == nil {
		a[arn] = attach()
	}
	return a[arn]
}
