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

// responses is a [ddlhandler.Responder] that collects the responses.
type responses []ddlhandler.Response

func (r *responses) Respond(_ context.Context, _ string, response ddlhandler.Response) error {
	*r = append(*r, response)
	return nil
}

// handle handles ev on db, and returns the response.
func handle(t *testing.T, db *database, ev cfn.Event) ddlhandler.Response {
	t.Helper()
	var got responses
	if err := handler(db, &got).Handle(t.Context(), ev); err != nil {
		t.Fatalf("no response: %v", err)
	}
	return got[0]
}

// handler returns a handler on db, which appends its responses to got.
func handler(db *database, got *responses) *ddlhandler.Handler {
	return &ddlhandler.Handler{
		Runner: func(s ddlhandler.Session) ddlhandler.Runner {
			return session{db, s.Name, s.Request, stdcmp.Or(s.Target.DatabaseUser, admin), s.OnStillRunning}
		},
		API: func(d definition.Definition, _ contract.Target) ddlhandler.API {
			if role, ok := d.(definition.RoleAttachment); ok {
				return attachment{db, role.RoleARN}
			}
			return attachment{db, "limit"}
		},
		Responder: got,
		Log:       slog.New(slog.DiscardHandler),
		Sleep:     func(context.Context, time.Duration) error { return nil },
	}
}

// view returns the properties of a streaming view's custom resource. The view has one
// column.
func view(tb testing.TB, column string) map[string]any {
	tb.Helper()
	return properties(tb, `{"ServiceToken": "arn", "ServiceTimeout": "3600",
		"Warehouse": {"clusterIdentifier": "cluster", "database": "dev", "secretArn": "arn:secret"},
		"View": {"name": "v", "stream": {"schema": "s", "name": "x"}, "columns": [{"name": "`+column+`", "type": "SUPER"}]}}`)
}

// viewWith returns view's properties with another value of one key of the declaration.
func viewWith(tb testing.TB, column, key string, value any) map[string]any {
	tb.Helper()
	p := view(tb, column)
	p["View"].(map[string]any)[key] = value //nolint:forcetypeassert,errcheck // view returns this type
	return p
}

// properties parses the properties of a custom resource from JSON.
func properties(tb testing.TB, text string) map[string]any {
	tb.Helper()
	var p map[string]any
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		tb.Fatal(err)
	}
	return p
}

// event returns an event about a streaming view.
func event(kind cfn.RequestType, request, stack, logical, physical string, props map[string]any) cfn.Event {
	return cfn.Event{
		RequestType: kind, RequestID: request, ResourceType: contract.StreamingViewType,
		LogicalResourceID: logical, StackID: stack, PhysicalResourceID: physical, ResourceProperties: props,
	}
}

// create returns a Create of a streaming view.
func create(request, stack, logical string, props map[string]any) cfn.Event {
	return event("Create", request, stack, logical, "", props)
}

// updated returns ev with the old properties of an Update.
func updated(ev cfn.Event, old map[string]any) cfn.Event {
	ev.OldResourceProperties = old
	return ev
}

// wantResponse compares a response. reason is a part of the reason; "" means that there is
// none.
func wantResponse(t *testing.T, got ddlhandler.Response, status cfn.StatusType, physical, reason string) {
	t.Helper()
	if got.Status != status || got.PhysicalResourceID != physical || !strings.Contains(got.Reason, reason) || (reason == "") != (got.Reason == "") || strings.Contains(got.Reason, "%!") {
		t.Errorf("response\nwant %s %q, reason with %q\ngot  %s %q, reason %q", status, physical, reason, got.Status, got.PhysicalResourceID, got.Reason)
	}
}

// wantNames compares the names of the database's relations.
func wantNames(t *testing.T, db *database, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, db.names()); diff != "" {
		t.Errorf("relations (-want +got):\n%s", diff)
	}
}

// wantRelations compares the state of the database's relations, by name.
func wantRelations(t *testing.T, db *database, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, db.describe()); diff != "" {
		t.Errorf("relations (-want +got):\n%s", diff)
	}
}

// wantLedger compares the logical ID and the state of each row of the ledgers, by object.
func wantLedger(t *testing.T, db *database, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for _, ledger := range db.ledgers {
		for object, rows := range ledger {
			for _, row := range rows {
				got[object] += (*row)["logical_id"] + " " + (*row)["state"]
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
}

// sentAgo returns the response URL of an event that CloudFormation sent d ago.
func sentAgo(d time.Duration) string { return sentAt(time.Now().Add(-d)) }

// sentAt returns the response URL of an event that CloudFormation sent at that time.
func sentAt(at time.Time) string {
	return "https://bucket/?X-Amz-Date=" + at.UTC().Format("20060102T150405Z")
}
