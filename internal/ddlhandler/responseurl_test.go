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

// guarded returns whether an event with this response URL is run, and the lines of the log.
// The handler must return nil, because Lambda retries an event after an error.
func guarded(t *testing.T, address, endpoint string) (ran bool, log string) {
	t.Helper()
	var lines bytes.Buffer
	handle := ddlhandler.HTTPResponder{Endpoint: endpoint}.Guard(slog.New(slog.NewTextHandler(&lines, nil)),
		func(context.Context, cfn.Event) error { ran = true; return nil })
	if err := handle(t.Context(), cfn.Event{ResponseURL: address}); err != nil {
		t.Errorf("%s: want no error, got %v", address, err)
	}
	return ran, lines.String()
}

func TestGuardAcceptsURLsOfS3(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"cloudformation-custom-resource-response-useast1.s3.amazonaws.com",
		"cloudformation-custom-resource-response-useast1.s3-external-1.amazonaws.com", // an older name of the region us-east-1
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
		"s3.eu-west-1.amazonaws.com", // with the bucket in the path
	} {
		if ran, log := guarded(t, "https://"+host+"/arn%3Aaws?"+secret, ""); !ran || log != "" {
			t.Errorf("%s: want no refusal, got %s", host, log)
		}
	}
}

func TestGuardRefusesOtherURLs(t *testing.T) {
	t.Parallel()
	const s3, twin = "b.s3.amazonaws.com", "http://127.0.0.1:4700"
	tests := map[string]struct{ address, endpoint, why string }{
		"an empty URL":                    {"", "", "not a valid URL"},
		"no host":                         {"https:///x", "", "not a valid URL"},
		"opaque":                          {"https:" + s3, "", "not a valid URL"},
		"broken":                          {"https://" + s3 + "\x7f/", "", "not a valid URL"},
		"not https":                       {"http://" + s3 + "/", "", "scheme is not https"},
		"a file":                          {"file://" + s3 + "/", "", "scheme is not https"},
		"another host":                    {"https://example.com/", "", "host does not belong to Amazon S3"},
		"S3's name as a prefix":           {"https://" + s3 + ".example.com/", "", "host does not belong to Amazon S3"},
		"S3's name without a dot":         {"https://s3-amazonaws.com/", "", "host does not belong to Amazon S3"},
		"a domain like AWS's":             {"https://eviLs3.notamazonaws.com/", "", "host does not belong to Amazon S3"},
		"an API on AWS":                   {"https://x.execute-api.us-east-1.amazonaws.com/", "", "host does not belong to Amazon S3"},
		"a load balancer":                 {"https://s3.us-east-1.elb.amazonaws.com/", "", "host does not belong to Amazon S3"},
		"a website":                       {"https://b.s3-website-us-east-1.amazonaws.com/", "", "host does not belong to Amazon S3"},
		"a dot at the end":                {"https://" + s3 + "./", "", "host does not belong to Amazon S3"},
		"an empty label":                  {"https://b..s3.amazonaws.com/", "", "host does not belong to Amazon S3"},
		"S3's name as a user":             {"https://" + s3 + "@example.com/", "", "contains a user"},
		"a user":                          {"https://a:b@" + s3 + "/", "", "contains a user"},
		"another port":                    {"https://" + s3 + ":8443/", "", "port is not 443"},
		"an empty port":                   {"https://" + s3 + ":/", "", "port is not 443"},
		"a backslash":                     {`https://example.com\.s3.amazonaws.com/`, "", "not a valid URL"},
		"a Cyrillic letter":               {"https://b.s3.аmazonaws.com/", "", "host does not belong to Amazon S3"},
		"the twin's URL in AWS":           {twin + "/", "", "scheme is not https"},
		"the twin with another port":      {"http://127.0.0.1:4701/", twin, "scheme is not https"},
		"the twin with another host name": {"http://localhost:4700/", twin, "scheme is not https"},
		"the twin with a user":            {"http://a@127.0.0.1:4700/", twin, "scheme is not https"},
		"an endpoint on another machine":  {"http://10.0.0.1:4700/", "http://10.0.0.1:4700", "scheme is not https"},
		"the instance metadata service":   {"http://169.254.169.254/", "http://169.254.169.254", "scheme is not https"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := test.address + "?" + secret
			ran, log := guarded(t, address, test.endpoint)
			if ran || !strings.Contains(log, test.why) || strings.Contains(log, "secret") || strings.Contains(log, "a:b") {
				t.Errorf("want no run and %q without secrets in the log, got a run: %v, log: %s", test.why, ran, log)
			}
			err := ddlhandler.HTTPResponder{Endpoint: test.endpoint, Sleep: noSleep}.Respond(t.Context(), address, ddlhandler.Response{})
			if err == nil || !strings.Contains(err.Error(), test.why) {
				t.Errorf("Respond: want %q, got %v", test.why, err)
			}
		})
	}
}

func TestGuardAcceptsURLsOfTheTwin(t *testing.T) {
	t.Parallel()
	for endpoint, address := range map[string]string{
		"http://127.0.0.1:4700":               "http://127.0.0.1:4700/response",
		"http://localhost:4700":               "http://localhost:4700/response",
		"http://[::1]:4700":                   "http://[::1]:4700/response",
		"http://127.0.0.1:4700/data/process1": "http://127.0.0.1:4700/response",
	} {
		if ran, log := guarded(t, address+"?"+secret, endpoint); !ran {
			t.Errorf("%s: want no refusal, got %s", address, log)
		}
	}
}
