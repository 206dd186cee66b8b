package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/lab"
)

// Cluster is a new cluster.
type Cluster struct {
	Props   warehouse.ClusterProps
	KeyARN  string // empty: Redshift's default key
	Network Network
}

// newCluster returns a cluster with the lab's settings.
func newCluster() *Cluster {
	return &Cluster{Props: warehouse.ClusterProps{
		ClusterIdentifier: lab.ClusterIdentifier, NodeType: "ra3.large", Database: lab.Database, AdminUsername: lab.AdminUsername,
	}}
}

func (c *Cluster) settings() []setting {
	p := &c.Props
	return append([]setting{
		{"clusterIdentifier", text(&p.ClusterIdentifier, nil)},
		{"nodeType", text(&p.NodeType, nil)},
		{"nodes", whole(&p.Nodes, 1, 128, "nodes")},
		{"multiAz", boolean(&p.MultiAZ)},
		{"relocation", boolean(&p.Relocation)},
		{"maintenanceWindow", text(&p.MaintenanceWindow, nil)},
		{"snapshotDays", whole(&p.SnapshotDays, 1, 35, "days")},
		{"pauseSchedule", text(&p.PauseSchedule, nil)},
		{"resumeSchedule", text(&p.ResumeSchedule, nil)},
		{"parameters", document(&p.Parameters, someParameters)},
		{"logExports", document(&p.LogExports, someLogExports)},
		{"keyArn", text(&c.KeyARN, nil)},
		{"database", text(&p.Database, isLowerName)},
		{"adminUsername", text(&p.AdminUsername, isLowerName)},
	}, c.Network.settings()...)
}

func (c *Cluster) missing() ddl.Problems { return nil }

// define defines the cluster. It is deleted with the stack.
func (c *Cluster) define(stack awscdk.Stack, _ func() *ddlprovider.Provider) warehouse.Warehouse {
	props := c.Props
	props.Network = c.Network.define(stack, c.Props.MultiAZ)
	props.EncryptionKey = keyOf(stack, "WarehouseKey", c.KeyARN)
	props.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
	return warehouse.NewCluster(stack, jsii.String("Warehouse"), &props)
}
