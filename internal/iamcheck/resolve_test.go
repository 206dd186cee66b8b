package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample is a template with parameters, resources and an export for the test expressions.
const sample = `{
  "Parameters": {"Version": {"Type": "String", "Default": "7"}, "Bare": {"Type": "String"}},
  "Resources": {
    "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": {"Fn::Join": ["-", ["my", {"Ref": "Version"}]]}}},
    "Group": {"Type": "AWS::RedshiftServerless::Workgroup", "Properties": {}},
    "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {}}
  },
  "Outputs": {"Out": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}:Role"}}}}
}`

// resolverOf returns a resolver for a template with the name sample.
func resolverOf(t *testing.T, text string) *resolver {
	t.Helper()
	r, err := newResolver("sample", []byte(text), map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.export(); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestResolve(t *testing.T) {
	t.Parallel()
	const stream = "arn:aws:kinesis:eu-west-1:111122223333:stream/my-7"
	tests := map[string]struct {
		expression string
		want       any
		err        string
	}{
		"text":                               {`"*"`, "*", ""},
		"a list":                             {`["a", {"Ref": "Version"}]`, []any{"a", "7"}, ""},
		"a pseudo parameter":                 {`{"Ref": "AWS::Partition"}`, "aws", ""},
		"Ref of a named resource":            {`{"Ref": "Stream"}`, "my-7", ""},
		"Ref of an unnamed resource":         {`{"Ref": "Role"}`, "role", ""},
		"an ARN":                             {`{"Fn::GetAtt": ["Stream", "Arn"]}`, stream, ""},
		"a dotted attribute":                 {`{"Fn::GetAtt": ["Group", "Workgroup.WorkgroupArn"]}`, "arn:aws:redshift-serverless:eu-west-1:111122223333:workgroup/" + uuid, ""},
		"Fn::Join":                           {`{"Fn::Join": [":", ["arn", {"Ref": "AWS::Partition"}, "iam"]]}`, "arn:aws:iam", ""},
		"Fn::Sub":                            {`{"Fn::Sub": "${AWS::Region}/${Stream.Arn}/${Stream}/${!kept}"}`, "eu-west-1/" + stream + "/my-7/${kept}", ""},
		"Fn::Sub with variables":             {`{"Fn::Sub": ["${a}-${Version}", {"a": {"Ref": "Role"}}]}`, "role-7", ""},
		"Fn::Select and Fn::Split":           {`{"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["Stream", "Arn"]}]}]}`, "stream/my-7", ""},
		"Fn::ImportValue":                    {`{"Fn::ImportValue": "sample:Role"}`, "arn:aws:iam::111122223333:role/role", ""},
		"a policy condition is unchanged":    {`{"StringEquals": {"k": ["v"]}}`, map[string]any{"StringEquals": map[string]any{"k": []any{"v"}}}, ""},
		"a policy variable is unchanged":     {`"${aws:userid}"`, "${aws:userid}", ""},
		"unknown logical id":                 {`{"Ref": "Nothing"}`, nil, `"Nothing" is neither a resource nor a parameter with a default`},
		"a parameter without a default":      {`{"Ref": "Bare"}`, nil, `"Bare" is neither a resource nor a parameter with a default`},
		"an unknown resource type":           {`{"Fn::GetAtt": ["Vpc", "VpcId"]}`, nil, `can't resolve attribute "VpcId" of resource "Vpc" of type AWS::EC2::VPC; add it to identifier.go`},
		"an unknown attribute":               {`{"Fn::GetAtt": ["Stream", "Shards"]}`, nil, `can't resolve attribute "Shards" of resource "Stream" of type AWS::Kinesis::Stream; add it to identifier.go`},
		"an unknown condition":               {`{"Fn::If": ["A", "b", "c"]}`, nil, "Template error: unresolved condition dependency A in Fn::If"},
		"an error in a nested expression":    {`[{"a": {"Fn::Join": ["", [{"Ref": "Nothing"}]]}}]`, nil, `"Nothing" is neither a resource nor a parameter with a default`},
		"an unknown export":                  {`{"Fn::ImportValue": "x"}`, nil, `no template of the cloud assembly exports "x"`},
		"an index out of range":              {`{"Fn::Select": [3, ["a"]]}`, nil, "Template error: Fn::Select cannot select nonexistent value at index 3"},
		"Fn::Sub with an unknown logical id": {`{"Fn::Sub": "${Nothing}"}`, nil, `"Nothing" is neither a resource nor a parameter with a default`},
	}
	r := resolverOf(t, sample)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var expression any
			if err := json.Unmarshal([]byte(tt.expression), &expression); err != nil {
				t.Fatal(err)
			}
			got, err := r.value(expression)
			gotErr := ""
			if err != nil {
				got, gotErr = nil, err.Error()
			}
			if gotErr != tt.err {
				t.Errorf("error: got %q, want %q", gotErr, tt.err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.expression, diff)
			}
		})
	}
}
