package warehouse

import (
	"cmp"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
)

// ClusterProps says what [NewCluster] defines. Nil means all defaults.
type ClusterProps struct {
	// ClusterIdentifier is the cluster's name: lower-case letters, digits and
	// hyphens.
	//
	// Default: one that CloudFormation makes up.
	//
	// Change: replaces the cluster.
	ClusterIdentifier string
	// NodeType is the type of the nodes.
	//
	// Default: ra3.large.
	//
	// Change: interrupts for minutes, by a resize.
	NodeType string
	// Nodes is how many there are; with MultiAZ, in each of two zones.
	//
	// Default: 1; with MultiAZ 2.
	//
	// Change: interrupts for minutes, by a resize.
	Nodes int
	// MultiAZ runs the cluster in two zones at once. It needs two nodes and subnets
	// in three zones, and rules out Relocation and schedules. The system views that
	// tributary status and the views' metrics read are not all there then.
	//
	// Default: false.
	//
	// Change: interrupts.
	MultiAZ bool
	// Relocation lets Redshift move the cluster to another zone.
	//
	// Default: false.
	//
	// Change: in place.
	Relocation bool
	// Database is the database made with the cluster.
	//
	// Default: dev.
	//
	// Change: replaces the cluster.
	Database string
	// AdminUsername is the user who owns the database. The service makes up the
	// password, keeps it in Secrets Manager and rotates it.
	//
	// Default: awsuser.
	//
	// Change: replaces the cluster.
	AdminUsername string
	// Port is where the cluster listens.
	//
	// Default: 5439.
	//
	// Change: interrupts.
	Port int
	// Network is where the cluster is.
	//
	// Default: a new network.
	//
	// Change: replaces the cluster.
	Network *Network
	// EncryptionKey is what the cluster and its admin's secret are encrypted with.
	//
	// Default: a key of Redshift's own.
	//
	// Change: in place, though slowly; the cluster is read-only for a while.
	EncryptionKey awskms.IKey
	// Parameters are put over require_ssl=true in the cluster's parameter group and,
	// where LogExports has useractivitylog, over enable_user_activity_logging=true.
	//
	// Default: none.
	//
	// Change: in place; what Redshift calls static waits for a restart.
	Parameters map[string]string
	// ParameterGroupName names a parameter group that exists, instead of Parameters.
	// Whether it requires TLS is its own.
	//
	// Default: none; a new one is made.
	//
	// Change: in place; it takes effect at a restart.
	ParameterGroupName string
	// MaintenanceWindow is when Redshift may restart the cluster, in UTC, such as
	// sun:03:00-sun:03:30.
	//
	// Default: one that Redshift makes up.
	//
	// Change: in place.
	MaintenanceWindow string
	// MaintenanceTrack is current or trailing.
	//
	// Default: current.
	//
	// Change: in place, at the next maintenance.
	MaintenanceTrack string
	// SnapshotDays is for how many days automated snapshots are kept, 1 to 35.
	//
	// Default: 1.
	//
	// Change: in place.
	SnapshotDays int
	// LogBucket is where audit logs go. Its policy has to let Redshift write.
	//
	// Default: none.
	//
	// Change: in place.
	LogBucket awss3.IBucket
	// LogPrefix begins the names of audit logs in LogBucket.
	//
	// Default: none.
	//
	// Change: in place.
	LogPrefix string
	// LogExports are the audit logs that go to CloudWatch instead: connectionlog,
	// userlog, useractivitylog.
	//
	// Default: none.
	//
	// Change: in place.
	LogExports []string
	// PauseSchedule is when the cluster pauses: cron(…) or at(…) in UTC, as in
	// cron(0 19 ? * MON-FRI *). A paused cluster costs its storage only, and what the
	// stream keeps meanwhile is read after it resumes.
	//
	// Default: never.
	//
	// Change: in place.
	PauseSchedule string
	// ResumeSchedule is when the cluster resumes.
	//
	// Default: never.
	//
	// Change: in place.
	ResumeSchedule string
	// RemovalPolicy says what becomes of the cluster, and of all data in it, when
	// it leaves the stack. RemovalPolicy_SNAPSHOT keeps a snapshot.
	//
	// Default: RETAIN.
	//
	// Change: in place.
	RemovalPolicy awscdk.RemovalPolicy
}

func (p *ClusterProps) withDefaults() *ClusterProps {
	d := &ClusterProps{}
	if p != nil {
		*d = *p
	}
	d.NodeType = cmp.Or(d.NodeType, "ra3.large")
	d.Database = cmp.Or(d.Database, "dev")
	d.AdminUsername = cmp.Or(d.AdminUsername, "awsuser")
	d.RemovalPolicy = cmp.Or(d.RemovalPolicy, awscdk.RemovalPolicy_RETAIN)
	nodes := 1
	if d.MultiAZ {
		nodes = 2
	}
	d.Nodes = cmp.Or(d.Nodes, nodes)
	return d
}

// zones is in how many zones the cluster needs subnets.
func (p *ClusterProps) zones() int {
	if p.MultiAZ {
		return 3
	}
	return defaultZones
}

// parameters returns the parameter group's, TLS required unless it says otherwise.
// Without a parameter of its own, the log of what users do stays empty.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html
func (p *ClusterProps) parameters() map[string]string {
	parameters := map[string]string{"require_ssl": "true"}
	if slices.Contains(p.LogExports, "useractivitylog") {
		parameters["enable_user_activity_logging"] = "true"
	}
	maps.Copy(parameters, p.Parameters)
	return parameters
}
