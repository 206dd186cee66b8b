package ddlhandler_test

import (
	"context"
	"errors"
	"fmt"
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

// attaching returns an event about a role's attachment to a cluster.
func attaching(t *testing.T, kind cfn.RequestType, request, stack, logical, physical string) cfn.Event {
	t.Helper()
	ev := event(kind, request, stack, logical, physical, properties(t, `{"ServiceToken": "arn", "ServiceTimeout": "3600",
		"Warehouse": {"clusterIdentifier": "cluster", "database": "dev", "secretArn": "arn:secret"},
		"RoleAttachment": {"roleArn": "`+roleARN+`"}}`))
	ev.ResourceType = contract.RoleAttachmentType
	return ev
}

// wantRoles compares the roles that are attached.
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
	wantAnswer(t, handle(t, db, attaching(t, "Create", "r1", stackA, "Role", "")), "SUCCESS", roleID, "")
	wantRoles(t, db, theirs, roleARN)
	wantLedger(t, db, map[string]string{"role " + roleARN: "Role live"})
	wantAnswer(t, handle(t, db, attaching(t, "Create", "r1", stackA, "Role", "")), "SUCCESS", roleID, "") // repeated
	wantAnswer(t, handle(t, db, attaching(t, "Delete", "r2", stackA, "Role", roleID)), "SUCCESS", roleID, "")
	wantRoles(t, db, theirs)
	wantLedger(t, db, map[string]string{})
}

// TestRoleThatIsAttached holds that a role which somebody else attached stays so.
func TestRoleThatIsAttached(t *testing.T) {
	t.Parallel()
	for name, attach := range map[string]func(*testing.T, *database){
		"by hand": func(_ *testing.T, db *database) { db.roles[roleARN] = true },
		"by another stack": func(t *testing.T, db *database) {
			t.Helper()
			handle(t, db, attaching(t, "Create", "r0", stackB, "Role", ""))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			attach(t, db)
			wantAnswer(t, handle(t, db, attaching(t, "Create", "r1", stackA, "Role", "")), "SUCCESS", "unowned/r1", "")
			wantAnswer(t, handle(t, db, attaching(t, "Delete", "r2", stackA, "Role", "unowned/r1")), "SUCCESS", "unowned/r1", "")
			wantRoles(t, db, roleARN)
		})
	}
}

// TestCreateThatComesAgain holds that a Create which found the role attached, and is
// delivered once more when it isn't any more, does nothing: nobody would undo it.
func TestCreateThatComesAgain(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.roles[roleARN] = true
	wantAnswer(t, handle(t, db, attaching(t, "Create", "r1", stackA, "Role", "")), "SUCCESS", "unowned/r1", "")
	delete(db.roles, roleARN)
	wantAnswer(t, handle(t, db, attaching(t, "Create", "r1", stackA, "Role", "")), "FAILED", roleID, "overtaken")
	wantRoles(t, db)
	wantLedger(t, db, map[string]string{})
}

// TestAttachmentThatIsTakenUp holds that a repeated run knows its own attachment from
// somebody else's.
func TestAttachmentThatIsTakenUp(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	ctx, cancel := context.WithCancel(t.Context())
	db.onAttach = func() { // the function is killed once it has asked for the attachment
		db.roles[roleARN] = true
		db.attachErr = context.DeadlineExceeded
		cancel()
	}
	var got answers
	if err := handler(db, &got).Handle(ctx, attaching(t, "Create", "r1", stackA, "Role", "")); err == nil {
		t.Error("want the run to end unanswered")
	}
	db.attachErr = nil
	wantAnswer(t, handle(t, db, attaching(t, "Create", "r1", stackA, "Role", "")), "SUCCESS", roleID, "")
	wantAnswer(t, handle(t, db, attaching(t, "Delete", "r2", stackA, "Role", roleID)), "SUCCESS", roleID, "")
	wantRoles(t, db)
}

func TestDeleteOvertakesAnAttachment(t *testing.T) {
	t.Parallel()
	const invented = "A-Role-1ABCDEFGHIJKL"
	db := newDatabase()
	db.onAttach = func() {
		wantAnswer(t, handle(t, db, attaching(t, "Delete", "r2", stackA, "Role", invented)), "SUCCESS", invented, "")
	}
	wantAnswer(t, handle(t, db, attaching(t, "Create", "r1", stackA, "Role", "")), "FAILED", roleID, "overtaken")
	wantRoles(t, db)
	wantLedger(t, db, map[string]string{})
}

func TestAttachmentThatMoves(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, attaching(t, "Create", "r1", stackA, "Old", ""))
	wantAnswer(t, handle(t, db, attaching(t, "Create", "r2", stackA, "New", "")), "SUCCESS", roleID, "")
	wantAnswer(t, handle(t, db, attaching(t, "Delete", "r3", stackA, "Old", roleID)), "SUCCESS", roleID, "")
	wantRoles(t, db, roleARN)
	wantAnswer(t, handle(t, db, attaching(t, "Delete", "r4", stackA, "New", roleID)), "SUCCESS", roleID, "")
	wantRoles(t, db)
}

func TestAttachmentThatFails(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.attachErr = errors.New("attach the role: access denied")
	wantAnswer(t, handle(t, db, attaching(t, "Create", "r1", stackA, "Role", "")), "FAILED", roleID, "role "+roleARN+": attach the role: access denied")
	wantAnswer(t, handle(t, db, attaching(t, "Delete", "r2", stackA, "Role", roleID)), "SUCCESS", roleID, "")
	wantRoles(t, db)
	wantLedger(t, db, map[string]string{})
}

// TestRoleThatSettlesLate holds that a role whose trust hasn't arrived at Redshift is
// tried again.
func TestRoleThatSettlesLate(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.attachErr = &smithy.GenericAPIError{Code: "InvalidParameterValue", Message: "The IAM role reader is not valid. The IAM role must delegate access to an Amazon Redshift account."}
	var got answers
	h := handler(db, &got)
	h.Sleep = func(context.Context, time.Duration) error {
		db.attachErr = nil
		return nil
	}
	if err := h.Handle(t.Context(), attaching(t, "Create", "r1", stackA, "Role", "")); err != nil {
		t.Fatal(err)
	}
	wantAnswer(t, got[0], "SUCCESS", roleID, "")
	wantRoles(t, db, roleARN)
}

// TestRoleThatWasDetached holds that an update attaches again what somebody detached.
func TestRoleThatWasDetached(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, attaching(t, "Create", "r1", stackA, "Role", ""))
	delete(db.roles, roleARN)
	ev := attaching(t, "Update", "r2", stackA, "Role", roleID)
	ev.OldResourceProperties = ev.ResourceProperties
	wantAnswer(t, handle(t, db, ev), "SUCCESS", roleID, "")
	wantRoles(t, db, roleARN)
}

// holding returns an event about a schema that holds views.
func holding(t *testing.T, kind cfn.RequestType, request, physical, grants string) cfn.Event {
	t.Helper()
	ev := event(kind, request, stackA, "Schema", physical, properties(t, `{"ServiceToken": "arn", "ServiceTimeout": "3600",
		"Warehouse": {"workgroupName": "w", "database": "dev"}, "ViewSchema": {"name": "Analytics", "grants": `+grants+`}}`))
	ev.ResourceType = contract.SchemaType
	return ev
}

func TestSchemaForViews(t *testing.T) {
	t.Parallel()
	const id = "w/dev/schema analytics"
	db := newDatabase()
	db.failOn, db.failWith = "CREATE USER", `ERROR: user "IAMR:Dashboards" already exists`
	wantAnswer(t, handle(t, db, holding(t, "Create", "r1", "", `[{"iamRole": "Dashboards"}]`)), "SUCCESS", id, "")
	wantNames(t, db, "analytics")
	changed := holding(t, "Update", "r2", id, `[]`)
	changed.OldResourceProperties = holding(t, "Create", "", "", `[{"iamRole": "Dashboards"}]`).ResourceProperties
	wantAnswer(t, handle(t, db, changed), "SUCCESS", id, "")
	if diff := cmp.Diff("[create user-1 grant revoke]", fmt.Sprint(statements(db))); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
	db.failOn, db.failWith = "DROP SCHEMA", "ERROR: cannot drop schema analytics because other objects depend on it"
	db.dependents = [][]string{{"analytics", "v_until_20261122t120000"}}
	wantAnswer(t, handle(t, db, holding(t, "Delete", "r3", id, `[]`)), "FAILED", id, "drop first what depends on it, analytics.v_until_20261122t120000")
	db.failOn = ""
	wantAnswer(t, handle(t, db, holding(t, "Delete", "r4", id, `[]`)), "SUCCESS", id, "")
	wantNames(t, db)
}

// statements returns the steps that changed something.
func statements(db *database) []string {
	var steps []string
	for _, step := range db.ran {
		switch step {
		case "create", "user-1", "grant", "revoke", "drop":
			steps = append(steps, step)
		}
	}
	return steps
}
