package warehouse

import (
	"cmp"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
)

// ClusterProps are the properties of a [Cluster]. Nil means all defaults.
type ClusterProps struct {
	// ClusterIdentifier is the name of the cluster: lower-case letters, digits and hyphens.
	//
	// Default: a name that CloudFormation generates.
	//
	// Change: replaces the cluster.
	ClusterIdentifier string
	// NodeType is the type of the cluster's nodes.
	//
	// Default: ra3.large.
	//
	// Change: interrupts for minutes, by a resize.
	NodeType string
	// Nodes is the number of nodes; with MultiAZ, the number in each of two zones.
	//
	// Default: 1; with MultiAZ 2.
	//
	// Change: interrupts for minutes, by a resize.
	Nodes int
	// MultiAZ runs the cluster in two availability zones at the same time. It needs at
	// least two nodes in each zone, and subnets in three zones. It excludes Relocation and
	// the schedules. A Multi-AZ cluster lacks some of the system views that
	// "tributary status" and the metrics of views need.
	//
	// Default: false.
	//
	// Change: interrupts.
	MultiAZ bool
	// Relocation allows Redshift to move the cluster to another availability zone.
	//
	// Default: false.
	//
	// Change: in place.
	Relocation bool
	// Database is the name of the database that Redshift creates with the cluster.
	//
	// Default: dev.
	//
	// Change: replaces the cluster.
	Database string
	// AdminUsername is the name of the user who owns the database. Redshift generates the
	// password, keeps it in Secrets Manager and rotates it.
	//
	// Default: awsuser.
	//
	// Change: replaces the cluster.
	AdminUsername string
	// Port is the port on which the cluster accepts connections.
	//
	// Default: 5439.
	//
	// Change: interrupts.
	Port int
	// Network contains the cluster: its VPC, subnets and security group.
	//
	// Default: a new network.
	//
	// Change: replaces the cluster.
	Network *Network
	// EncryptionKey is the KMS key that encrypts the cluster and its admin's secret.
	//
	// Default: Redshift's default key.
	//
	// Change: in place, but slowly; the cluster is read-only in the meantime.
	EncryptionKey awskms.IKey
	// Parameters are the parameters of the cluster's parameter group. They override
	// require_ssl=true and, if LogExports contains useractivitylog,
	// enable_user_activity_logging=true.
	//
	// Default: none.
	//
	// Change: in place; static parameters take effect at a restart.
	Parameters map[string]string
	// ParameterGroupName is the name of an existing parameter group, which excludes
	// Parameters. That group determines whether the cluster requires TLS.
	//
	// Default: none; the stack has a new parameter group.
	//
	// Change: in place; it takes effect at a restart.
	ParameterGroupName string
	// MaintenanceWindow is the weekly time, in UTC, in which Redshift may restart the
	// cluster, such as sun:03:00-sun:03:30.
	//
	// Default: a time that Redshift chooses.
	//
	// Change: in place.
	MaintenanceWindow string
	// MaintenanceTrack is the release that Redshift installs: current or trailing.
	//
	// Default: current.
	//
	// Change: in place, at the next maintenance.
	MaintenanceTrack string
	// SnapshotDays is the number of days, 1 to 35, for which Redshift keeps automated
	// snapshots.
	//
	// Default: 1.
	//
	// Change: in place.
	SnapshotDays int
	// LogBucket is the bucket for audit logs. The bucket's policy must allow Redshift to
	// write.
	//
	// Default: none.
	//
	// Change: in place.
	LogBucket awss3.IBucket
	// LogPrefix is the prefix of the object keys of audit logs in LogBucket.
	//
	// Default: none.
	//
	// Change: in place.
	LogPrefix string
	// LogExports are the audit logs that Redshift sends to CloudWatch, instead of
	// LogBucket: connectionlog, userlog, useractivitylog.
	//
	// Default: none.
	//
	// Change: in place.
	LogExports []string
	// PauseSchedule is the schedule on which the cluster pauses: cron(…) or at(…) in UTC,
	// as in cron(0 19 ? * MON-FRI *). A paused cluster costs only its storage. After it
	// resumes, the views read the records that the stream kept in the meantime.
	//
	// Default: never.
	//
	// Change: in place.
	PauseSchedule string
	// ResumeSchedule is the schedule on which the cluster resumes, as in PauseSchedule.
	//
	// Default: never.
	//
	// Change: in place.
	ResumeSchedule string
	// RemovalPolicy determines what happens to the cluster and its data when it is removed
	// from the stack. RemovalPolicy_SNAPSHOT deletes it and keeps a snapshot.
	//
	// Default: RETAIN.
	//
	// Change: in place.
	RemovalPolicy awscdk.RemovalPolicy
}

// withDefaults returns a copy of the props with all defaults.
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

// zones returns the number of zones in which the cluster needs subnets.
func (p *ClusterProps) zones() int {
	if p.MultiAZ {
		return 3
	}
	return defaultZones
}

// parameters returns the parameters of the parameter group. They require TLS unless
// Parameters overrides it. The user activity log needs a parameter, or it stays empty.
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
