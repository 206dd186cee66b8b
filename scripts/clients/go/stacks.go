package main

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

const template = `{"Resources":{"S":{"Type":"AWS::Kinesis::Stream","Properties":{"ShardCount":1}}},"Outputs":{"Name":{"Value":{"Ref":"S"}}}}`

func stacks(ctx context.Context, c aws.Config) error {
	client, stack := cloudformation.NewFromConfig(c), aws.String(name)
	if _, err := client.CreateStack(ctx, &cloudformation.CreateStackInput{StackName: stack, TemplateBody: aws.String(template)}); err != nil {
		return err
	}
	described := &cloudformation.DescribeStacksInput{StackName: stack}
	created := cloudformation.NewStackCreateCompleteWaiter(client, func(o *cloudformation.StackCreateCompleteWaiterOptions) { o.MinDelay = 100 * time.Millisecond })
	if err := created.Wait(ctx, described, patience); err != nil {
		return err
	}
	out, err := client.DescribeStacks(ctx, described)
	if err != nil {
		return err
	}
	stream, err := client.DescribeStackResource(ctx, &cloudformation.DescribeStackResourceInput{StackName: stack, LogicalResourceId: aws.String("S")})
	if err != nil {
		return err
	}
	if err := check("cloudformation makes a stack", *out.Stacks[0].Outputs[0].OutputValue, *stream.StackResourceDetail.PhysicalResourceId); err != nil {
		return err
	}
	if _, err := client.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: stack}); err != nil {
		return err
	}
	deleted := cloudformation.NewStackDeleteCompleteWaiter(client, func(o *cloudformation.StackDeleteCompleteWaiterOptions) { o.MinDelay = 100 * time.Millisecond })
	if err := deleted.Wait(ctx, described, patience); err != nil {
		return err
	}
	_, err = client.DescribeStacks(ctx, described)
	return check("cloudformation deletes it", refused(err), "ValidationError")
}
