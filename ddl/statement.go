package ddl

// Step names what a statement is for within one plan: it goes into the
// statement's name in the Data API and, with the request, into its client
// token, so that a repeated run finds the statement of the first one. No two
// statements of a plan share a step.
type Step string

// The steps, in no order.
const (
	StepExists         Step = "exists"
	StepCreate         Step = "create"
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

// Statement is one SQL statement of a plan.
type Statement struct {
	Step Step
	SQL  string
	// Parameters are the values of the names that SQL holds as :name, by name.
	// None may be empty, which the Data API refuses. Nil means none.
	Parameters map[string]string
}
