package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample is a template that uses what the resolver knows.
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
		"text":                       {`"*"`, "*", ""},
		"a list":                     {`["a", {"Ref": "Version"}]`, []any{"a", "7"}, ""},
		"a pseudo parameter":         {`{"Ref": "AWS::Partition"}`, "aws", ""},
		"a resource's name":          {`{"Ref": "Stream"}`, "my-7", ""},
		"a name that is made up":     {`{"Ref": "Role"}`, "role", ""},
		"an ARN":                     {`{"Fn::GetAtt": ["Stream", "Arn"]}`, stream, ""},
		"a dotted attribute":         {`{"Fn::GetAtt": ["Group", "Workgroup.WorkgroupArn"]}`, "arn:aws:redshift-serverless:eu-west-1:111122223333:workgroup/" + uuid, ""},
		"joined":                     {`{"Fn::Join": [":", ["arn", {"Ref": "AWS::Partition"}, "iam"]]}`, "arn:aws:iam", ""},
		"substituted":                {`{"Fn::Sub": "${AWS::Region}/${Stream.Arn}/${Stream}/${!kept}"}`, "eu-west-1/" + stream + "/my-7/${kept}", ""},
		"substituted, with names":    {`{"Fn::Sub": ["${a}-${Version}", {"a": {"Ref": "Role"}}]}`, "role-7", ""},
		"a part":                     {`{"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["Stream", "Arn"]}]}]}`, "stream/my-7", ""},
		"imported":                   {`{"Fn::ImportValue": "sample:Role"}`, "arn:aws:iam::111122223333:role/role", ""},
		"a condition stays":          {`{"StringEquals": {"k": ["v"]}}`, map[string]any{"StringEquals": map[string]any{"k": []any{"v"}}}, ""},
		"a policy variable stays":    {`"${aws:userid}"`, "${aws:userid}", ""},
		"nothing of the name":        {`{"Ref": "Nothing"}`, nil, `"Nothing" is neither a resource nor a parameter with a default`},
		"a parameter of no default":  {`{"Ref": "Bare"}`, nil, `"Bare" is neither a resource nor a parameter with a default`},
		"a type that isn't known":    {`{"Fn::GetAtt": ["Vpc", "VpcId"]}`, nil, "can't resolve VpcId of Vpc, an AWS::EC2::VPC; add it to identifier.go"},
		"an attribute of no meaning": {`{"Fn::GetAtt": ["Stream", "Shards"]}`, nil, "can't resolve Shards of Stream, an AWS::Kinesis::Stream; add it to identifier.go"},
		"a condition that isn't":     {`{"Fn::If": ["A", "b", "c"]}`, nil, "Template error: unresolved condition dependency A in Fn::If"},
		"deep within":                {`[{"a": {"Fn::Join": ["", [{"Ref": "Nothing"}]]}}]`, nil, `"Nothing" is neither a resource nor a parameter with a default`},
		"an import of nobody's":      {`{"Fn::ImportValue": "x"}`, nil, `no template of the app exports "x"`},
		"a part that isn't there":    {`{"Fn::Select": [3, ["a"]]}`, nil, "Template error: Fn::Select cannot select nonexistent value at index 3"},
		"a substitution of nothing":  {`{"Fn::Sub": "${Nothing}"}`, nil, `"Nothing" is neither a resource nor a parameter with a default`},
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
			said := ""
			if err != nil {
				got, said = nil, err.Error()
			}
			if said != tt.err {
				t.Errorf("error: got %q, want %q", said, tt.err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.expression, diff)
			}
		})
	}
}
