package definition

// StepName names what a step is for within one plan. A statement's goes into its name in
// the Data API and, with the request, into its client token, so that a repeated run
// finds the statement of the first one. No two steps of a plan have the same name.
type StepName string

// The steps, in no order.
const (
	StepExists         StepName = "exists"
	StepDependents     StepName = "dependents"
	StepDependentViews StepName = "dependent-views"
	StepGrant          StepName = "grant"
	StepRevoke         StepName = "revoke"
	StepUser           StepName = "user" // with a number behind it
	StepKeptTable      StepName = "kept-table"
	StepCountRows      StepName = "count-rows"
	StepCountKept      StepName = "count-kept"
	StepCopyRows       StepName = "copy-rows"
	StepCreate         StepName = "create"
	StepAlter          StepName = "alter"
	StepRefresh        StepName = "refresh"
	StepAutoRefresh    StepName = "auto-refresh"
	StepDistKey        StepName = "dist-key"
	StepSortKey        StepName = "sort-key"
	StepProve          StepName = "prove"
	StepDropProof      StepName = "drop-proof"
	StepDropStaleProof StepName = "drop-stale-proof"
	StepStopRefresh    StepName = "stop-refresh"
	StepKeepRows       StepName = "keep-rows"
	StepDrop           StepName = "drop"
	StepRestore        StepName = "restore"
	StepForgetRows     StepName = "forget-rows"
	StepForgetProof    StepName = "forget-proof"
	StepRestoreRefresh StepName = "restore-refresh"
	StepSomeKept       StepName = "some-kept"
	StepAttachRole     StepName = "attach-role"
	StepDetachRole     StepName = "detach-role"
	StepRoleAttached   StepName = "attached"
	StepSetLimit       StepName = "set-limit"
	StepRemoveLimit    StepName = "remove-limit"
	StepLimitExists    StepName = "limit-exists"
)

// Effect says what a step does to rows that are there. The zero Effect is
// [KeepsRows].
type Effect string

// What steps do to rows.
const (
	KeepsRows  Effect = ""       // they stay where they are
	ReadsRows  Effect = "reads"  // rows are read from the stream
	MovesRows  Effect = "moves"  // they go into another table
	CopiesRows Effect = "copies" // they are in another table, too
	DropsRows  Effect = "drops"  // they are gone, but for what the stream still holds
)

// Call is what a step asks of an AWS API. A call is safe to repeat.
type Call string

// What a step can ask of an AWS API.
const (
	CallExists Call = "exists" // whether the object is there
	CallMake   Call = "make"   // make the object, or make sure of it, and wait until it takes effect
	CallRemove Call = "remove" // remove the object; one that is gone is no failure
)

// Step is one step of a plan: a SQL statement, or a call of an AWS API.
type Step struct {
	Name StepName
	// SQL is the statement; empty for a call.
	SQL string
	// Call is the call; empty for a statement.
	Call Call
	// Effect says what the step does to rows that are there.
	Effect Effect
	// Instead are the steps to run where Redshift refuses this one. Nil means that a
	// refusal fails the plan.
	Instead []Step
	// MayExist says that a refusal since the object exists already is no failure.
	MayExist bool
}
