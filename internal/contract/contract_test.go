package contract_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// TestWireFormat checks the JSON of every custom resource and of the health event. The
// function may be newer or older than the constructs that wrote the template of a
// deployed stack, so no key may change.
func TestWireFormat(t *testing.T) {
	t.Parallel()
	cluster := contract.Target{ClusterIdentifier: "c", Database: "dev", SecretARN: "secret"}
	tests := map[string]struct {
		got  map[string]any
		want string
	}{
		contract.ExternalSchemaType: {
			contract.Encode(contract.Properties{Warehouse: cluster, ExternalSchema: ddl.ExternalSchema{
				Name: "evdata", RoleARN: "role", Region: "eu-west-1", Grants: []ddl.Grantee{{User: "ann"}, {Group: "g"}, {Role: "r"}, {IAMRole: "ir"}, {IAMUser: "iu"}},
				Kafka: ddl.Kafka{ClusterARN: "msk", URI: "b:1", Authentication: ddl.KafkaMTLS, CertificateARN: "cert", SecretARN: "s"},
			}}),
			`{"Warehouse":{"clusterIdentifier":"c","database":"dev","secretArn":"secret"},"Schema":{"name":"evdata","roleArn":"role","region":"eu-west-1",` +
				`"grants":[{"user":"ann"},{"group":"g"},{"role":"r"},{"iamRole":"ir"},{"iamUser":"iu"}],` +
				`"kafka":{"clusterArn":"msk","uri":"b:1","authentication":"mtls","certificateArn":"cert","secretArn":"s"}}}`,
		},
		contract.SchemaType: {
			contract.Encode(contract.Properties{Warehouse: contract.Target{WorkgroupName: "w", Database: "dev", DatabaseUser: "u"}, Schema: ddl.Schema{Name: "analytics"}}),
			`{"Warehouse":{"workgroupName":"w","database":"dev","dbUser":"u"},"ViewSchema":{"name":"analytics"}}`,
		},
		contract.StreamingViewType: {
			contract.Encode(contract.Properties{Warehouse: cluster, View: ddl.View{
				Name: "v", Schema: "s", Stream: ddl.Stream{Schema: "e", Name: "x", Kafka: true}, BadRecords: ddl.SkipRecords, OnReplace: ddl.DiscardRows,
				DistStyle: "ALL", DistKey: "a", SortKey: []string{"b"}, ManualRefresh: true, NoBackup: true, Grants: []ddl.Grantee{{User: "ann"}},
				Columns: []ddl.Column{ddl.MetadataColumn("a", ddl.KafkaOffset), ddl.FieldColumn("b", "INTEGER", "x", "y"), ddl.ExpressionColumn("c", "1")},
			}}),
			`{"Warehouse":{"clusterIdentifier":"c","database":"dev","secretArn":"secret"},"View":{"name":"v","schema":"s","stream":{"schema":"e","name":"x","kafka":true},` +
				`"columns":[{"name":"a","metadata":"kafka_offset"},{"name":"b","type":"INTEGER","path":["x","y"]},{"name":"c","expression":"1"}],` +
				`"badRecords":"Skip","onReplace":"Discard","distStyle":"ALL","distKey":"a","sortKey":["b"],"manualRefresh":true,"noBackup":true,"grants":[{"user":"ann"}]}}`,
		},
		contract.ViewType: {
			contract.Encode(contract.Properties{Warehouse: cluster, View: ddl.View{Name: "v", From: "landing", Columns: []ddl.Column{ddl.PayloadColumn("p")}}}),
			`{"Warehouse":{"clusterIdentifier":"c","database":"dev","secretArn":"secret"},"View":{"name":"v","from":"landing","columns":[{"name":"p","type":"SUPER"}]}}`,
		},
		contract.RoleAttachmentType: {
			contract.Encode(contract.Properties{Warehouse: cluster, RoleAttachment: contract.RoleAttachment{RoleARN: "role", NamespaceName: "n"}}),
			`{"Warehouse":{"clusterIdentifier":"c","database":"dev","secretArn":"secret"},"RoleAttachment":{"roleArn":"role","namespaceName":"n"}}`,
		},
		contract.UsageLimitType: {
			contract.Encode(contract.Properties{UsageLimit: contract.UsageLimit{WorkgroupARN: "w", UsageType: "serverless-compute", Amount: "48", Period: "daily", BreachAction: "log"}}),
			`{"UsageLimit":{"workgroupArn":"w","usageType":"serverless-compute","amount":48,"period":"daily","breachAction":"log"}}`,
		},
		"health event": {
			contract.Encode(contract.HealthEvent{Health: &contract.HealthRequest{Target: cluster, PeriodSeconds: 300}}),
			`{"tributaryHealth":{"target":{"clusterIdentifier":"c","database":"dev","secretArn":"secret"},"periodSeconds":300}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want map[string]any
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, test.got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, resourceType := range contract.Types() {
		test := tests[resourceType]
		if _, ok := test.got[contract.Declaration(resourceType)]; !ok {
			t.Errorf("%s: the property %q with the declaration is missing: %v", resourceType, contract.Declaration(resourceType), test.got)
		}
	}
}

func TestTargetName(t *testing.T) {
	t.Parallel()
	for want, target := range map[string]contract.Target{
		"cluster":   {ClusterIdentifier: "cluster", Database: "dev"},
		"workgroup": {WorkgroupName: "workgroup", Database: "dev"},
		"":          {Database: "dev"},
	} {
		if got := target.Name(); got != want {
			t.Errorf("name of %+v: want %q, got %q", target, want, got)
		}
	}
}
