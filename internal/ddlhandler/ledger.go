package ddlhandler

import (
	"context"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Warehouse runs statements. *dataapi.Runner is one.
type Warehouse interface {
	// Run runs s and waits until it ends; attempt tells a deliberate repetition
	// from a repeated request, which gets the first one's outcome.
	Run(ctx context.Context, s ddl.Statement, attempt int) (dataapi.Outcome, error)
	// Rows is Run for a statement that returns rows, null as "".
	Rows(ctx context.Context, s ddl.Statement, attempt int) ([][]string, dataapi.Outcome, error)
	// Cancel ends what is still running under the same name.
	Cancel(ctx context.Context) ([]string, error)
}

// state says how far an object is, as the ledger holds it.
type state string

const (
	creating   state = "creating"   // claimed; its CREATE may or may not have run
	recreating state = "recreating" // as creating, over what an earlier request left
	updating   state = "updating"
	live       state = "live"
	deleting   state = "deleting"
)

// entry is the ledger's row of one object.
type entry struct {
	owner      owner
	handedFrom string // the logical id that gave the object to its owner, or nobody
	definition string // what the existing object was made from; nothing yet is "-"
	state      state
	request    string // the last request that changed the row
}

// nobody stands in the ledger where there is no value, since the Data API takes
// no empty parameter.
const nobody = "-"

// ledger is the table in which Tributary writes down whose each object is. It
// is written before an object's first statement and after its last one, so that
// whoever comes next knows.
//
// Each query has a step of its own and, through the warehouse's client tokens,
// one outcome per request: a repeated request sees what the first one saw and
// takes the same path.
type ledger struct {
	warehouse Warehouse
	request   string
}

const ledgerTable = `"public"."tributary_ledger"`

// ensure makes the table if there is none, and returns when this request first
// did so: the request's beginning, however often it is repeated.
func (l ledger) ensure(ctx context.Context) (time.Time, error) {
	outcome, err := l.run(ctx, "ensure", "CREATE TABLE IF NOT EXISTS "+ledgerTable+
		" (object VARCHAR(600) NOT NULL, stack_id VARCHAR(1024) NOT NULL, logical_id VARCHAR(256) NOT NULL,"+
		" handed_from VARCHAR(256) NOT NULL, definition VARCHAR(64) NOT NULL, state VARCHAR(16) NOT NULL,"+
		" request VARCHAR(128) NOT NULL, changed TIMESTAMP NOT NULL)", nil)
	return outcome.Created, err
}

// exists reports whether there is a ledger.
func (l ledger) exists(ctx context.Context) (bool, error) {
	rows, err := l.rows(ctx, "find", "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = 'public' AND c.relname = 'tributary_ledger'", nil)
	return len(rows) > 0, err
}

// read returns the object's entry, or nil if it has none. step tells apart the
// reads of one request.
func (l ledger) read(ctx context.Context, step string, object ddl.Object) (*entry, error) {
	rows, err := l.rows(ctx, step, "SELECT stack_id, logical_id, handed_from, definition, state, request FROM "+ledgerTable+
		" WHERE object = :object", map[string]string{"object": object.Key()})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	r := rows[0]
	return &entry{owner{r[0], r[1]}, r[2], r[3], state(r[4]), r[5]}, nil
}

// claim enters the object for o unless somebody has an entry for it. Redshift
// enforces no uniqueness, hence the condition; two claims at once conflict, and
// one of them is run again.
func (l ledger) claim(ctx context.Context, object ddl.Object, o owner, s state) error {
	_, err := l.run(ctx, "claim", "INSERT INTO "+ledgerTable+" (object, stack_id, logical_id, handed_from, definition, state, request, changed)"+
		" SELECT :object, :stack, :logical, '-', '-', :state, :request, GETDATE()"+
		" WHERE NOT EXISTS (SELECT 1 FROM "+ledgerTable+" WHERE object = :object)",
		map[string]string{"object": object.Key(), "stack": o.stackID, "logical": o.logicalID, "state": string(s), "request": l.request})
	return err
}

// write replaces the object's entry.
func (l ledger) write(ctx context.Context, step string, object ddl.Object, e entry) error {
	_, err := l.run(ctx, step, "UPDATE "+ledgerTable+" SET logical_id = :logical, handed_from = :handed, definition = :definition,"+
		" state = :state, request = :request, changed = GETDATE() WHERE object = :object AND stack_id = :stack",
		map[string]string{
			"object": object.Key(), "stack": e.owner.stackID, "logical": e.owner.logicalID, "handed": e.handedFrom,
			"definition": e.definition, "state": string(e.state), "request": l.request,
		})
	return err
}

// erase removes the object's entry if it is o's.
func (l ledger) erase(ctx context.Context, object ddl.Object, o owner) error {
	_, err := l.run(ctx, "erase", "DELETE FROM "+ledgerTable+" WHERE object = :object AND stack_id = :stack AND logical_id = :logical",
		map[string]string{"object": object.Key(), "stack": o.stackID, "logical": o.logicalID})
	return err
}

func (l ledger) run(ctx context.Context, step, sql string, parameters map[string]string) (dataapi.Outcome, error) {
	var outcome dataapi.Outcome
	err := l.settle(func(attempt int) (err error) {
		outcome, err = l.warehouse.Run(ctx, l.statement(step, sql, parameters), attempt)
		return err
	})
	return outcome, err
}

func (l ledger) rows(ctx context.Context, step, sql string, parameters map[string]string) ([][]string, error) {
	var rows [][]string
	err := l.settle(func(attempt int) (err error) {
		rows, _, err = l.warehouse.Rows(ctx, l.statement(step, sql, parameters), attempt)
		return err
	})
	return rows, err
}

func (ledger) statement(step, sql string, parameters map[string]string) ddl.Statement {
	return ddl.Statement{Step: ddl.StepLedger + "-" + ddl.Step(step), SQL: sql, Parameters: parameters}
}

// settle runs a statement on the ledger again for as long as it loses races
// with other requests' statements on it, up to a bound that no honest crowd of
// stacks reaches.
func (ledger) settle(run func(attempt int) error) error {
	const most = 20
	for attempt := 0; ; attempt++ {
		err := run(attempt)
		switch {
		case err == nil:
			return nil
		case attempt+1 < most && dataapi.Conflicted(err):
		default:
			return fmt.Errorf("ledger %s: %w", ledgerTable, err)
		}
	}
}
