package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/lab"
)

// Serverless is a new namespace and its workgroup.
type Serverless struct {
	Props   warehouse.ServerlessProps
	KeyARN  string // empty: Redshift's default key
	Network Network
}

// newServerless returns a Serverless warehouse with the lab's settings.
func newServerless() *Serverless {
	return &Serverless{Props: warehouse.ServerlessProps{Database: lab.Database, AdminUsername: lab.AdminUsername}}
}

func (s *Serverless) settings() []setting {
	p := &s.Props
	return append([]setting{
		{"namespaceName", text(&p.NamespaceName, nil)},
		{"workgroupName", text(&p.WorkgroupName, nil)},
		{"baseCapacity", whole(&p.BaseCapacity, 4, 1024, "RPUs")},
		{"maxCapacity", whole(&p.MaxCapacity, 4, 5632, "RPUs")},
		{"pricePerformance", whole(&p.PricePerformance, 1, 100, "points")},
		{"usageLimits", document(&p.UsageLimits, `[{"amount": 48, "period": "daily"}]`)},
		{"parameters", document(&p.Parameters, someParameters)},
		{"logExports", document(&p.LogExports, someLogExports)},
		{"keyArn", text(&s.KeyARN, nil)},
		{"database", text(&p.Database, isLowerName)},
		{"adminUsername", text(&p.AdminUsername, isLowerName)},
	}, s.Network.settings()...)
}

func (s *Serverless) missing() ddl.Problems { return nil }

// define defines the warehouse. It is deleted with the stack.
func (s *Serverless) define(stack awscdk.Stack, provider func() *ddlprovider.Provider) warehouse.Warehouse {
	props := s.Props
	props.Network = s.Network.define(stack, true)
	props.EncryptionKey = keyOf(stack, "WarehouseKey", s.KeyARN)
	if len(props.UsageLimits) > 0 {
		props.Provider = provider()
	}
	props.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
	return warehouse.NewServerless(stack, jsii.String("Warehouse"), &props)
}
