package main

import (
	"github.com/tributary-cdk/tributary/internal/synthtest"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
)

func TestMain(m *testing.M) { synthtest.Main(m) }

func TestStack(t *testing.T) {
	tpl := assertions.Template_FromStack(newStack(awscdk.NewApp(nil)), nil)
	tpl.HasResourceProperties(jsii.String("Custom::RedshiftStreamingView"), &map[string]any{
		"View": map[string]any{"name": "clicks", "stream": map[string]any{"schema": "web", "name": map[string]any{"Ref": "Stream790BDEE4"}}},
	})
}
