package resource

import (
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
)

// schema contains the properties and attributes of a resource type.
type schema struct {
	name string
	// properties contains the names of the properties, separated by spaces. A name is
	// followed by ! if the property is required, and by ^ if its change replaces the
	// resource.
	properties string
	// attributes contains the names of the attributes that the provider returns for
	// Fn::GetAtt, separated by spaces.
	attributes string
}

// schemas returns the schemas of the supported resource types. They contain every property
// in CloudFormation's schemas, so a template that is valid on AWS is valid for the twin. If
// the change of a property replaces the resource only under some conditions, the schema
// says that it always does.
//
// Source: the resource provider schemas of
// https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
// for us-east-1, as cfn-lint 1.51.0 and aws-cdk 2.1148.1 carry them.
func schemas() []schema {
	return []schema{
		{
			"AWS::EC2::VPC",
			"CidrBlock^ EnableDnsHostnames EnableDnsSupport InstanceTenancy^ Ipv4IpamPoolId^ " +
				"Ipv4NetmaskLength^ Tags VpcEncryptionControl",
			"CidrBlock CidrBlockAssociations DefaultNetworkAcl DefaultSecurityGroup Ipv6CidrBlocks VpcId",
		},
		{
			"AWS::EC2::Subnet",
			"AssignIpv6AddressOnCreation AvailabilityZoneId^ AvailabilityZone^ CidrBlock^ EnableDns64 " +
				"EnableLniAtDeviceIndex Ipv4IpamPoolId^ Ipv4NetmaskLength^ Ipv6CidrBlock^ Ipv6IpamPoolId^ " +
				"Ipv6Native^ Ipv6NetmaskLength^ MapPublicIpOnLaunch OutpostArn^ PrivateDnsNameOptionsOnLaunch " +
				"Tags VpcId!^",
			"AvailabilityZone BlockPublicAccessStates CidrBlock Ipv6CidrBlocks NetworkAclAssociationId " +
				"SubnetId VpcId",
		},
		{
			"AWS::EC2::RouteTable",
			"Tags VpcId!^",
			"RouteTableId",
		},
		{
			"AWS::EC2::SubnetRouteTableAssociation",
			"RouteTableId!^ SubnetId!^",
			"Id",
		},
		{
			"AWS::EC2::Route",
			"CarrierGatewayId CoreNetworkArn DestinationCidrBlock^ DestinationIpv6CidrBlock^ " +
				"DestinationPrefixListId^ EgressOnlyInternetGatewayId GatewayId InstanceId LocalGatewayId " +
				"NatGatewayId NetworkInterfaceId OdbNetworkArn RouteTableId!^ TransitGatewayId VpcEndpointId " +
				"VpcPeeringConnectionId",
			"CidrBlock",
		},
		{
			"AWS::EC2::InternetGateway",
			"Tags",
			"InternetGatewayId",
		},
		{
			"AWS::EC2::VPCGatewayAttachment",
			"InternetGatewayId VpcId!^ VpnGatewayId",
			"AttachmentType",
		},
		{
			"AWS::EC2::SecurityGroup",
			"GroupDescription!^ GroupName^ SecurityGroupEgress SecurityGroupIngress Tags VpcId^",
			"GroupId Id VpcId",
		},
		{
			"AWS::EC2::SecurityGroupIngress",
			"CidrIp^ CidrIpv6^ Description FromPort^ GroupId^ GroupName^ IpProtocol!^ SourcePrefixListId^ " +
				"SourceSecurityGroupId^ SourceSecurityGroupName^ SourceSecurityGroupOwnerId^ ToPort^",
			"Id",
		},
		{
			"AWS::EC2::SecurityGroupEgress",
			"CidrIp^ CidrIpv6^ Description DestinationPrefixListId^ DestinationSecurityGroupId^ FromPort^ " +
				"GroupId!^ IpProtocol!^ ToPort^",
			"Id",
		},
		{
			"AWS::EC2::VPCEndpoint",
			"DnsOptions IpAddressType PolicyDocument PrivateDnsEnabled ResourceConfigurationArn^ " +
				"RouteTableIds SecurityGroupIds ServiceName^ ServiceNetworkArn^ ServiceRegion^ SubnetIds Tags " +
				"VpcEndpointType^ VpcId!^",
			"DnsEntries Id NetworkInterfaceIds",
		},
		{
			"AWS::EC2::EIP",
			"Address^ Domain InstanceId IpamPoolId^ NetworkBorderGroup^ PublicIpv4Pool Tags TransferAddress^",
			"AllocationId PublicIp",
		},
		{
			"AWS::EC2::NatGateway",
			"AllocationId^ AvailabilityMode^ AvailabilityZoneAddresses ConnectivityType^ " +
				"MaxDrainDurationSeconds PrivateIpAddress^ SecondaryAllocationIds SecondaryPrivateIpAddressCount " +
				"SecondaryPrivateIpAddresses SubnetId^ Tags VpcId^",
			"EniId NatGatewayId",
		},
		{
			"AWS::IAM::Role",
			"AssumeRolePolicyDocument! Description ManagedPolicyArns MaxSessionDuration Path^ " +
				"PermissionsBoundary Policies RoleName^ Tags",
			"Arn RoleId",
		},
		{
			"AWS::IAM::Policy",
			"Groups PolicyDocument! PolicyName! Roles Users",
			"Id",
		},
		{
			"AWS::IAM::ManagedPolicy",
			"Description^ Groups ManagedPolicyName^ Path^ PolicyDocument! Roles Users",
			"PolicyArn PolicyId",
		},
		{
			"AWS::Kinesis::Stream",
			"DesiredShardLevelMetrics MaxRecordSizeInKiB Name^ RecordDistributionStrategy " +
				"RetentionPeriodHours ShardCount StreamEncryption StreamModeDetails Tags WarmThroughputMiBps",
			"Arn",
		},
		{
			"AWS::KMS::Key",
			"BypassPolicyLockoutSafetyCheck Description EnableKeyRotation Enabled KeyPolicy KeySpec KeyUsage " +
				"MultiRegion Origin PendingWindowInDays RotationPeriodInDays Tags",
			"Arn KeyId",
		},
		{
			"AWS::KMS::Alias",
			"AliasName!^ TargetKeyId!",
			"",
		},
		{
			"AWS::Lambda::Function",
			"Architectures CapacityProviderConfig Code! CodeSigningConfigArn DeadLetterConfig Description " +
				"DurableConfig^ Environment EphemeralStorage FileSystemConfigs FunctionName^ " +
				"FunctionScalingConfig Handler ImageConfig KmsKeyArn Layers LoggingConfig MemorySize PackageType^ " +
				"PublishToLatestPublished RecursiveLoop ReservedConcurrentExecutions Role! Runtime " +
				"RuntimeManagementConfig SnapStart Tags TenancyConfig^ Timeout TracingConfig VpcConfig",
			"Arn SnapStartResponse.ApplyOn SnapStartResponse.OptimizationStatus",
		},
		{
			"AWS::Lambda::Permission",
			"Action!^ EventSourceToken^ FunctionName!^ FunctionUrlAuthType^ InvokedViaFunctionUrl^ " +
				"Principal!^ PrincipalOrgID^ SourceAccount^ SourceArn^",
			"Id",
		},
		{
			"AWS::Lambda::EventInvokeConfig",
			"DestinationConfig FunctionName!^ MaximumEventAgeInSeconds MaximumRetryAttempts Qualifier!^",
			"",
		},
		{
			"AWS::Logs::LogGroup",
			"BearerTokenAuthenticationEnabled DataProtectionPolicy DeletionProtectionEnabled " +
				"FieldIndexPolicies KmsKeyId LogGroupClass LogGroupName^ ResourcePolicyDocument RetentionInDays " +
				"Tags",
			"Arn",
		},
		{
			"AWS::Redshift::Cluster",
			"AllowVersionUpgrade AquaConfigurationStatus AutomatedSnapshotRetentionPeriod AvailabilityZone " +
				"AvailabilityZoneRelocation AvailabilityZoneRelocationStatus Classic ClusterIdentifier^ " +
				"ClusterParameterGroupName ClusterSecurityGroups ClusterSubnetGroupName^ ClusterType! " +
				"ClusterVersion DBName!^ DeferMaintenance DeferMaintenanceDuration DeferMaintenanceEndTime " +
				"DeferMaintenanceStartTime DestinationRegion ElasticIp Encrypted EnhancedVpcRouting " +
				"HsmClientCertificateIdentifier HsmConfigurationIdentifier IamRoles KmsKeyId LoggingProperties " +
				"MaintenanceTrackName ManageMasterPassword ManualSnapshotRetentionPeriod " +
				"MasterPasswordSecretKmsKeyId MasterUserPassword MasterUsername!^ MultiAZ NamespaceResourcePolicy " +
				"NodeType! NumberOfNodes OwnerAccount^ Port PreferredMaintenanceWindow PubliclyAccessible " +
				"ResourceAction RevisionTarget RotateEncryptionKey SnapshotClusterIdentifier^ " +
				"SnapshotCopyGrantName SnapshotCopyManual SnapshotCopyRetentionPeriod SnapshotIdentifier^ Tags " +
				"VpcSecurityGroupIds",
			"ClusterNamespaceArn DeferMaintenanceIdentifier Endpoint.Address Endpoint.Port " +
				"MasterPasswordSecretArn",
		},
		{
			"AWS::Redshift::ClusterSubnetGroup",
			"Description! SubnetIds! Tags",
			"ClusterSubnetGroupName",
		},
		{
			"AWS::Redshift::ClusterParameterGroup",
			"Description!^ ParameterGroupFamily!^ ParameterGroupName^ Parameters Tags",
			"",
		},
		{
			"AWS::Redshift::ScheduledAction",
			"Enable EndTime IamRole Schedule ScheduledActionDescription ScheduledActionName!^ StartTime TargetAction",
			"State",
		},
		{
			namespaceType,
			"AdminPasswordSecretKmsKeyId AdminUserPassword AdminUsername DbName DefaultIamRoleArn FinalSnapshotName " +
				"FinalSnapshotRetentionPeriod IamRoles KmsKeyId LogExports ManageAdminPassword NamespaceName!^ " +
				"NamespaceResourcePolicy RedshiftIdcApplicationArn SnapshotCopyConfigurations Tags",
			"Namespace.AdminUsername Namespace.DbName Namespace.NamespaceArn Namespace.NamespaceId Namespace.NamespaceName Namespace.Status",
		},
		{
			workgroupType,
			"BaseCapacity ConfigParameters EnhancedVpcRouting MaxCapacity NamespaceName Port PricePerformanceTarget " +
				"PubliclyAccessible RecoveryPointId SecurityGroupIds SnapshotArn SnapshotName SnapshotOwnerAccount " +
				"SubnetIds Tags TrackName WorkgroupName!^",
			"Workgroup.Endpoint.Address Workgroup.Endpoint.Port Workgroup.NamespaceName Workgroup.Status " +
				"Workgroup.WorkgroupArn Workgroup.WorkgroupId Workgroup.WorkgroupName",
		},
		{
			"AWS::SecretsManager::Secret",
			"Description GenerateSecretString KmsKeyId Name^ ReplicaRegions SecretString Tags Type",
			"Id",
		},
		{"AWS::CloudFormation::WaitConditionHandle", "", ""},
		{
			"AWS::SSM::Parameter",
			"AllowedPattern DataType Description Name^ Policies Tags Tier Type! Value!",
			"Type Value",
		},
	}
}

// toType returns the schema as a cloudformation.Type without a Provider.
func (s schema) toType() cloudformation.Type {
	t := cloudformation.Type{
		Name: s.name, Properties: []string{}, Attributes: strings.Fields(s.attributes),
	}
	for word := range strings.FieldsSeq(s.properties) {
		name := strings.TrimRight(word, "!^")
		t.Properties = append(t.Properties, name)
		if strings.Contains(word, "!") {
			t.Required = append(t.Required, name)
		}
		if strings.Contains(word, "^") {
			t.Replaces = append(t.Replaces, name)
		}
	}
	return t
}
