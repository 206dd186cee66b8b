package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
)

// Warehouse is a Redshift warehouse that streaming views can be made in.
type Warehouse interface {
	// Target returns where statements run, and as whom.
	Target() Target
	// AttachRole lets the warehouse assume role. It may be called until the app
	// is synthesized.
	AttachRole(role awsiam.IRole)
	// GrantDataAPI lets grantee run statements through the Redshift Data API, as
	// the warehouse's admin, and see, read and cancel what it ran itself.
	GrantDataAPI(grantee awsiam.IGrantable)
}

// Target is where statements run, and as whom. The values may be tokens.
type Target struct {
	// ClusterIdentifier names a provisioned cluster.
	ClusterIdentifier *string
	// Database is the database that holds the views.
	Database *string
	// SecretARN is the secret of the user who owns the views.
	SecretARN *string
}
