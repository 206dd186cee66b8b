package redshiftserverless

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-cdk/tributary/internal/twin/uuid"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// anyResource is the resource of the actions for usage limits. On AWS, these four actions
// do not support resource-level permissions.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftserverless.html
const anyResource = "*"

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

func (a *API) limitARN(id string) string {
	return a.Account.ARN("redshift-serverless", "usagelimit/"+id)
}

func (a *API) describeLimit(l *UsageLimit) limitJSON {
	return limitJSON{l.ID, a.limitARN(l.ID), l.ResourceARN, l.UsageType, l.Amount, l.Period, l.BreachAction}
}

func (a *API) createLimit(ctx context.Context, in *limitJSON) (*limitOutput, error) {
	if err := a.Authorize.Check(ctx, "redshift-serverless:CreateUsageLimit", anyResource, nil); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, l := range a.limits {
		if l.ResourceARN == in.ResourceARN && l.UsageType == in.UsageType && l.Period == in.Period {
			return nil, wire.Errorf("ConflictException", "a usage limit with the usage type %s and the period %s exists already", in.UsageType, in.Period)
		}
	}
	l := &UsageLimit{uuid.New(), in.ResourceARN, in.UsageType, in.Period, in.BreachAction, in.Amount}
	a.limits[l.ID] = l
	return &limitOutput{a.describeLimit(l)}, nil
}

func (a *API) updateLimit(ctx context.Context, in *limitJSON) (*limitOutput, error) {
	if err := a.Authorize.Check(ctx, "redshift-serverless:UpdateUsageLimit", anyResource, nil); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.limits[in.ID]
	if l == nil {
		return nil, apiError(fmt.Errorf("usage limit %q: %w", in.ID, ErrNotFound))
	}
	l.Amount, l.BreachAction = in.Amount, in.BreachAction
	return &limitOutput{a.describeLimit(l)}, nil
}

func (a *API) deleteLimit(ctx context.Context, in *limitJSON) (*limitOutput, error) {
	if err := a.Authorize.Check(ctx, "redshift-serverless:DeleteUsageLimit", anyResource, nil); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.limits[in.ID]
	if l == nil {
		return nil, apiError(fmt.Errorf("usage limit %q: %w", in.ID, ErrNotFound))
	}
	delete(a.limits, in.ID)
	return &limitOutput{a.describeLimit(l)}, nil
}

func (a *API) listLimits(ctx context.Context, in *limitJSON) (any, error) {
	if err := a.Authorize.Check(ctx, "redshift-serverless:ListUsageLimits", anyResource, nil); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	list := []limitJSON{}
	for _, id := range slices.Sorted(maps.Keys(a.limits)) {
		l := a.limits[id]
		if (in.ResourceARN == "" || in.ResourceARN == l.ResourceARN) && (in.UsageType == "" || in.UsageType == l.UsageType) {
			list = append(list, a.describeLimit(l))
		}
	}
	return map[string]any{"usageLimits": list}, nil
}
