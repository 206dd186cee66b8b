package definition_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// FuzzProperties checks that properties mean the same as they are in a template, and as
// CloudFormation sends them, with all scalars as strings. It also checks that valid
// properties have a physical id and steps, and that invalid properties have an error
// text.
func FuzzProperties(f *testing.F) {
	f.Add(contract.StreamingViewType, `{"Warehouse": {"clusterIdentifier": "c", "database": "dev"}, "ServiceTimeout": "3600",
		"View": {"name": "v", "stream": {"schema": "s", "name": "x"}, "manualRefresh": true, "noBackup": false, "columns": [
			{"name": "a", "type": "DECIMAL(10,2)", "path": ["a", "b"]}, {"name": "b", "metadata": "shard_id"}], "distKey": "a", "sortKey": ["b"]}}`)
	f.Add(contract.ViewType, `{"Warehouse": {"workgroupName": "w", "database": "dev"},
		"View": {"name": "v", "from": "landing", "columns": [{"name": "a", "type": "SUPER"}], "grants": [{"role": "r"}]}}`)
	f.Add(contract.ExternalSchemaType, `{"Warehouse": {"clusterIdentifier": "c", "database": "dev"},
		"Schema": {"name": "evdata", "roleArn": "arn:aws:iam::123456789012:role/r", "region": "eu-west-1", "grants": [{"user": "ann"}]}}`)
	f.Add(contract.SchemaType, `{"Warehouse": {"workgroupName": "w", "database": "dev"}, "ViewSchema": {"name": "analytics", "grants": [{"iamRole": "r"}]}}`)
	f.Add(contract.RoleAttachmentType, `{"Warehouse": {"workgroupName": "w", "database": "dev"},
		"RoleAttachment": {"roleArn": "arn:aws:iam::123456789012:role/r", "namespaceName": "n"}}`)
	f.Add(contract.ExternalSchemaType, `{"Warehouse": {"clusterIdentifier": "c", "database": "dev"}, "Schema": {"name": "events",
		"kafka": {"uri": "b:9092", "authentication": "none"}}}`)
	f.Add(contract.UsageLimitType, `{"UsageLimit": {"workgroupArn": "arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/w",
		"usageType": "serverless-compute", "amount": 8, "period": "daily", "breachAction": "log"}}`)
	f.Add("Custom::Else", `{"View": null, "Schema": [], "Warehouse": "c"}`)
	f.Fuzz(func(t *testing.T, resourceType, text string) {
		var declared map[string]any
		if json.Unmarshal([]byte(text), &declared) != nil {
			return
		}
		sent, _ := asSent(declared).(map[string]any)
		got, err := definition.Read(resourceType, sent)
		if err != nil {
			if err.Error() == "" {
				t.Errorf("%s: the error has no text", text)
			}
			return
		}
		if got.PhysicalID() == "" || got.Hash() == definition.Unknown || len(got.Create()) == 0 {
			t.Errorf("%s: got id %q, hash %q, %d steps", text, got.PhysicalID(), got.Hash(), len(got.Create()))
		}
		native, err := definition.Read(resourceType, declared)
		if err != nil {
			return // a number or a boolean where a string is needed; CloudFormation sends a string
		}
		if native.Hash() != got.Hash() || native.PhysicalID() != got.PhysicalID() ||
			fmt.Sprint(native.Create()) != fmt.Sprint(got.Create()) {
			t.Errorf("%s: steps differ: %v as declared, %v as CloudFormation sends it", text, native.Create(), got.Create())
		}
	})
}

// asSent returns a value as CloudFormation sends it.
func asSent(value any) any {
	switch v := value.(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = asSent(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key := range v {
			out[key] = asSent(v[key])
		}
		return out
	}
	return value
}
