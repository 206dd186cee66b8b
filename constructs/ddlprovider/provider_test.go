package ddlprovider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/synthtest"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
)

func TestMain(m *testing.M) { synthtest.Main(m) }

func TestInStackDefinesOneFunction(t *testing.T) {
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

// TestDefinedTooLate checks that a second definition of the shared Provider returns the
// first one and fails the synthesis.
func TestDefinedTooLate(t *testing.T) {
	stack := synthtest.NewStack(nil)
	first := ddlprovider.New(stack, jsii.String(ddlprovider.ID), props(t, "", ""))
	second := ddlprovider.New(stack, jsii.String(ddlprovider.ID), props(t, "", "shop-ddl"))
	if *first.Function.FunctionArn() != *second.Function.FunctionArn() {
		t.Error("a stack has two functions")
	}
	defer func() {
		got := fmt.Sprint(recover())
		want := "[Shop/TributaryDDL] is defined already, with default props if an ingestion or a warehouse defined it; " +
			"define it once and before all of them, or pass another Provider to each"
		if !strings.Contains(got, want) {
			t.Errorf("want %q in %s", want, got)
		}
	}()
	assertions.Template_FromStack(stack, nil)
	t.Error("the stack was synthesized")
}

// TestCode checks that a Provider with Code runs no Go toolchain, which PATH doesn't have.
func TestCode(t *testing.T) {
	p := props(t, awslogs.RetentionDays_ONE_DAY, "")
	t.Setenv("PATH", "")
	stack := synthtest.NewStack(nil)
	ddlprovider.New(stack, jsii.String("DDL"), p)
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::Logs::LogGroup"), &map[string]any{"RetentionInDays": 1})
}

// props returns props with placeholder code, so that nothing is compiled.
func props(t *testing.T, retention awslogs.RetentionDays, roleName string) *ddlprovider.Props {
	t.Helper()
	return &ddlprovider.Props{Code: synthtest.Code(t), LogRetention: retention, RoleName: roleName}
}

// TestSnapshots compares the whole template with testdata, and checks that the role may
// only write to the function's log.
func TestSnapshots(t *testing.T) {
	for name, props := range map[string]*ddlprovider.Props{
		"bare":       props(t, "", ""),
		"everything": props(t, awslogs.RetentionDays_ONE_YEAR, "shop-ddl"),
	} {
		t.Run(name, func(t *testing.T) {
			stack := synthtest.NewStack(nil)
			ddlprovider.New(stack, jsii.String("DDL"), props)
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

// TestRoleName checks which role names are accepted. Users need the name before the first
// deployment, to create the database user that is named after the role.
func TestRoleName(t *testing.T) {
	tests := map[string]struct {
		name string
		want string // the problem; empty if the name is accepted
	}{
		"all kinds of characters": {"Shop_DDL+=,.@-1", ""},
		"a token":                 {*awscdk.Fn_ImportValue(jsii.String("RoleName")), ""},
		"with a blank":            {"shop ddl", `[Shop/DDL] RoleName: got "shop ddl"; write up to 64 letters, digits and _+=,.@-`},
		"too long":                {strings.Repeat("x", 65), `[Shop/DDL] RoleName: got "` + strings.Repeat("x", 65) + `"; write up to 64 letters, digits and _+=,.@-`},
	}
	for title, test := range tests {
		t.Run(title, func(t *testing.T) {
			stack := synthtest.NewStack(nil)
			ddlprovider.New(stack, jsii.String("DDL"), props(t, "", test.name))
			defer func() {
				if got := fmt.Sprint(recover()); test.want != "" && !strings.Contains(got, test.want) {
					t.Errorf("want %q in %s", test.want, got)
				}
			}()
			role := map[string]any{"RoleName": test.name}
			if title == "a token" {
				role["RoleName"] = map[string]any{"Fn::ImportValue": "RoleName"}
			}
			assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::IAM::Role"), &role)
			if test.want != "" {
				t.Error("the stack was synthesized")
			}
		})
	}
}

// TestNoToolchain checks the error of a machine without the Go toolchain.
func TestNoToolchain(t *testing.T) {
	stack := synthtest.NewStack(nil)
	t.Setenv("PATH", "")
	ddlprovider.ForgetCompiled()
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
