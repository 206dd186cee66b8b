// Package usagelimit sets and removes usage limits of Redshift Serverless workgroups,
// which CloudFormation has no type for.
//
// A limit is known by its workgroup, its type and its period, of which Redshift has
// one each, so that a repeated request finds what the first one made. The workgroup
// is the stack's own, and so is the limit.
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

// API is the part of *redshiftserverless.Client used here.
type API interface {
	ListUsageLimits(context.Context, *redshiftserverless.ListUsageLimitsInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.ListUsageLimitsOutput, error)
	CreateUsageLimit(context.Context, *redshiftserverless.CreateUsageLimitInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.CreateUsageLimitOutput, error)
	UpdateUsageLimit(context.Context, *redshiftserverless.UpdateUsageLimitInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateUsageLimitOutput, error)
	DeleteUsageLimit(context.Context, *redshiftserverless.DeleteUsageLimitInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.DeleteUsageLimitOutput, error)
}

// Setter sets one limit, and removes it.
type Setter struct {
	// API is Redshift Serverless.
	API API
	// Limit is the limit.
	Limit definition.UsageLimit
	// Sleep waits between two calls.
	Sleep func(context.Context, time.Duration) error
}

// Exists reports whether the workgroup has a limit of that type and period.
func (s *Setter) Exists(ctx context.Context) (bool, error) {
	var there *types.UsageLimit
	err := awscall.Repeat(ctx, s.Sleep, func() (err error) {
		there, err = s.find(ctx)
		return err
	})
	return there != nil, err
}

// Make makes the limit, or changes the one that is there.
func (s *Setter) Make(ctx context.Context) error {
	return awscall.Repeat(ctx, s.Sleep, func() error { return s.put(ctx) })
}

func (s *Setter) put(ctx context.Context) error {
	there, err := s.find(ctx)
	if err != nil {
		return err
	}
	action := types.UsageLimitBreachAction(s.Limit.BreachAction)
	if there == nil {
		_, err = s.API.CreateUsageLimit(ctx, &redshiftserverless.CreateUsageLimitInput{
			ResourceArn: &s.Limit.WorkgroupARN, UsageType: types.UsageLimitUsageType(s.Limit.UsageType), Amount: &s.Limit.Amount,
			Period: types.UsageLimitPeriod(s.Limit.Period), BreachAction: action,
		})
		return err
	}
	_, err = s.API.UpdateUsageLimit(ctx, &redshiftserverless.UpdateUsageLimitInput{
		UsageLimitId: there.UsageLimitId, Amount: &s.Limit.Amount, BreachAction: action,
	})
	return err
}

// Remove removes the limit. One that is gone, or whose workgroup is, is no error.
func (s *Setter) Remove(ctx context.Context) error {
	err := awscall.Repeat(ctx, s.Sleep, func() error { return s.remove(ctx) })
	if awscall.HasCode(err, "ResourceNotFoundException") {
		return nil
	}
	return err
}

func (s *Setter) remove(ctx context.Context) error {
	there, err := s.find(ctx)
	if err != nil || there == nil {
		return err
	}
	_, err = s.API.DeleteUsageLimit(ctx, &redshiftserverless.DeleteUsageLimitInput{UsageLimitId: there.UsageLimitId})
	return err
}

// find returns the workgroup's limit of that type and period, or nil.
func (s *Setter) find(ctx context.Context) (*types.UsageLimit, error) {
	pages := redshiftserverless.NewListUsageLimitsPaginator(s.API, &redshiftserverless.ListUsageLimitsInput{
		ResourceArn: &s.Limit.WorkgroupARN, UsageType: types.UsageLimitUsageType(s.Limit.UsageType),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, found := range page.UsageLimits {
			if found.Period == types.UsageLimitPeriod(s.Limit.Period) && aws.ToString(found.ResourceArn) == s.Limit.WorkgroupARN {
				return &found, nil
			}
		}
	}
	return nil, nil
}
