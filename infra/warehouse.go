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

// kind is a kind of warehouse, with what can be set for it.
type kind interface {
	// settings are all that it takes. What the values may be, the constructs check;
	// here it is seen to what they are for.
	settings() []setting
	// missing returns what has to be set and isn't.
	missing() ddl.Problems
	// define defines or imports the warehouse. provider defines the function, if it is not
	// there yet; it may return nil, for the one that all of the stack's constructs share.
	define(stack awscdk.Stack, provider func() *ddlprovider.Provider) warehouse.Warehouse
}

// The kinds of warehouse.
const (
	cluster           = "cluster"           // a new one
	serverless        = "serverless"        // a new one
	existingCluster   = "existingCluster"   // one that is there
	existingWorkgroup = "existingWorkgroup" // one that is there
)

// kindKey is the setting that names the kind.
const kindKey = "warehouse"

// kindNames returns the kinds' names, in the order in which people are told of them.
func kindNames() []string { return []string{cluster, serverless, existingCluster, existingWorkgroup} }

// newKind returns the kind of that name with the lab's settings, or nil.
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

// kindsWith returns the names of the kinds that have a setting.
func kindsWith(key string) []string {
	var names []string
	for _, name := range kindNames() {
		if slices.Contains(keys(newKind(name).settings()), key) {
			names = append(names, name)
		}
	}
	return names
}

// Examples of the settings that both kinds of new warehouses have.
const (
	someParameters = `{"statement_timeout": "60000"}`
	someLogExports = `["userlog"]`
)

// keyOf imports a key, or returns nil for none.
func keyOf(stack awscdk.Stack, id, arn string) awskms.IKey {
	if arn == "" {
		return nil
	}
	return awskms.Key_FromKeyArn(stack, jsii.String(id), jsii.String(arn))
}
