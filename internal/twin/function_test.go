package twin_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// TestMain is both the tests and, where Lambda's Runtime API started it, the
// function of a custom resource.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		lambda.Start(cfn.LambdaWrap(answer))
		return
	}
	os.Exit(m.Run())
}

func answer(ctx context.Context, e cfn.Event) (string, map[string]any, error) {
	if e.RequestType == cfn.RequestCreate && e.ResourceProperties["Lists"] == "true" {
		return listStatements(ctx)
	}
	if e.RequestType == cfn.RequestCreate && e.ResourceProperties["Fails"] == "true" {
		return "thing", nil, errors.New("no such view")
	}
	return "thing", map[string]any{"Says": fmt.Sprint("hello ", e.ResourceProperties["Name"])}, nil
}

// thing is a stack with a custom resource and the function behind it.
const thing = `{
  "Resources": {
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [
      {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}}},
    "Function": {"Type": "AWS::Lambda::Function", "Properties": {
      "Code": {"S3Bucket": {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"}, "S3Key": "fn.zip"},
      "Handler": "bootstrap", "Runtime": "provided.al2023", "Timeout": 60, "Role": {"Fn::GetAtt": ["Role", "Arn"]}}},
    "Thing": {"Type": "Custom::Thing", "Properties": {
      "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, "Name": "twin", "Fails": "FAILS"}}
  },
  "Outputs": {"Says": {"Value": {"Fn::GetAtt": ["Thing", "Says"]}}}
}`

// publish puts a function that is this test binary where thing looks for it.
func publish(t *testing.T, s *twin.Server) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	header := &zip.FileHeader{Name: "bootstrap"}
	header.SetMode(0o755)
	f, err := w.CreateHeader(header)
	if err == nil {
		_, err = fmt.Fprintf(f, "#!/bin/sh\nexec %s\n", self)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	r := request{method: "PUT", path: "/cdk-hnb659fds-assets-000000000000-us-east-1/fn.zip", service: "s3", body: archive.String()}
	if status, body := r.send(t, s, owner(s)); status != http.StatusOK {
		t.Fatalf("publish: %d %s", status, body)
	}
}

func TestCustomResourceRunsItsFunction(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ fails, status, output, log string }{
		"success": {"false", "CREATE_COMPLETE", "hello twin", "END RequestId"},
		"failure": {"true", "ROLLBACK_COMPLETE", "", "sending status failed: no such view"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			publish(t, s)
			client := stacks(s)
			got := deploy(t, client, strings.ReplaceAll(thing, "FAILS", tt.fails))
			if string(got.StackStatus) != tt.status {
				t.Errorf("got %s, want %s", got.StackStatus, tt.status)
			}
			output := ""
			if len(got.Outputs) > 0 {
				output = *got.Outputs[0].OutputValue
			}
			if output != tt.output {
				t.Errorf("got output %q, want %q", output, tt.output)
			}
			if log := logged(t, s); !strings.Contains(log, tt.log) {
				t.Errorf("got log %s\nwant %s in it", log, tt.log)
			}
		})
	}
}

// logged returns what the only function that has run has written.
func logged(t *testing.T, s *twin.Server) string {
	t.Helper()
	client := twin.Client{URL: s.URL(), Secret: s.Secret()}
	_, err := client.Log(t.Context(), "nobody")
	if err == nil {
		t.Fatal("nobody has a log")
	}
	_, after, _ := strings.Cut(err.Error(), `["`)
	log, err := client.Log(t.Context(), strings.TrimSuffix(after, `"]`))
	if err != nil {
		t.Fatal(err)
	}
	return log
}
