package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/aws/aws-lambda-go/cfn"
)

// suffixes end the names of AWS's hosts, by partition: aws and aws-us-gov,
// aws-cn, aws-eusc, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f.
//
// Source: https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
var suffixes = []string{
	".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu",
	".c2s.ic.gov", ".sc2s.sgov.gov", ".cloud.adc-e.uk", ".csp.hci.ic.gov",
}

// s3Pattern is what stands before the suffix in a host of Amazon S3: perhaps a
// bucket; s3; perhaps a region, behind a dot or, in older names, a hyphen.
// CloudFormation presigns URLs of its bucket
// cloudformation-custom-resource-response-<region>.
//
// Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html,
// https://docs.aws.amazon.com/general/latest/gr/s3.html and
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/vpc-interface-endpoints.html
var s3Pattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\.)?s3(-fips)?(\.dualstack)?([.-]([a-z]{2,4}(-[a-z]+)+-[0-9]+|external-1))?$`)

// checkURL returns why address is no place for a response: it has to be an https
// URL of Amazon S3. Where endpoint, the function's AWS_ENDPOINT_URL, names this
// machine, it may be a URL of that host and port instead: the local twin's. The
// error never holds the URL's path, query or user, which let anyone answer.
func checkURL(address, endpoint string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return errors.New("response URL: it is not an address; CloudFormation sends an https URL of Amazon S3")
	}
	if u.User == nil && isTwin(u, endpoint) {
		return nil
	}
	switch {
	case u.Scheme != "https":
		err = errors.New("its scheme is not https")
	case u.User != nil:
		err = errors.New("it names a user")
	case u.Port() != "" && u.Port() != "443", strings.HasSuffix(u.Host, ":"):
		err = errors.New("its port is not 443")
	case !isS3(u.Hostname()):
		err = errors.New("its host is not one of Amazon S3")
	}
	if err != nil {
		return fmt.Errorf("response URL: %q: %w; CloudFormation sends an https URL of Amazon S3", u.Scheme+"://"+u.Host, err)
	}
	return nil
}

// isTwin reports whether u has the scheme, host and port of endpoint, and that is
// an address of this machine.
func isTwin(u *url.URL, endpoint string) bool {
	e, err := url.Parse(endpoint)
	if err != nil || e.Scheme != u.Scheme || e.Host != u.Host {
		return false
	}
	name := e.Hostname()
	return name == "localhost" || net.ParseIP(name).IsLoopback()
}

// isS3 reports whether host is a name of Amazon S3 in some partition.
func isS3(host string) bool {
	for _, suffix := range suffixes {
		if name, ok := strings.CutSuffix(host, suffix); ok && !strings.Contains(name, "..") && s3Pattern.MatchString(name) {
			return true
		}
	}
	return false
}

// Guard returns handle, but for events that must not be answered: their
// ResponseURL is none of CloudFormation's. Such an event was not sent by
// CloudFormation. It is logged and not run; and since no repetition can help,
// Lambda is told that it was handled.
func (h HTTPResponder) Guard(logger *slog.Logger, handle func(context.Context, cfn.Event) error) func(context.Context, cfn.Event) error {
	return func(ctx context.Context, ev cfn.Event) error {
		if err := checkURL(ev.ResponseURL, h.Endpoint); err != nil {
			logger.Error("neither run nor answered", "request", ev.RequestID, "type", ev.RequestType, "resource", ev.LogicalResourceID, "error", err)
			return nil
		}
		return handle(ctx, ev)
	}
}
