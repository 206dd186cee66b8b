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

// RoleAttachment is a checked attachment of a role to a warehouse. Make one by
// [NewRoleAttachment].
type RoleAttachment struct {
	unreplaced

	// RoleARN is the role's.
	RoleARN string
	// NamespaceName is the Serverless namespace's name; empty for a cluster.
	NamespaceName string

	warehouseName string // the name of the cluster or of the namespace
}

// NewRoleAttachment returns the definition of a declared attachment to a warehouse, and
// everything that is wrong with the declaration. Its RoleARN is empty if what is declared is
// no role's ARN.
func NewRoleAttachment(declared contract.RoleAttachment, to contract.Target) (RoleAttachment, ddl.Problems) {
	a := RoleAttachment{RoleARN: declared.RoleARN, NamespaceName: declared.NamespaceName, warehouseName: to.ClusterIdentifier + declared.NamespaceName}
	var problems ddl.Problems
	if !isRole(a.RoleARN) {
		problems = append(problems, ddl.Problem{Path: "roleArn", Message: fmt.Sprintf("%q is not a role's ARN; write one such as arn:aws:iam::123456789012:role/name", a.RoleARN)})
		a.RoleARN = ""
	}
	if (to.WorkgroupName == "") != (a.NamespaceName == "") {
		problems = append(problems, ddl.Problem{Path: "namespaceName", Message: "required for a workgroup, and for nothing else"})
	}
	return a, problems
}

var (
	partitionPattern = regexp.MustCompile(`^aws[a-z-]*$`)
	accountPattern   = regexp.MustCompile(`^\d{12}$`)
	roleNamePattern  = regexp.MustCompile(`^role/[\w+=,.@/-]+$`)
)

// isRole reports whether text is a role's ARN, in whatever partition.
func isRole(text string) bool {
	role, err := arn.Parse(text)
	return err == nil && partitionPattern.MatchString(role.Partition) && role.Service == "iam" && role.Region == "" &&
		accountPattern.MatchString(role.AccountID) && roleNamePattern.MatchString(role.Resource)
}

// Object names the role.
func (a RoleAttachment) Object() Object { return Object{Kind: RoleObject, ARN: a.RoleARN} }

// String names the role, and the warehouse that may assume it.
func (a RoleAttachment) String() string { return "role " + a.RoleARN + " of " + a.warehouseName }

// Hash is the same for every attachment of the role.
func (a RoleAttachment) Hash() string {
	sum := sha256.Sum256([]byte(a.Object().Key()))
	return hex.EncodeToString(sum[:])
}

// InLedger is true.
func (RoleAttachment) InLedger() bool { return true }

// Shared is true: other stacks and people may need the role attached as well.
func (RoleAttachment) Shared() bool { return true }

// Exists asks whether the role is attached.
func (RoleAttachment) Exists() Step { return Step{Name: StepRoleAttached, Call: CallExists} }

// Create attaches the role.
func (RoleAttachment) Create() []Step { return []Step{{Name: StepAttachRole, Call: CallMake}} }

// Alter attaches the role again, if somebody has detached it.
func (a RoleAttachment) Alter(Definition) []Step { return a.Create() }

// Assert is Create.
func (a RoleAttachment) Assert(Definition) []Step { return a.Create() }

// Replace is Create.
func (a RoleAttachment) Replace(Definition, time.Time) ([]Step, error) { return a.Create(), nil }

// RollBack is Create.
func (a RoleAttachment) RollBack(Definition, time.Time) ([]Step, error) { return a.Create(), nil }

// Drop detaches the role.
func (RoleAttachment) Drop() []Step { return []Step{{Name: StepDetachRole, Call: CallRemove}} }
