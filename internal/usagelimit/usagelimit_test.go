package usagelimit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
	"github.com/tributary-cdk/tributary/internal/definition"
	"github.com/tributary-cdk/tributary/internal/usagelimit"
)

const workgroup = "arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/w"

// service is Redshift Serverless in memory: one limit of a kind and a period.
type service struct {
	limits   map[string]string // by id: what it is
	made     int
	failures []error // of the next calls
	answer   ddlhandler.Response
}

func (s *service) fail() error {
	if len(s.failures) == 0 {
		return nil
	}
	err := s.failures[0]
	s.failures = s.failures[1:]
	return err
}

func written(period types.UsageLimitPeriod, amount int64, action types.UsageLimitBreachAction) string {
	return fmt.Sprintf("%s %d %s", period, amount, action)
}

func (s *service) ListUsageLimits(_ context.Context, in *redshiftserverless.ListUsageLimitsInput, _ ...func(*redshiftserverless.Options)) (*redshiftserverless.ListUsageLimitsOutput, error) {
	out := &redshiftserverless.ListUsageLimitsOutput{}
	for id, text := range s.limits {
		var period string
		_, _ = fmt.Sscan(text, &period)
		out.UsageLimits = append(out.UsageLimits, types.UsageLimit{
			UsageLimitId: aws.String(id), ResourceArn: in.ResourceArn, UsageType: in.UsageType, Period: types.UsageLimitPeriod(period),
		})
	}
	return out, s.fail()
}

func (s *service) CreateUsageLimit(_ context.Context, in *redshiftserverless.CreateUsageLimitInput, _ ...func(*redshiftserverless.Options)) (*redshiftserverless.CreateUsageLimitOutput, error) {
	if err := s.fail(); err != nil {
		return nil, err
	}
	s.made++
	s.limits[fmt.Sprint("limit-", s.made)] = written(in.Period, *in.Amount, in.BreachAction)
	return &redshiftserverless.CreateUsageLimitOutput{}, nil
}

func (s *service) UpdateUsageLimit(_ context.Context, in *redshiftserverless.UpdateUsageLimitInput, _ ...func(*redshiftserverless.Options)) (*redshiftserverless.UpdateUsageLimitOutput, error) {
	var period string
	_, _ = fmt.Sscan(s.limits[*in.UsageLimitId], &period)
	s.limits[*in.UsageLimitId] = written(types.UsageLimitPeriod(period), *in.Amount, in.BreachAction)
	return &redshiftserverless.UpdateUsageLimitOutput{}, s.fail()
}

func (s *service) DeleteUsageLimit(_ context.Context, in *redshiftserverless.DeleteUsageLimitInput, _ ...func(*redshiftserverless.Options)) (*redshiftserverless.DeleteUsageLimitOutput, error) {
	delete(s.limits, *in.UsageLimitId)
	return &redshiftserverless.DeleteUsageLimitOutput{}, s.fail()
}

func (s *service) Respond(_ context.Context, _ string, r ddlhandler.Response) error {
	s.answer = r
	return nil
}

// event returns an event about a limit.
func event(kind cfn.RequestType, physical, period, amount, action string) cfn.Event {
	return cfn.Event{
		RequestType: kind, ResourceType: contract.UsageLimitType, PhysicalResourceID: physical,
		ResourceProperties: map[string]any{
			"ServiceToken": "arn", "ServiceTimeout": "3600",
			"UsageLimit": map[string]any{"workgroupArn": workgroup, "usageType": "serverless-compute", "amount": amount, "period": period, "breachAction": action},
		},
	}
}

// handler returns the function, with the service behind it.
func (s *service) handler(sleep func(context.Context, time.Duration) error) *ddlhandler.Handler {
	return &ddlhandler.Handler{
		Runner: func(ddlhandler.Session) ddlhandler.Runner { return nil }, // a limit takes no statements
		API: func(d definition.Definition, _ contract.Target) ddlhandler.API {
			limit, _ := d.(definition.UsageLimit)
			return &usagelimit.Setter{API: s, Limit: limit, Sleep: sleep}
		},
		Responder: s, Log: slog.New(slog.DiscardHandler), Sleep: sleep,
	}
}

// handle has an event handled, and returns the answer's status, id and reason.
func (s *service) handle(t *testing.T, ev cfn.Event, sleep func(context.Context, time.Duration) error) []string {
	t.Helper()
	if err := s.handler(sleep).Handle(t.Context(), ev); err != nil {
		t.Fatal(err)
	}
	return []string{string(s.answer.Status), s.answer.PhysicalResourceID, s.answer.Reason}
}

// atOnce waits for nothing.
func atOnce(context.Context, time.Duration) error { return nil }

func TestLife(t *testing.T) {
	t.Parallel()
	s := &service{limits: map[string]string{}, failures: []error{nil, &types.ConflictException{}}}
	id := workgroup + "/serverless-compute/monthly"
	steps := []struct {
		name                             string
		kind                             cfn.RequestType
		physical                         string
		amount, action                   string
		wantStatus, wantReason, wantSeen string
	}{
		{"create", "Create", "", "100", "log", "SUCCESS", "", "map[limit-1:monthly 100 log]"},
		{"create again", "Create", "", "100", "log", "SUCCESS", "", "map[limit-1:monthly 100 log]"},
		{"change", "Update", id, "50", "deactivate", "SUCCESS", "", "map[limit-1:monthly 50 deactivate]"},
		{
			"bad", "Update", id, "none", "stop", "FAILED",
			`usage limit: UsageLimit.breachAction: got "stop"; write one of log, emit-metric, deactivate` + "\n" +
				`UsageLimit.amount: got "none"; write a whole number over 0`, "map[limit-1:monthly 50 deactivate]",
		},
		{"delete another's", "Delete", "Shop-Limit-ABC", "50", "log", "SUCCESS", "", "map[limit-1:monthly 50 deactivate]"},
		{"delete", "Delete", id, "50", "log", "SUCCESS", "", "map[]"},
		{"delete again", "Delete", id, "50", "log", "SUCCESS", "", "map[]"},
	}
	for _, step := range steps {
		got := append(s.handle(t, event(step.kind, step.physical, "monthly", step.amount, step.action), atOnce), fmt.Sprint(s.limits))
		wantID := id
		if step.kind == "Delete" {
			wantID = step.physical
		}
		if diff := cmp.Diff([]string{step.wantStatus, wantID, step.wantReason, step.wantSeen}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}

func TestDeleteOfWhatIsGone(t *testing.T) {
	t.Parallel()
	s := &service{limits: map[string]string{}, failures: []error{&types.ResourceNotFoundException{}}}
	got := s.handle(t, event("Delete", workgroup+"/serverless-compute/daily", "daily", "1", "log"), atOnce)
	if diff := cmp.Diff([]string{"SUCCESS", workgroup + "/serverless-compute/daily", ""}, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

// TestWorkgroupThatStaysBusy holds that CloudFormation is told why nothing came of it.
func TestWorkgroupThatStaysBusy(t *testing.T) {
	t.Parallel()
	s := &service{limits: map[string]string{}, failures: []error{
		&smithyhttp.RequestSendError{Err: errors.New("connection refused")}, nil, &types.ConflictException{Message: aws.String("being modified")},
	}}
	waits := 0
	got := s.handle(t, event("Create", "", "daily", "1", "log"), func(context.Context, time.Duration) error {
		if waits++; waits == 2 {
			return context.DeadlineExceeded
		}
		return nil
	})
	want := []string{"FAILED", workgroup + "/serverless-compute/daily", "usage limit: context deadline exceeded: ConflictException: being modified"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

// TestLimitThatIsTakenUp holds that a run which ends while the workgroup is busy leaves
// the request to the next run, as requests on all other objects are left.
func TestLimitThatIsTakenUp(t *testing.T) {
	t.Parallel()
	busy := &types.ConflictException{Message: aws.String("being modified")}
	s := &service{limits: map[string]string{}, failures: []error{nil, busy}}
	ev := event("Create", "", "daily", "1", "log")
	ev.ResponseURL = "https://bucket/?X-Amz-Date=" + time.Now().UTC().Format("20060102T150405Z")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := func(context.Context, time.Duration) error { return context.DeadlineExceeded }
	err := s.handler(ended).Handle(ctx, ev)
	if want := "still running; Lambda will retry: context deadline exceeded: ConflictException: being modified"; err == nil || err.Error() != want {
		t.Errorf("the first run\nwant %s\ngot  %v", want, err)
	}
	want := []string{"SUCCESS", workgroup + "/serverless-compute/daily", ""}
	if diff := cmp.Diff(want, s.handle(t, ev, atOnce)); diff != "" {
		t.Errorf("the second run's answer (-want +got):\n%s", diff)
	}
}

// TestLimitWaitsForIAM holds that the first call, too, is made again while the function's
// policy has not taken effect, and that one which never comes fails the request.
func TestLimitWaitsForIAM(t *testing.T) {
	t.Parallel()
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not authorized to perform: redshift-serverless:ListUsageLimits"}
	id := workgroup + "/serverless-compute/daily"
	for name, test := range map[string]struct {
		sent time.Duration
		want []string
	}{
		"that comes":  {0, []string{"SUCCESS", id, ""}},
		"that is bad": {4 * time.Minute, []string{"FAILED", id, "usage limit: api error AccessDeniedException: " + denied.Message}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &service{limits: map[string]string{}, failures: []error{denied, denied, nil, denied}}
			ev := event("Create", "", "daily", "1", "log")
			ev.ResponseURL = "https://bucket/?X-Amz-Date=" + time.Now().Add(-test.sent).UTC().Format("20060102T150405Z")
			if diff := cmp.Diff(test.want, s.handle(t, ev, atOnce)); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

// TestExists holds that a limit of another period is another limit.
func TestExists(t *testing.T) {
	t.Parallel()
	s := &service{limits: map[string]string{"limit-1": "daily 1 log"}, failures: []error{&types.ConflictException{}}}
	got := map[string]bool{}
	for _, period := range []string{"daily", "weekly"} {
		limit := definition.UsageLimit{UsageLimit: contract.UsageLimit{WorkgroupARN: workgroup, UsageType: "serverless-compute", Period: period}}
		there, err := (&usagelimit.Setter{API: s, Limit: limit, Sleep: atOnce}).Exists(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got[period] = there
	}
	if diff := cmp.Diff(map[string]bool{"daily": true, "weekly": false}, got); diff != "" {
		t.Errorf("by period (-want +got):\n%s", diff)
	}
}
