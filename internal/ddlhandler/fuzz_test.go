package ddlhandler

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
)

// FuzzProperties holds that properties mean the same as a template has them and
// as CloudFormation sends them, all scalars strings; that whatever has a
// definition has a physical id and statements, and whatever hasn't says why.
func FuzzProperties(f *testing.F) {
	f.Add(StreamingViewType, `{"Warehouse": {"clusterIdentifier": "c", "database": "dev"}, "ServiceTimeout": "3600",
		"View": {"name": "v", "stream": {"schema": "s", "name": "x"}, "manualRefresh": true, "noBackup": false, "columns": [
			{"name": "a", "type": "DECIMAL(10,2)", "path": ["a", "b"]}, {"name": "b", "metadata": "shard_id"}], "distKey": "a", "sortKey": ["b"]}}`)
	f.Add(ViewType, `{"Warehouse": {"workgroupName": "w", "database": "dev"},
		"View": {"name": "v", "from": "landing", "columns": [{"name": "a", "type": "SUPER"}], "grants": [{"role": "r"}]}}`)
	f.Add(ExternalSchemaType, `{"Warehouse": {"clusterIdentifier": "c", "database": "dev"},
		"Schema": {"name": "evdata", "roleArn": "arn:aws:iam::123456789012:role/r", "region": "eu-west-1", "grants": [{"user": "ann"}]}}`)
	f.Add(SchemaType, `{"Warehouse": {"workgroupName": "w", "database": "dev"}, "ViewSchema": {"name": "analytics", "grants": [{"iamRole": "r"}]}}`)
	f.Add(RoleAttachmentType, `{"Warehouse": {"workgroupName": "w", "database": "dev"},
		"RoleAttachment": {"roleArn": "arn:aws:iam::123456789012:role/r", "namespaceName": "n"}}`)
	f.Add(ExternalSchemaType, `{"Warehouse": {"clusterIdentifier": "c", "database": "dev"}, "Schema": {"name": "events",
		"kafka": {"uri": "b:9092", "authentication": "none"}}}`)
	f.Add("Custom::Else", `{"View": null, "Schema": [], "Warehouse": "c"}`)
	f.Fuzz(func(t *testing.T, resourceType, text string) {
		var declared map[string]any
		if json.Unmarshal([]byte(text), &declared) != nil {
			return
		}
		sent, _ := sentBy(declared).(map[string]any)
		got, err := decode(resourceType, sent)
		if err != nil {
			if err.Error() == "" {
				t.Errorf("%s: an error without a word", text)
			}
			return
		}
		if got.physicalID() == "" || got.definition() == nobody || len(got.create()) == 0 {
			t.Errorf("%s: id %q, definition %q, %d statements", text, got.physicalID(), got.definition(), len(got.create()))
		}
		native, err := decode(resourceType, declared)
		if err != nil {
			return // a number or a boolean where text belongs, which CloudFormation makes text
		}
		if native.definition() != got.definition() || native.physicalID() != got.physicalID() ||
			fmt.Sprint(native.create()) != fmt.Sprint(got.create()) {
			t.Errorf("%s: means %v as declared, %v as sent", text, native.create(), got.create())
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
