package definition_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// FuzzProperties holds that properties mean the same as a template has them and
// as CloudFormation sends them, all scalars strings; that whatever has a
// definition has a physical id and statements, and whatever hasn't says why.
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
		sent, _ := sentBy(declared).(map[string]any)
		got, err := definition.Read(resourceType, sent)
		if err != nil {
			if err.Error() == "" {
				t.Errorf("%s: an error without a word", text)
			}
			return
		}
		if got.PhysicalID() == "" || got.Hash() == definition.Unknown || len(got.Create()) == 0 {
			t.Errorf("%s: id %q, definition %q, %d steps", text, got.PhysicalID(), got.Hash(), len(got.Create()))
		}
		native, err := definition.Read(resourceType, declared)
		if err != nil {
			return // a number or a boolean where text belongs, which CloudFormation makes text
		}
		if native.Hash() != got.Hash() || native.PhysicalID() != got.PhysicalID() ||
			fmt.Sprint(native.Create()) != fmt.Sprint(got.Create()) {
			t.Errorf("%s: means %v as declared, %v as sent", text, native.Create(), got.Create())
		}
	})
}

// sentBy returns a value as CloudFormation sends it.
func sentBy(value any) any {
	switch v := value.(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = sentBy(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key := range v {
			out[key] = sentBy(v[key])
		}
		return out
	}
	return value
}
