package cloudformation

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// refused returns "code: message" of an API error.
func refused(t *testing.T, err error) string {
	t.Helper()
	var e smithy.APIError
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an API error", err)
	}
	return e.ErrorCode() + ": " + e.ErrorMessage()
}

func TestCreateChangeSetRefuses(t *testing.T) {
	t.Parallel()
	create := types.ChangeSetTypeCreate
	tests := map[string]struct {
		in   cfn.CreateChangeSetInput
		want string
	}{
		"everything wrong at once": {
			cfn.CreateChangeSetInput{TemplateBody: aws.String(document(thing("A", `"Nam":{"Ref":"X"}`), `"B":{"Type":"AWS::Foo::Bar"}`, thing("C", `"Name":"c","Other":{"Fn::GetAtt":["A","Zz"]}`)))},
			"ValidationError: Template format error: Unresolved resource dependencies [X] in the Resources block of the template; " +
				"Encountered unsupported property Nam of A (Test::Thing); Property Name of A (Test::Thing) cannot be empty.; " +
				"Template format error: Unrecognized resource types: [AWS::Foo::Bar]; Template error: resource A does not support attribute type Zz in Fn::GetAtt",
		},
		"IAM without capability": {
			cfn.CreateChangeSetInput{TemplateBody: aws.String(`{"Resources":{"R":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"r"}}}}`), Capabilities: []types.Capability{"CAPABILITY_IAM"}},
			"InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]",
		},
		"update without a stack":  {cfn.CreateChangeSetInput{TemplateBody: aws.String(document(thing("A", `"Name":"a"`))), ChangeSetType: types.ChangeSetTypeUpdate}, "ValidationError: Stack [s] does not exist"},
		"an import":               {cfn.CreateChangeSetInput{TemplateBody: aws.String(document(thing("A", `"Name":"a"`))), ChangeSetType: types.ChangeSetTypeImport}, "ValidationError: the local twin's CreateChangeSet does not support ChangeSetType IMPORT"},
		"no template":             {cfn.CreateChangeSetInput{}, "ValidationError: Either Template URL or Template Body must be specified."},
		"a template in YAML":      {cfn.CreateChangeSetInput{TemplateBody: aws.String("Resources:\n  A: {}\n")}, "ValidationError: Template format error: not a JSON object; the local twin does not support YAML"},
		"template nested deeply":  {cfn.CreateChangeSetInput{TemplateBody: aws.String(`{"Metadata":` + strings.Repeat("[", 128))}, "ValidationError: Template format error: JSON nests deeper than 128 levels"},
		"TemplateURL":             {cfn.CreateChangeSetInput{TemplateURL: aws.String("http://x/y")}, "ValidationError: TemplateURL: not supported by this local twin; send TemplateBody"},
		"a long template":         {cfn.CreateChangeSetInput{TemplateBody: aws.String(strings.Repeat(" ", 51_201))}, "ValidationError: 1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200"},
		"unknown parameter":       {cfn.CreateChangeSetInput{TemplateBody: aws.String("{}"), ResourceTypes: []string{"x"}}, "ValidationError: the local twin's CreateChangeSet does not support ResourceTypes"},
		"unsupported parameters":  {cfn.CreateChangeSetInput{TemplateBody: aws.String("{}"), NotificationARNs: []string{"x"}, OnStackFailure: types.OnStackFailureDelete}, "ValidationError: the local twin's CloudFormation does not support NotificationARNs, OnStackFailure DELETE"},
		"a dynamic reference":     {cfn.CreateChangeSetInput{TemplateBody: aws.String(document(thing("A", `"Name":"{{resolve:ssm:x}}"`)))}, "ValidationError: the local twin does not resolve dynamic references: {{resolve:ssm:x}}"},
		"no previous value":       {cfn.CreateChangeSetInput{TemplateBody: aws.String(document(thing("A", `"Name":"a"`))), Parameters: []types.Parameter{{ParameterKey: aws.String("P"), UsePreviousValue: aws.Bool(true)}}}, "ValidationError: Invalid input for parameter key P. Cannot specify usePreviousValue as true for a parameter key not in the previous template"},
		"invalid stack name":      {cfn.CreateChangeSetInput{TemplateBody: aws.String(document(thing("A", `"Name":"a"`))), StackName: aws.String("1x")}, "ValidationError: 1 validation error detected: Value '1x' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"},
		"parameter without value": {cfn.CreateChangeSetInput{TemplateBody: aws.String(`{"Parameters":{"P":{"Type":"String"}},` + document(thing("A", `"Name":"a"`))[1:])}, "ValidationError: Parameters: [P] must have values"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTwin(t, func(o *Options) { o.Types = append(o.Types, Type{Name: "AWS::IAM::Role", Provider: noopProvider{}}) })
			if tt.in.StackName == nil {
				tt.in.StackName = aws.String("s")
			}
			if tt.in.ChangeSetType == "" {
				tt.in.ChangeSetType = create
			}
			tt.in.ChangeSetName = aws.String("change")
			_, err := w.api.CreateChangeSet(t.Context(), &tt.in)
			if diff := cmp.Diff(tt.want, refused(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(w.stacks) > 0 {
				t.Error("the stack still exists after the error")
			}
		})
	}
}

func TestDescribeStack(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	body := `{"Description":"a stack","Parameters":{"Size":{"Type":"Number"},"Secret":{"Type":"String","NoEcho":true,"Default":"x"}},
		"Outputs":{"Name":{"Value":{"Ref":"A"},"Export":{"Name":"name"}}},` + document(thing("A", `"Name":"a","Size":{"Ref":"Size"}`, `"Metadata":{"aws:cdk:path":"s/A"}`))[1:]
	w.deploy(t, body, types.Parameter{ParameterKey: aws.String("Size"), ParameterValue: aws.String("4")})
	out, err := w.api.DescribeStacks(t.Context(), &cfn.DescribeStacksInput{})
	if err != nil || len(out.Stacks) != 1 {
		t.Fatal(out, err)
	}
	st := out.Stacks[0]
	p := types.Parameter{ParameterKey: aws.String("Secret"), ParameterValue: aws.String("****")}
	q := types.Parameter{ParameterKey: aws.String("Size"), ParameterValue: aws.String("4")}
	type fields struct {
		Description string
		Parameters  []types.Parameter
		Outputs     []types.Output
	}
	want := fields{"a stack", []types.Parameter{p, q}, []types.Output{{OutputKey: aws.String("Name"), OutputValue: aws.String("a"), ExportName: aws.String("name")}}}
	got := fields{aws.ToString(st.Description), st.Parameters, st.Outputs}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(types.Parameter{}, types.Output{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	stored, err := w.api.GetTemplate(t.Context(), &cfn.GetTemplateInput{StackName: st.StackId})
	if err != nil || aws.ToString(stored.TemplateBody) != body {
		t.Errorf("GetTemplate: got %q, %v; want the body as sent", aws.ToString(stored.TemplateBody), err)
	}
	detail, err := w.api.DescribeStackResource(t.Context(), &cfn.DescribeStackResourceInput{StackName: st.StackName, LogicalResourceId: aws.String("A")})
	if err != nil || aws.ToString(detail.StackResourceDetail.Metadata) != `{"aws:cdk:path":"s/A"}` {
		t.Errorf("DescribeStackResource: got %+v, %v; want the metadata of the template", detail, err)
	}
	w.remove(t)
	gone, err := w.api.DescribeStacks(t.Context(), &cfn.DescribeStacksInput{StackName: st.StackId})
	if err != nil || gone.Stacks[0].StackStatus != types.StackStatusDeleteComplete {
		t.Errorf("deleted stack, by id: got %+v, %v; want status DELETE_COMPLETE", gone, err)
	}
	_, err = w.api.DescribeStacks(t.Context(), &cfn.DescribeStacksInput{StackName: aws.String("s")})
	if want := "ValidationError: Stack with id s does not exist"; refused(t, err) != want {
		t.Errorf("deleted stack, by name: got %v, want %s", err, want)
	}
}

func TestTerminationProtection(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	w.deploy(t, document(thing("A", `"Name":"a"`)))
	if _, err := w.api.UpdateTerminationProtection(t.Context(), &cfn.UpdateTerminationProtectionInput{
		StackName: aws.String("s"), EnableTerminationProtection: aws.Bool(true),
	}); err != nil {
		t.Fatal(err)
	}
	_, err := w.api.DeleteStack(t.Context(), &cfn.DeleteStackInput{StackName: aws.String("s")})
	if want := "ValidationError: Stack [s] cannot be deleted while TerminationProtection is enabled"; refused(t, err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestExports(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	w.deploy(t, `{"Outputs":{"O":{"Value":{"Ref":"A"},"Export":{"Name":"x"}}},`+document(thing("A", `"Name":"a"`))[1:])
	other := document(thing("B", `"Name":{"Fn::Sub":["${v}-user",{"v":{"Fn::ImportValue":"x"}}]}`))
	if _, err := w.api.CreateStack(t.Context(), &cfn.CreateStackInput{StackName: aws.String("user"), TemplateBody: &other}); err != nil {
		t.Fatal(err)
	}
	w.waitUntilIdle(t)
	if diff := cmp.Diff([]string{"a=<nil>", "a-user=<nil>"}, w.listThings()); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
	users, err := w.api.ListImports(t.Context(), &cfn.ListImportsInput{ExportName: aws.String("x")})
	if err != nil || len(users.Imports) != 1 || users.Imports[0] != "user" {
		t.Errorf("ListImports: got %v, %v; want the stack \"user\"", users, err)
	}
	events := w.remove(t)
	if want := "s DELETE_FAILED: Export x cannot be deleted as it is in use by user"; !slices.Contains(events, want) {
		t.Errorf("no event %q in %q", want, events)
	}
	if _, err := w.api.DeleteStack(t.Context(), &cfn.DeleteStackInput{StackName: aws.String("user")}); err != nil {
		t.Fatal(err)
	}
	w.waitUntilIdle(t)
	if events := w.remove(t); !slices.Contains(events, "s DELETE_COMPLETE") {
		t.Errorf("no event \"s DELETE_COMPLETE\" in %q", events)
	}
}

func TestEventPages(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	var all []string
	for i := range 60 {
		all = append(all, thing(fmt.Sprintf("A%02d", i), fmt.Sprintf(`"Name":"a%02d"`, i)))
	}
	if got := w.deploy(t, document(all...)); len(got) != 60*3+3 || got[0] != "s REVIEW_IN_PROGRESS: User Initiated" {
		t.Errorf("got %d events, the first %q; want 183, the first that of REVIEW_IN_PROGRESS", len(got), got[0])
	}
}

func TestTemplateURLAndDynamicReferences(t *testing.T) {
	t.Parallel()
	w := newTwin(t, func(o *Options) {
		o.FetchTemplate = func(_ context.Context, url string) ([]byte, error) {
			if url != "https://bucket/key" {
				return nil, errors.New("no such key")
			}
			return []byte(document(thing("A", `"Name":{"Fn::Join":["",["{{resolve:ssm:",{"Ref":"AWS::Region"},"}}-x"]]}`))), nil
		}
		o.Resolve = func(_ context.Context, reference string) (string, error) { return "<" + reference + ">", nil }
	})
	in := &cfn.CreateStackInput{StackName: aws.String("s"), TemplateURL: aws.String("https://bucket/none")}
	_, err := w.api.CreateStack(t.Context(), in)
	if want := "ValidationError: S3 error: no such key"; refused(t, err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	in.TemplateURL = aws.String("https://bucket/key")
	if _, err := w.api.CreateStack(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	w.waitUntilIdle(t)
	if diff := cmp.Diff([]string{"<ssm:us-east-1>-x=<nil>"}, w.listThings()); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
}

func TestTypeChangeFailsTheChangeSet(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	w.deploy(t, document(thing("A", `"Name":"a"`)))
	body := document(`"A":{"Type":"AWS::CDK::Metadata"}`)
	made, err := w.api.CreateChangeSet(t.Context(), &cfn.CreateChangeSetInput{StackName: aws.String("s"), ChangeSetName: aws.String("c"), TemplateBody: &body})
	if err != nil {
		t.Fatal(err)
	}
	out, err := w.api.DescribeChangeSet(t.Context(), &cfn.DescribeChangeSetInput{ChangeSetName: made.Id})
	want := "Update of resource type is not permitted. The new template modifies resource type of the following resources: [A]"
	if err != nil || aws.ToString(out.StatusReason) != want {
		t.Errorf("got %q, %v; want %s", aws.ToString(out.StatusReason), err, want)
	}
	// The CDK CLI calls these two operations after a change set failed.
	events, err := w.api.DescribeEvents(t.Context(), &cfn.DescribeEventsInput{ChangeSetName: made.Id, StackName: aws.String("s"), Filters: &types.EventFilter{FailedEvents: aws.Bool(true)}})
	if err != nil || len(events.OperationEvents) > 0 {
		t.Errorf("DescribeEvents: got %v, %v; want no events", events, err)
	}
	hooks, err := w.api.ListHookResults(t.Context(), &cfn.ListHookResultsInput{TargetType: types.ListHookResultsTargetTypeChangeSet, TargetId: made.Id})
	if err != nil || len(hooks.HookResults) > 0 {
		t.Errorf("ListHookResults: got %v, %v; want no results", hooks, err)
	}
}

func TestUnknownOperation(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(url.Values{"Action": {"DetectStackDrift"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	got := httptest.NewRecorder()
	w.ServeHTTP(got, r)
	if want := `<Code>InvalidAction</Code><Message>the local twin&#39;s CloudFormation has no operation &#34;DetectStackDrift&#34;</Message>`; got.Code != http.StatusBadRequest || !strings.Contains(got.Body.String(), want) {
		t.Errorf("got %d %s", got.Code, got.Body)
	}
}

func TestReadOperations(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	body := `{"Parameters":{"P":{"Type":"String","Default":"d","AllowedValues":["d","e"]}},` + document(thing("A", `"Name":"a"`), thing("B", `"Name":"b"`))[1:]
	w.deploy(t, body)
	name := aws.String("s")
	resources, err := w.api.DescribeStackResources(t.Context(), &cfn.DescribeStackResourcesInput{PhysicalResourceId: aws.String("a"), LogicalResourceId: aws.String("B")})
	if err != nil || len(resources.StackResources) != 1 || aws.ToString(resources.StackResources[0].PhysicalResourceId) != "b" {
		t.Errorf("DescribeStackResources: got %+v, %v; want B only", resources, err)
	}
	all, err := w.api.ListStackResources(t.Context(), &cfn.ListStackResourcesInput{StackName: name})
	if err != nil || len(all.StackResourceSummaries) != 2 {
		t.Errorf("ListStackResources: got %+v, %v; want 2 resources", all, err)
	}
	stacks, err := w.api.ListStacks(t.Context(), &cfn.ListStacksInput{StackStatusFilter: []types.StackStatus{"CREATE_COMPLETE"}})
	if err != nil || len(stacks.StackSummaries) != 1 {
		t.Errorf("ListStacks: got %+v, %v; want 1 stack", stacks, err)
	}
	sets, err := w.api.ListChangeSets(t.Context(), &cfn.ListChangeSetsInput{StackName: name})
	if err != nil || len(sets.Summaries) != 1 || sets.Summaries[0].ExecutionStatus != types.ExecutionStatusExecuteComplete {
		t.Errorf("ListChangeSets: got %+v, %v; want 1 executed change set", sets, err)
	}
	summary, err := w.api.GetTemplateSummary(t.Context(), &cfn.GetTemplateSummaryInput{StackName: name})
	if err != nil || !slices.Equal(summary.ResourceTypes, []string{"Test::Thing"}) || !slices.Equal(summary.Parameters[0].ParameterConstraints.AllowedValues, []string{"d", "e"}) {
		t.Errorf("GetTemplateSummary: got %+v, %v; want type Test::Thing and the allowed values d and e", summary, err)
	}
	valid, err := w.api.ValidateTemplate(t.Context(), &cfn.ValidateTemplateInput{TemplateBody: &body})
	if err != nil || len(valid.Parameters) != 1 || aws.ToString(valid.Parameters[0].DefaultValue) != "d" {
		t.Errorf("ValidateTemplate: got %+v, %v; want 1 parameter with the default d", valid, err)
	}
	exports, err := w.api.ListExports(t.Context(), &cfn.ListExportsInput{})
	if err != nil || len(exports.Exports) != 0 {
		t.Errorf("ListExports: got %+v, %v; want none", exports, err)
	}
	events, err := w.api.DescribeEvents(t.Context(), &cfn.DescribeEventsInput{StackName: name})
	if err != nil || len(events.OperationEvents) != len(w.events(t)) {
		t.Errorf("DescribeEvents: got %+v, %v; want as many events as DescribeStackEvents returns", events, err)
	}
}
