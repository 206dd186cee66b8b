package resource

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/redshift"
	"github.com/tributary-cdk/tributary/internal/twin/uuid"
)

func redshiftTypes(s Services) map[string]*maker {
	g := s.Registry
	c := clusters{s}
	return map[string]*maker{
		ClusterType: {
			name: propertyName("ClusterIdentifier", 63, true), check: c.check,
			create: c.create, update: c.update, remove: c.remove, attributes: clusterAttributes,
		},
		"AWS::Redshift::ScheduledAction": {
			name: propertyName("ScheduledActionName", 63, true), check: c.checkSchedule,
			attributes: func(cloudformation.Request) map[string]any { return map[string]any{"State": "ACTIVE"} },
		},
		"AWS::Redshift::ClusterSubnetGroup": {
			name:       func(r cloudformation.Request) string { return cloudformation.PhysicalName(r, 255, true) },
			check:      refersTo(g, "SubnetIds", "AWS::EC2::Subnet"),
			attributes: idAttribute("ClusterSubnetGroupName"),
		},
		"AWS::Redshift::ClusterParameterGroup": {
			name: propertyName("ParameterGroupName", 255, true), check: checkParameterGroup,
		},
	}
}

// checkParameterGroup accepts the families that Redshift has, and parameters
// that have a name and a value.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-parameter-groups.html
func checkParameterGroup(_ cloudformation.Request, p properties) {
	p.oneOf("ParameterGroupFamily", "redshift-1.0", "redshift-2.0")
	parameters := p.objects("Parameters")
	if len(parameters) > 20 {
		p.refuse("Parameters", "at most 20 are possible, got %d", len(parameters))
	}
	for _, parameter := range parameters {
		for _, name := range []string{"ParameterName", "ParameterValue"} {
			if parameter.text(name) == "" {
				parameter.refuse(name, "required")
			}
		}
	}
}

// clusters makes Redshift clusters.
type clusters struct{ Services }

// Rules for names.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
var (
	clusterIdentifier = regexp.MustCompile(`^[a-z]([a-z0-9]|-[a-z0-9])*$`)
	databaseName      = regexp.MustCompile(`^[a-z_][a-z0-9_$]{0,63}$`)
	scheduleForm      = regexp.MustCompile(`^(cron|at)\([^()]+\)$`)
	userName          = regexp.MustCompile(`^[a-z][a-z0-9_+.@-]{0,127}$`)
)

func (c clusters) check(_ cloudformation.Request, p properties) {
	p.unsupported("ResourceAction", "SnapshotIdentifier", "SnapshotClusterIdentifier", "OwnerAccount",
		"HsmClientCertificateIdentifier", "HsmConfigurationIdentifier", "ClusterSecurityGroups", "RevisionTarget")
	match(p, "ClusterIdentifier", clusterIdentifier, "1 to 63 lower-case letters, digits and single hyphens are needed, a letter first")
	match(p, "DBName", databaseName, "1 to 64 lower-case letters, digits, _ and $ are needed, a letter or _ first")
	match(p, "MasterUsername", userName, "a lower-case name is needed, a letter first")
	if !p.boolean("Encrypted", true) {
		p.refuse("Encrypted", "Amazon Redshift no longer makes clusters that are not encrypted; leave it out or set it to true")
	}
	switch managed := p.boolean("ManageMasterPassword", false); {
	case managed && p.has("MasterUserPassword"):
		p.refuse("MasterUserPassword", "You can't use MasterUserPassword if ManageMasterPassword is true.")
	case !managed && !p.has("MasterUserPassword"):
		p.refuse("ManageMasterPassword", "one of ManageMasterPassword and MasterUserPassword is needed")
	}
	checkNodes(p)
	if id := p.text("ClusterSubnetGroupName"); id != "" && id != "default" {
		p.refersTo(c.Registry, "ClusterSubnetGroupName", "AWS::Redshift::ClusterSubnetGroup")
	}
	if id := p.text("ClusterParameterGroupName"); id != "" && !strings.HasPrefix(id, "default.") {
		p.refersTo(c.Registry, "ClusterParameterGroupName", "AWS::Redshift::ClusterParameterGroup")
	}
	checkRoles(c.IAM, p, "redshift.amazonaws.com")
	logging := p.object("LoggingProperties")
	logging.oneOf("LogDestinationType", "s3", "cloudwatch")
	if logging.text("LogDestinationType") == "s3" && logging.text("BucketName") == "" {
		logging.refuse("BucketName", "required for s3")
	}
}

// checkSchedule checks a scheduled action: what it does, to a cluster that exists, as
// a role that the scheduler may assume. The twin's clock runs none.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateScheduledAction.html
func (c clusters) checkSchedule(_ cloudformation.Request, p properties) {
	target := p.object("TargetAction")
	target.unsupported("ResizeCluster")
	for _, action := range []string{"PauseCluster", "ResumeCluster"} {
		if target.has(action) {
			target.object(action).refersTo(c.Registry, "ClusterIdentifier", ClusterType)
		}
	}
	match(p, "Schedule", scheduleForm, "cron(…) or at(…) is needed")
	const scheduler = "scheduler.redshift.amazonaws.com"
	if role, ok := c.IAM.Role(p.text("IamRole")); !ok || !role.Trusts(scheduler) {
		p.refuse("IamRole", "no role %q exists that %s may assume", p.text("IamRole"), scheduler)
	}
}

// checkNodes checks the kind and number of nodes, and what depends on them.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
func checkNodes(p properties) {
	p.oneOf("NodeType", "rg.xlarge", "rg.4xlarge", "ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge", "dc2.large", "dc2.8xlarge")
	p.oneOf("ClusterType", "single-node", "multi-node")
	nodes := p.integer("NumberOfNodes", 0)
	switch kind := p.text("ClusterType"); {
	case kind == "multi-node" && (nodes < 2 || nodes > 100):
		p.refuse("NumberOfNodes", "2 to 100 is needed for multi-node, got %d", nodes)
	case kind == "single-node" && nodes > 1:
		p.refuse("NumberOfNodes", "a single-node cluster has one, got %d", nodes)
	}
	if strings.HasPrefix(p.text("NodeType"), "dc2.") {
		p.between("Port", 5439, 1150, 65535)
		return
	}
	if port := p.integer("Port", 5439); (port < 5431 || port > 5455) && (port < 8191 || port > 8215) {
		p.refuse("Port", "5431 to 5455 or 8191 to 8215 is needed for RA3 and RG nodes, got %d", port)
	}
	p.between("AutomatedSnapshotRetentionPeriod", 1, 1, 35)
}

// match refuses a property that is set and doesn't match.
func match(p properties, name string, pattern *regexp.Regexp, rule string) {
	if got := p.text(name); got != "" && !pattern.MatchString(got) {
		p.refuse(name, "%s, got %q", rule, got)
	}
}

func (c clusters) create(ctx context.Context, r cloudformation.Request) error {
	p := propertiesOf(r)
	return invalid(c.Clusters.CreateCluster(ctx, redshift.Cluster{
		Identifier: r.PhysicalID, Database: p.text("DBName"), MasterUsername: p.text("MasterUsername"), SecretARN: secretARN(r),
		NodeType: p.text("NodeType"), Nodes: p.integer("NumberOfNodes", 1),
		Roles: attachedroles.New(p.texts("IamRoles"), ""),
	}))
}

func (c clusters) update(ctx context.Context, r cloudformation.Request) error {
	add, remove := changedRoles(r)
	if len(add)+len(remove) == 0 {
		return nil
	}
	return settled(ctx, func() error { return c.Clusters.ModifyClusterRoles(r.PhysicalID, add, remove, nil) })
}

func (c clusters) remove(ctx context.Context, r cloudformation.Request) error {
	err := c.Clusters.DeleteCluster(ctx, r.PhysicalID)
	if errors.Is(err, redshift.ErrNotFound) {
		return nil
	}
	return err
}

// secretARN returns the ARN of the admin secret, in the form that Redshift
// gives those which it manages; empty if it doesn't manage this one.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-secrets-manager-integration.html
func secretARN(r cloudformation.Request) string {
	p := propertiesOf(r)
	if !p.boolean("ManageMasterPassword", false) {
		return ""
	}
	return accountOf(r).ARN("secretsmanager", fmt.Sprintf("secret:redshift!%s-%s-%s",
		r.PhysicalID, p.text("MasterUsername"), digest(6, r.StackID, r.PhysicalID)))
}

func clusterAttributes(r cloudformation.Request) map[string]any {
	p := propertiesOf(r)
	out := map[string]any{
		"Endpoint.Address":           fmt.Sprintf("%s.%s.%s.redshift.amazonaws.com", r.PhysicalID, "c"+digest(11, r.Account, r.Region), r.Region),
		"Endpoint.Port":              fmt.Sprint(p.integer("Port", 5439)),
		"ClusterNamespaceArn":        accountOf(r).ARN("redshift", "namespace:"+uuid.Of(r.StackID, r.PhysicalID)),
		"DeferMaintenanceIdentifier": "",
	}
	if secret := secretARN(r); secret != "" {
		out["MasterPasswordSecretArn"] = secret
	}
	return out
}
