package definition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// UsageLimit is a checked usage limit of a Serverless workgroup. [NewUsageLimit] returns
// one.
type UsageLimit struct {
	neverReplaced
	contract.UsageLimit

	// Amount is the declared amount as an integer, in RPU-hours or in terabytes.
	Amount int64
}

// NewUsageLimit returns the definition of a declared limit, and all problems of the
// declaration. If there are problems, only the definition's Object can be used.
func NewUsageLimit(declared contract.UsageLimit) (UsageLimit, ddl.Problems) {
	var problems ddl.Problems
	problems = append(problems, oneOf("usageType", types.UsageLimitUsageType(declared.UsageType))...)
	problems = append(problems, oneOf("period", types.UsageLimitPeriod(declared.Period))...)
	problems = append(problems, oneOf("breachAction", types.UsageLimitBreachAction(declared.BreachAction))...)
	amount, err := strconv.ParseInt(declared.Amount.String(), 10, 64)
	if err != nil || amount <= 0 {
		problems = append(problems, ddl.Problem{Path: "amount", Message: fmt.Sprintf("got %q; write a whole number over 0", declared.Amount)})
	}
	return UsageLimit{UsageLimit: declared, Amount: amount}, problems
}

// oneOf returns a problem if value is not one of the values in AWS's service model.
func oneOf[T interface {
	~string
	Values() []T
}](path string, value T) ddl.Problems {
	known := value.Values()
	if slices.Contains(known, value) {
		return nil
	}
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	return ddl.Problems{{Path: path, Message: fmt.Sprintf("got %q; write one of %s", string(value), strings.Join(words, ", "))}}
}

// Object names the limit by workgroup, usage type and period. A workgroup has at most one
// limit of each usage type and period.
func (l UsageLimit) Object() Object {
	return Object{Kind: LimitObject, ARN: strings.Join([]string{l.WorkgroupARN, l.UsageType, l.Period}, "/")}
}

// String names the period and the usage type.
func (l UsageLimit) String() string { return l.Period + " limit of " + l.UsageType }

// Hash identifies the definition.
func (l UsageLimit) Hash() string {
	return join(hash(l.Object().Key()), hash(l.Object().Key(), l.Amount, l.BreachAction))
}

// InLedger returns false: the workgroup belongs to the stack, so its limits do too.
func (UsageLimit) InLedger() bool { return false }

// Shared returns false.
func (UsageLimit) Shared() bool { return false }

// Exists checks whether the workgroup has a limit of this usage type and period.
func (UsageLimit) Exists() Step { return Step{Name: StepLimitExists, Call: CallExists} }

// Create sets the limit. It updates a limit that already exists.
func (UsageLimit) Create() []Step { return []Step{{Name: StepSetLimit, Call: CallMake}} }

// Alter is the same as Create.
func (l UsageLimit) Alter(Definition) []Step { return l.Create() }

// Assert is the same as Create.
func (l UsageLimit) Assert(Definition) []Step { return l.Create() }

// Replace is the same as Create.
func (l UsageLimit) Replace(Definition, time.Time) ([]Step, error) { return l.Create(), nil }

// RollBack is the same as Create.
func (l UsageLimit) RollBack(Definition, time.Time) ([]Step, error) { return l.Create(), nil }

// Drop removes the limit.
func (UsageLimit) Drop() []Step { return []Step{{Name: StepRemoveLimit, Call: CallRemove}} }
