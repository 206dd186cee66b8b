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
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// listerTemplate is a stack whose function calls the Data API's ListStatements. ACTION
// is the only action that the function's role allows.
const listerTemplate = `{
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

// handleLister handles the creation of listerTemplate's custom resource. It calls
// ListStatements, and returns the outcome and the function's credentials.
func handleLister(ctx context.Context) (physicalID string, data map[string]any, err error) {
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

// lister is a deployed stack of listerTemplate.
type lister struct {
	outcome     string          // "allowed", or the error of the function's call
	credentials aws.Credentials // of the session of the function's role
}

// deployLister deploys listerTemplate with a role that allows one action.
func deployLister(t *testing.T, s *twin.Server, stack, action string) lister {
	t.Helper()
	outputs := map[string]string{}
	for _, o := range deploy(t, stacks(s), stack, strings.ReplaceAll(listerTemplate, "ACTION", action)).Outputs {
		outputs[*o.OutputKey] = *o.OutputValue
	}
	return lister{outputs["Outcome"], aws.Credentials{
		AccessKeyID: outputs["KeyID"], SecretAccessKey: outputs["Secret"], SessionToken: outputs["Token"],
	}}
}

func TestFunctionsSignWithTheirRole(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ stack, action, outcome, code string }{
		"its role allows the call": {"Allowed", "redshift-data:ListStatements", "allowed", ""},
		"its role allows another call only": {
			"Denied", "redshift-data:DescribeStatement",
			"is not authorized to perform: redshift-data:ListStatements", "AccessDeniedException",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared.start(t)
			function := deployLister(t, s, tt.stack, tt.action)
			if !strings.Contains(function.outcome, tt.outcome) {
				t.Errorf("the function's call: got %q, want %q", function.outcome, tt.outcome)
			}
			if function.credentials.AccessKeyID == twin.AccessKeyID || function.credentials.SecretAccessKey == s.Secret() {
				t.Error("the function has its owner's key")
			}
			checkEvaluated(t, tt.stack, tt.action, tt.code == "")
			if got := function.listStatements(t, s); got != tt.code {
				t.Errorf("a call from outside the function with its credentials: got error code %q, want %q", got, tt.code)
			}
			checkMixedKeys(t, s, function.credentials)
		})
	}
}

// checkEvaluated checks that Options.Evaluated was called with the role, the policies and
// the decision for the call of a lister's function.
func checkEvaluated(t *testing.T, stack, action string, allowed bool) {
	t.Helper()
	want := twin.Call{
		Action: "redshift-data:ListStatements", Resource: "*", Allowed: allowed,
		Policies: []any{map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": action, "Resource": "*"}}}},
	}
	shared.mu.Lock()
	defer shared.mu.Unlock()
	for _, call := range shared.calls {
		if strings.HasPrefix(call.Role, "arn:aws:iam::000000000000:role/"+stack+"-Role-") {
			if diff := cmp.Diff(want, call, cmpopts.IgnoreFields(twin.Call{}, "Role", "Context")); diff != "" {
				t.Errorf("call given to Options.Evaluated (-want +got):\n%s", diff)
			}
			return
		}
	}
	t.Errorf("Options.Evaluated got no call of the stack's role; all calls: %+v", shared.calls)
}

// checkMixedKeys checks that the twin accepts the credentials of a role's session
// unchanged, refuses them with a part of the owner's key, and does not let them end
// the twin.
func checkMixedKeys(t *testing.T, s *twin.Server, role aws.Credentials) {
	t.Helper()
	identity := request{method: "POST", path: "/", service: "sts", header: map[string]string{"Content-Type": form}, body: "Action=GetCallerIdentity"}
	ownersSecret, noToken, ownersID := role, role, role
	ownersSecret.SecretAccessKey = s.Secret()
	noToken.SessionToken = ""
	ownersID.AccessKeyID = twin.AccessKeyID
	ownersID.SessionToken = ""
	shutdown := request{method: "POST", path: "/_tributary/shutdown", service: "tributary"}
	tests := map[string]struct {
		request
		key    aws.Credentials
		status int
		want   string
	}{
		"unchanged":                          {identity, role, http.StatusOK, ":assumed-role/"},
		"with the owner's secret key":        {identity, ownersSecret, http.StatusForbidden, "SignatureDoesNotMatch"},
		"with the owner's access key ID":     {identity, ownersID, http.StatusForbidden, "SignatureDoesNotMatch"},
		"without the session token":          {identity, noToken, http.StatusForbidden, "InvalidClientTokenId"},
		"unchanged, for the twin's shutdown": {shutdown, role, http.StatusForbidden, "only the local twin's owner may use"},
	}
	for name, tt := range tests {
		status, body := tt.send(t, s, tt.key)
		if status != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("a role's credentials, %s: got %d %s\nwant %d %s", name, status, body, tt.status, tt.want)
		}
	}
}
