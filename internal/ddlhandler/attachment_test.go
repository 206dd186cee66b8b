package ddlhandler_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
)

const (
	roleARN = "arn:aws:iam::123456789012:role/reader"
	roleID  = "cluster/dev/role " + roleARN
	theirs  = "arn:aws:iam::123456789012:role/theirs"
)

// attachEvent returns an event about the attachment of a role to a cluster.
func attachEvent(tb testing.TB, kind cfn.RequestType, request, stack, logical, physical string) cfn.Event {
	tb.Helper()
	ev := event(kind, request, stack, logical, physical, properties(tb, `{"ServiceToken": "arn", "ServiceTimeout": "3600",
		"Warehouse": {"clusterIdentifier": "cluster", "database": "dev", "secretArn": "arn:secret"},
		"RoleAttachment": {"roleArn": "`+roleARN+`"}}`))
	ev.ResourceType = contract.RoleAttachmentType
	return ev
}

// wantRoles compares the attached roles.
func wantRoles(t *testing.T, db *database, want ...string) {
	t.Helper()
	set := map[string]bool{}
	for _, arn := range want {
		set[arn] = true
	}
	if diff := cmp.Diff(set, db.roles); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
}

func TestAttachAndDetach(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.roles[theirs] = true
	wantResponse(t, handle(t, db, attachEvent(t, "Create", "r1", stackA, "Role", "")), "SUCCESS", roleID, "")
	wantRoles(t, db, theirs, roleARN)
	wantLedger(t, db, map[string]string{"role " + roleARN: "Role live"})
	wantResponse(t, handle(t, db, attachEvent(t, "Create", "r1", stackA, "Role", "")), "SUCCESS", roleID, "") // a repeated run
	wantResponse(t, handle(t, db, attachEvent(t, "Delete", "r2", stackA, "Role", roleID)), "SUCCESS", roleID, "")
	wantRoles(t, db, theirs)
	wantLedger(t, db, map[string]string{})
}

// TestAttachedRole checks that a role which somebody else attached stays attached.
func TestAttachedRole(t *testing.T) {
	t.Parallel()
	for name, attach := range map[string]func(*testing.T, *database){
		"by hand": func(_ *testing.T, db *database) { db.roles[roleARN] = true },
		"by another stack": func(t *testing.T, db *database) {
			t.Helper()
			handle(t, db, attachEvent(t, "Create", "r0", stackB, "Role", ""))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			attach(t, db)
			wantResponse(t, handle(t, db, attachEvent(t, "Create", "r1", stackA, "Role", "")), "SUCCESS", "unowned/r1", "")
			wantResponse(t, handle(t, db, attachEvent(t, "Delete", "r2", stackA, "Role", "unowned/r1")), "SUCCESS", "unowned/r1", "")
			wantRoles(t, db, roleARN)
		})
	}
}

// TestRepeatedCreateOfAnAttachedRole checks a Create that finds the role attached, and that
// Lambda repeats when the role is detached. The repeated run must not attach the role: no
// Delete would detach it again.
func TestRepeatedCreateOfAnAttachedRole(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.roles[roleARN] = true
	wantResponse(t, handle(t, db, attachEvent(t, "Create", "r1", stackA, "Role", "")), "SUCCESS", "unowned/r1", "")
	delete(db.roles, roleARN)
	wantResponse(t, handle(t, db, attachEvent(t, "Create", "r1", stackA, "Role", "")), "FAILED", roleID, "overtaken")
	wantRoles(t, db)
	wantLedger(t, db, map[string]string{})
}

// TestUnfinishedAttachment checks that a repeated run recognizes the attachment that the
// first run has begun as its own.
func TestUnfinishedAttachment(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	ctx, cancel := context.WithCancel(t.Context())
	db.onAttach = func() { // the function is killed after AWS has attached the role
		db.roles[roleARN] = true
		db.attachErr = context.DeadlineExceeded
		cancel()
	}
	if err := handler(db, new(responses)).Handle(ctx, attachEvent(t, "Create", "r1", stackA, "Role", "")); err == nil {
		t.Error("want no response")
	}
	db.attachErr = nil
	wantResponse(t, handle(t, db, attachEvent(t, "Create", "r1", stackA, "Role", "")), "SUCCESS", roleID, "")
	wantResponse(t, handle(t, db, attachEvent(t, "Delete", "r2", stackA, "Role", roleID)), "SUCCESS", roleID, "")
	wantRoles(t, db)
}

func TestDeleteOvertakesAnAttachment(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.onAttach = func() {
		wantResponse(t, handle(t, db, attachEvent(t, "Delete", "r2", stackA, "Role", inventedID)), "SUCCESS", inventedID, "")
	}
	wantResponse(t, handle(t, db, attachEvent(t, "Create", "r1", stackA, "Role", "")), "FAILED", roleID, "overtaken")
	wantRoles(t, db)
	wantLedger(t, db, map[string]string{})
}

func TestMovedAttachment(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, attachEvent(t, "Create", "r1", stackA, "Old", ""))
	wantResponse(t, handle(t, db, attachEvent(t, "Create", "r2", stackA, "New", "")), "SUCCESS", roleID, "")
	wantResponse(t, handle(t, db, attachEvent(t, "Delete", "r3", stackA, "Old", roleID)), "SUCCESS", roleID, "")
	wantRoles(t, db, roleARN)
	wantResponse(t, handle(t, db, attachEvent(t, "Delete", "r4", stackA, "New", roleID)), "SUCCESS", roleID, "")
	wantRoles(t, db)
}

func TestAttachmentFails(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.attachErr = errors.New("attach the role: access denied")
	wantResponse(t, handle(t, db, attachEvent(t, "Create", "r1", stackA, "Role", "")), "FAILED", roleID, "role "+roleARN+": attach the role: access denied")
	wantResponse(t, handle(t, db, attachEvent(t, "Delete", "r2", stackA, "Role", roleID)), "SUCCESS", roleID, "")
	wantRoles(t, db)
	wantLedger(t, db, map[string]string{})
}

// TestAttachmentIsRetried checks that the call is retried while Redshift does not know the
// role's trust policy yet.
func TestAttachmentIsRetried(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.attachErr = &smithy.GenericAPIError{Code: "InvalidParameterValue", Message: "The IAM role reader is not valid. The IAM role must delegate access to an Amazon Redshift account."}
	var got responses
	h := handler(db, &got)
	h.Sleep = func(context.Context, time.Duration) error {
		db.attachErr = nil
		return nil
	}
	if err := h.Handle(t.Context(), attachEvent(t, "Create", "r1", stackA, "Role", "")); err != nil {
		t.Fatal(err)
	}
	wantResponse(t, got[0], "SUCCESS", roleID, "")
	wantRoles(t, db, roleARN)
}

// TestUpdateOfADetachedRole checks that an Update attaches a role that somebody detached.
func TestUpdateOfADetachedRole(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, attachEvent(t, "Create", "r1", stackA, "Role", ""))
	delete(db.roles, roleARN)
	ev := attachEvent(t, "Update", "r2", stackA, "Role", roleID)
	ev.OldResourceProperties = ev.ResourceProperties
	wantResponse(t, handle(t, db, ev), "SUCCESS", roleID, "")
	wantRoles(t, db, roleARN)
}

// limitEvent returns an event about a usage limit, which has no entry in a ledger.
func limitEvent(t *testing.T, kind cfn.RequestType, physical string) cfn.Event {
	t.Helper()
	ev := event(kind, "r1", stackA, "Limit", physical, properties(t, `{"ServiceToken": "arn", "ServiceTimeout": "3600",
		"UsageLimit": {"workgroupArn": "arn:w", "usageType": "serverless-compute", "amount": "1", "period": "daily", "breachAction": "log"}}`))
	ev.ResourceType = contract.UsageLimitType
	return ev
}

func TestUsageLimit(t *testing.T) {
	t.Parallel()
	const id = "arn:w/serverless-compute/daily"
	db := newDatabase()
	wantResponse(t, handle(t, db, limitEvent(t, "Create", "")), "SUCCESS", id, "")
	wantRoles(t, db, "limit")
	wantResponse(t, handle(t, db, limitEvent(t, "Delete", "A-Limit-invented")), "SUCCESS", "A-Limit-invented", "")
	wantRoles(t, db, "limit")
	wantResponse(t, handle(t, db, limitEvent(t, "Delete", id)), "SUCCESS", id, "")
	wantRoles(t, db)
	db.attachErr = errors.New("no such workgroup")
	wantResponse(t, handle(t, db, limitEvent(t, "Update", id)), "FAILED", id, "usage limit: no such workgroup")
	db.attachErr = context.DeadlineExceeded
	if got, want := handle(t, db, limitEvent(t, "Update", id)).Reason, "usage limit: context deadline exceeded"; got != want {
		t.Errorf("reason\nwant %s\ngot  %s", want, got)
	}
	if len(db.statements) > 0 {
		t.Errorf("want no statements, got %q", db.ran)
	}
}

// TestAttachmentWithoutAnEntry checks requests for a role whose entry somebody has removed
// from the ledger.
func TestAttachmentWithoutAnEntry(t *testing.T) {
	t.Parallel()
	for kind, want := range map[cfn.RequestType]map[string]string{"Update": {}, "Delete": {}} {
		db := newDatabase()
		handle(t, db, attachEvent(t, "Create", "r1", stackA, "Role", ""))
		clear(db.ledgers[admin])
		ev := attachEvent(t, kind, "r2", stackA, "Role", roleID)
		ev.OldResourceProperties = ev.ResourceProperties
		if kind == "Delete" {
			db.existsErr = errors.New("a Delete without an entry needs no query")
		}
		if got := handle(t, db, ev); got.Status != "SUCCESS" {
			t.Errorf("%s: want success, got %s", kind, got.Reason)
		}
		wantRoles(t, db, roleARN) // it stays, because the ledger does not say who attached it
		wantLedger(t, db, want)
	}
}
