package definition_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// TestReadResource checks the id, the name and the problems of properties. Invalid
// properties need an id too, for a Delete and for a Create that fails.
func TestReadResource(t *testing.T) {
	t.Parallel()
	const (
		cluster   = `"Warehouse": {"clusterIdentifier": "c", "database": "dev"}`
		workgroup = `"Warehouse": {"workgroupName": "w", "database": "dev"}`
	)
	tests := map[string]struct {
		resourceType, properties string
		id, name, problems       string
	}{
		"external schema": {
			contract.ExternalSchemaType, `{` + cluster + `, "Schema": {"name": "EvData", "roleArn": "arn:aws:iam::123456789012:role/r"}}`,
			"c/dev/schema evdata", `schema "evdata"`, "",
		},
		"schema": {
			contract.SchemaType, `{` + workgroup + `, "ViewSchema": {"name": "analytics"}}`,
			"w/dev/schema analytics", `schema "analytics"`, "",
		},
		"view, all values strings": {
			contract.StreamingViewType, `{` + cluster + `, "ServiceTimeout": "3600", "View": {"name": "v", "stream": {"schema": "s", "name": "x"}, "noBackup": "true", "columns": [{"name": "a", "type": "SUPER"}]}}`,
			"c/dev/view public.v", `view "public"."v"`, "",
		},
		"view with only a name": {
			contract.ViewType, `{` + cluster + `, "View": {"name": "V", "columns": "all"}}`,
			"c/dev/view public.v", `view "public"."v"`,
			"View.columns: got \"all\"; write a list\nView.stream.schema: required; write the name of the external schema\n" +
				"View.stream.name: required; write the name of the stream\nView.columns: required; declare at least one column",
		},
		"no name": {
			contract.SchemaType, `{` + cluster + `, "ViewSchema": {"name": "select"}}`,
			"c/dev/", "",
			`ViewSchema.name: "select" is a reserved word of Redshift; write another name, such as "select_"`,
		},
		"role in another partition, attached to a cluster": {
			contract.RoleAttachmentType, `{` + cluster + `, "RoleAttachment": {"roleArn": "arn:aws-cn:iam::123456789012:role/team/reader"}}`,
			"c/dev/role arn:aws-cn:iam::123456789012:role/team/reader", "role arn:aws-cn:iam::123456789012:role/team/reader of c", "",
		},
		"role, attached to a namespace": {
			contract.RoleAttachmentType, `{` + workgroup + `, "RoleAttachment": {"roleArn": "arn:aws:iam::123456789012:role/r", "namespaceName": "n"}}`,
			"w/dev/role arn:aws:iam::123456789012:role/r", "role arn:aws:iam::123456789012:role/r of n", "",
		},
		"user instead of a role, and no namespace": {
			contract.RoleAttachmentType, `{` + workgroup + `, "RoleAttachment": {"roleArn": "arn:aws:iam::123456789012:user/ann"}}`,
			"w/dev/", "",
			`RoleAttachment.roleArn: needs the ARN of a role, got "arn:aws:iam::123456789012:user/ann"; write one such as arn:aws:iam::123456789012:role/name` + "\n" +
				"RoleAttachment.namespaceName: required for a workgroup, not allowed for a cluster",
		},
		"limit": {
			contract.UsageLimitType, `{"UsageLimit": {"workgroupArn": "arn", "usageType": "serverless-compute", "amount": "48", "period": "daily", "breachAction": "log"}}`,
			"arn/serverless-compute/daily", "daily limit of serverless-compute", "",
		},
		"limit with invalid values": {
			contract.UsageLimitType, `{"UsageLimit": {"workgroupArn": "arn", "usageType": "sleep", "amount": "0.5", "period": "hourly", "breachAction": "stop"}}`,
			"arn/sleep/hourly", "hourly limit of sleep",
			`UsageLimit.usageType: got "sleep"; write one of serverless-compute, cross-region-datasharing` + "\n" +
				`UsageLimit.period: got "hourly"; write one of daily, weekly, monthly` + "\n" +
				`UsageLimit.breachAction: got "stop"; write one of log, emit-metric, deactivate` + "\n" +
				`UsageLimit.amount: got "0.5"; write a whole number over 0`,
		},
		"limit of 0": {
			contract.UsageLimitType, `{"UsageLimit": {"workgroupArn": "arn", "usageType": "serverless-compute", "amount": "0", "period": "daily", "breachAction": "log"}}`,
			"arn/serverless-compute/daily", "daily limit of serverless-compute", `UsageLimit.amount: got "0"; write a whole number over 0`,
		},
		"unknown type": {
			"Custom::Else", `{}`, "//", "",
			`unknown resource type "Custom::Else"; use one of Custom::RedshiftExternalSchema, Custom::RedshiftRoleAttachment, Custom::RedshiftSchema, ` +
				"Custom::RedshiftStreamingView, Custom::RedshiftUsageLimit, Custom::RedshiftView",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var properties map[string]any
			if err := json.Unmarshal([]byte(test.properties), &properties); err != nil {
				t.Fatal(err)
			}
			r, err := definition.Read(test.resourceType, properties)
			got := []string{r.PhysicalID(), "", ""}
			if r.Definition != nil {
				got[1] = r.String()
			}
			if err != nil {
				got[2] = err.Error()
			}
			if diff := cmp.Diff([]string{test.id, test.name, test.problems}, got); diff != "" {
				t.Errorf("id, name and problems (-want +got):\n%s", diff)
			}
			if r.Readable != (err == nil) && test.resourceType != "Custom::Else" {
				t.Errorf("Readable: want %v, got %v", err == nil, r.Readable)
			}
		})
	}
}
