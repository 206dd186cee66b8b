// Package contract defines what the constructs and the Lambda function must agree on: the
// types of Tributary's custom resources, the properties of each type, the event that the
// health schedule sends, and the names of metrics and log messages. The constructs write
// the properties into a template, CloudFormation sends them to the function, and
// tributary plan reads them from the template. All three use the Go types of this
// package, so a name that is changed on one side only does not compile.
//
// Changing a name or a JSON key breaks stacks that are already deployed.
package contract

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/tributary-cdk/tributary/ddl"
)

// The types of the custom resources. The comment after each type names the field of
// [Properties] that holds its declaration.
const (
	ExternalSchemaType = "Custom::RedshiftExternalSchema" // ExternalSchema
	SchemaType         = "Custom::RedshiftSchema"         // Schema
	StreamingViewType  = "Custom::RedshiftStreamingView"  // View: a streaming view
	ViewType           = "Custom::RedshiftView"           // View: a plain view
	RoleAttachmentType = "Custom::RedshiftRoleAttachment" // RoleAttachment
	UsageLimitType     = "Custom::RedshiftUsageLimit"     // UsageLimit
)

// Types returns the types of all custom resources, sorted.
func Types() []string { return slices.Sorted(maps.Keys(declarations)) }

// declarations maps each resource type to the name of the property that holds its
// declaration. It is read-only.
var declarations = map[string]string{
	ExternalSchemaType: "Schema",
	SchemaType:         "ViewSchema",
	StreamingViewType:  "View",
	ViewType:           "View",
	RoleAttachmentType: "RoleAttachment",
	UsageLimitType:     "UsageLimit",
}

// Declaration returns the name of the property that holds the declaration of a resource
// of this type. It returns "" for a type that is not in [Types].
func Declaration(resourceType string) string { return declarations[resourceType] }

// Properties are the properties of a custom resource: the warehouse, and the one
// declaration that belongs to the resource's type. The other declarations are zero.
type Properties struct {
	// ServiceToken and ServiceTimeout are CloudFormation's own properties: the ARN of the
	// function, and how many seconds CloudFormation waits for its response. Package
	// awscdk sets both.
	//
	// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
	ServiceToken   string `json:"ServiceToken,omitempty"`
	ServiceTimeout string `json:"ServiceTimeout,omitempty"`

	// Warehouse is where the object exists. It is zero for a usage limit, whose
	// declaration contains the workgroup's ARN.
	Warehouse Target `json:"Warehouse,omitzero"`

	// The JSON keys of ExternalSchema and Schema are older than the field names. They
	// can't change, because deployed stacks use them.
	ExternalSchema ddl.ExternalSchema `json:"Schema,omitzero"`
	Schema         ddl.Schema         `json:"ViewSchema,omitzero"`

	View           ddl.View       `json:"View,omitzero"`
	RoleAttachment RoleAttachment `json:"RoleAttachment,omitzero"`
	UsageLimit     UsageLimit     `json:"UsageLimit,omitzero"`
}

// Target says where statements run, and as which database user. Exactly one of
// ClusterIdentifier and WorkgroupName is set, and at most one of SecretARN and
// DatabaseUser. If neither of those is set, Redshift derives the database user from the
// caller's IAM identity. In constructs the values may be CDK tokens.
type Target struct {
	// ClusterIdentifier is the name of a provisioned cluster.
	ClusterIdentifier string `json:"clusterIdentifier,omitempty"`
	// WorkgroupName is the name of a Serverless workgroup.
	WorkgroupName string `json:"workgroupName,omitempty"`
	// Database is the name of the database that contains the views.
	Database string `json:"database"`
	// SecretARN is the ARN of the secret with the credentials of the user who owns the
	// views.
	SecretARN string `json:"secretArn,omitempty"`
	// DatabaseUser is the name of the user who owns the views. It is for clusters only:
	// the user signs in with temporary credentials from IAM.
	DatabaseUser string `json:"dbUser,omitempty"`
}

// Name returns the name of the cluster or the workgroup; "" if neither is set.
func (t Target) Name() string { return cmp.Or(t.ClusterIdentifier, t.WorkgroupName) }

// RoleAttachment declares that a warehouse may assume a role. It is for warehouses that
// the stack does not create; for its own warehouses, CloudFormation attaches the roles.
type RoleAttachment struct {
	// RoleARN is the ARN of the role.
	RoleARN string `json:"roleArn"`
	// NamespaceName is the Serverless namespace of the workgroup; empty for a cluster.
	NamespaceName string `json:"namespaceName,omitempty"`
}

// UsageLimit declares a usage limit of a Serverless workgroup, for which CloudFormation
// has no resource type. A workgroup has at most one limit of each usage type and period.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateUsageLimit.html
type UsageLimit struct {
	// WorkgroupARN is the ARN of the workgroup.
	WorkgroupARN string `json:"workgroupArn"`
	// UsageType is serverless-compute or cross-region-datasharing.
	UsageType string `json:"usageType"`
	// Amount is a whole number, in RPU-hours or in terabytes. It is a number in a
	// template, and CloudFormation sends it to the function as a string.
	Amount json.Number `json:"amount"`
	// Period is daily, weekly or monthly.
	Period string `json:"period"`
	// BreachAction is log, emit-metric or deactivate.
	BreachAction string `json:"breachAction"`
}

// Encode returns the properties or the event as the JSON object that a template contains.
// Zero fields are left out.
func Encode[T Properties | HealthEvent](value T) map[string]any {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // strings, booleans, integers and slices of them can always be encoded
	}
	var encoded map[string]any
	if err := json.Unmarshal(text, &encoded); err != nil {
		panic(err) // the text is the output of json.Marshal
	}
	return encoded
}
