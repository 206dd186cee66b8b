package main

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/lab"
)

// ExistingCluster is a cluster that exists outside of the stack.
type ExistingCluster struct {
	Attributes warehouse.ClusterAttributes
	SecretARN  string // empty: Attributes.DatabaseUser creates the views
}

// newExistingCluster returns a cluster with the lab's names.
func newExistingCluster() *ExistingCluster {
	return &ExistingCluster{Attributes: warehouse.ClusterAttributes{ClusterIdentifier: lab.ClusterIdentifier, Database: lab.Database}}
}

func (c *ExistingCluster) settings() []setting {
	a := &c.Attributes
	return []setting{
		{"clusterIdentifier", text(&a.ClusterIdentifier, nil)},
		{"database", text(&a.Database, isLowerName)},
		{"secretArn", text(&c.SecretARN, nil)},
		{"databaseUser", text(&a.DatabaseUser, nil)},
	}
}

func (c *ExistingCluster) missing() ddl.Problems {
	if (c.SecretARN == "") == (c.Attributes.DatabaseUser == "") {
		return ddl.Problems{{Path: prefix + "secretArn", Message: "needs exactly one of secretArn and databaseUser, got both or neither"}}
	}
	return nil
}

// define imports the cluster.
func (c *ExistingCluster) define(stack awscdk.Stack, _ func() *ddlprovider.Provider) warehouse.Warehouse {
	attributes := c.Attributes
	attributes.Secret = secretOf(stack, c.SecretARN)
	return warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &attributes)
}

// ExistingWorkgroup is a Serverless workgroup that exists outside of the stack.
type ExistingWorkgroup struct {
	Attributes        warehouse.WorkgroupAttributes
	NamespaceRoleARNs []string // nil: unknown
	SecretARN         string   // empty: the database user of the function's role creates the views
}

// newExistingWorkgroup returns a workgroup whose database has the lab's name.
func newExistingWorkgroup() *ExistingWorkgroup {
	return &ExistingWorkgroup{Attributes: warehouse.WorkgroupAttributes{Database: lab.Database}}
}

func (w *ExistingWorkgroup) settings() []setting {
	a := &w.Attributes
	return []setting{
		{"namespaceName", text(&a.NamespaceName, nil)},
		{"namespaceId", text(&a.NamespaceID, nil)},
		{"namespaceRoleArns", roleARNs(&w.NamespaceRoleARNs)},
		{"workgroupName", text(&a.WorkgroupName, nil)},
		{"workgroupId", text(&a.WorkgroupID, nil)},
		{"database", text(&a.Database, isLowerName)},
		{"secretArn", text(&w.SecretARN, nil)},
	}
}

func (w *ExistingWorkgroup) missing() ddl.Problems {
	var problems ddl.Problems
	for _, required := range []struct{ key, value string }{
		{"workgroupName", w.Attributes.WorkgroupName},
		{"workgroupId", w.Attributes.WorkgroupID},
		{"namespaceName", w.Attributes.NamespaceName},
		{"namespaceId", w.Attributes.NamespaceID},
	} {
		if required.value == "" {
			problems = append(problems, ddl.Problem{Path: prefix + required.key, Message: "required for the warehouse " + existingWorkgroup})
		}
	}
	return problems
}

// define imports the workgroup.
func (w *ExistingWorkgroup) define(stack awscdk.Stack, _ func() *ddlprovider.Provider) warehouse.Warehouse {
	attributes := w.Attributes
	attributes.Secret = secretOf(stack, w.SecretARN)
	if w.NamespaceRoleARNs != nil {
		attributes.NamespaceRoles = []awsiam.IRole{}
	}
	for i, arn := range w.NamespaceRoleARNs {
		attributes.NamespaceRoles = append(attributes.NamespaceRoles, roleOf(stack, fmt.Sprintf("NamespaceRole%d", i), arn))
	}
	return warehouse.FromWorkgroupAttributes(stack, jsii.String("Warehouse"), &attributes)
}

// roleARNs reads the ARNs of the roles that are attached to a namespace.
func roleARNs(field *[]string) func(any) error {
	const example = `["arn:aws:iam::123456789012:role/loader"]`
	return func(value any) error {
		if err := document(field, example)(value); err != nil {
			return err
		}
		for _, arn := range *field {
			if !strings.Contains(arn, ":role/") {
				return got(arn, "the ARN of a role, as in "+example)
			}
		}
		return nil
	}
}

// secretOf imports a secret. It returns nil for an empty ARN.
func secretOf(stack awscdk.Stack, arn string) awssecretsmanager.ISecret {
	if arn == "" {
		return nil
	}
	return awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"), jsii.String(arn))
}
