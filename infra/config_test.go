package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
)

func TestNewConfig(t *testing.T) {
	views := []ddl.View{{Name: "v", Columns: []ddl.Column{ddl.PayloadColumn("payload")}}}
	changed := func(change func(*Config)) *Config {
		c := lab()
		change(c)
		return c
	}
	tests := map[string]struct {
		context map[string]any
		want    *Config
	}{
		"nothing set":               {nil, lab()},
		"what is not ours":          {map[string]any{"@aws-cdk/core:x": true, "nodeType": 7}, lab()},
		"a number, as -c has it":    {map[string]any{"tributary:retentionHours": "48"}, changed(func(c *Config) { c.RetentionHours = 48 })},
		"a number, as JSON has it":  {map[string]any{"tributary:retentionHours": 48.0}, changed(func(c *Config) { c.RetentionHours = 48 })},
		"strings":                   {map[string]any{"tributary:nodeType": "ra3.xlplus", "tributary:streamName": "clicks-1"}, changed(func(c *Config) { c.NodeType, c.StreamName = "ra3.xlplus", "clicks-1" })},
		"views, as -c has them":     {map[string]any{"tributary:views": `[{"name": "v", "columns": [{"name": "payload", "type": "SUPER"}]}]`}, changed(func(c *Config) { c.Views = views })},
		"views, as cdk.json has it": {map[string]any{"tributary:views": []any{map[string]any{"name": "v", "columns": []any{map[string]any{"name": "payload", "type": "SUPER"}}}}}, changed(func(c *Config) { c.Views = views })},
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

func TestNewConfigTellsEveryProblem(t *testing.T) {
	_, err := NewConfig(map[string]any{
		"tributary:clusterIdentifier": "My--Cluster",
		"tributary:nodeType":          "dc2.large",
		"tributary:database":          "Dev",
		"tributary:adminUsername":     7.0,
		"tributary:streamName":        "EV_Stream",
		"tributary:retentionHours":    "a day",
		"tributary:schemaName":        "select",
		"tributary:views":             `[{"nam": "v"}, {"name": "table", "columns": "x", "stream": {"schema": "s", "name": "x"}}]`,
		"tributary:dataGenerator":     "maybe",
		"tributary:functionCode":      "nowhere",
		"tributary:views2":            true,
	})
	want := `tributary:clusterIdentifier: got "My--Cluster"; write up to 63 lower-case letters, digits and single hyphens, beginning with a letter
tributary:nodeType: got "dc2.large"; write one of ra3.large, ra3.xlplus, ra3.4xlarge, ra3.16xlarge, rg.xlarge, rg.4xlarge
tributary:database: got "Dev"; write "dev"
tributary:adminUsername: got 7; write a string
tributary:streamName: "EV_Stream" has upper-case letters, which Redshift folds away; name the stream "ev_stream"
tributary:retentionHours: got "a day"; write a whole number of hours from 24 to 8760
tributary:schemaName: "select" is a reserved word of Redshift; write another name, such as "select_"
tributary:views[0].nam: not known; write one of name, schema, stream, from, columns, badRecords, onReplace, distStyle, distKey, sortKey, manualRefresh, noBackup, grants
tributary:views[1].columns: got "x"; write a list
tributary:views[0].name: required; write a name
tributary:views[0].columns: required; write at least one
tributary:views[1].stream: is the stack's own, for every view; leave it out
tributary:views[1].name: "table" is a reserved word of Redshift; write another name, such as "table_"
tributary:dataGenerator: got "maybe"; write true or false
tributary:functionCode: got "nowhere"; write a directory that holds the compiled function in a file named bootstrap
tributary:views2: not a setting; write one of tributary:clusterIdentifier, tributary:nodeType, tributary:database, tributary:adminUsername, tributary:streamName, tributary:retentionHours, tributary:schemaName, tributary:views, tributary:dataGenerator, tributary:functionCode`
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
