package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// extract is the output of reference.py for a few actions.
const extract = `{"version": "0.15.2", "services": {
  "kinesis": {
    "actions": {"GetRecords": {"stream": {"conditions": []}}, "GetShardIterator": {"stream": {"conditions": []}}, "ListStreams": {"": {"conditions": []}}},
    "types": {"stream": {"arn": "arn:${Partition}:kinesis:${Region}:${Account}:stream/${StreamName}", "conditions": ["aws:ResourceTag/${TagKey}"]}}},
  "redshift-serverless": {
    "actions": {"CreateUsageLimit": {"": {"conditions": []}}},
    "types": {"workgroup": {"arn": "arn:${Partition}:redshift-serverless:${Region}:${Account}:workgroup/${WorkgroupId}", "conditions": []}}},
  "sts": {"actions": {"AssumeRole": {"role": {"conditions": []}, "": {"conditions": ["sts:ExternalId"]}}},
    "types": {"role": {"arn": "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}", "conditions": []}}},
  "nosuch": null}}`

func extracted(t *testing.T) *reference {
	t.Helper()
	ref := &reference{}
	if err := json.Unmarshal([]byte(extract), ref); err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestCheckStatements(t *testing.T) {
	t.Parallel()
	const stream = "arn:aws:kinesis:eu-west-1:111122223333:stream/s"
	tests := map[string]struct {
		properties string // of a role
		found      []string
		actions    []string
	}{
		"correct statements": {
			`{"Policies": [{"PolicyDocument": {"Statement": [
				{"Effect": "Allow", "Action": "kinesis:GetRecords", "Resource": "` + stream + `", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a", "AWS:SourceAccount": "b"}}},
				{"Effect": "Allow", "Action": ["kinesis:ListStreams"], "Resource": "*"}]}}],
			  "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "x"}, "Condition": {"StringEquals": {"sts:ExternalId": "1"}}}]}}`,
			nil,
			[]string{"kinesis:GetRecords", "kinesis:ListStreams", "sts:AssumeRole"},
		},
		"unknown action and unknown service": {
			`{"Policies": [{"PolicyDocument": {"Statement": [{"Sid": "S", "Effect": "Allow", "Action": ["kinesis:GetRecord", "nosuch:Get", "*"], "Resource": "*"}]}}]}`,
			[]string{
				"sample: Role, S: kinesis:GetRecord: does not exist; see the actions of its service in the Service Authorization Reference",
				"sample: Role, S: nosuch:Get: does not exist; see the actions of its service in the Service Authorization Reference",
				"sample: Role, S: *: does not exist; see the actions of its service in the Service Authorization Reference",
			},
			[]string{"*", "kinesis:GetRecord", "nosuch:Get"},
		},
		"an ARN, for an action without resource types": {
			`{"Policies": [{"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "redshift-serverless:createusagelimit", "Resource": ["arn:aws:redshift-serverless:eu-west-1:111122223333:workgroup/w", "*"]}]}}]}`,
			[]string{"sample: Role, Policies[0].PolicyDocument[0]: redshift-serverless:CreateUsageLimit: is granted on arn:aws:redshift-serverless:eu-west-1:111122223333:workgroup/w, which allows nothing, because the action supports no resource types; grant it on *"},
			[]string{"redshift-serverless:CreateUsageLimit"},
		},
		"an ARN of a wrong type, and *": {
			`{"Policies": [{"PolicyDocument": {"Statement": [{"Sid": "S", "Effect": "Allow", "Action": "kinesis:GetRecords", "Resource": ["arn:aws:sqs:eu-west-1:111122223333:q", "*"]}]}}]}`,
			[]string{
				"sample: Role, S: kinesis:GetRecords: is granted on arn:aws:sqs:eu-west-1:111122223333:q, but does not support this resource type; grant it on arn:${Partition}:kinesis:${Region}:${Account}:stream/${StreamName}",
				"sample: Role, S: kinesis:GetRecords: is granted on *, but supports resource types; grant it on arn:${Partition}:kinesis:${Region}:${Account}:stream/${StreamName}",
			},
			[]string{"kinesis:GetRecords"},
		},
		"a condition key of another service": {
			`{"Policies": [{"PolicyDocument": {"Statement": [{"Sid": "S", "Effect": "Allow", "Action": "kinesis:GetRecords", "Resource": "` + stream + `", "Condition": {"StringEquals": {"kms:ViaService": "x"}}}]}}]}`,
			[]string{"sample: Role, S: kinesis:GetRecords: does not support the condition key \"kms:ViaService\"; it supports aws:ResourceTag/${TagKey}, and the global keys"},
			[]string{"kinesis:GetRecords"},
		},
		"an action with a wildcard": {
			`{"Policies": [{"PolicyDocument": {"Statement": [{"Sid": "S", "Effect": "Allow", "Action": ["kinesis:Get*"], "Resource": ["` + stream + `", "arn:aws:sqs:eu-west-1:111122223333:q"]}]}}]}`,
			[]string{"sample: Role, S: kinesis:Get*: is granted on arn:aws:sqs:eu-west-1:111122223333:q, but does not support this resource type; grant it on arn:${Partition}:kinesis:${Region}:${Account}:stream/${StreamName}"},
			[]string{"kinesis:GetRecords", "kinesis:GetShardIterator"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := resolverOf(t, `{"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": `+tt.properties+`}}}`)
			statements, problems := r.statements()
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			found, actions := checkStatements(extracted(t), statements)
			var lines []string
			for _, f := range found {
				lines = append(lines, f.String())
			}
			if diff := cmp.Diff(tt.found, lines); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.actions, actions); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
		})
	}
}

// TestStatements checks that the statements of every policy in a template are returned,
// with an error for each statement that can't be checked.
func TestStatements(t *testing.T) {
	t.Parallel()
	r := resolverOf(t, `{"Resources": {
		"Role": {"Type": "AWS::IAM::Role", "Properties": {
			"AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "x"}}},
			"Policies": [{"PolicyDocument": {"Statement": [{"Sid": "Inline", "Effect": "Allow", "Action": "a:B", "Resource": "*"}, {"Effect": "Deny", "NotAction": "a:B", "Resource": "*"}]}}]}},
		"Policy": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Statement": [{"Sid": "Own", "Effect": "Allow", "Action": "a:C", "Resource": {"Fn::If": []}}]}}},
		"Managed": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": [{"Sid": "Managed", "Effect": "allow", "Action": "a:D", "Resource": "*"}]}}},
		"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [{"Sid": "Key", "Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": "*"}]}}},
		"Topic": {"Type": "AWS::SNS::TopicPolicy", "Properties": {"PolicyDocument": {"Statement": [{"Sid": "Topic", "Effect": "Deny", "Action": "sns:Publish", "Resource": "t"}]}}},
		"Function": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "f"}},
		"Permission": {"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": {"Fn::GetAtt": ["Function", "Arn"]}, "Principal": "events.amazonaws.com", "SourceArn": "rule"}}
	}}`)
	statements, problems := r.statements()
	var got []string
	for _, s := range statements {
		got = append(got, s.String()+": "+strings.Join(append(append([]string{}, s.actions...), s.resources...), " "))
	}
	want := []string{
		"sample: Key, Key: kms:* *",
		"sample: Permission, Permission[0]: lambda:InvokeFunction arn:aws:lambda:eu-west-1:111122223333:function:f",
		"sample: Role, AssumeRolePolicyDocument[0]: sts:AssumeRole",
		"sample: Role, Inline: a:B *",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
	var gotErrs []string
	for _, p := range problems {
		gotErrs = append(gotErrs, p.Error())
	}
	want = []string{
		`sample: Managed, Managed: Effect is "allow"; write Allow or Deny`,
		"sample: Policy, PolicyDocument[0]: Template error: Fn::If requires a condition's name and two values at sample/Resource",
		"sample: Role, Policies[0].PolicyDocument[1]: NotAction can't be checked; write Action, Resource or Principal",
		"sample: Topic, Topic: Principal is <nil>; remove it from the policy of a role or user, add it to any other policy",
	}
	if diff := cmp.Diff(want, gotErrs); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestCheckTwin(t *testing.T) {
	t.Parallel()
	got, err := checkTwin(extracted(t), map[string]bool{
		"kinesis:GetRecords": true, "kinesis:GetShardIterator": false, "kinesis:ListStreams": true, "kinesis:getrecords": true,
		"redshift-serverless:CreateUsageLimit": false, "nosuch:Get": true,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"the twin: kinesis:GetShardIterator: evaluated on a resource: got false, want true; correct the table in internal/twin/iam/actions.go",
		"the twin: kinesis:ListStreams: evaluated on a resource: got true, want false; correct the table in internal/twin/iam/actions.go",
		"the twin: kinesis:getrecords: is not in the Service Authorization Reference; correct the table in internal/twin/iam/actions.go",
		"the twin: nosuch:Get: is not in the Service Authorization Reference; correct the table in internal/twin/iam/actions.go",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	if _, err := checkTwin(extracted(t), nil); err == nil {
		t.Error("an empty table: want an error")
	}
}

// TestReport checks the printed lines, and that a run that checked nothing is an error.
func TestReport(t *testing.T) {
	t.Parallel()
	successful := func() *checkRun {
		return &checkRun{statements: []*statement{{}}, actions: []string{"a:B"}, allowed: 2, denied: 3}
	}
	tests := map[string]struct {
		change   func(*checkRun)
		out, err string
	}{
		"no problems":      {func(*checkRun) {}, "iam: 1 statements, 1 actions, 0 unknown, 0 wrong resource types, 2 calls allowed, 3 denied\n", ""},
		"no statements":    {func(c *checkRun) { c.statements = nil }, "iam: 0 statements, 1 actions, 0 unknown, 0 wrong resource types, 2 calls allowed, 3 denied\n", "no statements, actions, allowed calls or denied calls were checked"},
		"no allowed calls": {func(c *checkRun) { c.allowed = 0 }, "iam: 1 statements, 1 actions, 0 unknown, 0 wrong resource types, 0 calls allowed, 3 denied\n", "no statements, actions, allowed calls or denied calls were checked"},
		"no denied calls":  {func(c *checkRun) { c.denied = 0 }, "iam: 1 statements, 1 actions, 0 unknown, 0 wrong resource types, 2 calls allowed, 0 denied\n", "no statements, actions, allowed calls or denied calls were checked"},
		"one action wrong twice": {
			func(c *checkRun) {
				f := finding{wrongResource, &statement{template: "t", resource: "r", label: "l"}, "a:B", "is wrong"}
				c.found = []finding{f, f}
			},
			"t: r, l: a:B: is wrong\nt: r, l: a:B: is wrong\niam: 1 statements, 1 actions, 0 unknown, 1 wrong resource types, 2 calls allowed, 3 denied\n",
			"found 2 problems; correct the constructs, or the tables in internal/iamcheck",
		},
		"a wrong decision": {
			func(c *checkRun) { c.decisionDifferences = []string{"f: must be denied, got \"Allowed\""} },
			"f: must be denied, got \"Allowed\"\niam: 1 statements, 1 actions, 0 unknown, 0 wrong resource types, 2 calls allowed, 3 denied\n",
			"found 1 problems; correct the constructs, or the tables in internal/iamcheck",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := successful()
			tt.change(c)
			var out strings.Builder
			gotErr := ""
			if err := c.report(&out); err != nil {
				gotErr = err.Error()
			}
			if out.String() != tt.out || gotErr != tt.err {
				t.Errorf("got %q and error %q, want %q and %q", out.String(), gotErr, tt.out, tt.err)
			}
		})
	}
}
