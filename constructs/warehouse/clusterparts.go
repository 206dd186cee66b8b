package warehouse

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsredshift"
	"github.com/aws/jsii-runtime-go"
)

// parameterGroup returns the name of the cluster's parameter group. It defines the group if
// the props name none.
func (c *Cluster) parameterGroup(p *ClusterProps) *string {
	if p.ParameterGroupName != "" {
		return jsii.String(p.ParameterGroupName)
	}
	var list []any
	parameters := p.parameters()
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		list = append(list, &awsredshift.CfnClusterParameterGroup_ParameterProperty{
			ParameterName: jsii.String(name), ParameterValue: jsii.String(parameters[name]),
		})
	}
	return awsredshift.NewCfnClusterParameterGroup(c.Construct, jsii.String("ParameterGroup"), &awsredshift.CfnClusterParameterGroupProps{
		Description:          jsii.String("TLS required"),
		ParameterGroupFamily: jsii.String("redshift-1.0"),
		Parameters:           &list,
	}).Ref()
}

// logging returns the destination of audit logs. It returns nil if there is none.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html
func (p *ClusterProps) logging() any {
	switch {
	case p.LogBucket != nil:
		return &awsredshift.CfnCluster_LoggingPropertiesProperty{
			LogDestinationType: jsii.String("s3"), BucketName: p.LogBucket.BucketName(), S3KeyPrefix: nonEmpty(p.LogPrefix),
		}
	case len(p.LogExports) > 0:
		return &awsredshift.CfnCluster_LoggingPropertiesProperty{
			LogDestinationType: jsii.String("cloudwatch"), LogExports: jsii.Strings(p.LogExports...),
		}
	}
	return nil
}

// schedule defines a scheduled action that pauses or resumes the cluster. The action is
// Pause or Resume. An empty schedule means never. The role of the scheduled action may only
// perform the action on this cluster.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/managing-cluster-considerations.html
func (c *Cluster) schedule(action, schedule string) {
	if schedule == "" {
		return
	}
	cluster := c.Resource.Ref()
	role := awsiam.NewRole(c.Construct, jsii.String(action+"Role"), &awsiam.RoleProps{
		Description: jsii.String("Lets Redshift's scheduler " + map[string]string{"Pause": "pause", "Resume": "resume"}[action] + " " + *c.Node().Path()),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("scheduler.redshift.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			action: awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &[]awsiam.PolicyStatement{
				awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
					Actions: jsii.Strings("redshift:" + action + "Cluster"), Resources: &[]*string{clusterARN(c.Construct, cluster)},
				}),
			}}),
		},
	})
	target := &awsredshift.CfnScheduledAction_ScheduledActionTypeProperty{}
	if action == "Pause" {
		target.PauseCluster = &awsredshift.CfnScheduledAction_PauseClusterMessageProperty{ClusterIdentifier: cluster}
	} else {
		target.ResumeCluster = &awsredshift.CfnScheduledAction_ResumeClusterMessageProperty{ClusterIdentifier: cluster}
	}
	awsredshift.NewCfnScheduledAction(c.Construct, jsii.String(action), &awsredshift.CfnScheduledActionProps{
		ScheduledActionName: jsii.String(action + "-" + *awscdk.Names_UniqueResourceName(c.Construct, &awscdk.UniqueResourceNameOptions{
			MaxLength: jsii.Number(50), Separator: jsii.String("-"),
		})),
		Schedule: jsii.String(schedule), IamRole: role.RoleArn(), TargetAction: target,
	})
}
