package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/tributary-cdk/tributary/internal/produce"
)

// name returns the name of the destination: a stream or a file.
func (c *generateCmd) name() string { return cmp.Or(c.Out, c.Firehose, c.Stream) }

// destination returns the kind and the name of the destination, for error messages.
func (c *generateCmd) destination() string {
	switch {
	case c.Out != "":
		return fmt.Sprintf("file %q", c.Out)
	case c.Firehose != "":
		return fmt.Sprintf("Firehose stream %q", c.Firehose)
	}
	return fmt.Sprintf("stream %q", c.Stream)
}

// sink opens the destination. The caller calls closeSink after the last record.
func (c *generateCmd) sink(ctx context.Context, stdout io.Writer) (sink produce.Sink, closeSink func() error, err error) {
	nothing := func() error { return nil }
	switch {
	case c.Out == "-":
		return produce.NewWriter(stdout), nothing, nil
	case c.Out != "":
		file, err := os.Create(c.Out)
		if err != nil {
			return nil, nothing, fmt.Errorf("--out: %w", err)
		}
		return produce.NewWriter(file), file.Close, nil
	}
	cfg, err := awsConfig(ctx)
	if err != nil {
		return nil, nothing, err
	}
	if c.Firehose != "" {
		endpoint, err := firehoseEndpoint(ctx, cfg)
		return produce.NewFirehose(endpoint, c.Firehose), nothing, err
	}
	endpoint, err := kinesisEndpoint(ctx, cfg)
	return produce.NewKinesis(endpoint, c.Stream), nothing, err
}

// awsConfig returns the AWS SDK's default configuration. It returns an error if the
// configuration has no region.
func awsConfig(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err == nil && cfg.Region == "" {
		err = errors.New("no AWS region; set AWS_REGION, or a region in the AWS profile")
	}
	return cfg, err
}

// kinesisEndpoint returns the Kinesis endpoint that the AWS SDK would use.
func kinesisEndpoint(ctx context.Context, cfg aws.Config) (produce.Endpoint, error) {
	options := kinesis.NewFromConfig(cfg).Options()
	resolved, err := options.EndpointResolverV2.ResolveEndpoint(ctx, kinesis.EndpointParameters{
		Region: &cfg.Region, Endpoint: options.BaseEndpoint,
		UseFIPS:      aws.Bool(options.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
		UseDualStack: aws.Bool(options.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
	})
	if err != nil {
		return produce.Endpoint{}, err
	}
	return produce.Endpoint{URL: resolved.URI.String(), Region: cfg.Region, Credentials: cfg.Credentials}, nil
}

// firehoseEndpoint returns the Firehose endpoint. If the environment sets none, it
// replaces "kinesis" by "firehose" in the Kinesis endpoint's host.
func firehoseEndpoint(ctx context.Context, cfg aws.Config) (produce.Endpoint, error) {
	endpoint, err := kinesisEndpoint(ctx, cfg)
	if err != nil {
		return endpoint, err
	}
	if set := cmp.Or(os.Getenv("AWS_ENDPOINT_URL_FIREHOSE"), aws.ToString(cfg.BaseEndpoint)); set != "" {
		endpoint.URL = set
		return endpoint, nil
	}
	address, err := url.Parse(endpoint.URL)
	if err != nil {
		return endpoint, err
	}
	host, ok := strings.CutPrefix(address.Host, "kinesis")
	if !ok {
		return endpoint, fmt.Errorf("no Firehose endpoint can be derived from the Kinesis endpoint %q; set AWS_ENDPOINT_URL_FIREHOSE", endpoint.URL)
	}
	address.Host = "firehose" + host
	endpoint.URL = address.String()
	return endpoint, nil
}
