package ddlhandler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Attachment declares that a warehouse may assume a role. CloudFormation attaches
// roles to the warehouses that it makes, and to no others.
type Attachment struct {
	// RoleARN is the role's.
	RoleARN string `json:"roleArn"`
	// NamespaceName is the Serverless namespace that has the workgroup; empty for a
	// cluster.
	NamespaceName string `json:"namespaceName,omitempty"`
}

// Roles are the roles that a warehouse may assume. Whoever writes them does so for
// everybody: an implementation touches the one role only.
type Roles interface {
	// Attached reports whether the role is attached, or about to be.
	Attached(ctx context.Context, roleARN string) (bool, error)
	// Attach attaches the role and waits until the warehouse can assume it. One that
	// is attached already is waited for only.
	Attach(ctx context.Context, roleARN string) error
	// Detach detaches the role and waits until it is. A role or a warehouse that is
	// gone is no error.
	Detach(ctx context.Context, roleARN string) error
}

// The steps of an attachment. They are calls of Redshift's API, not statements.
const (
	stepAttach   ddl.Step = "attach-role"
	stepDetach   ddl.Step = "detach-role"
	stepAttached ddl.Step = "attached"
)

// attachment is a checked [Attachment].
type attachment struct{ Attachment }

var rolePattern = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$`)

func declareAttachment(p properties) (declared, *ddl.ViewDefinition, error) {
	a := attachment{p.RoleAttachment}
	var problems ddl.Problems
	if !rolePattern.MatchString(a.RoleARN) {
		return nil, nil, ddl.Problems{{Path: "roleArn", Message: fmt.Sprintf("%q is not a role's ARN; write one such as arn:aws:iam::123456789012:role/name", a.RoleARN)}}
	}
	if (p.Warehouse.WorkgroupName == "") != (a.NamespaceName == "") {
		problems = ddl.Problems{{Path: "namespaceName", Message: "required for a workgroup, and for nothing else"}}
		return a, nil, problems
	}
	return a, nil, nil
}

func (a attachment) String() string { return "role " + a.RoleARN }
func (a attachment) key() string    { return "role " + a.RoleARN }

// definition is the same for every attachment of the role.
func (a attachment) definition() string {
	sum := sha256.Sum256([]byte(a.key()))
	return hex.EncodeToString(sum[:])
}

func (a attachment) exists() ddl.Statement          { return ddl.Statement{Step: stepAttached} }
func (a attachment) create() []ddl.Statement        { return []ddl.Statement{{Step: stepAttach}} }
func (a attachment) drop() []ddl.Statement          { return []ddl.Statement{{Step: stepDetach}} }
func (a attachment) alter(declared) []ddl.Statement { return a.create() }
func (a attachment) assert(declared) []ddl.Statement {
	return a.create()
}

func (a attachment) replace(declared, time.Time) ([]ddl.Statement, error) {
	return a.create(), nil
}

func (a attachment) rollBack(declared, time.Time) ([]ddl.Statement, error) {
	return a.create(), nil
}
func (a attachment) holders() []ddl.Statement { return nil }

// errFound is a Create's meeting with a role that is attached already, by somebody
// else, who sees to its being detached.
type errFound struct{}

func (errFound) Error() string { return "attached by somebody else" }

// roleWarehouse is a warehouse whose role's attachment is one of the things that
// statements are about.
type roleWarehouse struct {
	Warehouse
	roles Roles
	role  string
}

// Run attaches or detaches the role in these steps, as often as it is asked to: both
// are safe to repeat.
func (w roleWarehouse) Run(ctx context.Context, s ddl.Statement, attempt int) (dataapi.Outcome, error) {
	switch s.Step {
	case stepAttach:
		return dataapi.Outcome{}, w.roles.Attach(ctx, w.role)
	case stepDetach, stepTakeBack:
		return dataapi.Outcome{}, w.roles.Detach(ctx, w.role)
	}
	return w.Warehouse.Run(ctx, s, attempt)
}

// attached reports whether somebody has attached the role who is not the run's own
// request: a repeated run finds what the first one did.
func (r *run) attached(ctx context.Context, w roleWarehouse, entering bool) (bool, error) {
	if entering {
		now, _, err := r.ledger.now(ctx, r.want.key())
		if err != nil || now != nil && now.owner == r.owner && now.state != deleted {
			return false, err
		}
	}
	attached := false
	err := r.statements.patience.Try(ctx, func(int) (err error) {
		attached, err = w.roles.Attached(ctx, w.role)
		return err
	})
	return attached, err
}
