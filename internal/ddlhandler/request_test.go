package ddlhandler_test

import (
	stdcmp "cmp"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
	"github.com/tributary-cdk/tributary/internal/definition"
)

const (
	stackA = "arn:aws:cloudformation:us-east-1:123456789012:stack/A/1"
	stackB = "arn:aws:cloudformation:us-east-1:123456789012:stack/B/2"
	viewID = "cluster/dev/view public.v"
)

// answers collects responses.
type answers []ddlhandler.Response

func (a *answers) Respond(_ context.Context, _ string, r ddlhandler.Response) error {
	*a = append(*a, r)
	return nil
}

// handle lets a handler answer ev on db, and returns the answer.
func handle(t *testing.T, db *database, ev cfn.Event) ddlhandler.Response {
	t.Helper()
	var got answers
	if err := handler(db, &got).Handle(t.Context(), ev); err != nil {
		t.Fatalf("not answered: %v", err)
	}
	return got[0]
}

func handler(db *database, got *answers) *ddlhandler.Handler {
	return &ddlhandler.Handler{
		Runner: func(s ddlhandler.Session) ddlhandler.Runner {
			return session{database: db, request: s.Request, user: stdcmp.Or(s.Target.DatabaseUser, admin)}
		},
		API: func(d definition.Definition, _ contract.Target) ddlhandler.API {
			attached, _ := d.(definition.RoleAttachment)
			return attachment{db, attached.RoleARN}
		},
		Responder: got,
		Log:       slog.New(slog.DiscardHandler),
		Sleep:     func(context.Context, time.Duration) error { return nil },
	}
}

// view returns the properties of a custom resource whose view has the one
// column.
func view(tb testing.TB, column string) map[string]any {
	tb.Helper()
	return properties(tb, `{"ServiceToken": "arn", "ServiceTimeout": "3600",
		"Warehouse": {"clusterIdentifier": "cluster", "database": "dev", "secretArn": "arn:secret"},
		"View": {"name": "v", "stream": {"schema": "s", "name": "x"}, "columns": [{"name": "`+column+`", "type": "SUPER"}]}}`)
}

func properties(tb testing.TB, text string) map[string]any {
	tb.Helper()
	var p map[string]any
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		tb.Fatal(err)
	}
	return p
}

func event(kind cfn.RequestType, request, stack, logical, physical string, props map[string]any) cfn.Event {
	return cfn.Event{
		RequestType: kind, RequestID: request, ResourceType: contract.StreamingViewType,
		LogicalResourceID: logical, StackID: stack, PhysicalResourceID: physical, ResourceProperties: props,
	}
}

func create(request, stack, logical string, props map[string]any) cfn.Event {
	return event("Create", request, stack, logical, "", props)
}

func updated(ev cfn.Event, old map[string]any) cfn.Event {
	ev.OldResourceProperties = old
	return ev
}

// wantAnswer compares what CloudFormation is told.
func wantAnswer(t *testing.T, got ddlhandler.Response, status cfn.StatusType, physical, reason string) {
	t.Helper()
	if got.Status != status || got.PhysicalResourceID != physical || !strings.Contains(got.Reason, reason) || (reason == "") != (got.Reason == "") {
		t.Errorf("answer\nwant %s %q, reason with %q\ngot  %s %q, reason %q", status, physical, reason, got.Status, got.PhysicalResourceID, got.Reason)
	}
}

func wantNames(t *testing.T, db *database, want ...string) {
	t.Helper()
	set := map[string]bool{}
	for _, name := range want {
		set[name] = true
	}
	if diff := cmp.Diff(set, db.names()); diff != "" {
		t.Errorf("in the database (-want +got):\n%s", diff)
	}
}
