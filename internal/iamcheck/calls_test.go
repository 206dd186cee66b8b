package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// samplePrincipals returns the principals of a template that has one function role and one
// reader role.
func samplePrincipals(t *testing.T) []*principal {
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
		want []request // the expected requests, with Policies nil
		err  string
	}{
		"a resource in the principal's own policies": {
			call{kind: reader, what: "puts", action: "kinesis:PutRecord", resource: own(aStream)},
			[]request{{
				Principal: "arn:aws:sts::111122223333:assumed-role/reader/session", Account: "111122223333", Action: "kinesis:PutRecord", Resource: stream,
				Context: map[string]string{"aws:userid": userID}, who: "sample: Reader", what: "puts",
			}},
			"",
		},
		"own log group: a stream in the group": {
			call{kind: function, what: "writes", action: "logs:PutLogEvents", resource: own(aLog)},
			[]request{{
				Principal: "arn:aws:sts::111122223333:assumed-role/function/session", Account: "111122223333", Action: "logs:PutLogEvents",
				Resource: "arn:aws:logs:eu-west-1:111122223333:log-group:g:log-stream:x",
				Context:  map[string]string{"aws:userid": userID}, who: "sample: Function", what: "writes",
			}},
			"",
		},
		"a key gets a resource policy, and the context has the stream's region": {
			call{kind: reader, what: "decrypts", action: "kms:Decrypt", resource: "arn:aws:kms:us-east-1:111122223333:key/k", context: viaKinesis},
			[]request{{
				Principal: "arn:aws:sts::111122223333:assumed-role/reader/session", Account: "111122223333", Action: "kms:Decrypt", Resource: "arn:aws:kms:us-east-1:111122223333:key/k",
				Context:        map[string]string{"aws:userid": userID, "kms:ViaService": "kinesis.eu-west-1.amazonaws.com"},
				ResourcePolicy: map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Principal": root}}},
				who:            "sample: Reader", what: "decrypts",
			}},
			"",
		},
		"a resource in another account": {
			call{kind: reader, what: "assumes", action: "sts:AssumeRole", resource: "arn:aws:iam::444455556666:role/r"},
			[]request{{
				Principal: "arn:aws:sts::111122223333:assumed-role/reader/session", Account: "444455556666", Action: "sts:AssumeRole", Resource: "arn:aws:iam::444455556666:role/r",
				Context:        map[string]string{"aws:userid": userID},
				ResourcePolicy: map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": root}}},
				who:            "sample: Reader", what: "assumes",
			}},
			"",
		},
		"no principal of the kind":                    {call{kind: scheduler, what: "pauses", action: "redshift:PauseCluster", resource: "*"}, nil, "scheduler: pauses: the row matches no role or resource of any template; correct or delete the row"},
		"no own resource that matches":                {call{kind: reader, what: "reads", action: "kms:Decrypt", resource: own(aKey)}, nil, "reader: reads: the row matches no role or resource of any template; correct or delete the row"},
		"no principal that passes the filter with":    {call{kind: reader, what: "reads", action: "a:B", resource: "*", with: aKey}, nil, "reader: reads: the row matches no role or resource of any template; correct or delete the row"},
		"no principal that passes the filter without": {call{kind: reader, what: "reads", action: "a:B", resource: "*", without: aStream}, nil, "reader: reads: the row matches no role or resource of any template; correct or delete the row"},
		"no principal in the template":                {call{kind: reader, what: "reads", action: "a:B", resource: "*", in: "other"}, nil, "reader: reads: the row matches no role or resource of any template; correct or delete the row"},
	}
	principals := samplePrincipals(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := requests([]call{tt.row}, principals, false)
			gotErr := ""
			if err != nil {
				gotErr = err.Error()
			}
			for i := range got {
				if len(got[i].Policies) != 1 {
					t.Errorf("got policies %v, want one", got[i].Policies)
				}
				got[i].Policies = nil
			}
			if gotErr != tt.err {
				t.Errorf("error: got %q, want %q", gotErr, tt.err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(request{})); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNothingToCheck checks that an empty table of calls, no evaluated calls, and no
// answers are errors.
func TestNothingToCheck(t *testing.T) {
	t.Parallel()
	if _, err := requests(nil, samplePrincipals(t), false); err == nil {
		t.Error("an empty table: want an error")
	}
	if _, err := observed(nil, extracted(t)); err == nil {
		t.Error("no calls of the twin: want an error")
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
		{Principal: principal, Account: "123456789012", Action: "redshift-serverless:CreateUsageLimit", Resource: "*", Context: map[string]string{"aws:userid": userID}, who: "f", what: "decision of the twin", allowed: true},
		{
			Principal: principal, Account: "123456789012", Action: "kinesis:GetRecords", Resource: "arn:aws:kinesis:eu-west-1:123456789012:stream/s",
			Context: map[string]string{"aws:userid": userID, "k": userID}, who: "f", what: "decision of the twin",
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
		"expected decisions":         {answer{Decision: "Allowed"}, answer{Decision: "ExplicitlyDenied"}, nil, 1, 1},
		"opposite decisions":         {answer{Decision: "ImplicitlyDenied"}, answer{Decision: "Allowed"}, []string{"f: reads: a:B on * {}: must be allowed, got \"ImplicitlyDenied\"", "f: writes: a:C on * {}: must be denied, got \"Allowed\""}, 0, 0},
		"an error from iam-simulate": {answer{Decision: "Allowed"}, answer{Error: "invalid.action"}, []string{"f: writes: a:C on * {}: iam-simulate returned an error: invalid.action"}, 1, 0},
		"an ignored condition key":   {answer{Decision: "Allowed", Ignored: []string{"x:y"}}, answer{Decision: "ImplicitlyDenied"}, []string{"f: reads: a:B on * {}: AWS does not set the condition key x:y for this action"}, 0, 1},
		"no decision":                {answer{}, answer{}, []string{"f: reads: a:B on * {}: must be allowed, got \"\"", "f: writes: a:C on * {}: must be denied, got \"\""}, 0, 0},
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
