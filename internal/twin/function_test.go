package twin_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// handleCustomResource is the function behind the custom resources of the tests'
// templates.
func handleCustomResource(ctx context.Context, e cfn.Event) (physicalID string, data map[string]any, err error) {
	if e.RequestType == cfn.RequestCreate && e.ResourceProperties["Lists"] == "true" {
		return handleLister(ctx)
	}
	if e.RequestType == cfn.RequestCreate && e.ResourceProperties["Fails"] == "true" {
		return "greeting", nil, errors.New("no such view")
	}
	return "greeting", map[string]any{"Text": fmt.Sprint("hello ", e.ResourceProperties["Name"])}, nil
}

// greetingTemplate is a stack with a custom resource and its function. FAILS is "true"
// if the resource's creation shall fail.
const greetingTemplate = `{
  "Resources": {
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [
      {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}}},
    "Function": {"Type": "AWS::Lambda::Function", "Properties": {
      "Code": {"S3Bucket": {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"}, "S3Key": "fn.zip"},
      "Handler": "bootstrap", "Runtime": "provided.al2023", "Timeout": 60, "Role": {"Fn::GetAtt": ["Role", "Arn"]}}},
    "Greeting": {"Type": "Custom::Greeting", "Properties": {
      "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, "Name": "twin", "Fails": "FAILS"}}
  },
  "Outputs": {"Text": {"Value": {"Fn::GetAtt": ["Greeting", "Text"]}}}
}`

// publish uploads the code of the templates' functions: a zip whose bootstrap starts
// this test binary.
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
	tests := map[string]struct{ stack, fails, status, output, log string }{
		"success": {"Success", "false", "CREATE_COMPLETE", "hello twin", "END RequestId"},
		"failure": {"Failure", "true", "ROLLBACK_COMPLETE", "", "sending status failed: no such view"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared.start(t)
			got := deploy(t, stacks(s), tt.stack, strings.ReplaceAll(greetingTemplate, "FAILS", tt.fails))
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
			waitForLog(t, s, tt.stack, tt.log)
		})
	}
}

// waitForLog waits until the log of a stack's function contains a text. The function's
// invocation may end after the stack is stable.
func waitForLog(t *testing.T, s *twin.Server, stack, want string) {
	t.Helper()
	var log string
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if log = functionLog(t, s, stack); strings.Contains(log, want) {
			return
		}
	}
	t.Errorf("got log %s\nwant %s in it", log, want)
}

// functionLog returns the log of a stack's function. It takes the function's name from
// the error for an unknown name, which lists the names of the functions that have run.
func functionLog(t *testing.T, s *twin.Server, stack string) string {
	t.Helper()
	client := twin.Client{URL: s.URL(), Secret: s.Secret()}
	_, err := client.Log(t.Context(), "unknown")
	if err == nil {
		t.Fatal("log of an unknown function: got no error")
	}
	name := regexp.MustCompile(`"(` + stack + `-Function-[^"]+)"`).FindStringSubmatch(err.Error())
	if name == nil {
		t.Fatalf("log of an unknown function: got %v, want the name of the function of stack %s in the error", err, stack)
	}
	log, err := client.Log(t.Context(), name[1])
	if err != nil {
		t.Fatal(err)
	}
	return log
}
