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

func redshiftTypes(s Services) map[string]*provider {
	g := s.Registry
	c := clusterProvider{s}
	return map[string]*provider{
		ClusterType: {
			name: propertyName("ClusterIdentifier", 63, true), check: c.check,
			create: c.create, update: c.update, remove: c.remove, attributes: clusterAttributes,
		},
		"AWS::Redshift::ScheduledAction": {
			name: propertyName("ScheduledActionName", 63, true), check: c.checkScheduledAction,
			attributes: func(cloudformation.Request) map[string]any { return map[string]any{"State": "ACTIVE"} },
		},
		"AWS::Redshift::ClusterSubnetGroup": {
			name:       func(r cloudformation.Request) string { return cloudformation.PhysicalName(r, 255, true) },
			check:      checkReferences(g, "SubnetIds", "AWS::EC2::Subnet"),
			attributes: idAttribute("ClusterSubnetGroupName"),
		},
		"AWS::Redshift::ClusterParameterGroup": {
			name: propertyName("ParameterGroupName", 255, true), check: checkParameterGroup,
		},
	}
}

// checkParameterGroup adds problems unless the group has one of Redshift's families, and
// at most 20 parameters that each have a name and a value.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-parameter-groups.html
func checkParameterGroup(_ cloudformation.Request, p properties) {
	p.checkOneOf("ParameterGroupFamily", "redshift-1.0", "redshift-2.0")
	parameters := p.objects("Parameters")
	if len(parameters) > 20 {
		p.addProblem("Parameters", "needs at most 20, got %d", len(parameters))
	}
	for _, parameter := range parameters {
		for _, name := range []string{"ParameterName", "ParameterValue"} {
			if parameter.text(name) == "" {
				parameter.addProblem(name, "required; set it")
			}
		}
	}
}

// These texts describe the patterns databaseName and userName in error messages.
const (
	databaseNameRule = "needs 1 to 64 lower-case letters, digits, _ and $, and a letter or _ first"
	userNameRule     = "needs a lower-case name, and a letter first"
)

// clusterProvider creates Redshift clusters.
type clusterProvider struct{ Services }

// Patterns for the properties of clusters and scheduled actions.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
var (
	clusterIdentifier = regexp.MustCompile(`^[a-z]([a-z0-9]|-[a-z0-9])*$`)
	databaseName      = regexp.MustCompile(`^[a-z_][a-z0-9_$]{0,63}$`)
	schedulePattern   = regexp.MustCompile(`^(cron|at)\([^()]+\)$`)
	userName          = regexp.MustCompile(`^[a-z][a-z0-9_+.@-]{0,127}$`)
)

func (c clusterProvider) check(_ cloudformation.Request, p properties) {
	p.unsupported("ResourceAction", "SnapshotIdentifier", "SnapshotClusterIdentifier", "OwnerAccount",
		"HsmClientCertificateIdentifier", "HsmConfigurationIdentifier", "ClusterSecurityGroups", "RevisionTarget")
	checkPattern(p, "ClusterIdentifier", clusterIdentifier, "needs 1 to 63 lower-case letters, digits and single hyphens, and a letter first")
	checkPattern(p, "DBName", databaseName, databaseNameRule)
	checkPattern(p, "MasterUsername", userName, userNameRule)
	if !p.boolean("Encrypted", true) {
		p.addProblem("Encrypted", "Amazon Redshift no longer creates clusters that are not encrypted; remove it or set it to true")
	}
	switch managed := p.boolean("ManageMasterPassword", false); {
	case managed && p.has("MasterUserPassword"):
		p.addProblem("MasterUserPassword", "You can't use MasterUserPassword if ManageMasterPassword is true.")
	case !managed && !p.has("MasterUserPassword"):
		p.addProblem("ManageMasterPassword", "needs ManageMasterPassword or MasterUserPassword")
	}
	checkNodes(p)
	if id := p.text("ClusterSubnetGroupName"); id != "" && id != "default" {
		p.checkReference(c.Registry, "ClusterSubnetGroupName", "AWS::Redshift::ClusterSubnetGroup")
	}
	if id := p.text("ClusterParameterGroupName"); id != "" && !strings.HasPrefix(id, "default.") {
		p.checkReference(c.Registry, "ClusterParameterGroupName", "AWS::Redshift::ClusterParameterGroup")
	}
	checkRoles(c.IAM, p, "redshift.amazonaws.com")
	logging := p.object("LoggingProperties")
	logging.checkOneOf("LogDestinationType", "s3", "cloudwatch")
	if logging.text("LogDestinationType") == "s3" && logging.text("BucketName") == "" {
		logging.addProblem("BucketName", "required for the log destination s3; set it")
	}
}

// checkScheduledAction checks the properties of a scheduled action: its target action, the
// cluster, the schedule, and the role, which the scheduler must be allowed to assume. The
// twin never runs scheduled actions.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateScheduledAction.html
func (c clusterProvider) checkScheduledAction(_ cloudformation.Request, p properties) {
	target := p.object("TargetAction")
	target.unsupported("ResizeCluster")
	for _, action := range []string{"PauseCluster", "ResumeCluster"} {
		if target.has(action) {
			target.object(action).checkReference(c.Registry, "ClusterIdentifier", ClusterType)
		}
	}
	checkPattern(p, "Schedule", schedulePattern, "needs cron(…) or at(…)")
	const scheduler = "scheduler.redshift.amazonaws.com"
	if role, ok := c.IAM.Role(p.text("IamRole")); !ok || !role.Trusts(scheduler) {
		p.addProblem("IamRole", "role %q does not exist or does not trust %s", p.text("IamRole"), scheduler)
	}
}

// checkNodes checks the type and the number of nodes, and the properties that depend on
// the node type.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
func checkNodes(p properties) {
	p.checkOneOf("NodeType", "rg.xlarge", "rg.4xlarge", "ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge", "dc2.large", "dc2.8xlarge")
	p.checkOneOf("ClusterType", "single-node", "multi-node")
	nodes := p.integer("NumberOfNodes", 0)
	switch kind := p.text("ClusterType"); {
	case kind == "multi-node" && (nodes < 2 || nodes > 100):
		p.addProblem("NumberOfNodes", "needs 2 to 100 for multi-node, got %d", nodes)
	case kind == "single-node" && nodes > 1:
		p.addProblem("NumberOfNodes", "needs 1 for single-node, got %d", nodes)
	}
	if strings.HasPrefix(p.text("NodeType"), "dc2.") {
		p.checkRange("Port", 5439, 1150, 65535)
		return
	}
	if port := p.integer("Port", 5439); (port < 5431 || port > 5455) && (port < 8191 || port > 8215) {
		p.addProblem("Port", "needs 5431 to 5455 or 8191 to 8215 for RA3 and RG nodes, got %d", port)
	}
	p.checkRange("AutomatedSnapshotRetentionPeriod", 1, 1, 35)
}

// checkPattern adds a problem if the property is set and does not match the pattern. The
// text of the problem begins with rule, which says in words what the pattern requires.
func checkPattern(p properties, name string, pattern *regexp.Regexp, rule string) {
	if got := p.text(name); got != "" && !pattern.MatchString(got) {
		p.addProblem(name, "%s, got %q", rule, got)
	}
}

func (c clusterProvider) create(ctx context.Context, r cloudformation.Request) error {
	p := propertiesOf(r)
	return asInvalidRequest(c.Clusters.CreateCluster(ctx, redshift.Cluster{
		Identifier: r.PhysicalID, Database: p.text("DBName"), MasterUsername: p.text("MasterUsername"), SecretARN: secretARN(r),
		NodeType: p.text("NodeType"), Nodes: p.integer("NumberOfNodes", 1),
		Roles: attachedroles.New(p.texts("IamRoles"), ""),
	}))
}

func (c clusterProvider) update(ctx context.Context, r cloudformation.Request) error {
	add, remove := changedRoles(r)
	if len(add)+len(remove) == 0 {
		return nil
	}
	return retryWhileBusy(ctx, func() error { return c.Clusters.ModifyClusterRoles(r.PhysicalID, add, remove, nil) })
}

func (c clusterProvider) remove(ctx context.Context, r cloudformation.Request) error {
	err := c.Clusters.DeleteCluster(ctx, r.PhysicalID)
	if errors.Is(err, redshift.ErrNotFound) {
		return nil
	}
	return err
}

// secretARN returns the ARN of the admin secret, in the form of secrets that Redshift
// manages. It returns "" if Redshift does not manage the cluster's admin password.
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
		"ClusterNamespaceArn":        accountOf(r).ARN("redshift", "namespace:"+uuid.FromParts(r.StackID, r.PhysicalID)),
		"DeferMaintenanceIdentifier": "",
	}
	if secret := secretARN(r); secret != "" {
		out["MasterPasswordSecretArn"] = secret
	}
	return out
}
