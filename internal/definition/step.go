package definition

// StepName says what a step does. It is unique within a plan. The name of a statement in
// the Data API contains it, and the statement's client token is derived from it and the
// request. So a repeated run finds the statements of the first run.
type StepName string

// The names of all steps, in no particular order.
const (
	StepExists             StepName = "exists"
	StepDependents         StepName = "dependents"
	StepDependentViews     StepName = "dependent-views"
	StepGrant              StepName = "grant"
	StepRevoke             StepName = "revoke"
	StepCreateUser         StepName = "create-user"         // followed by a number, such as create-user-1
	StepCreateRemovedUser  StepName = "create-removed-user" // followed by a number
	StepCreateKeptTable    StepName = "create-kept-table"
	StepCountRows          StepName = "count-rows"
	StepCountKeptRows      StepName = "count-kept-rows"
	StepCopyRows           StepName = "copy-rows"
	StepCreate             StepName = "create"
	StepAlter              StepName = "alter"
	StepRefresh            StepName = "refresh"
	StepAutoRefresh        StepName = "auto-refresh"
	StepDistKey            StepName = "dist-key"
	StepSortKey            StepName = "sort-key"
	StepCreateProof        StepName = "create-proof"
	StepDropProof          StepName = "drop-proof"
	StepDropStaleProof     StepName = "drop-stale-proof"
	StepStopAutoRefresh    StepName = "stop-auto-refresh"
	StepMoveRows           StepName = "move-rows"
	StepDrop               StepName = "drop"
	StepRecreate           StepName = "recreate"
	StepDropKeptTable      StepName = "drop-kept-table"
	StepCleanUpProof       StepName = "clean-up-proof"
	StepRestoreAutoRefresh StepName = "restore-auto-refresh"
	StepKeptTableHasRows   StepName = "kept-table-has-rows"
	StepAttachRole         StepName = "attach-role"
	StepDetachRole         StepName = "detach-role"
	StepRoleAttached       StepName = "role-attached"
	StepSetLimit           StepName = "set-limit"
	StepRemoveLimit        StepName = "remove-limit"
	StepLimitExists        StepName = "limit-exists"
)

// Effect is what a step does to existing rows. The zero Effect is [KeepsRows].
type Effect string

// The effects that steps have on rows.
const (
	KeepsRows  Effect = ""       // leaves all rows where they are
	ReadsRows  Effect = "reads"  // reads rows from the stream
	MovesRows  Effect = "moves"  // moves rows into another table
	CopiesRows Effect = "copies" // copies rows into another table
	DropsRows  Effect = "drops"  // deletes rows; only those still in the stream can be read again
)

// Call is what a step does through an AWS API. A call is safe to repeat.
type Call string

// The calls of AWS APIs.
const (
	CallExists Call = "exists" // checks whether the object exists
	CallMake   Call = "make"   // creates or updates the object, and waits until it is in effect
	CallRemove Call = "remove" // removes the object; succeeds if it does not exist
)

// Step is one step of a plan: a SQL statement, or a call of an AWS API.
type Step struct {
	Name StepName
	// SQL is the text of the statement; empty for a call.
	SQL string
	// Call is the kind of call; empty for a statement.
	Call Call
	// Effect is what the step does to existing rows.
	Effect Effect
	// Instead are the steps to run if Redshift refuses this step. If it is nil, the plan
	// fails.
	Instead []Step
	// MayExist means that the step succeeds if the object already exists.
	MayExist bool
}
