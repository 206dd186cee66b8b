package ddlprovider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
)

func TestMain(m *testing.M) {
	code := m.Run()
	stderr := os.Stderr
	os.Stderr, _ = os.Open(os.DevNull) // Close reports a process that has ended already
	jsii.Close()
	os.Stderr = stderr
	os.Exit(code)
}

func newStack() awscdk.Stack {
	return awscdk.NewStack(awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)}), jsii.String("Shop"), nil)
}

func TestInStackIsOne(t *testing.T) {
	stack := newStack()
	first, second := ddlprovider.InStack(stack), ddlprovider.InStack(stack)
	if *first.Function.FunctionArn() != *second.Function.FunctionArn() {
		t.Error("a stack has two functions")
	}
	tpl := assertions.Template_FromStack(stack, nil)
	tpl.ResourceCountIs(jsii.String("AWS::Lambda::Function"), jsii.Number(1))
	tpl.HasResourceProperties(jsii.String("AWS::Lambda::Function"), &map[string]any{
		"Runtime": "provided.al2023", "Architectures": []any{"arm64"}, "Handler": "bootstrap", "MemorySize": 128, "Timeout": 900,
	})
	tpl.HasResourceProperties(jsii.String("AWS::Lambda::EventInvokeConfig"), &map[string]any{
		"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 2400,
	})
	tpl.HasResource(jsii.String("AWS::Logs::LogGroup"), &map[string]any{"DeletionPolicy": "Delete", "Properties": map[string]any{"RetentionInDays": 14}})
}

func TestCodeOfTheCallers(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bootstrap"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "") // no toolchain is asked for
	stack := newStack()
	ddlprovider.New(stack, jsii.String("DDL"), &ddlprovider.Props{
		Code: awslambda.Code_FromAsset(jsii.String(dir), nil), LogRetention: awslogs.RetentionDays_ONE_DAY,
	})
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::Logs::LogGroup"), &map[string]any{"RetentionInDays": 1})
}

func TestNoToolchain(t *testing.T) {
	stack := newStack()
	t.Setenv("PATH", "")
	ddlprovider.New(stack, jsii.String("DDL"), nil)
	defer func() {
		got := fmt.Sprint(recover())
		for _, want := range []string{"[Shop/DDL] the function can't be compiled", "install Go from https://go.dev/dl", "ddlprovider.Props.Code"} {
			if !strings.Contains(got, want) {
				t.Errorf("want %q in %s", want, got)
			}
		}
	}()
	assertions.Template_FromStack(stack, nil)
	t.Error("the stack was synthesized")
}
