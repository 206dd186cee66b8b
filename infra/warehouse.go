package main

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// kind is a kind of warehouse, with its settings.
type kind interface {
	// settings returns the settings of this kind. They check only the form of values. The
	// constructs check the values themselves.
	settings() []setting
	// missing returns the required settings that are not set.
	missing() ddl.Problems
	// define defines or imports the warehouse. provider defines the function on its first
	// call, and returns it. It may return nil, which means the default function.
	define(stack awscdk.Stack, provider func() *ddlprovider.Provider) warehouse.Warehouse
}

// The kinds of warehouse.
const (
	cluster           = "cluster"           // a new cluster
	serverless        = "serverless"        // a new namespace and workgroup
	existingCluster   = "existingCluster"   // an existing cluster
	existingWorkgroup = "existingWorkgroup" // an existing workgroup
)

// kindKey is the key of the setting for the kind of warehouse.
const kindKey = "warehouse"

// kindNames returns the names of the kinds, in the order in which errors list them.
func kindNames() []string { return []string{cluster, serverless, existingCluster, existingWorkgroup} }

// newKind returns the kind with this name and the lab's settings. It returns nil if there is
// none.
func newKind(name string) kind {
	switch name {
	case cluster:
		return newCluster()
	case serverless:
		return newServerless()
	case existingCluster:
		return newExistingCluster()
	case existingWorkgroup:
		return newExistingWorkgroup()
	}
	return nil
}

// kindsWith returns the names of the kinds that have a setting with this key.
func kindsWith(key string) []string {
	var names []string
	for _, name := range kindNames() {
		if slices.Contains(keys(newKind(name).settings()), key) {
			names = append(names, name)
		}
	}
	return names
}

// Examples of values, for errors of settings that both kinds of new warehouses have.
const (
	someParameters = `{"statement_timeout": "60000"}`
	someLogExports = `["userlog"]`
)

// keyOf imports a KMS key. It returns nil for an empty ARN.
func keyOf(stack awscdk.Stack, id, arn string) awskms.IKey {
	if arn == "" {
		return nil
	}
	return awskms.Key_FromKeyArn(stack, jsii.String(id), jsii.String(arn))
}
