package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// Warehouse is a Redshift warehouse that streaming views can be made in.
type Warehouse interface {
	// Target returns where statements run, and as whom.
	Target() Target
	// AttachRole lets the warehouse assume role. scope is that of whoever needs
	// the role, under which by's function attaches it where CloudFormation can't.
	// What is returned has to be there before the role is used; nil means that the
	// warehouse itself is enough. It may be called until the app is synthesized.
	AttachRole(scope constructs.Construct, role awsiam.IRole, by *ddlprovider.Provider) constructs.IDependable
	// GrantDataAPI lets grantee run statements through the Redshift Data API, as
	// the user of Target, and see, read and cancel what it ran itself.
	GrantDataAPI(grantee awsiam.IGrantable) awsiam.Grant
	// GrantQuery lets grantee run statements through the Redshift Data API as the
	// database user that Redshift makes of the grantee's own role or user in IAM.
	// What that user may read is granted in the database: see ingestion.GrantRead.
	GrantQuery(grantee awsiam.IGrantable) awsiam.Grant
	// Metric returns a metric of the warehouse by its name in CloudWatch. Nil props
	// mean the average of 5 minutes.
	Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric
}

// Target is where statements run, and as whom: one of ClusterIdentifier and
// WorkgroupName, a database, and one of SecretARN and DatabaseUser, or neither for
// the caller's own identity in IAM. The values may be tokens.
type Target struct {
	// ClusterIdentifier names a provisioned cluster.
	ClusterIdentifier *string
	// WorkgroupName names a Serverless workgroup.
	WorkgroupName *string
	// Database is the database that holds the views.
	Database *string
	// SecretARN is the secret of the user who owns the views.
	SecretARN *string
	// DatabaseUser is the user who owns the views, on a cluster that lets IAM vouch
	// for users.
	DatabaseUser *string
}

// Contract returns the target as the custom resources hold it.
func (t Target) Contract() contract.Target {
	text := func(value *string) string {
		if value == nil {
			return ""
		}
		return *value
	}
	return contract.Target{
		ClusterIdentifier: text(t.ClusterIdentifier), WorkgroupName: text(t.WorkgroupName), Database: text(t.Database),
		SecretARN: text(t.SecretARN), DatabaseUser: text(t.DatabaseUser),
	}
}

// Name returns the cluster's or the workgroup's name; an empty one if there is
// neither, since the warehouse's props were bad.
func (t Target) Name() *string {
	switch {
	case t.ClusterIdentifier != nil:
		return t.ClusterIdentifier
	case t.WorkgroupName != nil:
		return t.WorkgroupName
	}
	return new(string)
}
