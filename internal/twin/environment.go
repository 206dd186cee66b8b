package twin

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// AccessKeyID is what a twin's owner signs with. It is the same for each twin, and
// distinctive, since the CDK CLI keeps the account of each access key in its home.
const AccessKeyID = "TRIBUTARYLOCAL00000"

// Secret returns the secret key that belongs to [AccessKeyID]. It is this twin's
// alone, and made anew at each start.
func (s *Server) Secret() string { return s.secret }

// Credentials returns what the twin's owner signs requests with.
func (s *Server) Credentials() aws.CredentialsProvider { return ownersKey(s.secret) }

// ownersKey returns the credentials of the owner who has that secret key.
func ownersKey(secret string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: AccessKeyID, SecretAccessKey: secret}, nil
	})
}

// Variable is one environment variable. Unset asks that it be removed.
type Variable struct {
	Name, Value string
	Unset       bool
}

// Environment returns what lets the CDK CLI, the AWS CLI and the AWS SDKs find
// the twin instead of AWS. Variables that would lead a part of their calls
// elsewhere are unset. secret is the twin's secret key, which its status doesn't
// tell. cdkHome is where the CDK CLI may keep its caches, which it goes on doing
// when the twin has ended.
func (s Status) Environment(secret, cdkHome string) []Variable {
	vars := []Variable{
		{Name: "AWS_ENDPOINT_URL", Value: s.URL},
		{Name: "AWS_REGION", Value: s.Region},
		{Name: "AWS_DEFAULT_REGION", Value: s.Region},
		{Name: "AWS_ACCESS_KEY_ID", Value: AccessKeyID},
		{Name: "AWS_SECRET_ACCESS_KEY", Value: secret},
		{Name: "AWS_EC2_METADATA_DISABLED", Value: "true"},
		{Name: "CDK_HOME", Value: cdkHome},
		{Name: "CDK_DISABLE_CLI_TELEMETRY", Value: "true"},
		{Name: "CDK_DISABLE_VERSION_CHECK", Value: "1"},
	}
	for _, name := range []string{
		"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
		"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT",
	} {
		vars = append(vars, Variable{Name: name, Unset: true})
	}
	for _, service := range s.Services {
		name := "AWS_ENDPOINT_URL_" + strings.ToUpper(strings.ReplaceAll(service, "-", "_"))
		vars = append(vars, Variable{Name: name, Unset: true})
	}
	return vars
}
