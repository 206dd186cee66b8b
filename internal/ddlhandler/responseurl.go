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

// suffixes are the DNS suffixes of AWS's hosts in the partitions aws and aws-us-gov,
// aws-cn, aws-eusc, aws-iso, aws-iso-b, aws-iso-e and aws-iso-f, in this order.
//
// Source: https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
var suffixes = []string{
	".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu",
	".c2s.ic.gov", ".sc2s.sgov.gov", ".cloud.adc-e.uk", ".csp.hci.ic.gov",
}

// s3Pattern matches the part of an Amazon S3 host name before the suffix: an optional
// bucket, s3, and an optional region. The region follows a dot or, in older names, a
// hyphen. CloudFormation presigns URLs of its bucket
// cloudformation-custom-resource-response-<region>.
//
// Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html,
// https://docs.aws.amazon.com/general/latest/gr/s3.html and
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/vpc-interface-endpoints.html
var s3Pattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\.)?s3(-fips)?(\.dualstack)?([.-]([a-z]{2,4}(-[a-z]+)+-[0-9]+|external-1))?$`)

// checkURL returns an error unless address is an https URL of Amazon S3. endpoint is the
// function's AWS_ENDPOINT_URL. If its host is a loopback address, it is the local twin, and
// address may also be a URL of that host and port. The error never contains the URL's path,
// query or user, because whoever knows them can send a response.
func checkURL(address, endpoint string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return errors.New("ResponseURL: not a valid URL; CloudFormation sends an https URL of Amazon S3")
	}
	if u.User == nil && isTwin(u, endpoint) {
		return nil
	}
	switch {
	case u.Scheme != "https":
		err = errors.New("the scheme is not https")
	case u.User != nil:
		err = errors.New("the URL contains a user")
	case u.Port() != "" && u.Port() != "443", strings.HasSuffix(u.Host, ":"):
		err = errors.New("the port is not 443")
	case !isS3(u.Hostname()):
		err = errors.New("the host does not belong to Amazon S3")
	}
	if err != nil {
		return fmt.Errorf("ResponseURL: %q: %w; CloudFormation sends an https URL of Amazon S3", u.Scheme+"://"+u.Host, err)
	}
	return nil
}

// isTwin reports whether u has the scheme, host and port of endpoint, and that host is a
// loopback address.
func isTwin(u *url.URL, endpoint string) bool {
	e, err := url.Parse(endpoint)
	if err != nil || e.Scheme != u.Scheme || e.Host != u.Host {
		return false
	}
	name := e.Hostname()
	return name == "localhost" || net.ParseIP(name).IsLoopback()
}

// isS3 reports whether host is a host name of Amazon S3 in one of AWS's partitions.
func isS3(host string) bool {
	for _, suffix := range suffixes {
		if name, ok := strings.CutSuffix(host, suffix); ok && !strings.Contains(name, "..") && s3Pattern.MatchString(name) {
			return true
		}
	}
	return false
}

// Guard returns a handler that calls handle for each event with a ResponseURL that
// CloudFormation can have sent. The handler logs and ignores any other event: it returns nil
// for it, so that Lambda does not retry the event.
func (h HTTPResponder) Guard(logger *slog.Logger, handle func(context.Context, cfn.Event) error) func(context.Context, cfn.Event) error {
	return func(ctx context.Context, ev cfn.Event) error {
		if err := checkURL(ev.ResponseURL, h.Endpoint); err != nil {
			logger.Error("event ignored", "request", ev.RequestID, "type", ev.RequestType, "resource", ev.LogicalResourceID, "error", err)
			return nil
		}
		return handle(ctx, ev)
	}
}
