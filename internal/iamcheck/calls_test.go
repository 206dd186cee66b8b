package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// people are a function and a reader of a template.
func people(t *testing.T) []*principal {
	t.Helper()
	r := resolverOf(t, `{"Resources": {
		"Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "s"}},
		"Reader": {"Type": "AWS::IAM::Role", "Properties": {
			"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["redshift.amazonaws.com"]}}]},
			"Policies": [{"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "kinesis:GetRecords", "Resource": {"Fn::GetAtt": ["Stream", "Arn"]}}]}}]}},
		"Function": {"Type": "AWS::IAM::Role", "Properties": {
			"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}}},
		"Policy": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "Function"}], "PolicyDocument": {"Statement": [
			{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:eu-west-1:111122223333:log-group:g:*"}]}}}
	}}`)
	statements, problems := r.statements()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	list, err := r.principals(statements)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestRequests(t *testing.T) {
	t.Parallel()
	const stream = "arn:aws:kinesis:eu-west-1:111122223333:stream/s"
	root := map[string]any{"AWS": "arn:aws:iam::111122223333:root"}
	tests := map[string]struct {
		row  call
		want []request // without policies
		err  string
	}{
		"of the role's own": {
			call{kind: reader, what: "puts", action: "kinesis:PutRecord", resource: own(aStream)},
			[]request{{
				Principal: "arn:aws:sts::111122223333:assumed-role/reader/session", Account: "111122223333", Action: "kinesis:PutRecord", Resource: stream,
				Context: map[string]string{"aws:userid": userID}, who: "sample: Reader", what: "puts",
			}},
			"",
		},
		"in a log group, one of its streams": {
			call{kind: function, what: "writes", action: "logs:PutLogEvents", resource: own(aLog)},
			[]request{{
				Principal: "arn:aws:sts::111122223333:assumed-role/function/session", Account: "111122223333", Action: "logs:PutLogEvents",
				Resource: "arn:aws:logs:eu-west-1:111122223333:log-group:g:log-stream:x",
				Context:  map[string]string{"aws:userid": userID}, who: "sample: Function", what: "writes",
			}},
			"",
		},
		"a key has a policy, and the region is the stream's": {
			call{kind: reader, what: "decrypts", action: "kms:Decrypt", resource: "arn:aws:kms:us-east-1:111122223333:key/k", context: viaKinesis},
			[]request{{
				Principal: "arn:aws:sts::111122223333:assumed-role/reader/session", Account: "111122223333", Action: "kms:Decrypt", Resource: "arn:aws:kms:us-east-1:111122223333:key/k",
				Context:        map[string]string{"aws:userid": userID, "kms:ViaService": "kinesis.eu-west-1.amazonaws.com"},
				ResourcePolicy: map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Principal": root}}},
				who:            "sample: Reader", what: "decrypts",
			}},
			"",
		},
		"another account's": {
			call{kind: reader, what: "assumes", action: "sts:AssumeRole", resource: "arn:aws:iam::444455556666:role/r"},
			[]request{{
				Principal: "arn:aws:sts::111122223333:assumed-role/reader/session", Account: "444455556666", Action: "sts:AssumeRole", Resource: "arn:aws:iam::444455556666:role/r",
				Context:        map[string]string{"aws:userid": userID},
				ResourcePolicy: map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": root}}},
				who:            "sample: Reader", what: "assumes",
			}},
			"",
		},
		"of a kind that is nobody": {call{kind: scheduler, what: "pauses", action: "redshift:PauseCluster", resource: "*"}, nil, "scheduler: pauses: no role of any template is of this kind; correct the row, or delete it"},
		"of what nobody has":       {call{kind: reader, what: "reads", action: "kms:Decrypt", resource: own(aKey)}, nil, "reader: reads: no role of any template is of this kind; correct the row, or delete it"},
		"with what nobody has":     {call{kind: reader, what: "reads", action: "a:B", resource: "*", with: aKey}, nil, "reader: reads: no role of any template is of this kind; correct the row, or delete it"},
		"without what all have":    {call{kind: reader, what: "reads", action: "a:B", resource: "*", without: aStream}, nil, "reader: reads: no role of any template is of this kind; correct the row, or delete it"},
		"in another template":      {call{kind: reader, what: "reads", action: "a:B", resource: "*", in: "other"}, nil, "reader: reads: no role of any template is of this kind; correct the row, or delete it"},
	}
	principals := people(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := requests([]call{tt.row}, principals, false)
			said := ""
			if err != nil {
				said = err.Error()
			}
			for i := range got {
				if len(got[i].Policies) != 1 {
					t.Errorf("got policies %v, want one", got[i].Policies)
				}
				got[i].Policies = nil
			}
			if said != tt.err {
				t.Errorf("error: got %q, want %q", said, tt.err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(request{})); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNothingToCheck wants that an empty table, and a twin that has weighed nothing, are
// errors.
func TestNothingToCheck(t *testing.T) {
	t.Parallel()
	if _, err := requests(nil, people(t), false); err == nil {
		t.Error("an empty table: want an error")
	}
	if _, err := observed(nil, extracted(t)); err == nil {
		t.Error("a twin that has weighed nothing: want an error")
	}
	only := []request{{allowed: true}}
	if _, _, _, err := compare(only, []answer{{Decision: "Allowed"}}); err == nil {
		t.Error("no calls to deny: want an error")
	}
	if _, _, _, err := compare(only, nil); err == nil {
		t.Error("no answers: want an error")
	}
}

func TestObserved(t *testing.T) {
	t.Parallel()
	got, err := observed([]twin.Call{
		{Role: "arn:aws:iam::123456789012:role/path/f", Action: "redshift-serverless:CreateUsageLimit", Resource: "arn:workgroup", Allowed: true},
		{Role: "arn:aws:iam::123456789012:role/f", Action: "kinesis:GetRecords", Resource: "arn:aws:kinesis:eu-west-1:123456789012:stream/s", Context: map[string]string{"k": "self"}},
	}, extracted(t))
	if err != nil {
		t.Fatal(err)
	}
	principal := "arn:aws:sts::123456789012:assumed-role/f/session"
	want := []request{
		{Principal: principal, Account: "123456789012", Action: "redshift-serverless:CreateUsageLimit", Resource: "*", Context: map[string]string{"aws:userid": userID}, who: "f", what: "what the twin decided", allowed: true},
		{
			Principal: principal, Account: "123456789012", Action: "kinesis:GetRecords", Resource: "arn:aws:kinesis:eu-west-1:123456789012:stream/s",
			Context: map[string]string{"aws:userid": userID, "k": userID}, who: "f", what: "what the twin decided",
		},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(request{})); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	allow, deny := request{who: "f", what: "reads", Action: "a:B", Resource: "*", allowed: true}, request{who: "f", what: "writes", Action: "a:C", Resource: "*"}
	tests := map[string]struct {
		allow, deny     answer
		differ          []string
		allowed, denied int
	}{
		"as it has to be":   {answer{Decision: "Allowed"}, answer{Decision: "ExplicitlyDenied"}, nil, 1, 1},
		"the other way":     {answer{Decision: "ImplicitlyDenied"}, answer{Decision: "Allowed"}, []string{"f: reads: a:B on * {}: has to be allowed, and is ImplicitlyDenied", "f: writes: a:C on * {}: has to be denied, and is Allowed"}, 0, 0},
		"not even a call":   {answer{Decision: "Allowed"}, answer{Error: "invalid.action"}, []string{"f: writes: a:C on * {}: iam-simulate refuses the call itself: invalid.action"}, 1, 0},
		"a strange context": {answer{Decision: "Allowed", Ignored: []string{"x:y"}}, answer{Decision: "ImplicitlyDenied"}, []string{"f: reads: a:B on * {}: AWS sets no condition key x:y for this action"}, 0, 1},
		"no decision":       {answer{}, answer{}, []string{"f: reads: a:B on * {}: has to be allowed, and is ", "f: writes: a:C on * {}: has to be denied, and is "}, 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			differ, allowed, denied, err := compare([]request{allow, deny}, []answer{tt.allow, tt.deny})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.differ, differ); diff != "" {
				t.Errorf("differ (-want +got):\n%s", diff)
			}
			if allowed != tt.allowed || denied != tt.denied {
				t.Errorf("got %d allowed and %d denied, want %d and %d", allowed, denied, tt.allowed, tt.denied)
			}
		})
	}
}
