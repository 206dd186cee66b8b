package twin

import "strings"

// AccessKeyID is what people sign with on the twin. It is distinctive, since
// the CDK CLI keeps the account of each access key in its home.
const AccessKeyID = "TRIBUTARYLOCAL00000"

// secretAccessKey is no secret: the twin checks no signature.
const secretAccessKey = "local"

// Variable is one environment variable. Unset asks that it be removed.
type Variable struct {
	Name, Value string
	Unset       bool
}

// Environment returns what lets the CDK CLI, the AWS CLI and the AWS SDKs find
// the twin instead of AWS. Variables that would lead a part of their calls
// elsewhere are unset. cdkHome is where the CDK CLI may keep its caches, which
// it goes on doing when the twin has ended.
func (s Status) Environment(cdkHome string) []Variable {
	vars := []Variable{
		{Name: "AWS_ENDPOINT_URL", Value: s.URL},
		{Name: "AWS_REGION", Value: s.Region},
		{Name: "AWS_DEFAULT_REGION", Value: s.Region},
		{Name: "AWS_ACCESS_KEY_ID", Value: AccessKeyID},
		{Name: "AWS_SECRET_ACCESS_KEY", Value: secretAccessKey},
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
