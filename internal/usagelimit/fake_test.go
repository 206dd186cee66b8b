package usagelimit_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"

	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// service is a fake Redshift Serverless. A workgroup has at most one limit of a usage type
// and a period, as in AWS. ListUsageLimits returns pages of one limit.
type service struct {
	limits   map[string]types.UsageLimit // by ID
	created  int                         // the number of limits that were created
	failures []error                     // the errors of the next calls; nil means that a call succeeds
	response ddlhandler.Response         // the last response of the handler
}

// newService returns a service that has the limits, with the IDs limit-1, limit-2 and so on.
func newService(limits ...types.UsageLimit) *service {
	s := &service{limits: map[string]types.UsageLimit{}}
	for _, limit := range limits {
		s.add(limit)
	}
	return s
}

func (s *service) add(limit types.UsageLimit) {
	s.created++
	id := fmt.Sprint("limit-", s.created)
	limit.UsageLimitId = &id
	s.limits[id] = limit
}

// describe returns the limits of the workgroup, by ID.
func (s *service) describe() map[string]string {
	described := map[string]string{}
	for id, l := range s.limits {
		described[id] = fmt.Sprintf("%s %s %d %s", l.UsageType, l.Period, *l.Amount, l.BreachAction)
	}
	return described
}

// fail returns the error of the present call.
func (s *service) fail() error {
	if len(s.failures) == 0 {
		return nil
	}
	err := s.failures[0]
	s.failures = s.failures[1:]
	return err
}

func (s *service) ListUsageLimits(_ context.Context, in *redshiftserverless.ListUsageLimitsInput, _ ...func(*redshiftserverless.Options)) (*redshiftserverless.ListUsageLimitsOutput, error) {
	if err := s.fail(); err != nil {
		return nil, err
	}
	var found []types.UsageLimit
	for _, id := range slices.Sorted(maps.Keys(s.limits)) {
		if limit := s.limits[id]; aws.ToString(limit.ResourceArn) == aws.ToString(in.ResourceArn) && limit.UsageType == in.UsageType {
			found = append(found, limit)
		}
	}
	page, _ := strconv.Atoi(aws.ToString(in.NextToken)) // "" is the first page
	out := &redshiftserverless.ListUsageLimitsOutput{}
	if page < len(found) {
		out.UsageLimits = found[page : page+1]
	}
	if page+1 < len(found) {
		out.NextToken = aws.String(strconv.Itoa(page + 1))
	}
	return out, nil
}

func (s *service) CreateUsageLimit(_ context.Context, in *redshiftserverless.CreateUsageLimitInput, _ ...func(*redshiftserverless.Options)) (*redshiftserverless.CreateUsageLimitOutput, error) {
	if err := s.fail(); err != nil {
		return nil, err
	}
	for _, limit := range s.limits {
		if *limit.ResourceArn == *in.ResourceArn && limit.UsageType == in.UsageType && limit.Period == in.Period {
			return nil, &types.ValidationException{Message: aws.String("the limit exists")}
		}
	}
	s.add(types.UsageLimit{ResourceArn: in.ResourceArn, UsageType: in.UsageType, Period: in.Period, Amount: in.Amount, BreachAction: in.BreachAction})
	return &redshiftserverless.CreateUsageLimitOutput{}, nil
}

func (s *service) UpdateUsageLimit(_ context.Context, in *redshiftserverless.UpdateUsageLimitInput, _ ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateUsageLimitOutput, error) {
	if err := s.fail(); err != nil {
		return nil, err
	}
	limit, ok := s.limits[aws.ToString(in.UsageLimitId)]
	if !ok {
		return nil, &types.ResourceNotFoundException{}
	}
	limit.Amount, limit.BreachAction = in.Amount, in.BreachAction
	s.limits[*in.UsageLimitId] = limit
	return &redshiftserverless.UpdateUsageLimitOutput{}, nil
}

func (s *service) DeleteUsageLimit(_ context.Context, in *redshiftserverless.DeleteUsageLimitInput, _ ...func(*redshiftserverless.Options)) (*redshiftserverless.DeleteUsageLimitOutput, error) {
	if err := s.fail(); err != nil {
		return nil, err
	}
	if _, ok := s.limits[aws.ToString(in.UsageLimitId)]; !ok {
		return nil, &types.ResourceNotFoundException{}
	}
	delete(s.limits, *in.UsageLimitId)
	return &redshiftserverless.DeleteUsageLimitOutput{}, nil
}
