package twin

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// AccessKeyID is the access key ID of the owner of each twin. The CDK CLI caches the
// account of an access key ID, so this one must differ from all access key IDs of AWS.
const AccessKeyID = "TRIBUTARYLOCAL00000"

// Secret returns the owner's secret key. Each start of a twin generates a new one.
func (s *Server) Secret() string { return s.secret }

// Credentials returns the owner's credentials.
func (s *Server) Credentials() aws.CredentialsProvider { return ownersKey(s.secret) }

// ownersKey returns the owner's credentials for a secret key.
func ownersKey(secret string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: AccessKeyID, SecretAccessKey: secret}, nil
	})
}

// ClosedURL is the endpoint URL for AWS's clients while no twin runs. No program listens
// on port 1, since only root may. Most clients show the path in their error, where it
// explains the reason.
const ClosedURL = "http://127.0.0.1:1/the-local-twin-did-not-start"

// ClosedAccessKeyID is the access key ID for AWS's clients while no twin runs. AWS has no
// key IDs of this form.
const ClosedAccessKeyID = "THE-LOCAL-TWIN-DID-NOT-START"

// Variable is a change of an environment variable. If Unset is true, the variable is
// removed, else it is set to Value.
type Variable struct {
	Name, Value string
	Unset       bool
}

// Environment returns the environment variables that make the CDK CLI, the AWS CLI and
// the AWS SDKs call the twin instead of AWS. It unsets variables that could make them
// call other endpoints. Secret is the twin's secret key, which the status does not
// contain. The CDK CLI keeps its caches in the directory cdkHome, also after the end of
// the twin.
//
// The result sets or unsets every variable of [ClosedEnvironment], so that it overrides
// all of them.
func (s Status) Environment(secret, cdkHome string) []Variable {
	vars := slices.Concat([]Variable{
		{Name: "AWS_ENDPOINT_URL", Value: s.URL},
		{Name: "AWS_REGION", Value: s.Region},
		{Name: "AWS_DEFAULT_REGION", Value: s.Region},
		{Name: "AWS_ACCESS_KEY_ID", Value: AccessKeyID},
		{Name: "AWS_SECRET_ACCESS_KEY", Value: secret},
		{Name: "CDK_HOME", Value: cdkHome},
		{Name: "AWS_MAX_ATTEMPTS", Unset: true},
	}, offline(), unsetOverrides())
	for _, service := range s.Services {
		name := endpointPrefix + strings.ToUpper(strings.ReplaceAll(service, "-", "_"))
		vars = append(vars, Variable{Name: name, Unset: true})
	}
	return vars
}

// ClosedEnvironment returns the environment variables to use while no twin runs. With
// them, the same clients reach no endpoint and fail at the first attempt. So a call that
// was meant for a twin can't reach AWS.
func ClosedEnvironment() []Variable {
	return slices.Concat([]Variable{
		{Name: "AWS_ENDPOINT_URL", Value: ClosedURL},
		{Name: "AWS_REGION", Value: DefaultRegion},
		{Name: "AWS_DEFAULT_REGION", Value: DefaultRegion},
		{Name: "AWS_ACCESS_KEY_ID", Value: ClosedAccessKeyID},
		{Name: "AWS_SECRET_ACCESS_KEY", Value: "run: tributary local up"},
		{Name: "AWS_MAX_ATTEMPTS", Value: "1"},
	}, offline(), unsetOverrides())
}

// ClearingEnvironment unsets the variables that [Status.Environment] and
// [ClosedEnvironment] set, so that the clients call AWS again. It does not change the
// variables of [Bypass], which don't affect calls to AWS.
func ClearingEnvironment() []Variable {
	var vars []Variable
	for _, v := range slices.Concat(Status{}.Environment("", ""), ClosedEnvironment()) {
		unset := Variable{Name: v.Name, Unset: true}
		if !v.Unset && !slices.Contains(vars, unset) {
			vars = append(vars, unset)
		}
	}
	return vars
}

// offline returns the variables with which AWS's clients and npx call nothing but the
// endpoint. They disable profiles, whose credentials may come from a program or from IAM
// Identity Center; the instance metadata service; host names derived from the endpoint's;
// notices, telemetry, version check and proxy of the CDK CLI; and npm's check for updates.
// The CDK CLI reads each of its options from a CDK_ variable, too. An empty variable
// overrides cdk.json and ~/.cdk.json.
//
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
// Source: https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/cli/parse-command-line-arguments.ts
func offline() []Variable {
	return []Variable{
		{Name: "AWS_CONFIG_FILE", Value: "/dev/null"},
		{Name: "AWS_SHARED_CREDENTIALS_FILE", Value: "/dev/null"},
		{Name: "AWS_EC2_METADATA_DISABLED", Value: "true"},
		{Name: "AWS_DISABLE_HOST_PREFIX_INJECTION", Value: "true"},
		{Name: "CDK_DISABLE_CLI_TELEMETRY", Value: "true"},
		{Name: "CDK_DISABLE_VERSION_CHECK", Value: "1"},
		{Name: "CDK_NOTICES", Value: "false"},
		{Name: "CDK_PROFILE", Value: ""},
		{Name: "CDK_PROXY", Value: ""},
		{Name: "NPM_CONFIG_UPDATE_NOTIFIER", Value: "false"},
	}
}

// unsetOverrides unsets the variables that could change the endpoint or the credentials
// of some calls.
func unsetOverrides() []Variable {
	var vars []Variable
	for _, name := range []string{
		"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
		"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_ACCOUNT_ID", "AWS_ACCOUNT_ID_ENDPOINT_MODE",
		"AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AMAZON_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
		"AWS_CSM_ENABLED", // the AWS CLI would send metrics of each call to another address
	} {
		vars = append(vars, Variable{Name: name, Unset: true})
	}
	return vars
}

// endpointPrefix is the prefix of variables that set the endpoint of a single service.
//
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
const endpointPrefix = "AWS_ENDPOINT_URL_"

// Bypass returns the changes of an inherited environment, in the form of [os.Environ],
// that [Status.Environment] and [ClosedEnvironment] need to have effect. It unsets the
// endpoints of single services. It adds this machine to the lists of hosts that are
// called without a proxy, such as NO_PROXY, and keeps the other hosts in the lists.
func Bypass(environ []string) []Variable {
	var vars []Variable
	inherited := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		inherited[name] = value
		if strings.HasPrefix(name, endpointPrefix) {
			vars = append(vars, Variable{Name: name, Unset: true})
		}
	}
	return append(vars, noProxy(inherited)...)
}

// noProxy returns the lists of hosts that are called without a proxy, with this machine
// added. Some clients read NO_PROXY and some no_proxy. Packages of the CDK CLI read
// npm's variables first.
func noProxy(inherited map[string]string) []Variable {
	var vars []Variable
	upper, lower := inherited["NO_PROXY"], inherited["no_proxy"]
	vars = append(vars, Variable{Name: "NO_PROXY", Value: withThisMachine(upper, lower)}, Variable{Name: "no_proxy", Value: withThisMachine(lower, upper)})
	for _, name := range []string{"npm_config_no_proxy", "NPM_CONFIG_NO_PROXY"} {
		if value := inherited[name]; value != "" {
			vars = append(vars, Variable{Name: name, Value: withThisMachine(value, "")})
		}
	}
	return vars
}

// withThisMachine returns a list of hosts with this machine added. If the list is empty,
// the hosts of other come first, since a client reads only one of the two variables.
func withThisMachine(list, other string) string {
	list = cmp.Or(list, other)
	if list == "*" { // all hosts
		return list
	}
	hosts := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	for _, host := range []string{"127.0.0.1", "localhost", "::1"} {
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return strings.Join(hosts, ",")
}
