package main

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/internal/synthtest"
)

// TestOneFunction checks that usage limits and views share one function, whichever settings
// of the function are set.
func TestOneFunction(t *testing.T) {
	code := synthtest.CodeDir(t)
	for name, settings := range map[string]map[string]any{
		"code":          {"tributary:functionCode": code},
		"a role's name": {"tributary:functionRoleName": "lab-ddl"},
		"both settings": {"tributary:functionCode": code, "tributary:functionRoleName": "lab-ddl"},
		"no setting":    {},
	} {
		t.Run(name, func(t *testing.T) {
			settings["tributary:warehouse"], settings["tributary:usageLimits"] = "serverless", `[{"amount": 48}]`
			tpl := assertions.Template_FromStack(newStackOf(t, settings), nil)
			for resource, count := range map[string]float64{"AWS::Lambda::Function": 1, "Custom::RedshiftUsageLimit": 1, "Custom::RedshiftStreamingView": 2} {
				tpl.ResourceCountIs(jsii.String(resource), jsii.Number(count))
			}
		})
	}
}
