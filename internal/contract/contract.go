// Package contract is what the constructs and the Lambda function agree on: the types of
// Tributary's custom resources and the properties that each type carries, the event of the
// health schedule, and the names of metrics and log lines.
// The constructs write the properties into a template, CloudFormation sends them to
// the function, and tributary plan reads them from the template. All of them use the
// types of this package, so the compiler finds a name that only one side changed.
//
// A changed name or JSON key breaks stacks that are deployed.
package contract

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/tributary-cdk/tributary/ddl"
)

// The types of the custom resources. Behind each stands the property that it carries.
const (
	ExternalSchemaType = "Custom::RedshiftExternalSchema" // ExternalSchema
	SchemaType         = "Custom::RedshiftSchema"         // Schema
	StreamingViewType  = "Custom::RedshiftStreamingView"  // View, which reads a stream
	ViewType           = "Custom::RedshiftView"           // View, which is over a streaming view
	RoleAttachmentType = "Custom::RedshiftRoleAttachment" // RoleAttachment
	UsageLimitType     = "Custom::RedshiftUsageLimit"     // UsageLimit
)

// Types returns all types of custom resources, sorted.
func Types() []string { return slices.Sorted(maps.Keys(declarations)) }

// declarations are the properties that hold the declarations, by the type. It isn't
// changed.
var declarations = map[string]string{
	ExternalSchemaType: "Schema",
	SchemaType:         "ViewSchema",
	StreamingViewType:  "View",
	ViewType:           "View",
	RoleAttachmentType: "RoleAttachment",
	UsageLimitType:     "UsageLimit",
}

// Declaration returns the name of the property that holds the declaration of a resource of
// the type; "" for a type that is none of Types.
func Declaration(resourceType string) string { return declarations[resourceType] }

// Properties are the properties of a custom resource: where it is, and the one
// declaration that its type carries. All other declarations are zero.
type Properties struct {
	// ServiceToken and ServiceTimeout are CloudFormation's own: the function's ARN, and
	// how many seconds it waits for an answer. Package awscdk sets them.
	//
	// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
	ServiceToken   string `json:"ServiceToken,omitempty"`
	ServiceTimeout string `json:"ServiceTimeout,omitempty"`

	// Warehouse is where the object is. A UsageLimit has none: its ARN says it.
	Warehouse Target `json:"Warehouse,omitzero"`

	// The keys of these two are older than their names: deployed stacks hold them.
	ExternalSchema ddl.ExternalSchema `json:"Schema,omitzero"`
	Schema         ddl.Schema         `json:"ViewSchema,omitzero"`

	View           ddl.View       `json:"View,omitzero"`
	RoleAttachment RoleAttachment `json:"RoleAttachment,omitzero"`
	UsageLimit     UsageLimit     `json:"UsageLimit,omitzero"`
}

// Target is where statements run, and as whom. Exactly one of ClusterIdentifier and
// WorkgroupName is set, and at most one of SecretARN and DatabaseUser; without both, the
// user is the one whom Redshift makes of the caller's own identity in IAM. In a
// construct the values may be CDK's tokens, which are text.
type Target struct {
	// ClusterIdentifier names a provisioned cluster.
	ClusterIdentifier string `json:"clusterIdentifier,omitempty"`
	// WorkgroupName names a Serverless workgroup.
	WorkgroupName string `json:"workgroupName,omitempty"`
	// Database is the database that holds the views.
	Database string `json:"database"`
	// SecretARN is the secret of the user who owns the views.
	SecretARN string `json:"secretArn,omitempty"`
	// DatabaseUser is the user who owns the views, on a cluster that lets IAM vouch for
	// users.
	DatabaseUser string `json:"dbUser,omitempty"`
}

// Name returns the cluster's or the workgroup's name; "" if there is neither.
func (t Target) Name() string { return t.ClusterIdentifier + t.WorkgroupName }

// RoleAttachment declares that a warehouse may assume a role. CloudFormation attaches
// roles to the warehouses that it makes itself, and the function to all others.
type RoleAttachment struct {
	// RoleARN is the role's.
	RoleARN string `json:"roleArn"`
	// NamespaceName is the Serverless namespace that has the workgroup; empty for a
	// cluster.
	NamespaceName string `json:"namespaceName,omitempty"`
}

// UsageLimit declares a usage limit of a Serverless workgroup. CloudFormation has no
// type for it. A workgroup has one limit of each type and period.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateUsageLimit.html
type UsageLimit struct {
	// WorkgroupARN is the workgroup's.
	WorkgroupARN string `json:"workgroupArn"`
	// UsageType is serverless-compute or cross-region-datasharing.
	UsageType string `json:"usageType"`
	// Amount is a whole number, of RPU-hours or of terabytes. A template has it as a
	// number, CloudFormation sends it as text.
	Amount json.Number `json:"amount"`
	// Period is daily, weekly or monthly.
	Period string `json:"period"`
	// BreachAction is log, emit-metric or deactivate.
	BreachAction string `json:"breachAction"`
}

// Encode returns properties or an event as a template holds them, without what is zero.
func Encode[T Properties | HealthEvent](value T) map[string]any {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // text, booleans, whole numbers and lists of them always encode
	}
	var encoded map[string]any
	if err := json.Unmarshal(text, &encoded); err != nil {
		panic(err) // it was encoded a moment ago
	}
	return encoded
}
