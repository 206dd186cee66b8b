package ddlprovider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/synthtest"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
)

func TestMain(m *testing.M) { synthtest.Main(m) }

func TestInStackIsOne(t *testing.T) {
	stack := synthtest.NewStack(nil)
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
	stack := synthtest.NewStack(nil)
	ddlprovider.New(stack, jsii.String("DDL"), &ddlprovider.Props{
		Code: awslambda.Code_FromAsset(jsii.String(dir), nil), LogRetention: awslogs.RetentionDays_ONE_DAY,
	})
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::Logs::LogGroup"), &map[string]any{"RetentionInDays": 1})
}

// TestSnapshots holds all that is defined, and what the function may do by itself:
// write its own log, and nothing else.
func TestSnapshots(t *testing.T) {
	for name, retention := range map[string]awslogs.RetentionDays{"bare": "", "everything": awslogs.RetentionDays_ONE_YEAR} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "bootstrap"), []byte("#!/bin/sh\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			stack := synthtest.NewStack(nil)
			ddlprovider.New(stack, jsii.String("DDL"), &ddlprovider.Props{Code: awslambda.Code_FromAsset(jsii.String(dir), nil), LogRetention: retention})
			synthtest.Golden(t, stack, name)
			want := []string{
				`DDLRole: Allow {"Service":"lambda.amazonaws.com"} sts:AssumeRole`,
				"DDLRoleDefaultPolicy: Allow logs:CreateLogStream, logs:PutLogEvents on ${DDLLogs.Arn}",
			}
			if diff := cmp.Diff(want, synthtest.Statements(t, stack)); diff != "" {
				t.Errorf("statements (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoToolchain(t *testing.T) {
	stack := synthtest.NewStack(nil)
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
