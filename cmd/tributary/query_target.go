package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// stacksAPI is the part of *cloudformation.Client used here.
type stacksAPI interface {
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
}

// target returns where to run: what the flags say, and the stack's outputs for
// what they don't. The secret is the stack's only together with its warehouse.
func (c *queryCmd) target(ctx context.Context, stacks stacksAPI) (dataapi.Target, error) {
	target := dataapi.Target{ClusterIdentifier: c.Cluster, WorkgroupName: c.Workgroup, Database: c.Database, SecretARN: c.SecretARN}
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
	target.SecretARN = cmp.Or(c.SecretARN, outputs["SecretArn"])
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
		return nil, fmt.Errorf("find where to run: stack %q: %w; deploy it, or name the warehouse with --cluster or --workgroup", name, err)
	}
	outputs := map[string]string{}
	for _, stack := range described.Stacks {
		for _, output := range stack.Outputs {
			outputs[aws.ToString(output.OutputKey)] = aws.ToString(output.OutputValue)
		}
	}
	return outputs, nil
}
