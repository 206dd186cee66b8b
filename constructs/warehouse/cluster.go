package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsredshift"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// ClusterProps says what [NewCluster] defines. Nil means all defaults.
type ClusterProps struct {
	// ClusterIdentifier is the cluster's name: lower-case letters, digits and
	// hyphens.
	//
	// Default: one that CloudFormation makes up.
	ClusterIdentifier string
	// NodeType is the type of the one node.
	//
	// Default: ra3.large.
	NodeType string
	// Database is the database made with the cluster.
	//
	// Default: dev.
	Database string
	// AdminUsername is the user who owns the database. The service makes up the
	// password, keeps it in Secrets Manager and rotates it.
	//
	// Default: awsuser.
	AdminUsername string
	// Network is where the cluster is.
	//
	// Default: a new network.
	Network *Network
	// RemovalPolicy says what becomes of the cluster, and of all data in it, when
	// it leaves the stack. RemovalPolicy_SNAPSHOT keeps a snapshot.
	//
	// Default: RETAIN.
	RemovalPolicy awscdk.RemovalPolicy
}

// Cluster is a provisioned cluster of one node: encrypted, private, reached
// over TLS only, its own traffic kept within its VPC, its admin password known
// to nobody.
type Cluster struct {
	constructs.Construct
	// Network is where the cluster is.
	Network *Network
	// Resource is the cluster itself.
	Resource awsredshift.CfnCluster

	database string
	roles    *roleList
}

var _ Warehouse = (*Cluster)(nil)

// NewCluster defines a Cluster under scope.
func NewCluster(scope constructs.Construct, id *string, props *ClusterProps) *Cluster {
	p := props.withDefaults()
	c := &Cluster{Construct: constructs.NewConstruct(scope, id), Network: p.Network, database: p.Database, roles: &roleList{}}
	if c.Network == nil {
		c.Network = NewNetwork(c.Construct, jsii.String("Network"))
	}
	subnets := awsredshift.NewCfnClusterSubnetGroup(c.Construct, jsii.String("SubnetGroup"), &awsredshift.CfnClusterSubnetGroupProps{
		Description: jsii.String("Isolated subnets of " + *c.Node().Path()),
		SubnetIds:   anyList(*c.Network.VPC.SelectSubnets(c.Network.Subnets).SubnetIds),
	})
	parameters := awsredshift.NewCfnClusterParameterGroup(c.Construct, jsii.String("ParameterGroup"), &awsredshift.CfnClusterParameterGroupProps{
		Description:          jsii.String("TLS required"),
		ParameterGroupFamily: jsii.String("redshift-1.0"),
		Parameters: &[]any{&awsredshift.CfnClusterParameterGroup_ParameterProperty{
			ParameterName: jsii.String("require_ssl"), ParameterValue: jsii.String("true"),
		}},
	})
	c.Resource = awsredshift.NewCfnCluster(c.Construct, jsii.String("Cluster"), &awsredshift.CfnClusterProps{
		ClusterIdentifier:         nonEmpty(p.ClusterIdentifier),
		ClusterType:               jsii.String("single-node"),
		NodeType:                  jsii.String(p.NodeType),
		DbName:                    jsii.String(p.Database),
		MasterUsername:            jsii.String(p.AdminUsername),
		ManageMasterPassword:      jsii.Bool(true),
		Encrypted:                 jsii.Bool(true),
		PubliclyAccessible:        jsii.Bool(false),
		EnhancedVpcRouting:        jsii.Bool(true),
		ClusterSubnetGroupName:    subnets.Ref(),
		ClusterParameterGroupName: parameters.Ref(),
		VpcSecurityGroupIds:       &[]any{c.Network.SecurityGroup.SecurityGroupId()},
		IamRoles:                  anyList(*awscdk.Lazy_List(c.roles, nil)),
	})
	// The endpoints are there before whoever needs them.
	c.Resource.Node().AddDependency(c.Network.VPC)
	c.Resource.ApplyRemovalPolicy(p.RemovalPolicy, nil)
	return c
}

func (p *ClusterProps) withDefaults() ClusterProps {
	var d ClusterProps
	if p != nil {
		d = *p
	}
	setDefault(&d.NodeType, "ra3.large")
	setDefault(&d.Database, "dev")
	setDefault(&d.AdminUsername, "awsuser")
	setDefault(&d.RemovalPolicy, awscdk.RemovalPolicy_RETAIN)
	return d
}

func setDefault[T ~string](field *T, value T) {
	if *field == "" {
		*field = value
	}
}

// Target returns the cluster, its database and its admin's secret.
func (c *Cluster) Target() Target {
	return Target{c.Resource.Ref(), jsii.String(c.database), c.Resource.AttrMasterPasswordSecretArn()}
}

// AttachRole adds role to the cluster's roles.
func (c *Cluster) AttachRole(role awsiam.IRole) { c.roles.arns = append(c.roles.arns, role.RoleArn()) }

// GrantDataAPI lets grantee run statements as the cluster's admin.
func (c *Cluster) GrantDataAPI(grantee awsiam.IGrantable) {
	grantStatements(grantee, awscdk.Stack_Of(c.Construct).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("redshift"), Resource: jsii.String("cluster"), ResourceName: c.Resource.Ref(),
		ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	}), c.Resource.AttrMasterPasswordSecretArn())
}

// roleList produces the roles at synthesis, when all are known.
type roleList struct{ arns []*string }

// Produce returns the ARNs in the order in which the roles were attached.
func (l *roleList) Produce() *[]*string { return &l.arns }

// anyList converts a list for the L1 constructs, which take lists of anything.
func anyList(list []*string) *[]any {
	converted := make([]any, len(list))
	for i, s := range list {
		converted[i] = s
	}
	return &converted
}

func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
