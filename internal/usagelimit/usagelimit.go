// Package usagelimit sets and removes usage limits of Redshift Serverless workgroups.
// CloudFormation has no resource type for them.
//
// A workgroup has at most one limit of a usage type and a period. So a repeated request finds
// the limit that the first one created. The stack owns the workgroup, and so also its limits.
package usagelimit

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"

	"github.com/tributary-cdk/tributary/internal/awscall"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// API contains the methods of *redshiftserverless.Client that this package calls.
type API interface {
	ListUsageLimits(context.Context, *redshiftserverless.ListUsageLimitsInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.ListUsageLimitsOutput, error)
	CreateUsageLimit(context.Context, *redshiftserverless.CreateUsageLimitInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.CreateUsageLimitOutput, error)
	UpdateUsageLimit(context.Context, *redshiftserverless.UpdateUsageLimitInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateUsageLimitOutput, error)
	DeleteUsageLimit(context.Context, *redshiftserverless.DeleteUsageLimitInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.DeleteUsageLimitOutput, error)
}

// Setter sets one limit, and removes it.
type Setter struct {
	// API calls Redshift Serverless.
	API API
	// Limit is the limit to set or to remove.
	Limit definition.UsageLimit
	// Sleep waits between two calls.
	Sleep func(context.Context, time.Duration) error
}

// Exists reports whether the workgroup has a limit of this usage type and period.
func (s *Setter) Exists(ctx context.Context) (bool, error) {
	var limit *types.UsageLimit
	err := awscall.Repeat(ctx, s.Sleep, func() (err error) {
		limit, err = s.find(ctx)
		return err
	})
	return limit != nil, err
}

// Make creates the limit, or updates the existing one.
func (s *Setter) Make(ctx context.Context) error {
	return awscall.Repeat(ctx, s.Sleep, func() error { return s.createOrUpdate(ctx) })
}

func (s *Setter) createOrUpdate(ctx context.Context) error {
	existing, err := s.find(ctx)
	if err != nil {
		return err
	}
	action := types.UsageLimitBreachAction(s.Limit.BreachAction)
	if existing == nil {
		_, err = s.API.CreateUsageLimit(ctx, &redshiftserverless.CreateUsageLimitInput{
			ResourceArn: &s.Limit.WorkgroupARN, UsageType: types.UsageLimitUsageType(s.Limit.UsageType), Amount: &s.Limit.Amount,
			Period: types.UsageLimitPeriod(s.Limit.Period), BreachAction: action,
		})
		return err
	}
	_, err = s.API.UpdateUsageLimit(ctx, &redshiftserverless.UpdateUsageLimitInput{
		UsageLimitId: existing.UsageLimitId, Amount: &s.Limit.Amount, BreachAction: action,
	})
	return err
}

// Remove removes the limit. It succeeds if the limit or the workgroup does not exist.
func (s *Setter) Remove(ctx context.Context) error {
	err := awscall.Repeat(ctx, s.Sleep, func() error { return s.remove(ctx) })
	if awscall.HasCode(err, "ResourceNotFoundException") {
		return nil
	}
	return err
}

func (s *Setter) remove(ctx context.Context) error {
	existing, err := s.find(ctx)
	if err != nil || existing == nil {
		return err
	}
	_, err = s.API.DeleteUsageLimit(ctx, &redshiftserverless.DeleteUsageLimitInput{UsageLimitId: existing.UsageLimitId})
	return err
}

// find returns the workgroup's limit of this usage type and period, or nil if it has none.
func (s *Setter) find(ctx context.Context) (*types.UsageLimit, error) {
	pages := redshiftserverless.NewListUsageLimitsPaginator(s.API, &redshiftserverless.ListUsageLimitsInput{
		ResourceArn: &s.Limit.WorkgroupARN, UsageType: types.UsageLimitUsageType(s.Limit.UsageType),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, limit := range page.UsageLimits {
			if limit.Period == types.UsageLimitPeriod(s.Limit.Period) && aws.ToString(limit.ResourceArn) == s.Limit.WorkgroupARN {
				return &limit, nil
			}
		}
	}
	return nil, nil
}
