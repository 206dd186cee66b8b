package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// TestNewConfig compares the configuration with the expected one.
func TestNewConfig(t *testing.T) {
	views := []ddl.View{{Name: "v", Columns: []ddl.Column{ddl.PayloadColumn("payload")}}}
	changed := func(kindName string, change func(*Config)) *Config {
		c := labConfig(kindName)
		change(c)
		return c
	}
	clusterWith := func(change func(*Cluster)) *Config {
		w := newCluster()
		change(w)
		return changed(cluster, func(c *Config) { c.Warehouse = w })
	}
	tests := map[string]struct {
		context map[string]any
		want    *Config
	}{
		"nothing set":            {nil, labConfig(cluster)},
		"keys of others":         {map[string]any{"@aws-cdk/core:x": true, "nodeType": 7}, labConfig(cluster)},
		"a number from -c":       {map[string]any{"tributary:retentionHours": "48"}, changed(cluster, func(c *Config) { c.Stream.RetentionHours = 48 })},
		"a number from cdk.json": {map[string]any{"tributary:retentionHours": 48.0}, changed(cluster, func(c *Config) { c.Stream.RetentionHours = 48 })},
		"strings":                {map[string]any{"tributary:nodeType": "ra3.xlplus"}, clusterWith(func(c *Cluster) { c.Props.NodeType = "ra3.xlplus" })},
		"a stream's name":        {map[string]any{"tributary:streamName": "clicks-1"}, changed(cluster, func(c *Config) { c.Stream.Name = "clicks-1" })},
		"Serverless": {map[string]any{
			"tributary:warehouse": "serverless", "tributary:baseCapacity": "8",
			"tributary:usageLimits": `[{"amount": 48, "period": "daily"}]`, "tributary:parameters": map[string]any{"datestyle": "ISO"},
		}, changed(serverless, func(c *Config) {
			c.Warehouse = &Serverless{Props: warehouse.ServerlessProps{
				Database: "dev", AdminUsername: "awsuser", BaseCapacity: 8,
				UsageLimits: []warehouse.UsageLimit{{Amount: 48, Period: "daily"}}, Parameters: map[string]string{"datestyle": "ISO"},
			}}
		})},
		"all fields of a usage limit, from cdk.json": {map[string]any{
			"tributary:warehouse": "serverless", "tributary:usageLimits": []any{map[string]any{"amount": 2.0, "period": "weekly", "breachAction": "deactivate", "crossRegion": true}},
		}, changed(serverless, func(c *Config) {
			c.Warehouse = &Serverless{Props: warehouse.ServerlessProps{
				Database: "dev", AdminUsername: "awsuser",
				UsageLimits: []warehouse.UsageLimit{{Amount: 2, Period: "weekly", BreachAction: "deactivate", CrossRegion: true}},
			}}
		})},
		"a network": {map[string]any{"tributary:availabilityZones": []any{"eu-west-1b", "eu-west-1c"}, "tributary:stsEndpoint": true}, clusterWith(func(c *Cluster) {
			c.Network.AvailabilityZones, c.Network.STSEndpoint = []string{"eu-west-1b", "eu-west-1c"}, true
		})},
		"an existing workgroup": {map[string]any{
			"tributary:warehouse": "existingWorkgroup", "tributary:workgroupName": "w", "tributary:workgroupId": "1", "tributary:namespaceName": "n", "tributary:namespaceId": "2",
			"tributary:namespaceRoleArns": "[]",
		}, changed(existingWorkgroup, func(c *Config) {
			c.Warehouse = &ExistingWorkgroup{
				Attributes:        warehouse.WorkgroupAttributes{WorkgroupName: "w", WorkgroupID: "1", NamespaceName: "n", NamespaceID: "2", Database: "dev"},
				NamespaceRoleARNs: []string{}, // no roles; nil would mean unknown roles
			}
		})},
		"an existing cluster": {map[string]any{
			"tributary:warehouse": "existingCluster", "tributary:clusterIdentifier": "theirs", "tributary:database": "shop", "tributary:databaseUser": "etl",
		}, changed(existingCluster, func(c *Config) {
			c.Warehouse = &ExistingCluster{Attributes: warehouse.ClusterAttributes{ClusterIdentifier: "theirs", Database: "shop", DatabaseUser: "etl"}}
		})},
		"views from -c":       {map[string]any{"tributary:views": `[{"name": "v", "columns": [{"name": "payload", "type": "SUPER"}]}]`}, changed(cluster, func(c *Config) { c.Views = views })},
		"views from cdk.json": {map[string]any{"tributary:views": []any{map[string]any{"name": "v", "columns": []any{map[string]any{"name": "payload", "type": "SUPER"}}}}}, changed(cluster, func(c *Config) { c.Views = views })},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := NewConfig(test.context)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("config (-want +got):\n%s", diff)
			}
		})
	}
}

// TestProblemsOfConfig checks that NewConfig returns all problems at once.
func TestProblemsOfConfig(t *testing.T) {
	tests := map[string]struct {
		context map[string]any
		want    string
	}{
		"a cluster": {map[string]any{
			"tributary:warehouse":      "cluster",
			"tributary:nodes":          "many",
			"tributary:multiAz":        "maybe",
			"tributary:baseCapacity":   8.0,
			"tributary:parameters":     `["x"]`,
			"tributary:database":       "Dev",
			"tributary:adminUsername":  7.0,
			"tributary:vpc":            `{"name": "x"}`,
			"tributary:streamName":     "EV_Stream",
			"tributary:retentionHours": "a day",
			"tributary:schemaName":     "select",
			"tributary:views":          `[{"nam": "v"}, {"name": "table", "columns": "x", "stream": {"schema": "s", "name": "x"}}]`,
			"tributary:dataGenerator":  "maybe",
			"tributary:functionCode":   "nowhere",
		}, `tributary:nodes: got "many"; write a whole number of nodes from 1 to 128
tributary:multiAz: got "maybe"; write true or false
tributary:parameters: got ["x"]; write JSON such as {"statement_timeout": "60000"}
tributary:database: got "Dev"; write "dev"
tributary:adminUsername: got 7; write a string
tributary:vpc: got {"name": "x"}; write JSON such as {"id": "vpc-1", "availabilityZones": ["eu-west-1a", "eu-west-1b"], "subnetIds": ["subnet-1", "subnet-2"], "routeTableIds": ["rtb-1", "rtb-2"]}
tributary:streamName: "EV_Stream" has upper-case letters, which Redshift folds to lower case; name the stream "ev_stream"
tributary:retentionHours: got "a day"; write a whole number of hours from 24 to 8760
tributary:schemaName: "select" is a reserved word of Redshift; write another name, such as "select_"
tributary:views[0].nam: unknown key; write one of name, schema, stream, from, columns, badRecords, onReplace, distStyle, distKey, sortKey, manualRefresh, noBackup, grants
tributary:views[1].columns: got "x"; write a list
tributary:views[0].name: required; write the name of the view
tributary:views[0].columns: required; declare at least one column
tributary:views[1].stream: is the same for every view, and the stack sets it; remove it
tributary:views[1].name: "table" is a reserved word of Redshift; write another name, such as "table_"
tributary:dataGenerator: got "maybe"; write true or false
tributary:functionCode: got "nowhere"; write a directory that contains the compiled function in a file named bootstrap
tributary:baseCapacity: is a setting of the warehouse serverless, got the warehouse cluster; remove the setting, or change tributary:warehouse`},
		"an existing cluster": {map[string]any{
			"tributary:warehouse": "existingCluster", "tributary:nodeType": "ra3.large",
			"tributary:streamArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/x", "tributary:shards": 2.0,
		}, `tributary:nodeType: is a setting of the warehouse cluster, got the warehouse existingCluster; remove the setting, or change tributary:warehouse
tributary:secretArn: needs exactly one of secretArn and databaseUser, got both or neither
tributary:shards: is a setting of a new stream, and tributary:streamArn is an existing one; remove one of them`},
		"an existing workgroup": {map[string]any{"tributary:warehouse": "existingWorkgroup", "tributary:namespaceRoleArns": `["loader"]`}, `tributary:namespaceRoleArns: got "loader"; write the ARN of a role, as in ["arn:aws:iam::123456789012:role/loader"]
tributary:workgroupName: required for the warehouse existingWorkgroup
tributary:workgroupId: required for the warehouse existingWorkgroup
tributary:namespaceName: required for the warehouse existingWorkgroup
tributary:namespaceId: required for the warehouse existingWorkgroup`},
		"usage limits with keys in upper case": {
			map[string]any{"tributary:warehouse": "serverless", "tributary:usageLimits": `[{"Amount": 48, "Period": "daily"}]`},
			`tributary:usageLimits: got [{"Amount": 48, "Period": "daily"}]; write JSON such as [{"amount": 48, "period": "daily"}]`,
		},
		"view schemas with keys in upper case": {
			map[string]any{"tributary:viewSchemas": []any{map[string]any{"Name": "analytics"}}},
			`tributary:viewSchemas: got [{"Name":"analytics"}]; write JSON such as [{"name": "analytics"}]`,
		},
		"an unknown warehouse, and settings of a cluster": {
			map[string]any{"tributary:warehouse": "house", "tributary:nodes": 2.0, "tributary:shards": 0.0},
			`tributary:warehouse: got "house"; write one of cluster, serverless, existingCluster, existingWorkgroup
tributary:shards: got 0; write a whole number of shards from 1 to 10000`,
		},
		"an unknown warehouse": {map[string]any{"tributary:warehouse": "house", "tributary:database": "Dev", "tributary:baseCapacity": "many"}, `tributary:warehouse: got "house"; write one of cluster, serverless, existingCluster, existingWorkgroup
tributary:database: got "Dev"; write "dev"
tributary:baseCapacity: got "many"; write a whole number of RPUs from 4 to 1024`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := NewConfig(test.context)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnknownSetting checks the error for a key that is no setting.
func TestUnknownSetting(t *testing.T) {
	_, err := NewConfig(map[string]any{"tributary:views2": true})
	if err == nil || !strings.HasPrefix(err.Error(), "tributary:views2: not a setting; write one of tributary:warehouse, tributary:clusterIdentifier, ") {
		t.Errorf("got %v", err)
	}
}
