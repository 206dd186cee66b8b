package warehouse

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// AWS weighs the four actions of usage limits on no resource.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftserverless.html
const everything = "*"

type limitJSON struct {
	ID           string `json:"usageLimitId"`
	ARN          string `json:"usageLimitArn"`
	ResourceARN  string `json:"resourceArn"`
	UsageType    string `json:"usageType"`
	Amount       int64  `json:"amount"`
	Period       string `json:"period"`
	BreachAction string `json:"breachAction"`
}

type limitOutput struct {
	UsageLimit limitJSON `json:"usageLimit"`
}

func (s *serverless) limitARN(id string) string {
	return s.arn("redshift-serverless", "usagelimit/"+id)
}

func (s *serverless) describeLimit(l *UsageLimit) limitJSON {
	return limitJSON{l.ID, s.limitARN(l.ID), l.ResourceARN, l.UsageType, l.Amount, l.Period, l.BreachAction}
}

func (s *serverless) createLimit(_ context.Context, in *limitJSON) (*limitOutput, error) {
	if err := s.may("redshift-serverless:CreateUsageLimit", everything, nil); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.limits {
		if l.ResourceARN == in.ResourceARN && l.UsageType == in.UsageType && l.Period == in.Period {
			return nil, wire.Errorf("ConflictException", "a usage limit of %s, %s exists already", in.UsageType, in.Period)
		}
	}
	l := &UsageLimit{newID(), in.ResourceARN, in.UsageType, in.Period, in.BreachAction, in.Amount}
	s.limits[l.ID] = l
	return &limitOutput{s.describeLimit(l)}, nil
}

func (s *serverless) updateLimit(_ context.Context, in *limitJSON) (*limitOutput, error) {
	if err := s.may("redshift-serverless:UpdateUsageLimit", everything, nil); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.limits[in.ID]
	if l == nil {
		return nil, serverlessError(fmt.Errorf("usage limit %q: %w", in.ID, ErrNotFound))
	}
	l.Amount, l.BreachAction = in.Amount, in.BreachAction
	return &limitOutput{s.describeLimit(l)}, nil
}

func (s *serverless) deleteLimit(_ context.Context, in *limitJSON) (*limitOutput, error) {
	if err := s.may("redshift-serverless:DeleteUsageLimit", everything, nil); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.limits[in.ID]
	if l == nil {
		return nil, serverlessError(fmt.Errorf("usage limit %q: %w", in.ID, ErrNotFound))
	}
	delete(s.limits, in.ID)
	return &limitOutput{s.describeLimit(l)}, nil
}

func (s *serverless) listLimits(_ context.Context, in *limitJSON) (any, error) {
	if err := s.may("redshift-serverless:ListUsageLimits", everything, nil); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []limitJSON{}
	for _, id := range slices.Sorted(maps.Keys(s.limits)) {
		l := s.limits[id]
		if (in.ResourceARN == "" || in.ResourceARN == l.ResourceARN) && (in.UsageType == "" || in.UsageType == l.UsageType) {
			list = append(list, s.describeLimit(l))
		}
	}
	return map[string]any{"usageLimits": list}, nil
}
