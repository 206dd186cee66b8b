package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsredshift"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/invalid"
)

// Cluster is a provisioned cluster. It is encrypted, has no public address, accepts only TLS
// connections, and sends all its traffic through its VPC. Redshift generates the admin's
// password and keeps it in Secrets Manager.
type Cluster struct {
	constructs.Construct
	// Network contains the cluster. It is nil if the props are invalid.
	Network *Network
	// Resource is the resource of the cluster. It is nil if the props are invalid.
	Resource awsredshift.CfnCluster

	database string
	key      awskms.IKey
	roles    *roleList
}

var _ Warehouse = (*Cluster)(nil)

// NewCluster defines a Cluster under scope. If the props are invalid, NewCluster defines no
// resources, and the synthesis fails with all problems, each with the path of its prop.
func NewCluster(scope constructs.Construct, id *string, props *ClusterProps) *Cluster {
	p := props.withDefaults()
	c := &Cluster{Construct: constructs.NewConstruct(scope, id), Network: p.Network, database: p.Database, key: p.EncryptionKey, roles: &roleList{}}
	if invalid.Report(c.Construct, p.problems()) {
		return c
	}
	if c.Network == nil {
		c.Network = NewNetwork(c.Construct, jsii.String("Network"), &NetworkProps{Zones: p.zones()})
	}
	subnets := awsredshift.NewCfnClusterSubnetGroup(c.Construct, jsii.String("SubnetGroup"), &awsredshift.CfnClusterSubnetGroupProps{
		Description: jsii.String("Isolated subnets of " + *c.Node().Path()),
		SubnetIds:   anyList(*c.Network.VPC.SelectSubnets(c.Network.Subnets).SubnetIds),
	})
	c.Resource = awsredshift.NewCfnCluster(c.Construct, jsii.String("Cluster"), p.resource())
	c.Resource.SetClusterSubnetGroupName(subnets.Ref())
	c.Resource.SetClusterParameterGroupName(c.parameterGroup(p))
	c.Resource.SetVpcSecurityGroupIds(&[]*string{c.Network.SecurityGroup.SecurityGroupId()})
	c.Resource.SetIamRoles(awscdk.Lazy_List(c.roles, &awscdk.LazyListValueOptions{OmitEmpty: jsii.Bool(true)}))
	// CloudFormation creates the VPC's endpoints first, since the cluster needs them.
	c.Resource.Node().AddDependency(c.Network.VPC)
	c.Resource.ApplyRemovalPolicy(p.RemovalPolicy, nil)
	c.schedule("Pause", p.PauseSchedule)
	c.schedule("Resume", p.ResumeSchedule)
	return c
}

// resource returns the properties of the cluster, except those that refer to other
// resources.
func (p *ClusterProps) resource() *awsredshift.CfnClusterProps {
	props := &awsredshift.CfnClusterProps{
		ClusterIdentifier:          nonEmpty(p.ClusterIdentifier),
		ClusterType:                jsii.String("single-node"),
		NodeType:                   jsii.String(p.NodeType),
		DbName:                     jsii.String(p.Database),
		MasterUsername:             jsii.String(p.AdminUsername),
		ManageMasterPassword:       jsii.Bool(true),
		Encrypted:                  jsii.Bool(true),
		PubliclyAccessible:         jsii.Bool(false),
		EnhancedVpcRouting:         jsii.Bool(true),
		PreferredMaintenanceWindow: nonEmpty(p.MaintenanceWindow),
		MaintenanceTrackName:       nonEmpty(p.MaintenanceTrack),
	}
	if p.Nodes > 1 {
		props.ClusterType, props.NumberOfNodes = jsii.String("multi-node"), jsii.Number(p.Nodes)
	}
	if p.MultiAZ {
		props.MultiAz = jsii.Bool(true)
	}
	if p.Relocation {
		props.AvailabilityZoneRelocation = jsii.Bool(true)
	}
	if p.Port != 0 {
		props.Port = jsii.Number(p.Port)
	}
	if p.SnapshotDays != 0 {
		props.AutomatedSnapshotRetentionPeriod = jsii.Number(p.SnapshotDays)
	}
	if p.EncryptionKey != nil {
		props.KmsKeyId = p.EncryptionKey.KeyId()
		props.MasterPasswordSecretKmsKeyId = p.EncryptionKey.KeyId()
	}
	props.LoggingProperties = p.logging()
	return props
}

// Target returns the cluster, its database and its admin's secret. If the props are invalid,
// it returns only the database.
func (c *Cluster) Target() Target {
	if c.Resource == nil {
		return Target{Database: jsii.String(c.database)}
	}
	return Target{
		ClusterIdentifier: c.Resource.Ref(), Database: jsii.String(c.database), SecretARN: c.Resource.AttrMasterPasswordSecretArn(),
	}
}

// Isolated reports whether the cluster's network is isolated: see [Network.Isolated].
func (c *Cluster) Isolated() bool { return c.Network != nil && c.Network.Isolated() }

// AttachRole adds role to the roles in the cluster's resource. If the role is defined in
// another stack, the function attaches it instead. Otherwise, the two stacks would depend on
// each other.
func (c *Cluster) AttachRole(scope constructs.Construct, role awsiam.IRole, provider *ddlprovider.Provider) constructs.IDependable {
	if c.Resource == nil {
		return nil // the props are invalid
	}
	if *awscdk.Stack_Of(role).Node().Addr() != *awscdk.Stack_Of(c.Construct).Node().Addr() {
		return attachToCluster(scope, c.Target(), role, provider)
	}
	c.roles.add(role.RoleArn())
	return nil
}

// GrantDataAPI lets grantee run statements as the cluster's admin.
func (c *Cluster) GrantDataAPI(grantee awsiam.IGrantable) awsiam.Grant {
	if c.Resource == nil {
		return awsiam.Grant_Drop(grantee, jsii.String("the props are invalid"))
	}
	target := c.Target()
	return grantStatements(grantee, clusterARN(c.Construct, target.ClusterIdentifier)).
		Combine(grantSecretARN(c.Construct, grantee, target.SecretARN, c.key)) // the cluster's key also encrypts the secret
}

// GrantQuery lets grantee run statements as the user IAMR:<role> or IAM:<user>.
func (c *Cluster) GrantQuery(grantee awsiam.IGrantable) awsiam.Grant {
	if c.Resource == nil {
		return awsiam.Grant_Drop(grantee, jsii.String("the props are invalid"))
	}
	return grantClusterQuery(c.Construct, grantee, c.Target())
}

// Metric returns the metric of the cluster that has this name in CloudWatch.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/metrics-listing.html
func (c *Cluster) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return metric(c.Construct, clusterNamespace, name, clusterDimension, c.Target().Name(), props)
}

// MetricCPUUtilization returns the metric of the CPU utilization in percent.
func (c *Cluster) MetricCPUUtilization(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.Metric(jsii.String("CPUUtilization"), props)
}

// MetricPercentageDiskSpaceUsed returns the metric of the used disk space in percent.
func (c *Cluster) MetricPercentageDiskSpaceUsed(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.Metric(jsii.String("PercentageDiskSpaceUsed"), props)
}

// MetricHealthStatus returns the metric that is 1 while the cluster responds to queries, and
// else 0.
func (c *Cluster) MetricHealthStatus(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.Metric(jsii.String("HealthStatus"), props)
}

// MetricDatabaseConnections returns the metric of the number of database connections.
func (c *Cluster) MetricDatabaseConnections(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.Metric(jsii.String("DatabaseConnections"), props)
}

// roleList produces the ARNs of the attached roles at synthesis, when all are known.
type roleList struct{ arns []*string }

// add appends a role, unless the list contains it.
func (l *roleList) add(arn *string) {
	for _, known := range l.arns {
		if *known == *arn {
			return
		}
	}
	l.arns = append(l.arns, arn)
}

// Produce returns the ARNs in the order in which the roles were attached.
func (l *roleList) Produce() *[]*string { return &l.arns }

// anyList converts a list of strings to a list of any, which some L1 constructs need.
func anyList(list []*string) *[]any {
	converted := make([]any, len(list))
	for i, s := range list {
		converted[i] = s
	}
	return &converted
}

// nonEmpty returns s, or nil if s is empty.
func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
