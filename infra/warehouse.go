package main

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// The kinds of warehouse.
const (
	cluster           = "cluster"           // a new one
	serverless        = "serverless"        // a new one
	existingCluster   = "existingCluster"   // one that is there
	existingWorkgroup = "existingWorkgroup" // one that is there
)

// Warehouse is what the views are made in: what of it is for which kind, the settings
// say.
type Warehouse struct {
	Kind              string
	ClusterIdentifier string
	NodeType          string
	Nodes             int
	MultiAZ           bool
	Relocation        bool
	Parameters        map[string]string
	MaintenanceWindow string
	SnapshotDays      int
	LogExports        []string
	KeyARN            string // "": Redshift's own
	PauseSchedule     string
	ResumeSchedule    string
	Database          string
	AdminUsername     string
	NamespaceName     string
	WorkgroupName     string
	BaseCapacity      int
	MaxCapacity       int
	PricePerformance  int
	UsageLimits       []warehouse.UsageLimit
	NamespaceID       string
	NamespaceRoleARNs []string // nil: not known
	WorkgroupID       string
	SecretARN         string
	DatabaseUser      string
}

// warehouseSettings are the warehouse's, its kind first. What the values may be, the
// constructs check; here it is seen to what they are for.
func warehouseSettings() []setting {
	w := func(field func(*Warehouse) *string) func(*Config) *string {
		return func(c *Config) *string { return field(&c.Warehouse) }
	}
	number := func(field func(*Warehouse) *int) func(*Config) *int {
		return func(c *Config) *int { return field(&c.Warehouse) }
	}
	fresh, there, clusters, workgroups := []string{cluster, serverless}, []string{existingCluster, existingWorkgroup},
		[]string{cluster, existingCluster}, []string{serverless, existingWorkgroup}
	return []setting{
		{"warehouse", nil, text(w(func(w *Warehouse) *string { return &w.Kind }), oneOf(cluster, serverless, existingCluster, existingWorkgroup))},
		{"clusterIdentifier", clusters, text(w(func(w *Warehouse) *string { return &w.ClusterIdentifier }), nil)},
		{"nodeType", []string{cluster}, text(w(func(w *Warehouse) *string { return &w.NodeType }), nil)},
		{"nodes", []string{cluster}, whole(number(func(w *Warehouse) *int { return &w.Nodes }), 1, 128, "nodes")},
		{"multiAz", []string{cluster}, boolean(func(c *Config) *bool { return &c.Warehouse.MultiAZ })},
		{"relocation", []string{cluster}, boolean(func(c *Config) *bool { return &c.Warehouse.Relocation })},
		{"maintenanceWindow", []string{cluster}, text(w(func(w *Warehouse) *string { return &w.MaintenanceWindow }), nil)},
		{"snapshotDays", []string{cluster}, whole(number(func(w *Warehouse) *int { return &w.SnapshotDays }), 1, 35, "days")},
		{"pauseSchedule", []string{cluster}, text(w(func(w *Warehouse) *string { return &w.PauseSchedule }), nil)},
		{"resumeSchedule", []string{cluster}, text(w(func(w *Warehouse) *string { return &w.ResumeSchedule }), nil)},
		{"namespaceName", workgroups, text(w(func(w *Warehouse) *string { return &w.NamespaceName }), nil)},
		{"namespaceId", []string{existingWorkgroup}, text(w(func(w *Warehouse) *string { return &w.NamespaceID }), nil)},
		{"namespaceRoleArns", []string{existingWorkgroup}, readNamespaceRoles},
		{"workgroupName", workgroups, text(w(func(w *Warehouse) *string { return &w.WorkgroupName }), nil)},
		{"workgroupId", []string{existingWorkgroup}, text(w(func(w *Warehouse) *string { return &w.WorkgroupID }), nil)},
		{"baseCapacity", []string{serverless}, whole(number(func(w *Warehouse) *int { return &w.BaseCapacity }), 4, 1024, "RPUs")},
		{"maxCapacity", []string{serverless}, whole(number(func(w *Warehouse) *int { return &w.MaxCapacity }), 4, 5632, "RPUs")},
		{"pricePerformance", []string{serverless}, whole(number(func(w *Warehouse) *int { return &w.PricePerformance }), 1, 100, "points")},
		{"usageLimits", []string{serverless}, document(func(c *Config) *[]warehouse.UsageLimit { return &c.Warehouse.UsageLimits }, `[{"Amount": 48, "Period": "daily"}]`)},
		{"parameters", fresh, document(func(c *Config) *map[string]string { return &c.Warehouse.Parameters }, `{"statement_timeout": "60000"}`)},
		{"logExports", fresh, document(func(c *Config) *[]string { return &c.Warehouse.LogExports }, `["userlog"]`)},
		{"keyArn", fresh, text(w(func(w *Warehouse) *string { return &w.KeyARN }), nil)},
		{"database", nil, text(w(func(w *Warehouse) *string { return &w.Database }), isLowerName)},
		{"adminUsername", fresh, text(w(func(w *Warehouse) *string { return &w.AdminUsername }), isLowerName)},
		{"secretArn", there, text(w(func(w *Warehouse) *string { return &w.SecretARN }), nil)},
		{"databaseUser", []string{existingCluster}, text(w(func(w *Warehouse) *string { return &w.DatabaseUser }), nil)},
	}
}

// readNamespaceRoles reads the roles that the namespace has already.
func readNamespaceRoles(c *Config, value any) error {
	const example = `["arn:aws:iam::123456789012:role/loader"]`
	if err := document(func(c *Config) *[]string { return &c.Warehouse.NamespaceRoleARNs }, example)(c, value); err != nil {
		return err
	}
	for _, arn := range c.Warehouse.NamespaceRoleARNs {
		if !strings.Contains(arn, ":role/") {
			return got(arn, "a role's ARN, as in "+example)
		}
	}
	return nil
}

// missing returns what has to be set for a warehouse that exists.
func (w Warehouse) missing() ddl.Problems {
	var problems ddl.Problems
	require := func(key, value string) {
		if value == "" {
			problems = append(problems, ddl.Problem{Path: prefix + key, Message: "required for the warehouse " + w.Kind})
		}
	}
	switch w.Kind {
	case existingCluster:
		if (w.SecretARN == "") == (w.DatabaseUser == "") {
			problems = append(problems, ddl.Problem{Path: prefix + "secretArn", Message: "has both or neither of secretArn and databaseUser; set one"})
		}
	case existingWorkgroup:
		require("workgroupName", w.WorkgroupName)
		require("workgroupId", w.WorkgroupID)
		require("namespaceName", w.NamespaceName)
		require("namespaceId", w.NamespaceID)
	}
	return problems
}

// newWarehouse defines or imports the warehouse. Nothing of a new one outlives the
// stack.
func newWarehouse(stack awscdk.Stack, config *Config) warehouse.Warehouse {
	w, id := config.Warehouse, jsii.String("Warehouse")
	switch w.Kind {
	case existingCluster:
		return warehouse.FromClusterAttributes(stack, id, &warehouse.ClusterAttributes{
			ClusterIdentifier: w.ClusterIdentifier, Database: w.Database, Secret: w.secret(stack), DatabaseUser: w.DatabaseUser,
		})
	case existingWorkgroup:
		return warehouse.FromWorkgroupAttributes(stack, id, &warehouse.WorkgroupAttributes{
			WorkgroupName: w.WorkgroupName, WorkgroupID: w.WorkgroupID, NamespaceName: w.NamespaceName, NamespaceID: w.NamespaceID,
			NamespaceRoles: w.namespaceRoles(stack), Database: w.Database, Secret: w.secret(stack),
		})
	case serverless:
		return warehouse.NewServerless(stack, id, &warehouse.ServerlessProps{
			NamespaceName: w.NamespaceName, WorkgroupName: w.WorkgroupName, Database: w.Database, AdminUsername: w.AdminUsername,
			BaseCapacity: w.BaseCapacity, MaxCapacity: w.MaxCapacity, PricePerformance: w.PricePerformance, UsageLimits: w.UsageLimits,
			Network: newNetwork(stack, config), EncryptionKey: keyOf(stack, "WarehouseKey", w.KeyARN), Parameters: w.Parameters,
			LogExports: w.LogExports, RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
		})
	}
	return warehouse.NewCluster(stack, id, &warehouse.ClusterProps{
		ClusterIdentifier: w.ClusterIdentifier, NodeType: w.NodeType, Nodes: w.Nodes, MultiAZ: w.MultiAZ, Relocation: w.Relocation,
		Database: w.Database, AdminUsername: w.AdminUsername, Network: newNetwork(stack, config), EncryptionKey: keyOf(stack, "WarehouseKey", w.KeyARN),
		Parameters: w.Parameters, MaintenanceWindow: w.MaintenanceWindow, SnapshotDays: w.SnapshotDays, LogExports: w.LogExports,
		PauseSchedule: w.PauseSchedule, ResumeSchedule: w.ResumeSchedule, RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
}

// namespaceRoles imports the roles that the namespace has already; nil if they aren't
// known.
func (w Warehouse) namespaceRoles(stack awscdk.Stack) []awsiam.IRole {
	if w.NamespaceRoleARNs == nil {
		return nil
	}
	roles := []awsiam.IRole{}
	for i, arn := range w.NamespaceRoleARNs {
		roles = append(roles, roleOf(stack, fmt.Sprintf("NamespaceRole%d", i), arn))
	}
	return roles
}

// secret imports the secret, or returns nil for none.
func (w Warehouse) secret(stack awscdk.Stack) awssecretsmanager.ISecret {
	if w.SecretARN == "" {
		return nil
	}
	return awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"), jsii.String(w.SecretARN))
}

// keyOf imports a key, or returns nil for none.
func keyOf(stack awscdk.Stack, id, arn string) awskms.IKey {
	if arn == "" {
		return nil
	}
	return awskms.Key_FromKeyArn(stack, jsii.String(id), jsii.String(arn))
}
