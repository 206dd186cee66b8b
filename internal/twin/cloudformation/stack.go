package cloudformation

import (
	"maps"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// The statuses of a stack that the service tells apart, not only shows.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
const (
	reviewInProgress     = "REVIEW_IN_PROGRESS"
	createInProgress     = "CREATE_IN_PROGRESS"
	createComplete       = "CREATE_COMPLETE"
	updateComplete       = "UPDATE_COMPLETE"
	updateRollbackDone   = "UPDATE_ROLLBACK_COMPLETE"
	updateRollbackFailed = "UPDATE_ROLLBACK_FAILED"
	deleteInProgress     = "DELETE_IN_PROGRESS"
	deleteComplete       = "DELETE_COMPLETE"
	deleteFailed         = "DELETE_FAILED"
)

// stack is a stack and its history. The service's lock guards it.
type stack struct {
	name, id       string
	status, reason string
	configuration  // what it is made from; empty in review
	outputs        []template.OutputValue
	imports        []string // exports of other stacks that it uses, sorted
	resources      map[string]*instance
	events         []stackEvent // oldest first
	changeSets     map[string]*changeSet
	protected      bool // from termination

	created, updated, deleted time.Time
	changeSetID               string // the one executed last
	lastOperation             string // id

	// cancel ends the operation under way, and done closes after it; nil when
	// none has run.
	cancel func()
	done   chan struct{}
	// stuck is the update whose rollback failed, else nil.
	stuck *deployment
}

// configuration is what a caller asks a stack to be.
type configuration struct {
	body         string // the template as it was sent
	bound        *template.Bound
	tags         []tag
	capabilities []string
	roleARN      string
}

// tag is a stack's tag.
type tag struct {
	Key   string
	Value string
}

// instance is one resource of a stack: a logical id and what stands behind it.
type instance struct {
	logicalID, typeName string
	physicalID          string // empty until it is made
	properties          map[string]any
	attributes          map[string]any
	noEcho              bool // the attributes are not to be shown
	metadata            any
	needs               []string // logical ids
	deletionPolicy      string
	updateReplacePolicy string

	status, reason string
	updated        time.Time
}

// stackEvent is an entry of a stack's history, about the stack itself or about
// one of its resources.
type stackEvent struct {
	id, operation, token   string
	logicalID, physicalID  string
	typeName, status, text string
	at                     time.Time
}

// stackType is the type under which a stack's own events stand.
const stackType = "AWS::CloudFormation::Stack"

// updatable reports whether a change set can update the stack.
func (st *stack) updatable() bool {
	return st.status == createComplete || st.status == updateComplete || st.status == updateRollbackDone
}

// sorted returns the stack's resources in order of logical ids.
func (st *stack) sorted() []*instance {
	var out []*instance
	for _, id := range slices.Sorted(maps.Keys(st.resources)) {
		out = append(out, st.resources[id])
	}
	return out
}

// changed returns the properties that differ between i and want, sorted.
func (i *instance) changed(want *instance) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(want.properties)) {
		was, ok := i.properties[name]
		if !ok || !template.Equal(was, want.properties[name]) {
			out = append(out, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(i.properties)) {
		if _, ok := want.properties[name]; !ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
