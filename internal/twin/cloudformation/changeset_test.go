package cloudformation

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// change contains the fields of a types.ResourceChange that the tests compare.
type change struct {
	Action, ID, Replacement, Policy string
	Scope                           []types.ResourceAttribute
	Details                         []string
}

func TestDescribeChangeSet(t *testing.T) {
	t.Parallel()
	before := document(thing("A", `"Name":"a","Size":1,"Other":{"Fn::GetAtt":["B","Size"]}`), thing("B", `"Name":"b","Size":1`),
		thing("C", `"Name":"c"`), thing("R", `"Name":{"Fn::GetAtt":["B","Size"]}`))
	after := document(thing("A", `"Name":"a","Size":2,"Other":{"Fn::GetAtt":["B","Size"]}`, `"Metadata":{"m":1}`), thing("B", `"Name":"b2","Size":1`),
		thing("R", `"Name":{"Fn::GetAtt":["B","Size"]}`), thing("D", `"Name":"d"`))
	w := newTwin(t)
	w.deploy(t, before)
	in := &cfn.CreateChangeSetInput{StackName: aws.String("s"), ChangeSetName: aws.String("next"), TemplateBody: &after}
	if _, err := w.api.CreateChangeSet(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	out, err := w.api.DescribeChangeSet(t.Context(), &cfn.DescribeChangeSetInput{
		StackName: in.StackName, ChangeSetName: in.ChangeSetName, IncludePropertyValues: aws.Bool(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []change
	for _, c := range out.Changes {
		r := c.ResourceChange
		x := change{string(r.Action), *r.LogicalResourceId, string(r.Replacement), string(r.PolicyAction), r.Scope, nil}
		for _, d := range r.Details {
			x.Details = append(x.Details, fmt.Sprint(d.Target.Attribute, " ", aws.ToString(d.Target.Name), " ", d.Target.RequiresRecreation, " ",
				d.Evaluation, " ", d.ChangeSource, " ", aws.ToString(d.CausingEntity), " ", aws.ToString(d.Target.BeforeValue), "→", aws.ToString(d.Target.AfterValue)))
		}
		got = append(got, x)
	}
	properties := []types.ResourceAttribute{"Properties"}
	want := []change{
		{"Modify", "A", "False", "", []types.ResourceAttribute{"Properties", "Metadata"}, []string{
			"Properties Other Never Dynamic ResourceAttribute B.Size 1→{{changeSet:KNOWN_AFTER_APPLY}}",
			"Properties Size Never Static DirectModification  1→2", "Metadata  Never Static DirectModification  →",
		}},
		{"Modify", "B", "True", "ReplaceAndDelete", properties, []string{"Properties Name Always Static DirectModification  b→b2"}},
		{"Remove", "C", "", "Delete", nil, nil},
		{"Add", "D", "", "", nil, nil},
		{"Modify", "R", "Conditional", "", properties, []string{
			"Properties Name Conditionally Dynamic ResourceAttribute B.Size 1→{{changeSet:KNOWN_AFTER_APPLY}}",
		}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoChanges(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	body := `{"Parameters":{"V":{"Type":"AWS::SSM::Parameter::Value<String>","Default":"/bootstrap/version"}},"Outputs":{"O":{"Value":{"Ref":"A"}}},` +
		document(thing("A", `"Name":"a","Size":{"Ref":"V"}`))[1:]
	w.deploy(t, body)
	in := &cfn.CreateChangeSetInput{StackName: aws.String("s"), ChangeSetName: aws.String("same"), TemplateBody: &body}
	made, err := w.api.CreateChangeSet(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	describe := &cfn.DescribeChangeSetInput{ChangeSetName: made.Id}
	out, err := w.api.DescribeChangeSet(t.Context(), describe)
	if err != nil {
		t.Fatal(err)
	}
	if out.Status != types.ChangeSetStatusFailed || aws.ToString(out.StatusReason) != noChanges || out.ExecutionStatus != types.ExecutionStatusUnavailable {
		t.Errorf("got %s, %q, %s; want FAILED, %q, UNAVAILABLE", out.Status, aws.ToString(out.StatusReason), out.ExecutionStatus, noChanges)
	}
	_, err = w.api.ExecuteChangeSet(t.Context(), &cfn.ExecuteChangeSetInput{ChangeSetName: made.Id})
	if want := "InvalidChangeSetStatus: ChangeSet [" + *made.Id + "] cannot be executed in its current execution status of UNAVAILABLE"; refused(t, err) != want {
		t.Errorf("execute: got %v, want %s", err, want)
	}
	if _, err := w.api.DeleteChangeSet(t.Context(), &cfn.DeleteChangeSetInput{ChangeSetName: made.Id}); err != nil {
		t.Fatal(err)
	}
	_, err = w.api.DescribeChangeSet(t.Context(), describe)
	if want := "ChangeSetNotFound: ChangeSet [" + *made.Id + "] does not exist"; refused(t, err) != want {
		t.Errorf("describe: got %v, want %s", err, want)
	}
	_, err = w.api.UpdateStack(t.Context(), &cfn.UpdateStackInput{StackName: aws.String("s"), UsePreviousTemplate: aws.Bool(true)})
	if want := "ValidationError: No updates are to be performed."; refused(t, err) != want {
		t.Errorf("update: got %v, want %s", err, want)
	}
}
