// Package ddlprovider defines the Lambda function that creates, changes and drops
// Tributary's database objects when CloudFormation requests it.
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

// Props are the properties of a [Provider]. Nil means all defaults.
type Props struct {
	// Code is the compiled function: an asset with an executable named bootstrap for
	// Linux on arm64, built from lambda/ddl of this module.
	//
	// Default: compiled at synthesis, with the Go toolchain on the machine.
	//
	// Change: in place.
	Code awslambda.Code
	// LogRetention is how long CloudWatch keeps the function's log.
	//
	// Default: two weeks.
	//
	// Change: in place.
	LogRetention awslogs.RetentionDays
	// RoleName is the name of the function's IAM role. It must be unique in the account,
	// across all regions. If a warehouse has no secret, the function connects as the
	// database user IAMR:<name>. That user must exist and have its privileges before the
	// first deployment: see warehouse.WorkgroupAttributes. The ingestions, usage limits
	// and monitorings of a stack share the Provider whose id is [ID]. Define that
	// Provider before them:
	//
	//	ddlprovider.New(stack, jsii.String(ddlprovider.ID), &ddlprovider.Props{RoleName: "shop-ddl"})
	//
	// Default: a name that CloudFormation generates.
	//
	// Change: replaces the role. Without a secret, the function then connects as another
	// database user, and can't change or drop the views that the old user owns.
	RoleName string
}

// roleNamePattern matches the role names that IAM accepts.
//
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
var roleNamePattern = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

func (p *Props) problems() ddl.Problems {
	if p.RoleName == "" || *awscdk.Token_IsUnresolved(p.RoleName) || roleNamePattern.MatchString(p.RoleName) {
		return nil
	}
	return ddl.Problems{{Path: "RoleName", Message: fmt.Sprintf("got %q; write up to 64 letters, digits and _+=,.@-", p.RoleName)}}
}

// Provider is the function with its log group and its role. The role may only write to
// the log group, until a warehouse grants it more.
type Provider struct {
	constructs.Construct
	// Function handles the requests of CloudFormation.
	Function awslambda.Function
}

// timeoutMinutes is the longest timeout that Lambda allows. Package ddlhandler relies on
// both values.
const (
	timeoutMinutes     = 15
	maxEventAgeMinutes = 40
)

// New defines a Provider under scope. Most callers need [InStack] instead. A Provider
// whose id is [ID] must be defined before the constructs that share it, or else the
// synthesis fails.
func New(scope constructs.Construct, id *string, props *Props) *Provider {
	if *id == ID {
		if p := sharedIn(scope); p != nil {
			invalid.Report(p.Construct, ddl.Problems{{Message: "is defined already, with default props if an ingestion or a warehouse defined it; " +
				"define it once and before all of them, or pass another Provider to each"}})
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
	logs.GrantWrite(role) // allows log streams and events, but not the creation of groups
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

// serviceTimeoutMinutes is how long CloudFormation waits for the response to a request.
// It is the maximum that CloudFormation allows. The function responds within 45 minutes.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
const serviceTimeoutMinutes = 60

// Resource defines a custom resource under scope that the function manages. The
// resource's type determines its properties. Tributary's own constructs call Resource.
// The deployment fails if the function doesn't know the type.
func (p *Provider) Resource(scope constructs.Construct, id, resourceType string, policy awscdk.RemovalPolicy, properties map[string]any) awscdk.CustomResource {
	return awscdk.NewCustomResource(scope, jsii.String(id), &awscdk.CustomResourceProps{
		ServiceToken:   p.Function.FunctionArn(),
		ServiceTimeout: awscdk.Duration_Minutes(jsii.Number(serviceTimeoutMinutes)),
		ResourceType:   jsii.String(resourceType),
		RemovalPolicy:  policy,
		Properties:     &properties,
	})
}

// ID is the construct id of the Provider that the constructs of a stack share. It is part
// of the logical ids of the Provider's resources.
const ID = "TributaryDDL"

// InStack returns the Provider that the constructs of scope's stack share. If the stack
// has none yet, InStack defines one with default props.
func InStack(scope constructs.Construct) *Provider {
	stack := awscdk.Stack_Of(scope)
	if p := sharedIn(stack); p != nil {
		return p
	}
	return New(stack, jsii.String(ID), nil)
}

// sharedIn returns the Provider directly under scope whose id is ID. It returns nil if
// there is none.
func sharedIn(scope constructs.Construct) *Provider {
	found, ok := scope.Node().TryFindChild(jsii.String(ID)).(constructs.Construct)
	if !ok {
		return nil
	}
	return &Provider{found, found.Node().FindChild(jsii.String("Function")).(awslambda.Function)} //nolint:errcheck,forcetypeassert // New defined it
}
