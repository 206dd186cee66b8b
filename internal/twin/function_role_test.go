package twin_test

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// lister is a stack whose function asks the Data API for statements, by a role that
// may do ACTION alone.
const lister = `{
  "Resources": {
    "Role": {"Type": "AWS::IAM::Role", "Properties": {
      "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]},
      "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "ACTION", "Resource": "*"}]}}]}},
    "Function": {"Type": "AWS::Lambda::Function", "Properties": {
      "Code": {"S3Bucket": {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"}, "S3Key": "fn.zip"},
      "Handler": "bootstrap", "Runtime": "provided.al2023", "Timeout": 60, "Role": {"Fn::GetAtt": ["Role", "Arn"]}}},
    "Lister": {"Type": "Custom::Lister", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, "Lists": "true"}}
  },
  "Outputs": {
    "Outcome": {"Value": {"Fn::GetAtt": ["Lister", "Outcome"]}}, "KeyID": {"Value": {"Fn::GetAtt": ["Lister", "KeyID"]}},
    "Secret": {"Value": {"Fn::GetAtt": ["Lister", "Secret"]}}, "Token": {"Value": {"Fn::GetAtt": ["Lister", "Token"]}}
  }
}`

// listStatements is what lister's function does: it answers how the Data API took
// it, and the keys that it signed with.
func listStatements(ctx context.Context) (string, map[string]any, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return "lister", nil, err
	}
	outcome := "allowed"
	if _, err := redshiftdata.NewFromConfig(cfg).ListStatements(ctx, &redshiftdata.ListStatementsInput{}); err != nil {
		outcome = err.Error()
	}
	return "lister", map[string]any{
		"Outcome": outcome, "KeyID": os.Getenv("AWS_ACCESS_KEY_ID"),
		"Secret": os.Getenv("AWS_SECRET_ACCESS_KEY"), "Token": os.Getenv("AWS_SESSION_TOKEN"),
	}, nil
}

func TestFunctionsSignWithTheirRole(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ action, want string }{
		"its role may":     {"redshift-data:ListStatements", "allowed"},
		"its role may not": {"redshift-data:DescribeStatement", "is not authorized to perform: redshift-data:ListStatements"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			publish(t, s)
			out := map[string]string{}
			for _, o := range deploy(t, stacks(s), strings.ReplaceAll(lister, "ACTION", tt.action)).Outputs {
				out[*o.OutputKey] = *o.OutputValue
			}
			if !strings.Contains(out["Outcome"], tt.want) {
				t.Errorf("the function's call: got %q, want %q", out["Outcome"], tt.want)
			}
			if out["KeyID"] == twin.AccessKeyID || out["Secret"] == s.Secret() {
				t.Error("the function has its owner's key")
			}
			refuseMixedKeys(t, s, aws.Credentials{AccessKeyID: out["KeyID"], SecretAccessKey: out["Secret"], SessionToken: out["Token"]})
		})
	}
}

// refuseMixedKeys wants that a role's key passes as it was issued, and not with a
// part of it changed, and that it can't end the twin.
func refuseMixedKeys(t *testing.T, s *twin.Server, role aws.Credentials) {
	t.Helper()
	identity := request{method: "POST", path: "/", service: "sts", header: map[string]string{"Content-Type": form}, body: "Action=GetCallerIdentity"}
	ownersSecret, noToken, ownersID := role, role, role
	ownersSecret.SecretAccessKey = s.Secret()
	noToken.SessionToken = ""
	ownersID.AccessKeyID = twin.AccessKeyID
	ownersID.SessionToken = ""
	end := request{method: "POST", path: "/_tributary/shutdown", service: "tributary"}
	tests := map[string]struct {
		request
		key    aws.Credentials
		status int
		want   string
	}{
		"as it was issued":        {identity, role, http.StatusOK, ":assumed-role/"},
		"with the owner's secret": {identity, ownersSecret, http.StatusForbidden, "SignatureDoesNotMatch"},
		"with the owner's id":     {identity, ownersID, http.StatusForbidden, "SignatureDoesNotMatch"},
		"without its token":       {identity, noToken, http.StatusForbidden, "InvalidClientTokenId"},
		"to end the twin":         {end, role, http.StatusForbidden, "is for the local twin's owner"},
	}
	for name, tt := range tests {
		status, body := tt.send(t, s, tt.key)
		if status != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("a role's key, %s: got %d %s\nwant %d %s", name, status, body, tt.status, tt.want)
		}
	}
}
