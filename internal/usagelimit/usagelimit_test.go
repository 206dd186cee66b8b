package usagelimit_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
	"github.com/tributary-cdk/tributary/internal/definition"
	"github.com/tributary-cdk/tributary/internal/usagelimit"
)

const (
	workgroup = "arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/w"
	another   = "arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/another"
)

func (s *service) Respond(_ context.Context, _ string, r ddlhandler.Response) error {
	s.response = r
	return nil
}

// event returns an event about a limit of the workgroup.
func event(kind cfn.RequestType, physical, period, amount, action string) cfn.Event {
	return cfn.Event{
		RequestType: kind, ResourceType: contract.UsageLimitType, PhysicalResourceID: physical,
		ResourceProperties: map[string]any{
			"ServiceToken": "arn", "ServiceTimeout": "3600",
			"UsageLimit": map[string]any{"workgroupArn": workgroup, "usageType": "serverless-compute", "amount": amount, "period": period, "breachAction": action},
		},
	}
}

// handler returns the handler of the Lambda function, which calls the service.
func (s *service) handler(sleep func(context.Context, time.Duration) error) *ddlhandler.Handler {
	return &ddlhandler.Handler{
		Runner: func(ddlhandler.Session) ddlhandler.Runner { return nil }, // a limit needs no statements
		API: func(d definition.Definition, _ contract.Target) ddlhandler.API {
			limit, _ := d.(definition.UsageLimit)
			return &usagelimit.Setter{API: s, Limit: limit, Sleep: sleep}
		},
		Responder: s, Log: slog.New(slog.DiscardHandler), Sleep: sleep,
	}
}

// handle handles an event, and returns the response's status, physical ID and reason.
func (s *service) handle(t *testing.T, ev cfn.Event, sleep func(context.Context, time.Duration) error) []string {
	t.Helper()
	if err := s.handler(sleep).Handle(t.Context(), ev); err != nil {
		t.Fatal(err)
	}
	return []string{string(s.response.Status), s.response.PhysicalResourceID, s.response.Reason}
}

// noSleep does not wait.
func noSleep(context.Context, time.Duration) error { return nil }

func TestCreateUpdateDelete(t *testing.T) {
	t.Parallel()
	const id = workgroup + "/serverless-compute/monthly"
	// These limits must stay: they differ in the period, the usage type or the workgroup.
	s := newService(
		types.UsageLimit{ResourceArn: aws.String(workgroup), UsageType: "serverless-compute", Period: "daily", Amount: aws.Int64(1), BreachAction: "log"},
		types.UsageLimit{ResourceArn: aws.String(workgroup), UsageType: "cross-region-datasharing", Period: "monthly", Amount: aws.Int64(2), BreachAction: "log"},
		types.UsageLimit{ResourceArn: aws.String(another), UsageType: "serverless-compute", Period: "monthly", Amount: aws.Int64(3), BreachAction: "log"},
	)
	others := s.describe()
	s.failures = []error{nil, nil, &types.ConflictException{}}
	steps := []struct {
		name           string
		kind           cfn.RequestType
		physical       string
		amount, action string
		want           []string // the response's status, physical ID and reason
		wantLimit      string   // the limit with the ID limit-4
	}{
		{"create", "Create", "", "100", "log", []string{"SUCCESS", id, ""}, "serverless-compute monthly 100 log"},
		{"create again", "Create", "", "100", "log", []string{"SUCCESS", id, ""}, "serverless-compute monthly 100 log"},
		{"update", "Update", id, "50", "deactivate", []string{"SUCCESS", id, ""}, "serverless-compute monthly 50 deactivate"},
		{"invalid update", "Update", id, "none", "stop", []string{
			"FAILED", id,
			`usage limit: UsageLimit.breachAction: got "stop"; write one of log, emit-metric, deactivate` + "\n" +
				`UsageLimit.amount: got "none"; write a whole number over 0`,
		}, "serverless-compute monthly 50 deactivate"},
		{"delete with another ID", "Delete", "Shop-Limit-ABC", "50", "log", []string{"SUCCESS", "Shop-Limit-ABC", ""}, "serverless-compute monthly 50 deactivate"},
		{"delete", "Delete", id, "50", "log", []string{"SUCCESS", id, ""}, ""},
		{"delete again", "Delete", id, "50", "log", []string{"SUCCESS", id, ""}, ""},
	}
	for _, step := range steps {
		got := s.handle(t, event(step.kind, step.physical, "monthly", step.amount, step.action), noSleep)
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s: response (-want +got):\n%s", step.name, diff)
		}
		want := maps.Clone(others)
		if step.wantLimit != "" {
			want["limit-4"] = step.wantLimit
		}
		if diff := cmp.Diff(want, s.describe()); diff != "" {
			t.Errorf("%s: limits (-want +got):\n%s", step.name, diff)
		}
	}
}

func TestDeleteWithoutAWorkgroup(t *testing.T) {
	t.Parallel()
	s := newService()
	s.failures = []error{&types.ResourceNotFoundException{}}
	got := s.handle(t, event("Delete", workgroup+"/serverless-compute/daily", "daily", "1", "log"), noSleep)
	if diff := cmp.Diff([]string{"SUCCESS", workgroup + "/serverless-compute/daily", ""}, got); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
}

// TestErrors checks the reasons of requests whose calls fail.
func TestErrors(t *testing.T) {
	t.Parallel()
	const id = workgroup + "/serverless-compute/daily"
	failure := errors.New("no such region")
	limit := types.UsageLimit{ResourceArn: aws.String(workgroup), UsageType: "serverless-compute", Period: "daily", Amount: aws.Int64(1), BreachAction: "log"}
	for name, test := range map[string]struct {
		service  *service
		kind     cfn.RequestType
		failures []error
	}{
		"list, to create": {newService(), "Create", []error{failure}},
		"create":          {newService(), "Create", []error{nil, failure}},
		"update":          {newService(limit), "Create", []error{nil, failure}},
		"list, to delete": {newService(limit), "Delete", []error{failure}},
		"delete":          {newService(limit), "Delete", []error{nil, failure}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := test.service.describe()
			test.service.failures = test.failures
			got := test.service.handle(t, event(test.kind, id, "daily", "7", "log"), noSleep)
			if diff := cmp.Diff([]string{"FAILED", id, "usage limit: no such region"}, got); diff != "" {
				t.Errorf("response (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, test.service.describe()); diff != "" {
				t.Errorf("limits (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBusyWorkgroup checks the reason that is reported if a request times out while the
// workgroup is busy.
func TestBusyWorkgroup(t *testing.T) {
	t.Parallel()
	s := newService()
	s.failures = []error{
		&smithyhttp.RequestSendError{Err: errors.New("connection refused")}, nil, &types.ConflictException{Message: aws.String("being modified")},
	}
	waits := 0
	got := s.handle(t, event("Create", "", "daily", "1", "log"), func(context.Context, time.Duration) error {
		if waits++; waits == 2 {
			return context.DeadlineExceeded
		}
		return nil
	})
	want := []string{"FAILED", workgroup + "/serverless-compute/daily", "usage limit: context deadline exceeded: ConflictException: being modified"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
}

// TestRetryByLambda checks that a run which runs out of time while the workgroup is busy
// sends no response, so that a repeated run can finish the request.
func TestRetryByLambda(t *testing.T) {
	t.Parallel()
	s := newService()
	s.failures = []error{nil, &types.ConflictException{Message: aws.String("being modified")}}
	ev := event("Create", "", "daily", "1", "log")
	ev.ResponseURL = sentAgo(0)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	timeOut := func(context.Context, time.Duration) error { return context.DeadlineExceeded }
	err := s.handler(timeOut).Handle(ctx, ev)
	if want := "still running; Lambda will retry: context deadline exceeded: ConflictException: being modified"; err == nil || err.Error() != want {
		t.Errorf("error of the first run\nwant %s\ngot  %v", want, err)
	}
	want := []string{"SUCCESS", workgroup + "/serverless-compute/daily", ""}
	if diff := cmp.Diff(want, s.handle(t, ev, noSleep)); diff != "" {
		t.Errorf("response of the second run (-want +got):\n%s", diff)
	}
}

// sentAgo returns the response URL of an event that CloudFormation sent d ago.
func sentAgo(d time.Duration) string {
	return "https://bucket/?X-Amz-Date=" + time.Now().Add(-d).UTC().Format("20060102T150405Z")
}

// TestRetriesWhileIAMRefuses checks that calls are retried while the function's policy has
// not taken effect, the first call too. A policy that never takes effect fails the request.
func TestRetriesWhileIAMRefuses(t *testing.T) {
	t.Parallel()
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not authorized to perform: redshift-serverless:ListUsageLimits"}
	id := workgroup + "/serverless-compute/daily"
	for name, test := range map[string]struct {
		sent time.Duration // how long before now the event was sent
		want []string
	}{
		"just after the event":      {0, []string{"SUCCESS", id, ""}},
		"4 minutes after the event": {4 * time.Minute, []string{"FAILED", id, "usage limit: api error AccessDeniedException: " + denied.Message}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService()
			s.failures = []error{denied, denied, nil, denied}
			ev := event("Create", "", "daily", "1", "log")
			ev.ResponseURL = sentAgo(test.sent)
			if diff := cmp.Diff(test.want, s.handle(t, ev, noSleep)); diff != "" {
				t.Errorf("response (-want +got):\n%s", diff)
			}
		})
	}
}

// TestExists checks that Exists does not report a limit of another period.
func TestExists(t *testing.T) {
	t.Parallel()
	s := newService(types.UsageLimit{ResourceArn: aws.String(workgroup), UsageType: "serverless-compute", Period: "daily", Amount: aws.Int64(1), BreachAction: "log"})
	s.failures = []error{&types.ConflictException{}}
	got := map[string]bool{}
	for _, period := range []string{"daily", "weekly"} {
		limit := definition.UsageLimit{UsageLimit: contract.UsageLimit{WorkgroupARN: workgroup, UsageType: "serverless-compute", Period: period}}
		exists, err := (&usagelimit.Setter{API: s, Limit: limit, Sleep: noSleep}).Exists(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got[period] = exists
	}
	if diff := cmp.Diff(map[string]bool{"daily": true, "weekly": false}, got); diff != "" {
		t.Errorf("existing limits by period (-want +got):\n%s", diff)
	}
}
