// Package ddlprovider holds the Lambda function that makes, changes and drops
// Tributary's database objects on behalf of CloudFormation.
package ddlprovider

import (
	"cmp"
	"fmt"
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/invalid"
	"github.com/tributary-cdk/tributary/ddl"
)

// Props says what [New] defines. Nil means all defaults.
type Props struct {
	// Code is the compiled function: an asset that holds an executable named
	// bootstrap for Linux on arm64, built from lambda/ddl of this module.
	//
	// Default: built at synthesis, with the Go toolchain that synthesizes.
	//
	// Change: in place.
	Code awslambda.Code
	// LogRetention is how long the function's log is kept.
	//
	// Default: two weeks.
	//
	// Change: in place.
	LogRetention awslogs.RetentionDays
	// RoleName is the name of the function's role, which no other role of the account may
	// have, in whatever region. Where a warehouse has no secret, the function is the
	// database user IAMR:<name>, whom somebody has to make and to grant rights to before
	// the first deployment: see warehouse.WorkgroupAttributes. The
	// ingestions, usage limits and monitorings of a stack share the Provider whose id is
	// [ID]; define it before them:
	//
	//	ddlprovider.New(stack, jsii.String(ddlprovider.ID), &ddlprovider.Props{RoleName: "shop-ddl"})
	//
	// Default: one that CloudFormation makes up.
	//
	// Change: replaces the role. Without a secret, another database user makes what is
	// made from then on, and views that the old one owns can't be changed or dropped.
	RoleName string
}

// roleNamePattern is what IAM calls a role.
//
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
var roleNamePattern = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

func (p *Props) problems() ddl.Problems {
	if p.RoleName == "" || *awscdk.Token_IsUnresolved(p.RoleName) || roleNamePattern.MatchString(p.RoleName) {
		return nil
	}
	return ddl.Problems{{Path: "RoleName", Message: fmt.Sprintf("got %q; write up to 64 letters, digits and _+=,.@-", p.RoleName)}}
}

// Provider is the function, with its own log group and a role that may do
// nothing but write to it, until a warehouse grants more.
type Provider struct {
	constructs.Construct
	// Function answers CloudFormation's requests.
	Function awslambda.Function
}

// Lambda's own limits, and what the handler inside of the function counts on:
// see package ddlhandler.
const (
	timeoutMinutes     = 15
	maxEventAgeMinutes = 40
)

// New defines a Provider under scope. Most callers want [InStack] instead. One whose id
// is [ID] is defined before whatever uses it; else the synthesis fails.
func New(scope constructs.Construct, id *string, props *Props) *Provider {
	if *id == ID {
		if p := sharedIn(scope); p != nil {
			invalid.Report(p.Construct, ddl.Problems{{Message: "is defined already, with its default props if an ingestion or a warehouse needed it; " +
				"define it once, before all of them, or pass another Provider to each"}})
			return p
		}
	}
	if props == nil {
		props = &Props{}
	}
	p := &Provider{Construct: constructs.NewConstruct(scope, id)}
	bad := invalid.Report(p.Construct, props.problems())
	code := props.Code
	if code == nil {
		own, done, err := compiledCode()
		defer done()
		if code = own; err != nil {
			invalid.Report(p.Construct, ddl.Problems{{Message: err.Error()}})
		}
	}
	logs := awslogs.NewLogGroup(p.Construct, jsii.String("Logs"), &awslogs.LogGroupProps{
		Retention: cmp.Or(props.LogRetention, awslogs.RetentionDays_TWO_WEEKS), RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	roleProps := &awsiam.RoleProps{
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		Description: jsii.String("Runs the DDL of Tributary's custom resources"),
	}
	if props.RoleName != "" && !bad {
		roleProps.RoleName = jsii.String(props.RoleName)
	}
	role := awsiam.NewRole(p.Construct, jsii.String("Role"), roleProps)
	logs.GrantWrite(role) // streams and events in this group; the group itself is the stack's
	p.Function = awslambda.NewFunction(p.Construct, jsii.String("Function"), &awslambda.FunctionProps{
		Description:   jsii.String("Tributary: makes, changes and drops external schemas and streaming views"),
		Code:          code,
		Runtime:       awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:  awslambda.Architecture_ARM_64(),
		Handler:       jsii.String("bootstrap"),
		MemorySize:    jsii.Number(128),
		Timeout:       awscdk.Duration_Minutes(jsii.Number(timeoutMinutes)),
		Role:          role,
		LogGroup:      logs,
		RetryAttempts: jsii.Number(2),
		MaxEventAge:   awscdk.Duration_Minutes(jsii.Number(maxEventAgeMinutes)),
	})
	return p
}

// serviceTimeoutMinutes is how long CloudFormation waits for an answer. It is the longest
// that CloudFormation takes; the function answers within 45 minutes of the request.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
const serviceTimeoutMinutes = 60

// Resource defines a custom resource under scope that the function answers for: its
// type says what the properties are. Tributary's own constructs use it; a type that
// the function doesn't know fails the deployment.
func (p *Provider) Resource(scope constructs.Construct, id, resourceType string, policy awscdk.RemovalPolicy, properties map[string]any) awscdk.CustomResource {
	return awscdk.NewCustomResource(scope, jsii.String(id), &awscdk.CustomResourceProps{
		ServiceToken:   p.Function.FunctionArn(),
		ServiceTimeout: awscdk.Duration_Minutes(jsii.Number(serviceTimeoutMinutes)),
		ResourceType:   jsii.String(resourceType),
		RemovalPolicy:  policy,
		Properties:     &properties,
	})
}

// ID is the id, in its stack, of the Provider that the stack's constructs share.
// It is part of the resources' logical ids.
const ID = "TributaryDDL"

// InStack returns the Provider of scope's stack, defining it with all defaults
// if there is none yet. All database objects of a stack share it.
func InStack(scope constructs.Construct) *Provider {
	stack := awscdk.Stack_Of(scope)
	if p := sharedIn(stack); p != nil {
		return p
	}
	return New(stack, jsii.String(ID), nil)
}

// sharedIn returns the Provider under scope whose id is ID, or nil.
func sharedIn(scope constructs.Construct) *Provider {
	found, ok := scope.Node().TryFindChild(jsii.String(ID)).(constructs.Construct)
	if !ok {
		return nil
	}
	return &Provider{found, found.Node().FindChild(jsii.String("Function")).(awslambda.Function)} //nolint:errcheck,forcetypeassert // New made it
}
