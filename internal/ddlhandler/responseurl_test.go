package ddlhandler_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

const secret = "X-Amz-Signature=secret"

// guarded returns whether an event with this response URL is run, and what the
// log says. An error would make Lambda run it again.
func guarded(t *testing.T, address, endpoint string) (ran bool, log string) {
	t.Helper()
	var lines bytes.Buffer
	handle := ddlhandler.HTTPResponder{Endpoint: endpoint}.Guard(slog.New(slog.NewTextHandler(&lines, nil)),
		func(context.Context, cfn.Event) error { ran = true; return nil })
	if err := handle(t.Context(), cfn.Event{ResponseURL: address}); err != nil {
		t.Errorf("%s: Lambda would repeat it: %v", address, err)
	}
	return ran, lines.String()
}

func TestGuardLetsAWSPass(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"cloudformation-custom-resource-response-useast1.s3.amazonaws.com",
		"cloudformation-custom-resource-response-useast1.s3-external-1.amazonaws.com", // an older name of us-east-1
		"cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com",
		"cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com:443",
		"cloudformation-custom-resource-response-uswest2.s3-us-west-2.amazonaws.com",
		"cloudformation-custom-resource-response-uswest2.s3.dualstack.us-west-2.amazonaws.com",
		"cloudformation-custom-resource-response-usgovwest1.s3.us-gov-west-1.amazonaws.com",
		"cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn",
		"cloudformation-custom-resource-response-euscdeeast1.s3.eusc-de-east-1.amazonaws.eu",
		"cloudformation-custom-resource-response-usisoeast1.s3.us-iso-east-1.c2s.ic.gov",
		"cloudformation-custom-resource-response-usisobeast1.s3.us-isob-east-1.sc2s.sgov.gov",
		"cloudformation-custom-resource-response-euisoewest1.s3.eu-isoe-west-1.cloud.adc-e.uk",
		"cloudformation-custom-resource-response-usisofsouth1.s3.us-isof-south-1.csp.hci.ic.gov",
		"s3.eu-west-1.amazonaws.com", // the bucket in the path
	} {
		if ran, log := guarded(t, "https://"+host+"/arn%3Aaws?"+secret, ""); !ran || log != "" {
			t.Errorf("%s: refused: %s", host, log)
		}
	}
}

func TestGuardRefusesOthers(t *testing.T) {
	t.Parallel()
	const s3, twin = "b.s3.amazonaws.com", "http://127.0.0.1:4700"
	tests := map[string]struct{ address, endpoint, why string }{
		"no URL":                  {"", "", "is not an address"},
		"no host":                 {"https:///x", "", "is not an address"},
		"opaque":                  {"https:" + s3, "", "is not an address"},
		"broken":                  {"https://" + s3 + "\x7f/", "", "is not an address"},
		"not https":               {"http://" + s3 + "/", "", "scheme is not https"},
		"a file":                  {"file://" + s3 + "/", "", "scheme is not https"},
		"another host":            {"https://example.com/", "", "host is not one"},
		"AWS's name as a prefix":  {"https://" + s3 + ".example.com/", "", "host is not one"},
		"AWS's name without dot":  {"https://s3-amazonaws.com/", "", "host is not one"},
		"another's amazonaws.com": {"https://eviLs3.notamazonaws.com/", "", "host is not one"},
		"an API in AWS":           {"https://x.execute-api.us-east-1.amazonaws.com/", "", "host is not one"},
		"a load balancer":         {"https://s3.us-east-1.elb.amazonaws.com/", "", "host is not one"},
		"a website":               {"https://b.s3-website-us-east-1.amazonaws.com/", "", "host is not one"},
		"a dot at the end":        {"https://" + s3 + "./", "", "host is not one"},
		"an empty label":          {"https://b..s3.amazonaws.com/", "", "host is not one"},
		"a user that is a host":   {"https://" + s3 + "@example.com/", "", "names a user"},
		"a user":                  {"https://a:b@" + s3 + "/", "", "names a user"},
		"another port":            {"https://" + s3 + ":8443/", "", "port is not 443"},
		"an empty port":           {"https://" + s3 + ":/", "", "port is not 443"},
		"a backslash":             {`https://example.com\.s3.amazonaws.com/`, "", "is not an address"},
		"look-alike letters":      {"https://b.s3.аmazonaws.com/", "", "host is not one"},
		"the twin, in AWS":        {twin + "/", "", "scheme is not https"},
		"the twin's other port":   {"http://127.0.0.1:4701/", twin, "scheme is not https"},
		"the twin's other name":   {"http://localhost:4700/", twin, "scheme is not https"},
		"the twin with a user":    {"http://a@127.0.0.1:4700/", twin, "scheme is not https"},
		"an endpoint elsewhere":   {"http://10.0.0.1:4700/", "http://10.0.0.1:4700", "scheme is not https"},
		"metadata of an instance": {"http://169.254.169.254/", "http://169.254.169.254", "scheme is not https"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := test.address + "?" + secret
			ran, log := guarded(t, address, test.endpoint)
			if ran || !strings.Contains(log, test.why) || strings.Contains(log, "secret") || strings.Contains(log, "a:b") {
				t.Errorf("ran: %v; want %q without secrets, got %s", ran, test.why, log)
			}
			err := ddlhandler.HTTPResponder{Endpoint: test.endpoint, Sleep: noSleep}.Respond(t.Context(), address, ddlhandler.Response{})
			if err == nil || !strings.Contains(err.Error(), test.why) {
				t.Errorf("Respond: want %q, got %v", test.why, err)
			}
		})
	}
}

func TestGuardLetsTheTwinPass(t *testing.T) {
	t.Parallel()
	for endpoint, address := range map[string]string{
		"http://127.0.0.1:4700":               "http://127.0.0.1:4700/response",
		"http://localhost:4700":               "http://localhost:4700/response",
		"http://[::1]:4700":                   "http://[::1]:4700/response",
		"http://127.0.0.1:4700/data/process1": "http://127.0.0.1:4700/response",
	} {
		if ran, log := guarded(t, address+"?"+secret, endpoint); !ran {
			t.Errorf("%s: refused: %s", address, log)
		}
	}
}
