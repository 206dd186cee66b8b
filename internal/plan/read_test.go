package plan_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/plan"
)

// assembly is a cloud assembly with two stacks, one of them within a stage.
var assembly = map[string]string{
	"manifest.json": `{"version": "54.0.0", "artifacts": {
		"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
		"Lab": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
			"properties": {"templateFile": "Lab.template.json", "parameters": {"Stage": "x"}}, "displayName": "Lab"},
		"assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}}}`,
	"Lab.template.json": `{"Lab": 1}`,
	"assembly-Prod/manifest.json": `{"version": "54.0.0", "artifacts": {
		"ProdLab1A2B": {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/eu-west-1",
			"properties": {"templateFile": "ProdLab.template.json", "stackName": "Prod-Lab"}, "displayName": "Prod/Lab"}}}`,
	"assembly-Prod/ProdLab.template.json": `{"Prod": 1}`,
}

func TestReadApp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range assembly {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	lab := plan.Stack{Name: "Lab", Template: []byte(`{"Lab": 1}`), Parameters: map[string]string{"Stage": "x"}}
	prod := plan.Stack{Name: "Prod-Lab", Template: []byte(`{"Prod": 1}`), Region: "eu-west-1", Account: "123456789012"}
	tests := map[string]struct {
		path, stack string
		want        plan.Stack
		problem     string
	}{
		"stack by name":                    {"", "Lab", lab, ""},
		"stack of a stage, by name":        {"", "Prod-Lab", prod, ""},
		"stack of a stage, by path":        {"", "Prod/Lab", prod, ""},
		"stack of a stage, by artifact id": {"", "ProdLab1A2B", prod, ""},
		"only stack":                       {"assembly-Prod", "", prod, ""},
		"template":                         {"Lab.template.json", "", plan.Stack{Name: "Lab", Template: []byte(`{"Lab": 1}`)}, ""},
		"template with a stack name":       {"Lab.template.json", "Other", plan.Stack{Name: "Other", Template: []byte(`{"Lab": 1}`)}, ""},
		"no name, two stacks":              {"", "", plan.Stack{}, "2 stacks; choose one with --stack: Lab, Prod-Lab"},
		"unknown name":                     {"", "Nobody", plan.Stack{}, "2 stacks; choose one with --stack: Lab, Prod-Lab"},
		"app not synthesized":              {"nowhere", "", plan.Stack{}, "synthesize the app first: cdk synth"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := plan.ReadApp(filepath.Join(dir, test.path), test.stack)
			if err != nil {
				if test.problem == "" || !strings.Contains(err.Error(), test.problem) {
					t.Errorf("error: want one that contains %q, got %v", test.problem, err)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("stack (-want +got):\n%s", diff)
			}
		})
	}
}

// deployedStack is a CloudFormation API with one stack. Each page of ListStackResources
// contains one resource.
type deployedStack struct {
	name      string
	status    types.StackStatus
	resources []types.StackResourceSummary
	failWith  error
}

func (d deployedStack) DescribeStacks(_ context.Context, in *cloudformation.DescribeStacksInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	switch {
	case d.failWith != nil:
		return nil, d.failWith
	case *in.StackName != d.name:
		return nil, &smithy.GenericAPIError{Code: "ValidationError", Message: "Stack with id " + *in.StackName + " does not exist"}
	}
	return &cloudformation.DescribeStacksOutput{Stacks: []types.Stack{{
		StackName: &d.name, StackId: aws.String(d.arn()), StackStatus: d.status,
		Parameters: []types.Parameter{
			{ParameterKey: aws.String("Stage"), ParameterValue: aws.String("test")},
			{ParameterKey: aws.String("Version"), ParameterValue: aws.String("/version"), ResolvedValue: aws.String("30")},
		},
	}}}, nil
}

func (d deployedStack) arn() string {
	return "arn:aws:cloudformation:eu-west-1:123456789012:stack/" + d.name + "/1"
}

func (d deployedStack) GetTemplate(_ context.Context, in *cloudformation.GetTemplateInput, _ ...func(*cloudformation.Options)) (*cloudformation.GetTemplateOutput, error) {
	return &cloudformation.GetTemplateOutput{TemplateBody: aws.String(`{"of": "` + *in.StackName + `"}`)}, nil
}

func (d deployedStack) ListStackResources(_ context.Context, in *cloudformation.ListStackResourcesInput, _ ...func(*cloudformation.Options)) (*cloudformation.ListStackResourcesOutput, error) {
	page := len(aws.ToString(in.NextToken))
	out := &cloudformation.ListStackResourcesOutput{StackResourceSummaries: d.resources[page : page+1]}
	if page+1 < len(d.resources) {
		out.NextToken = aws.String(strings.Repeat("x", page+1))
	}
	return out, nil
}

func TestReadDeployed(t *testing.T) {
	t.Parallel()
	resources := []types.StackResourceSummary{
		{LogicalResourceId: aws.String("Stream"), PhysicalResourceId: aws.String("ev"), ResourceStatus: types.ResourceStatusUpdateComplete},
		{LogicalResourceId: aws.String("Gone"), PhysicalResourceId: aws.String("g"), ResourceStatus: types.ResourceStatusDeleteComplete},
		{LogicalResourceId: aws.String("Failed"), ResourceStatus: types.ResourceStatusCreateFailed},
	}
	arn := deployedStack{name: "Lab"}.arn()
	lab := &plan.Stack{
		Name: "Lab", ID: arn, Region: "eu-west-1", Account: "123456789012", Template: []byte(`{"of": "` + arn + `"}`),
		Parameters: map[string]string{"Stage": "test", "Version": "30"}, PhysicalIDs: map[string]string{"Stream": "ev", "Failed": ""},
	}
	tests := map[string]struct {
		api     deployedStack
		want    *plan.Stack
		problem string
	}{
		"deployed":          {deployedStack{"Lab", types.StackStatusUpdateComplete, resources, nil}, lab, ""},
		"not deployed":      {deployedStack{"Other", types.StackStatusUpdateComplete, resources, nil}, nil, ""},
		"only a change set": {deployedStack{"Lab", types.StackStatusReviewInProgress, resources, nil}, nil, ""},
		"being changed":     {deployedStack{"Lab", types.StackStatusUpdateInProgress, resources, nil}, nil, "has the status UPDATE_IN_PROGRESS; plan again"},
		"no credentials":    {deployedStack{failWith: errors.New("no credentials")}, nil, "no credentials; to plan without AWS, as if nothing were deployed, use --offline"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := plan.ReadDeployed(t.Context(), test.api, "Lab")
			if (err == nil) != (test.problem == "") || err != nil && !strings.Contains(err.Error(), test.problem) {
				t.Errorf("error: want one that contains %q, got %v", test.problem, err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("stack (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteJSON(t *testing.T) {
	t.Parallel()
	archive := map[string][]byte{}
	for _, name := range []string{"deployed.json", "new.json"} {
		archive[name] = []byte(`{"Resources": {"V": {"Type": "Custom::RedshiftStreamingView", "Properties": {
			"Warehouse": {"workgroupName": "w", "database": "dev"},
			"View": {"name": "v", "stream": {"schema": "s", "name": "x"}, "columns": [{"name": "in_` + name[:3] + `", "metadata": "shard_id"}]}}}}}`)
	}
	var b strings.Builder
	if err := planned(t, archive).WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Stack             string
		Deployed, Destroy bool
		Problems          []string
		Changes           []struct {
			Path, Object, Action string
			Statements           []struct {
				Step, SQL, Rows string
				Instead         []struct{ Step, Rows string }
			}
		}
	}
	unmarshal(t, []byte(b.String()), &got)
	change := got.Changes[0]
	if !got.Deployed || got.Destroy || len(got.Problems) > 0 || change.Action != "replace" || change.Path != "V" {
		t.Errorf("want the replacement of V in a deployed stack, without problems; got %s", b.String())
	}
	rows := map[string]string{}
	for _, s := range change.Statements {
		rows[s.Step] = s.Rows
		for _, instead := range s.Instead {
			rows["or "+instead.Step] = instead.Rows
		}
	}
	maps.DeleteFunc(rows, func(_, rows string) bool { return rows == "keeps" })
	want := map[string]string{"move-rows": "moves", "or copy-rows": "copies", "refresh": "reads"}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
