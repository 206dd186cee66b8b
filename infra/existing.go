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

// ExistingCluster is a cluster that is there.
type ExistingCluster struct {
	Attributes warehouse.ClusterAttributes
	SecretARN  string // "": Attributes.DatabaseUser
}

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
		return ddl.Problems{{Path: prefix + "secretArn", Message: "has both or neither of secretArn and databaseUser; set one"}}
	}
	return nil
}

// define imports the cluster.
func (c *ExistingCluster) define(stack awscdk.Stack, _ func() *ddlprovider.Provider) warehouse.Warehouse {
	attributes := c.Attributes
	attributes.Secret = secretOf(stack, c.SecretARN)
	return warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &attributes)
}

// ExistingWorkgroup is a Serverless workgroup that is there.
type ExistingWorkgroup struct {
	Attributes        warehouse.WorkgroupAttributes
	NamespaceRoleARNs []string // nil: not known
	SecretARN         string   // "": the function's own database user
}

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

// roleARNs reads the roles that a namespace has already.
func roleARNs(field *[]string) func(any) error {
	const example = `["arn:aws:iam::123456789012:role/loader"]`
	return func(value any) error {
		if err := document(field, example)(value); err != nil {
			return err
		}
		for _, arn := range *field {
			if !strings.Contains(arn, ":role/") {
				return got(arn, "a role's ARN, as in "+example)
			}
		}
		return nil
	}
}

// secretOf imports a secret, or returns nil for none.
func secretOf(stack awscdk.Stack, arn string) awssecretsmanager.ISecret {
	if arn == "" {
		return nil
	}
	return awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"), jsii.String(arn))
}
