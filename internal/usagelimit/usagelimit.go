// Package usagelimit answers CloudFormation's requests for usage limits of Redshift
// Serverless workgroups, which it has no type for.
//
// A limit is known by its workgroup, its kind and its period, of which Redshift has
// one each, so that a repeated request finds what the first one made. The workgroup
// is the stack's own, and so is the limit.
package usagelimit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"
	"github.com/aws/smithy-go"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// Type is the custom resource's.
const Type = "Custom::RedshiftUsageLimit"

// API is the part of *redshiftserverless.Client used here.
type API interface {
	ListUsageLimits(context.Context, *redshiftserverless.ListUsageLimitsInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.ListUsageLimitsOutput, error)
	CreateUsageLimit(context.Context, *redshiftserverless.CreateUsageLimitInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.CreateUsageLimitOutput, error)
	UpdateUsageLimit(context.Context, *redshiftserverless.UpdateUsageLimitInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateUsageLimitOutput, error)
	DeleteUsageLimit(context.Context, *redshiftserverless.DeleteUsageLimitInput, ...func(*redshiftserverless.Options)) (*redshiftserverless.DeleteUsageLimitOutput, error)
}

// Handler answers events.
type Handler struct {
	// API is Redshift Serverless.
	API API
	// Responder tells CloudFormation how a request ended.
	Responder ddlhandler.Responder
	// Log gets a line for each request.
	Log *slog.Logger
	// Sleep waits between two tries.
	Sleep func(context.Context, time.Duration) error
}

// Limit is what a custom resource declares, as CloudFormation sends it.
//
// Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_CreateUsageLimit.html
type Limit struct {
	WorkgroupARN string `json:"workgroupArn"`
	UsageType    string `json:"usageType"`
	Amount       string `json:"amount"` // in RPU-hours or terabytes, a whole number
	Period       string `json:"period"`
	BreachAction string `json:"breachAction"`
}

type properties struct {
	ServiceToken   string `json:"ServiceToken"`
	ServiceTimeout string `json:"ServiceTimeout"`
	UsageLimit     Limit  `json:"UsageLimit"`
}

// Handle runs ev and answers it. An error means that CloudFormation could not be
// told.
func (h *Handler) Handle(ctx context.Context, ev ddlhandler.Event) error {
	began := time.Now()
	working, cancel := margin(ctx)
	defer cancel()
	patience := ddlhandler.NewPatience(ctx, ev, h.Sleep)
	logger := h.Log.With("request", ev.RequestID, "type", ev.RequestType, "resource", ev.LogicalResourceID)
	answer := ddlhandler.Response{
		Status: ddlhandler.Success, PhysicalResourceID: ev.PhysicalResourceID,
		StackID: ev.StackID, RequestID: ev.RequestID, LogicalResourceID: ev.LogicalResourceID,
	}
	p, problems := ddl.Decode[properties](ev.ResourceProperties)
	if ev.RequestType != "Delete" {
		answer.PhysicalResourceID = p.UsageLimit.id()
	}
	var err error
	switch amount, bad := p.UsageLimit.check(); {
	case ev.RequestType == "Delete" && ev.PhysicalResourceID != p.UsageLimit.id():
		// No Create of this version made that.
	case ev.RequestType == "Delete":
		err = patience.Try(working, func(int) error {
			return h.patiently(working, func() error { return h.remove(working, p.UsageLimit) })
		})
	case len(problems)+len(bad) > 0:
		err = append(problems, bad...)
	default:
		err = patience.Try(working, func(int) error {
			return h.patiently(working, func() error { return h.put(working, p.UsageLimit, amount) })
		})
	}
	if err != nil {
		answer.Status, answer.Reason = ddlhandler.Failed, "usage limit: "+err.Error()
	}
	logger.Info("answered", "status", answer.Status, "after", time.Since(began))
	return h.Responder.Respond(ctx, ev.ResponseURL, answer)
}

// margin keeps back a part of the time that ctx has, in which to answer.
func margin(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(10*time.Second, time.Until(deadline)/10)))
}

// id identifies the limit in the world, before it is made.
func (l Limit) id() string { return strings.Join([]string{l.WorkgroupARN, l.UsageType, l.Period}, "/") }

// check returns the amount, and what is wrong with the limit.
func (l Limit) check() (int64, ddl.Problems) {
	var problems ddl.Problems
	oneOf := func(path, value string, allowed []string) {
		if !slices.Contains(allowed, value) {
			problems = append(problems, ddl.Problem{Path: "UsageLimit." + path, Message: fmt.Sprintf("got %q; write one of %s", value, strings.Join(allowed, ", "))})
		}
	}
	oneOf("usageType", l.UsageType, texts(types.UsageLimitUsageType("").Values()))
	oneOf("period", l.Period, texts(types.UsageLimitPeriod("").Values()))
	oneOf("breachAction", l.BreachAction, texts(types.UsageLimitBreachAction("").Values()))
	amount, err := strconv.ParseInt(l.Amount, 10, 64)
	if err != nil || amount <= 0 {
		problems = append(problems, ddl.Problem{Path: "UsageLimit.amount", Message: fmt.Sprintf("got %q; write a whole number over 0", l.Amount)})
	}
	return amount, problems
}

func texts[T ~string](values []T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

// put makes the limit, or changes the one that is there.
func (h *Handler) put(ctx context.Context, l Limit, amount int64) error {
	there, err := h.find(ctx, l)
	if err != nil {
		return err
	}
	if there == nil {
		_, err = h.API.CreateUsageLimit(ctx, &redshiftserverless.CreateUsageLimitInput{
			ResourceArn: &l.WorkgroupARN, UsageType: types.UsageLimitUsageType(l.UsageType), Amount: &amount,
			Period: types.UsageLimitPeriod(l.Period), BreachAction: types.UsageLimitBreachAction(l.BreachAction),
		})
		return err
	}
	_, err = h.API.UpdateUsageLimit(ctx, &redshiftserverless.UpdateUsageLimitInput{
		UsageLimitId: there.UsageLimitId, Amount: &amount, BreachAction: types.UsageLimitBreachAction(l.BreachAction),
	})
	return err
}

// remove removes the limit. One that is gone, or whose workgroup is, is no error.
func (h *Handler) remove(ctx context.Context, l Limit) error {
	there, err := h.find(ctx, l)
	if err == nil && there != nil {
		_, err = h.API.DeleteUsageLimit(ctx, &redshiftserverless.DeleteUsageLimitInput{UsageLimitId: there.UsageLimitId})
	}
	if hasCode(err, "ResourceNotFoundException") {
		return nil
	}
	return err
}

// find returns the workgroup's limit of that kind and period, or nil.
func (h *Handler) find(ctx context.Context, l Limit) (*types.UsageLimit, error) {
	pages := redshiftserverless.NewListUsageLimitsPaginator(h.API, &redshiftserverless.ListUsageLimitsInput{
		ResourceArn: &l.WorkgroupARN, UsageType: types.UsageLimitUsageType(l.UsageType),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, found := range page.UsageLimits {
			if found.Period == types.UsageLimitPeriod(l.Period) && aws.ToString(found.ResourceArn) == l.WorkgroupARN {
				return &found, nil
			}
		}
	}
	return nil, nil
}

// patiently runs attempt until it fails for another reason than that the workgroup is
// busy, or until ctx ends; then the error says what was refused.
func (h *Handler) patiently(ctx context.Context, attempt func() error) error {
	for wait := 500 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		err := attempt()
		if !dataapi.Unanswered(err) && !hasCode(err, "ConflictException", "ThrottlingException", "TooManyRequestsException") {
			return err
		}
		if ended := h.Sleep(ctx, wait); ended != nil {
			return fmt.Errorf("%w: %w", ended, err)
		}
	}
}

func hasCode(err error, codes ...string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && slices.Contains(codes, api.ErrorCode())
}
