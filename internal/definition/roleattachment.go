package definition

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// RoleAttachment is a checked attachment of a role to a warehouse. [NewRoleAttachment]
// returns one.
type RoleAttachment struct {
	neverReplaced

	// RoleARN is the ARN of the role; "" if the declared one is invalid.
	RoleARN string
	// NamespaceName is the name of the Serverless namespace; empty for a cluster.
	NamespaceName string

	warehouseName string // the name of the cluster or of the namespace
}

// NewRoleAttachment returns the definition of the declared attachment to a warehouse, and
// all problems of the declaration.
func NewRoleAttachment(declared contract.RoleAttachment, to contract.Target) (RoleAttachment, ddl.Problems) {
	a := RoleAttachment{RoleARN: declared.RoleARN, NamespaceName: declared.NamespaceName, warehouseName: to.ClusterIdentifier + declared.NamespaceName}
	var problems ddl.Problems
	if !isRole(a.RoleARN) {
		problems = append(problems, ddl.Problem{Path: "roleArn", Message: fmt.Sprintf("needs the ARN of a role, got %q; write one such as arn:aws:iam::123456789012:role/name", a.RoleARN)})
		a.RoleARN = ""
	}
	if (to.WorkgroupName == "") != (a.NamespaceName == "") {
		problems = append(problems, ddl.Problem{Path: "namespaceName", Message: "required for a workgroup, not allowed for a cluster"})
	}
	return a, problems
}

var (
	partitionPattern = regexp.MustCompile(`^aws[a-z-]*$`)
	accountPattern   = regexp.MustCompile(`^\d{12}$`)
	roleNamePattern  = regexp.MustCompile(`^role/[\w+=,.@/-]+$`)
)

// isRole reports whether text is the ARN of a role in any partition.
func isRole(text string) bool {
	role, err := arn.Parse(text)
	return err == nil && partitionPattern.MatchString(role.Partition) && role.Service == "iam" && role.Region == "" &&
		accountPattern.MatchString(role.AccountID) && roleNamePattern.MatchString(role.Resource)
}

// Object returns the role as an Object.
func (a RoleAttachment) Object() Object { return Object{Kind: RoleObject, ARN: a.RoleARN} }

// String names the role and the warehouse that may assume it.
func (a RoleAttachment) String() string { return "role " + a.RoleARN + " of " + a.warehouseName }

// Hash depends on the role only, not on the warehouse.
func (a RoleAttachment) Hash() string {
	sum := sha256.Sum256([]byte(a.Object().Key()))
	return hex.EncodeToString(sum[:])
}

// InLedger returns true.
func (RoleAttachment) InLedger() bool { return true }

// Shared returns true: other stacks and people may need the role attached too.
func (RoleAttachment) Shared() bool { return true }

// Exists checks whether the role is attached.
func (RoleAttachment) Exists() Step { return Step{Name: StepRoleAttached, Call: CallExists} }

// Create attaches the role.
func (RoleAttachment) Create() []Step { return []Step{{Name: StepAttachRole, Call: CallMake}} }

// Alter attaches the role again, in case somebody has detached it.
func (a RoleAttachment) Alter(Definition) []Step { return a.Create() }

// Assert is the same as Create.
func (a RoleAttachment) Assert(Definition) []Step { return a.Create() }

// Replace is the same as Create.
func (a RoleAttachment) Replace(Definition, time.Time) ([]Step, error) { return a.Create(), nil }

// RollBack is the same as Create.
func (a RoleAttachment) RollBack(Definition, time.Time) ([]Step, error) { return a.Create(), nil }

// Drop detaches the role.
func (RoleAttachment) Drop() []Step { return []Step{{Name: StepDetachRole, Call: CallRemove}} }
