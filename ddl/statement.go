package ddl

// Step names what a statement is for within one plan: it goes into the
// statement's name in the Data API and, with the request, into its client
// token, so that a repeated run finds the statement of the first one. No two
// statements of a plan share a step.
type Step string

// The steps, in no order.
const (
	StepExists         Step = "exists"
	StepDependents     Step = "dependents"
	StepDependentViews Step = "dependent-views"
	StepGrant          Step = "grant"
	StepRevoke         Step = "revoke"
	StepUser           Step = "user" // with a number behind it
	StepKeptTable      Step = "kept-table"
	StepCountRows      Step = "count-rows"
	StepCountKept      Step = "count-kept"
	StepCopyRows       Step = "copy-rows"
	StepCreate         Step = "create"
	StepAlter          Step = "alter"
	StepRefresh        Step = "refresh"
	StepAutoRefresh    Step = "auto-refresh"
	StepDistKey        Step = "dist-key"
	StepSortKey        Step = "sort-key"
	StepProve          Step = "prove"
	StepDropProof      Step = "drop-proof"
	StepDropStaleProof Step = "drop-stale-proof"
	StepStopRefresh    Step = "stop-refresh"
	StepKeepRows       Step = "keep-rows"
	StepDrop           Step = "drop"
	StepRestore        Step = "restore"
	StepForgetRows     Step = "forget-rows"
	StepForgetProof    Step = "forget-proof"
	StepRestoreRefresh Step = "restore-refresh"
	StepLedger         Step = "ledger"
)

// Effect says what a statement does to rows that are there. The zero Effect is
// [KeepsRows].
type Effect string

// What statements do to rows.
const (
	KeepsRows  Effect = ""       // they stay where they are
	ReadsRows  Effect = "reads"  // rows are read from the stream
	MovesRows  Effect = "moves"  // they go into another table
	CopiesRows Effect = "copies" // they are in another table, too
	DropsRows  Effect = "drops"  // they are gone, but for what the stream still holds
)

// Statement is one SQL statement of a plan.
type Statement struct {
	Step Step
	SQL  string
	// Effect says what the statement does to rows that are there.
	Effect Effect
	// Instead are the statements to run where Redshift refuses this one. Nil
	// means that a refusal fails the plan.
	Instead []Statement
	// MayExist says that a refusal since the object exists already is no failure.
	MayExist bool
	// Parameters are the values of the names that SQL holds as :name, by name.
	// None may be empty, which the Data API refuses. Nil means none.
	Parameters map[string]string
}
