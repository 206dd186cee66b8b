package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/tributary-cdk/tributary/internal/contract"
)

// stacksAPI is the part of *cloudformation.Client used here.
type stacksAPI interface {
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
}

// where are the flags that say on which warehouse to run.
type where struct {
	Stack     string `default:"Tributary" help:"Stack whose outputs say where to run it, where the flags below don't (default: ${default})." placeholder:"NAME"`
	Cluster   string `help:"Provisioned cluster to run it on." placeholder:"ID"`
	Workgroup string `help:"Serverless workgroup to run it on." placeholder:"NAME"`
	Database  string `help:"Database to run it in." placeholder:"NAME"`
	SecretARN string `name:"secret-arn" help:"Secret that holds the database user to run it as. With --cluster or --workgroup, and without this or --db-user, the caller's own IAM identity." placeholder:"ARN"`
	DBUser    string `name:"db-user" help:"Database user of the cluster to run it as, where IAM vouches for users." placeholder:"NAME"`
}

// problems returns everything that is wrong with the flags.
func (c *where) problems() []error {
	var errs []error
	if c.Cluster != "" && c.Workgroup != "" {
		errs = append(errs, errors.New("--cluster and --workgroup: give one of them"))
	}
	if (c.Cluster != "" || c.Workgroup != "") && c.Database == "" {
		errs = append(errs, errors.New("--database: required with --cluster or --workgroup"))
	}
	if c.SecretARN != "" && c.DBUser != "" {
		errs = append(errs, errors.New("--secret-arn and --db-user: give one of them"))
	}
	if c.Workgroup != "" && c.DBUser != "" {
		errs = append(errs, errors.New("--db-user: is for clusters; with --workgroup, give --secret-arn or neither"))
	}
	return errs
}

// target returns where to run: what the flags say, and the stack's outputs for
// what they don't. Secret and user are the stack's only together with its
// warehouse.
func (c *where) target(ctx context.Context, stacks stacksAPI) (contract.Target, error) {
	target := contract.Target{ClusterIdentifier: c.Cluster, WorkgroupName: c.Workgroup, Database: c.Database, SecretARN: c.SecretARN, DatabaseUser: c.DBUser}
	if c.Cluster != "" || c.Workgroup != "" {
		return target, nil
	}
	outputs, err := stackOutputs(ctx, stacks, c.Stack)
	if err != nil {
		return target, err
	}
	target.ClusterIdentifier = outputs["ClusterIdentifier"]
	if target.ClusterIdentifier == "" {
		target.WorkgroupName = outputs["WorkgroupName"]
	}
	target.Database = cmp.Or(c.Database, outputs["DatabaseName"])
	if c.SecretARN == "" && c.DBUser == "" {
		target.SecretARN, target.DatabaseUser = outputs["SecretArn"], outputs["DatabaseUser"]
	}
	switch {
	case target.ClusterIdentifier == "" && target.WorkgroupName == "":
		return target, fmt.Errorf("stack %q: no output ClusterIdentifier or WorkgroupName; name one with --cluster or --workgroup", c.Stack)
	case target.Database == "":
		return target, fmt.Errorf("stack %q: no output DatabaseName; name one with --database", c.Stack)
	}
	return target, nil
}

// stackOutputs returns a stack's outputs by key.
func stackOutputs(ctx context.Context, stacks stacksAPI, name string) (map[string]string, error) {
	described, err := stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return nil, fmt.Errorf("find where to run: stack %q: %w", name, remedied(err))
	}
	outputs := map[string]string{}
	for _, stack := range described.Stacks {
		for _, output := range stack.Outputs {
			outputs[aws.ToString(output.OutputKey)] = aws.ToString(output.OutputValue)
		}
	}
	return outputs, nil
}

// remedied returns why AWS could not be asked, with what to do about it.
func remedied(err error) error {
	endpoint := os.Getenv("AWS_ENDPOINT_URL")
	switch text := err.Error(); {
	case errors.Is(err, syscall.ECONNREFUSED) && endpoint != "":
		return fmt.Errorf("nothing answers on AWS_ENDPOINT_URL, %s: start the local twin with tributary local up, or ask AWS again after eval \"$(tributary local down)\"", endpoint)
	case strings.Contains(text, "get credentials") || strings.Contains(text, "failed to refresh cached credentials"):
		return errors.New("no AWS credentials: sign in, name an AWS_PROFILE, or start the local twin with tributary local up")
	case strings.Contains(text, "does not exist"):
		return fmt.Errorf("%w; deploy it, or name the warehouse with --cluster or --workgroup", err)
	}
	return err
}
