package cloudformation

import (
	"maps"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// These statuses of a stack affect which operations the service allows.
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

// stack is a stack and its events. Service.mu guards it.
type stack struct {
	name, id       string
	status, reason string
	configuration  // empty while the status is REVIEW_IN_PROGRESS
	outputs        []template.OutputValue
	imports        []string // names of the imported exports of other stacks, sorted
	resources      map[string]*instance
	events         []stackEvent // oldest first
	changeSets     map[string]*changeSet
	protected      bool // termination protection is enabled

	created, updated, deleted time.Time
	changeSetID               string // id of the last executed change set
	lastOperation             string // id of the last operation

	// cancel cancels the latest operation, and done is closed when that operation has
	// ended. Both are nil if no operation has run.
	cancel func()
	done   chan struct{}
	// failedRollback is the update whose rollback failed, or nil.
	failedRollback *deployment
}

// configuration is the template of a stack and the other settings that a request can
// change.
type configuration struct {
	body         string // the template as the caller sent it
	bound        *template.Bound
	tags         []tag
	capabilities []string
	roleARN      string
}

// tag is a tag of a stack.
type tag struct {
	Key   string
	Value string
}

// instance is one resource of a stack: its logical id, its physical id and its state.
type instance struct {
	logicalID, typeName string
	physicalID          string // empty until the physical resource exists
	properties          map[string]any
	attributes          map[string]any
	noEcho              bool // mask the attributes in responses
	metadata            any
	dependencies        []string // logical ids of the resources that it depends on
	deletionPolicy      string
	updateReplacePolicy string

	status, reason string
	updated        time.Time
}

// stackEvent is an event of a stack or of one of its resources.
type stackEvent struct {
	id, operation, token   string
	logicalID, physicalID  string
	typeName, status, text string
	at                     time.Time
}

// stackType is the resource type in the events of the stack itself.
const stackType = "AWS::CloudFormation::Stack"

// updatable reports whether the stack's status allows an update.
func (st *stack) updatable() bool {
	return st.status == createComplete || st.status == updateComplete || st.status == updateRollbackDone
}

// sorted returns the stack's resources, sorted by logical id.
func (st *stack) sorted() []*instance {
	var out []*instance
	for _, id := range slices.Sorted(maps.Keys(st.resources)) {
		out = append(out, st.resources[id])
	}
	return out
}

// changed returns the names of the properties that differ between i and want, sorted.
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
