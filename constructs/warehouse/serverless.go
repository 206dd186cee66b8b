package warehouse

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsredshiftserverless"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/invalid"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// Serverless is a Serverless namespace and its workgroup. It is encrypted, has no public
// address, accepts only TLS connections, and sends all its traffic through its VPC.
//
// The admin's password is in a secret of the stack. Secrets Manager generates it, and the
// template contains only a reference to it. Redshift could manage the password, as it does for
// a cluster, but CloudFormation doesn't return the ARN of that secret for a namespace.
type Serverless struct {
	constructs.Construct
	// Network contains the workgroup. It is nil if the props are invalid.
	Network *Network
	// Namespace contains the databases and the roles. It is nil if the props are invalid.
	Namespace awsredshiftserverless.CfnNamespace
	// Workgroup runs the statements. It is nil if the props are invalid.
	Workgroup awsredshiftserverless.CfnWorkgroup
	// Secret contains the name and the password of the admin. It is nil if the props are
	// invalid.
	Secret awssecretsmanager.ISecret

	database string
	roles    *roleList
}

var _ Warehouse = (*Serverless)(nil)

// NewServerless defines a Serverless warehouse under scope. If the props are invalid,
// NewServerless defines no resources, and the synthesis fails with all problems, each with the
// path of its prop.
func NewServerless(scope constructs.Construct, id *string, props *ServerlessProps) *Serverless {
	p := props.withDefaults()
	s := &Serverless{Construct: constructs.NewConstruct(scope, id), Network: p.Network, database: p.Database, roles: &roleList{}}
	if invalid.Report(s.Construct, p.problems()) {
		return s
	}
	if s.Network == nil {
		s.Network = NewNetwork(s.Construct, jsii.String("Network"), &NetworkProps{Zones: serverlessZones})
	}
	s.newNamespace(p)
	s.newWorkgroup(p)
	for _, limit := range p.UsageLimits {
		s.limit(limit, p.Provider)
	}
	return s
}

// adminSecretLength is the length of the generated password. Redshift accepts up to 64
// characters.
const adminSecretLength = 32

// newNamespace defines the namespace and the secret of its admin.
func (s *Serverless) newNamespace(p *ServerlessProps) {
	secret := awssecretsmanager.NewSecret(s.Construct, jsii.String("Secret"), &awssecretsmanager.SecretProps{
		Description: jsii.String("The admin of " + *s.Node().Path()), EncryptionKey: p.EncryptionKey, RemovalPolicy: withoutSnapshot(p.RemovalPolicy),
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			SecretStringTemplate: jsii.String(`{"username":"` + p.AdminUsername + `"}`), GenerateStringKey: jsii.String("password"),
			PasswordLength: jsii.Number(adminSecretLength), ExcludePunctuation: jsii.Bool(true), // Redshift refuses some punctuation
		},
	})
	s.Secret = secret
	name := p.NamespaceName
	if name == "" {
		name = s.uniqueName()
	}
	s.Namespace = awsredshiftserverless.NewCfnNamespace(s.Construct, jsii.String("Namespace"), &awsredshiftserverless.CfnNamespaceProps{
		NamespaceName: jsii.String(name), DbName: jsii.String(p.Database),
		AdminUsername: jsii.String(p.AdminUsername), AdminUserPassword: secret.SecretValueFromJson(jsii.String("password")).UnsafeUnwrap(),
		IamRoles: anyList(*awscdk.Lazy_List(s.roles, &awscdk.LazyListValueOptions{OmitEmpty: jsii.Bool(true)})), LogExports: jsiiList(p.LogExports),
	})
	if p.EncryptionKey != nil {
		s.Namespace.SetKmsKeyId(p.EncryptionKey.KeyArn())
	}
	if p.RemovalPolicy == awscdk.RemovalPolicy_SNAPSHOT {
		// CloudFormation supports no DeletionPolicy Snapshot for namespaces. Redshift takes
		// the snapshot instead.
		s.Namespace.SetFinalSnapshotName(jsii.String(name))
		s.Namespace.ApplyRemovalPolicy(awscdk.RemovalPolicy_DESTROY, nil)
		return
	}
	s.Namespace.ApplyRemovalPolicy(p.RemovalPolicy, nil)
}

// newWorkgroup defines the workgroup.
func (s *Serverless) newWorkgroup(p *ServerlessProps) {
	name := p.WorkgroupName
	if name == "" {
		name = s.uniqueName()
	}
	props := &awsredshiftserverless.CfnWorkgroupProps{
		WorkgroupName: jsii.String(name), NamespaceName: s.Namespace.Ref(),
		EnhancedVpcRouting: jsii.Bool(true), PubliclyAccessible: jsii.Bool(false),
		SubnetIds:        anyList(*s.Network.VPC.SelectSubnets(s.Network.Subnets).SubnetIds),
		SecurityGroupIds: &[]any{s.Network.SecurityGroup.SecurityGroupId()},
		ConfigParameters: p.configParameters(),
	}
	if p.BaseCapacity != 0 {
		props.BaseCapacity = jsii.Number(p.BaseCapacity)
	}
	if p.MaxCapacity != 0 {
		props.MaxCapacity = jsii.Number(p.MaxCapacity)
	}
	if p.PricePerformance != 0 {
		props.PricePerformanceTarget = &awsredshiftserverless.CfnWorkgroup_PerformanceTargetProperty{
			Status: jsii.String("ENABLED"), Level: jsii.Number(p.PricePerformance),
		}
	}
	s.Workgroup = awsredshiftserverless.NewCfnWorkgroup(s.Construct, jsii.String("Workgroup"), props)
	// CloudFormation creates the VPC's endpoints first, since the workgroup needs them.
	s.Workgroup.Node().AddDependency(s.Network.VPC)
	s.Workgroup.ApplyRemovalPolicy(withoutSnapshot(p.RemovalPolicy), nil)
}

// withoutSnapshot returns policy, or DESTROY instead of SNAPSHOT. It is for resources of which
// there can be no snapshot. The namespace's snapshot contains all of their data.
func withoutSnapshot(policy awscdk.RemovalPolicy) awscdk.RemovalPolicy {
	if policy == awscdk.RemovalPolicy_SNAPSHOT {
		return awscdk.RemovalPolicy_DESTROY
	}
	return policy
}

// uniqueName returns a name that is generated from the construct's path. The path begins with the
// stack's name, so the name is unique in the account and region.
func (s *Serverless) uniqueName() string {
	return strings.ToLower(*awscdk.Names_UniqueResourceName(s.Construct, &awscdk.UniqueResourceNameOptions{
		MaxLength: jsii.Number(maxServerlessName), Separator: jsii.String("-"),
	}))
}

// limit defines the custom resource with which the function sets a usage limit, for which
// CloudFormation has no type. IAM has no resource type for the four actions, and no condition
// key for the workgroup. So the function may set limits of all workgroups, and only its code
// restricts it to this one: see package usagelimit.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftserverless.html
func (s *Serverless) limit(l UsageLimit, provider *ddlprovider.Provider) {
	if provider == nil {
		provider = ddlprovider.InStack(s.Construct)
	}
	arn := s.Workgroup.AttrWorkgroupWorkgroupArn()
	grant := grantOn(
		provider.Function, jsii.String("*"), "redshift-serverless:CreateUsageLimit", "redshift-serverless:ListUsageLimits",
		"redshift-serverless:UpdateUsageLimit", "redshift-serverless:DeleteUsageLimit",
	)
	resource := provider.Resource(s.Construct, l.id(), contract.UsageLimitType, awscdk.RemovalPolicy_DESTROY, contract.Encode(contract.Properties{UsageLimit: contract.UsageLimit{
		WorkgroupARN: *arn, UsageType: l.usageType(), Amount: json.Number(strconv.Itoa(l.Amount)), Period: l.period(), BreachAction: l.breachAction(),
	}}))
	resource.Node().AddDependency(provider.Function)
	grant.ApplyBefore(resource)
}

// Target returns the workgroup, its database and its admin's secret. If the props are invalid,
// it returns only the database.
func (s *Serverless) Target() Target {
	if s.Workgroup == nil {
		return Target{Database: jsii.String(s.database)}
	}
	return Target{WorkgroupName: s.Workgroup.Ref(), Database: jsii.String(s.database), SecretARN: s.Secret.SecretArn()}
}

// Isolated reports whether the workgroup's network is isolated: see [Network.Isolated].
func (s *Serverless) Isolated() bool { return s.Network != nil && s.Network.Isolated() }

// AttachRole adds role to the roles in the namespace's resource. If the role is defined in
// another stack, the function attaches it instead. Otherwise, the two stacks would depend on
// each other. The function may then pass every role of the account to Redshift, because it
// writes the whole list of roles. That list may contain roles of further stacks, which are
// unknown in this one.
func (s *Serverless) AttachRole(scope constructs.Construct, role awsiam.IRole, provider *ddlprovider.Provider) constructs.IDependable {
	if s.Namespace == nil {
		return nil // the props are invalid
	}
	if *awscdk.Stack_Of(role).Node().Addr() != *awscdk.Stack_Of(s.Construct).Node().Addr() {
		to := namespace{name: s.Namespace.Ref(), arn: s.Namespace.AttrNamespaceNamespaceArn()}
		return attachToNamespace(scope, s.Target(), to, role, provider)
	}
	s.roles.add(role.RoleArn())
	return nil
}

// GrantDataAPI lets grantee run statements as the admin.
func (s *Serverless) GrantDataAPI(grantee awsiam.IGrantable) awsiam.Grant {
	if s.Workgroup == nil {
		return awsiam.Grant_Drop(grantee, jsii.String("the props are invalid"))
	}
	return grantStatements(grantee, s.Workgroup.AttrWorkgroupWorkgroupArn()).
		Combine(grantSecret(s.Construct, grantee, s.Secret))
}

// GrantQuery lets grantee run statements as the user IAMR:<role> or IAM:<user>.
func (s *Serverless) GrantQuery(grantee awsiam.IGrantable) awsiam.Grant {
	if s.Workgroup == nil {
		return awsiam.Grant_Drop(grantee, jsii.String("the props are invalid"))
	}
	arn := s.Workgroup.AttrWorkgroupWorkgroupArn()
	return grantStatements(grantee, arn).Combine(grantServerlessCredentials(grantee, arn))
}

// Metric returns the metric of the workgroup that has this name in CloudWatch.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-monitoring.html
func (s *Serverless) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return metric(s.Construct, serverlessNamespace, name, workgroupDimension, s.Target().Name(), props)
}

// MetricComputeCapacity returns the metric of the number of RPUs in use.
func (s *Serverless) MetricComputeCapacity(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.Metric(jsii.String("ComputeCapacity"), props)
}

// MetricComputeSeconds returns the metric of the number of RPU-seconds that were used.
func (s *Serverless) MetricComputeSeconds(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.Metric(jsii.String("ComputeSeconds"), props)
}

// MetricDatabaseConnections returns the metric of the number of database connections.
func (s *Serverless) MetricDatabaseConnections(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.Metric(jsii.String("DatabaseConnections"), props)
}
