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

// stacksAPI is the method of *cloudformation.Client that the commands call.
type stacksAPI interface {
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
}

// warehouseFlags are the flags that select the warehouse, the database and the database
// user.
type warehouseFlags struct {
	Stack     string `default:"Tributary" help:"Stack whose outputs are the defaults of the flags below (default: ${default})." placeholder:"NAME"`
	Cluster   string `help:"Provisioned cluster to use." placeholder:"ID"`
	Workgroup string `help:"Serverless workgroup to use." placeholder:"NAME"`
	Database  string `help:"Database to use." placeholder:"NAME"`
	SecretARN string `name:"secret-arn" help:"Secret with the name and the password of the database user. With --cluster or --workgroup, and without --secret-arn and --db-user, statements run as the caller's IAM identity." placeholder:"ARN"`
	DBUser    string `name:"db-user" help:"Database user of the cluster. IAM must allow the caller to get temporary credentials for this user." placeholder:"NAME"`
}

// check returns everything that is wrong with the flags.
func (c *warehouseFlags) check() []error {
	var errs []error
	if c.Cluster != "" && c.Workgroup != "" {
		errs = append(errs, errors.New("--cluster, --workgroup: give only one of them"))
	}
	if (c.Cluster != "" || c.Workgroup != "") && c.Database == "" {
		errs = append(errs, errors.New("--database: is required with --cluster or --workgroup"))
	}
	if c.SecretARN != "" && c.DBUser != "" {
		errs = append(errs, errors.New("--secret-arn, --db-user: give only one of them"))
	}
	if c.Workgroup != "" && c.DBUser != "" {
		errs = append(errs, errors.New("--db-user: works only with a cluster; with --workgroup, give --secret-arn or neither"))
	}
	return errs
}

// target returns the warehouse, the database and the database user. Flags have priority
// over the stack's outputs. If a flag names the warehouse, the outputs are not used at all.
func (c *warehouseFlags) target(ctx context.Context, stacks stacksAPI) (contract.Target, error) {
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
		return target, fmt.Errorf("stack %q: has no output ClusterIdentifier or WorkgroupName; give --cluster or --workgroup", c.Stack)
	case target.Database == "":
		return target, fmt.Errorf("stack %q: has no output DatabaseName; give --database", c.Stack)
	}
	return target, nil
}

// stackOutputs returns a stack's outputs by key.
func stackOutputs(ctx context.Context, stacks stacksAPI, name string) (map[string]string, error) {
	described, err := stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return nil, fmt.Errorf("read the outputs of stack %q: %w", name, withRemedy(err))
	}
	outputs := map[string]string{}
	for _, stack := range described.Stacks {
		for _, output := range stack.Outputs {
			outputs[aws.ToString(output.OutputKey)] = aws.ToString(output.OutputValue)
		}
	}
	return outputs, nil
}

// withRemedy adds a remedy to an error of an AWS call, if it knows one.
func withRemedy(err error) error {
	endpoint := os.Getenv("AWS_ENDPOINT_URL")
	switch text := err.Error(); {
	case errors.Is(err, syscall.ECONNREFUSED) && endpoint != "":
		return fmt.Errorf("nothing answers on AWS_ENDPOINT_URL, %s; start the local twin with: tributary local up; or use AWS again with: eval \"$(tributary local down)\"", endpoint)
	case strings.Contains(text, "get credentials") || strings.Contains(text, "failed to refresh cached credentials"):
		return errors.New("no AWS credentials; sign in, set AWS_PROFILE, or start the local twin with: tributary local up")
	case strings.Contains(text, "does not exist"):
		return fmt.Errorf("%w; deploy it, or give --cluster or --workgroup", err)
	}
	return err
}
