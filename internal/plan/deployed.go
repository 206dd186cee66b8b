package plan

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
)

// API is the part of *cloudformation.Client that this package uses.
type API interface {
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
	GetTemplate(context.Context, *cloudformation.GetTemplateInput, ...func(*cloudformation.Options)) (*cloudformation.GetTemplateOutput, error)
	ListStackResources(context.Context, *cloudformation.ListStackResourcesInput, ...func(*cloudformation.Options)) (*cloudformation.ListStackResourcesOutput, error)
}

// ReadDeployed returns the deployed stack with the given name, or nil if it is not
// deployed. It returns an error if the stack is being changed.
func ReadDeployed(ctx context.Context, api API, name string) (*Stack, error) {
	s, err := describe(ctx, api, name)
	if err != nil || s == nil {
		return nil, err
	}
	out, err := api.GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: &s.ID})
	if err != nil {
		return nil, fmt.Errorf("get the template of the deployed stack %q: %w", name, err)
	}
	s.Template = []byte(aws.ToString(out.TemplateBody))
	s.PhysicalIDs = map[string]string{}
	pages := cloudformation.NewListStackResourcesPaginator(api, &cloudformation.ListStackResourcesInput{StackName: &s.ID})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the resources of the deployed stack %q: %w", name, err)
		}
		for _, r := range page.StackResourceSummaries {
			if r.ResourceStatus != types.ResourceStatusDeleteComplete {
				s.PhysicalIDs[aws.ToString(r.LogicalResourceId)] = aws.ToString(r.PhysicalResourceId)
			}
		}
	}
	return s, nil
}

// describe returns the stack without its template and its resources.
func describe(ctx context.Context, api API, name string) (*Stack, error) {
	out, err := api.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "ValidationError" && strings.Contains(refused.ErrorMessage(), "does not exist") {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("describe the deployed stack: %w; to plan without AWS, as if nothing were deployed, use --offline", err)
	}
	if len(out.Stacks) == 0 {
		return nil, nil
	}
	found := out.Stacks[0]
	switch {
	case found.StackStatus == types.StackStatusReviewInProgress: // has a change set, but no resources yet
		return nil, nil
	case strings.HasSuffix(string(found.StackStatus), "_IN_PROGRESS"):
		return nil, fmt.Errorf("the stack %q has the status %s; plan again when its change has ended", name, found.StackStatus)
	}
	s := &Stack{Name: aws.ToString(found.StackName), ID: aws.ToString(found.StackId), Parameters: map[string]string{}}
	if id, err := arn.Parse(s.ID); err == nil {
		s.Region, s.Account = id.Region, id.AccountID
	}
	for _, p := range found.Parameters {
		value := p.ParameterValue
		if p.ResolvedValue != nil { // the value of a Systems Manager parameter
			value = p.ResolvedValue
		}
		s.Parameters[aws.ToString(p.ParameterKey)] = aws.ToString(value)
	}
	return s, nil
}
