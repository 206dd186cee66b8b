package ingestion_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/synthtest"
)

// TestGrantRead checks the permissions of a reader in IAM and in the database.
func TestGrantRead(t *testing.T) {
	stack, props := newShop(t)
	props.Stream = awskinesis.NewStream(stack, jsii.String("Stream"), nil)
	props.ViewSchemas = []ddl.Schema{{Name: "analytics"}}
	in := ingestion.New(stack, jsii.String("Clicks"), props)
	function := awslambda.NewFunction(stack, jsii.String("Reader"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_NODEJS_22_X(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("//")),
	})
	in.GrantRead(function)
	in.GrantRead(function) // the second call has no effect
	granted := []any{map[string]any{"iamRole": map[string]any{"Ref": "ReaderServiceRole8283AF10"}}}
	tpl := assertions.Template_FromStack(stack, nil)
	tpl.HasResourceProperties(jsii.String("Custom::RedshiftStreamingView"), &map[string]any{"View": map[string]any{"grants": granted}})
	tpl.HasResourceProperties(jsii.String("Custom::RedshiftSchema"), &map[string]any{"ViewSchema": map[string]any{"grants": granted}})
	var got []string
	for _, line := range synthtest.Statements(t, stack) {
		if rest, ok := strings.CutPrefix(line, "ReaderServiceRoleDefaultPolicy: "); ok {
			got = append(got, rest)
		}
	}
	want := []string{
		"Allow redshift-data:ExecuteStatement on arn:${AWS::Partition}:redshift:eu-west-1:111122223333:cluster:theirs",
		// IAM has no resource type for these actions.
		`Allow redshift-data:DescribeStatement, redshift-data:GetStatementResult, redshift-data:CancelStatement, redshift-data:ListStatements on * ` +
			`if {"StringEquals":{"redshift-data:statement-owner-iam-userid":"${aws:userid}"}}`,
		"Allow redshift:GetClusterCredentialsWithIAM on arn:${AWS::Partition}:redshift:eu-west-1:111122223333:dbname:theirs/dev",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
}

// TestGrantReadToAService checks that GrantRead refuses a principal without a database user.
func TestGrantReadToAService(t *testing.T) {
	stack, props := newShop(t)
	props.Stream = awskinesis.NewStream(stack, jsii.String("Stream"), nil)
	in := ingestion.New(stack, jsii.String("Clicks"), props)
	in.GrantRead(awsiam.NewServicePrincipal(jsii.String("glue.amazonaws.com"), nil))
	want := []string{"[Shop/Clicks] GrantRead: the grantee has no database user, since it is neither an IAM role nor an IAM user; pass a role or a user, or add a ddl.Grantee to the Grants of the views"}
	if diff := cmp.Diff(want, problemsOf(t, stack)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
