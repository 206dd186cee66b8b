package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// Warehouse is a Redshift warehouse that can contain streaming views.
type Warehouse interface {
	// Target returns the target of the statements that create views.
	Target() Target
	// AttachRole lets the warehouse assume role. If CloudFormation can't attach the role,
	// AttachRole defines a custom resource under scope, with which the provider's function
	// attaches it. AttachRole returns the resource that must be created before the warehouse
	// can assume the role. It returns nil if creating the warehouse is enough. AttachRole
	// may be called until the app is synthesized.
	AttachRole(scope constructs.Construct, role awsiam.IRole, provider *ddlprovider.Provider) constructs.IDependable
	// GrantDataAPI lets grantee run statements through the Redshift Data API as the user of
	// Target. The grantee may also list, describe and cancel its own statements, and read
	// their results.
	GrantDataAPI(grantee awsiam.IGrantable) awsiam.Grant
	// GrantQuery lets grantee run statements through the Redshift Data API as the database
	// user that Redshift creates for the grantee's IAM role or user. The privileges of that
	// user are granted in the database: see ingestion.Ingestion.GrantRead.
	GrantQuery(grantee awsiam.IGrantable) awsiam.Grant
	// Metric returns the metric of the warehouse that has this name in CloudWatch. With nil
	// props, it is the average over 5 minutes.
	Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric
}

// Target is the warehouse and database in which statements run, and the database user who
// runs them. It has either a ClusterIdentifier or a WorkgroupName. It has a SecretARN, a
// DatabaseUser, or neither: then the user is the one that Redshift creates for the caller's
// IAM role or user. The values may be tokens.
type Target struct {
	// ClusterIdentifier is the name of a provisioned cluster.
	ClusterIdentifier *string
	// WorkgroupName is the name of a Serverless workgroup.
	WorkgroupName *string
	// Database is the database that contains the views.
	Database *string
	// SecretARN is the ARN of the secret of the user who owns the views.
	SecretARN *string
	// DatabaseUser is the user who owns the views, in a cluster where the user gets
	// temporary credentials by IAM.
	DatabaseUser *string
}

// Contract returns the target in the form that the custom resources have it.
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

// Name returns the name of the cluster or the workgroup. It returns an empty string if the
// warehouse's props are invalid.
func (t Target) Name() *string {
	switch {
	case t.ClusterIdentifier != nil:
		return t.ClusterIdentifier
	case t.WorkgroupName != nil:
		return t.WorkgroupName
	}
	return new(string)
}
