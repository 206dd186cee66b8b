package twin_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// common are the variables that Environment and ClosedEnvironment have in common.
var common = []twin.Variable{
	{Name: "AWS_CONFIG_FILE", Value: "/dev/null"},
	{Name: "AWS_SHARED_CREDENTIALS_FILE", Value: "/dev/null"},
	{Name: "AWS_EC2_METADATA_DISABLED", Value: "true"},
	{Name: "AWS_DISABLE_HOST_PREFIX_INJECTION", Value: "true"},
	{Name: "CDK_DISABLE_CLI_TELEMETRY", Value: "true"},
	{Name: "CDK_DISABLE_VERSION_CHECK", Value: "1"},
	{Name: "CDK_NOTICES", Value: "false"},
	{Name: "CDK_PROFILE"},
	{Name: "CDK_PROXY"},
	{Name: "NPM_CONFIG_UPDATE_NOTIFIER", Value: "false"},
	{Name: "AWS_PROFILE", Unset: true},
	{Name: "AWS_DEFAULT_PROFILE", Unset: true},
	{Name: "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", Unset: true},
	{Name: "AWS_USE_FIPS_ENDPOINT", Unset: true},
	{Name: "AWS_USE_DUALSTACK_ENDPOINT", Unset: true},
	{Name: "AWS_ACCOUNT_ID", Unset: true},
	{Name: "AWS_ACCOUNT_ID_ENDPOINT_MODE", Unset: true},
	{Name: "AWS_SESSION_TOKEN", Unset: true},
	{Name: "AWS_SECURITY_TOKEN", Unset: true},
	{Name: "AMAZON_SESSION_TOKEN", Unset: true},
	{Name: "AWS_CREDENTIAL_EXPIRATION", Unset: true},
	{Name: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Unset: true},
	{Name: "AWS_CONTAINER_CREDENTIALS_FULL_URI", Unset: true},
	{Name: "AWS_CONTAINER_AUTHORIZATION_TOKEN", Unset: true},
	{Name: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Unset: true},
	{Name: "AWS_WEB_IDENTITY_TOKEN_FILE", Unset: true},
	{Name: "AWS_ROLE_ARN", Unset: true},
	{Name: "AWS_ROLE_SESSION_NAME", Unset: true},
	{Name: "AWS_CSM_ENABLED", Unset: true},
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	got := twin.Status{URL: "http://127.0.0.1:4700", Region: "us-east-1", Services: []string{"redshift-data", "s3"}}.Environment("s3cret", "/t/cdk")
	want := slices.Concat([]twin.Variable{
		{Name: "AWS_ENDPOINT_URL", Value: "http://127.0.0.1:4700"},
		{Name: "AWS_REGION", Value: "us-east-1"},
		{Name: "AWS_DEFAULT_REGION", Value: "us-east-1"},
		{Name: "AWS_ACCESS_KEY_ID", Value: "TRIBUTARYLOCAL00000"},
		{Name: "AWS_SECRET_ACCESS_KEY", Value: "s3cret"},
		{Name: "CDK_HOME", Value: "/t/cdk"},
		{Name: "AWS_MAX_ATTEMPTS", Unset: true},
	}, common, []twin.Variable{
		{Name: "AWS_ENDPOINT_URL_REDSHIFT_DATA", Unset: true},
		{Name: "AWS_ENDPOINT_URL_S3", Unset: true},
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

func TestClosedEnvironment(t *testing.T) {
	t.Parallel()
	want := slices.Concat([]twin.Variable{
		{Name: "AWS_ENDPOINT_URL", Value: "http://127.0.0.1:1/the-local-twin-did-not-start"},
		{Name: "AWS_REGION", Value: "us-east-1"},
		{Name: "AWS_DEFAULT_REGION", Value: "us-east-1"},
		{Name: "AWS_ACCESS_KEY_ID", Value: "THE-LOCAL-TWIN-DID-NOT-START"},
		{Name: "AWS_SECRET_ACCESS_KEY", Value: "run: tributary local up"},
		{Name: "AWS_MAX_ATTEMPTS", Value: "1"},
	}, common)
	got := twin.ClosedEnvironment()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("closed environment (-want +got):\n%s", diff)
	}
	var overridden []string
	for _, v := range (twin.Status{}).Environment("", "") {
		overridden = append(overridden, v.Name)
	}
	for _, v := range got {
		if !slices.Contains(overridden, v.Name) {
			t.Errorf("Environment does not override %s of ClosedEnvironment", v.Name)
		}
	}
}

func TestClearingEnvironment(t *testing.T) {
	t.Parallel()
	var got []string
	for _, v := range twin.ClearingEnvironment() {
		if !v.Unset {
			t.Errorf("ClearingEnvironment sets %s", v.Name)
		}
		got = append(got, v.Name)
	}
	want := []string{
		"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "CDK_HOME",
		"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED", "AWS_DISABLE_HOST_PREFIX_INJECTION",
		"CDK_DISABLE_CLI_TELEMETRY", "CDK_DISABLE_VERSION_CHECK", "CDK_NOTICES", "CDK_PROFILE", "CDK_PROXY",
		"NPM_CONFIG_UPDATE_NOTIFIER", "AWS_MAX_ATTEMPTS",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestBypass(t *testing.T) {
	t.Parallel()
	const thisMachine = "127.0.0.1,localhost,::1"
	both := func(upper, lower string) []twin.Variable {
		return []twin.Variable{{Name: "NO_PROXY", Value: upper}, {Name: "no_proxy", Value: lower}}
	}
	tests := map[string]struct {
		environ []string
		want    []twin.Variable
	}{
		"empty environment":     {nil, both(thisMachine, thisMachine)},
		"NO_PROXY only":         {[]string{"NO_PROXY=.corp, 10.0.0.1"}, both(".corp,10.0.0.1,"+thisMachine, ".corp,10.0.0.1,"+thisMachine)},
		"NO_PROXY and no_proxy": {[]string{"NO_PROXY=upper", "no_proxy=lower"}, both("upper,"+thisMachine, "lower,"+thisMachine)},
		"a list with localhost": {[]string{"no_proxy=localhost,.corp"}, both("localhost,.corp,127.0.0.1,::1", "localhost,.corp,127.0.0.1,::1")},
		"a list of all hosts":   {[]string{"NO_PROXY=*"}, both("*", "*")},
		"npm's variable": {[]string{"npm_config_no_proxy=.corp"}, append(both(thisMachine, thisMachine),
			twin.Variable{Name: "npm_config_no_proxy", Value: ".corp," + thisMachine})},
		"endpoint of one service": {[]string{"AWS_ENDPOINT_URL_ECR=https://elsewhere", "AWS_ENDPOINT_URL=https://elsewhere"}, append(
			[]twin.Variable{{Name: "AWS_ENDPOINT_URL_ECR", Unset: true}}, both(thisMachine, thisMachine)...)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, twin.Bypass(test.environ)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
