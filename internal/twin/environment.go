package twin

import (
	"cmp"
	"context"
	"slices"
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

// ClosedURL is where AWS's clients are led while no twin runs. Only root may
// listen on port 1, and nobody does. The path is for people: most clients name
// it when they can't connect.
const ClosedURL = "http://127.0.0.1:1/the-local-twin-did-not-start"

// ClosedAccessKeyID stands in the place of an access key while no twin runs. AWS
// knows no key of this form.
const ClosedAccessKeyID = "THE-LOCAL-TWIN-DID-NOT-START"

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
//
// It sets or unsets every variable of [ClosedEnvironment], so that it overrides
// that.
func (s Status) Environment(secret, cdkHome string) []Variable {
	vars := slices.Concat([]Variable{
		{Name: "AWS_ENDPOINT_URL", Value: s.URL},
		{Name: "AWS_REGION", Value: s.Region},
		{Name: "AWS_DEFAULT_REGION", Value: s.Region},
		{Name: "AWS_ACCESS_KEY_ID", Value: AccessKeyID},
		{Name: "AWS_SECRET_ACCESS_KEY", Value: secret},
		{Name: "CDK_HOME", Value: cdkHome},
		{Name: "AWS_MAX_ATTEMPTS", Unset: true},
	}, offline(), elsewhere())
	for _, service := range s.Services {
		name := endpointPrefix + strings.ToUpper(strings.ReplaceAll(service, "-", "_"))
		vars = append(vars, Variable{Name: name, Unset: true})
	}
	return vars
}

// ClosedEnvironment returns what lets the same clients reach nothing at all, so
// that what was meant for a twin that does not run cannot reach AWS. They fail
// at the first attempt.
func ClosedEnvironment() []Variable {
	return slices.Concat([]Variable{
		{Name: "AWS_ENDPOINT_URL", Value: ClosedURL},
		{Name: "AWS_REGION", Value: DefaultRegion},
		{Name: "AWS_DEFAULT_REGION", Value: DefaultRegion},
		{Name: "AWS_ACCESS_KEY_ID", Value: ClosedAccessKeyID},
		{Name: "AWS_SECRET_ACCESS_KEY", Value: "run: tributary local up"},
		{Name: "AWS_MAX_ATTEMPTS", Value: "1"},
	}, offline(), elsewhere())
}

// ClearingEnvironment unsets what [Status.Environment] and [ClosedEnvironment]
// set, so that the clients find AWS again. What [Bypass] adds does no harm and
// stays.
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

// offline returns what keeps AWS's clients and npx from asking anyone but the
// endpoint: profiles, whose credentials may come from a program or from IAM
// Identity Center, the instance's metadata, host names made of the endpoint's,
// the CDK CLI's notices, telemetry, version check and proxy, and npm's check for
// its own updates. The CDK CLI takes every option from CDK_ variables, too; an
// empty one overrides cdk.json and ~/.cdk.json.
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

// elsewhere returns the variables, unset, that would lead a part of the calls
// elsewhere, or sign them as somebody else.
func elsewhere() []Variable {
	var vars []Variable
	for _, name := range []string{
		"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
		"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_ACCOUNT_ID", "AWS_ACCOUNT_ID_ENDPOINT_MODE",
		"AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AMAZON_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
		"AWS_CSM_ENABLED", // the AWS CLI would report each call to another address
	} {
		vars = append(vars, Variable{Name: name, Unset: true})
	}
	return vars
}

// endpointPrefix begins the names of variables that lead one service's calls
// elsewhere.
//
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
const endpointPrefix = "AWS_ENDPOINT_URL_"

// Bypass returns what else of an inherited environment, as [os.Environ] gives
// it, has to change for calls to reach the endpoint of [Status.Environment] or
// [ClosedEnvironment] and nothing else: endpoints of single services are unset,
// and proxies are not asked for this machine. What the lists of exceptions from
// proxies hold, they keep.
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
	return append(vars, exceptions(inherited)...)
}

// exceptions returns the lists of hosts for which no proxy is asked, with this
// machine on them. Some clients read the one name, some the other, and those
// that the CDK CLI is made of look at npm's first.
func exceptions(inherited map[string]string) []Variable {
	var vars []Variable
	upper, lower := inherited["NO_PROXY"], inherited["no_proxy"]
	vars = append(vars, Variable{Name: "NO_PROXY", Value: except(upper, lower)}, Variable{Name: "no_proxy", Value: except(lower, upper)})
	for _, name := range []string{"npm_config_no_proxy", "NPM_CONFIG_NO_PROXY"} {
		if value := inherited[name]; value != "" {
			vars = append(vars, Variable{Name: name, Value: except(value, "")})
		}
	}
	return vars
}

// except returns a list of hosts with this machine added. An empty list starts as a
// copy of the other one, since clients that find this variable don't read the other.
func except(list, other string) string {
	list = cmp.Or(list, other)
	if list == "*" { // all hosts
		return list
	}
	known := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	for _, host := range []string{"127.0.0.1", "localhost", "::1"} {
		if !slices.Contains(known, host) {
			known = append(known, host)
		}
	}
	return strings.Join(known, ",")
}
