package ddlhandler

import (
	"context"
	"errors"
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
	// Fresh is Rows for a statement that a repeated request runs anew.
	Fresh(ctx context.Context, s ddl.Statement) ([][]string, error)
	// Cancel ends what the request itself still runs, and returns the ids.
	Cancel(ctx context.Context) ([]string, error)
	// Supersede ends what earlier requests of the same name still run, and
	// waits until it has ended.
	Supersede(ctx context.Context) error
}

// state says how far an object is, as the ledger holds it.
type state string

const (
	creating state = "creating" // its first CREATE may or may not have run
	updating state = "updating"
	live     state = "live"
	deleting state = "deleting"
	deleted  state = "deleted" // there is no object: a Delete came before its Create
)

// entry is the ledger's row of one object.
type entry struct {
	owner      owner
	handedFrom string // the logical id that gave the object to its owner, or nobody
	definition string // what the object is made from, if it exists: see definition
	state      state
	request    string    // the last request that changed the row; its turn it is
	began      time.Time // when that request began, to the millisecond
	kept       time.Time // names the kept table of the last update, to the second
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
// takes the same path. Only [ledger.now] sees the present.
type ledger struct {
	warehouse Warehouse
	request   string
}

const ledgerTable = `"public"."tributary_ledger"`

// instant is how times stand in the ledger, in UTC.
const instant = "2006-01-02 15:04:05.000"

// ensure makes the table if there is none, and returns when this request first
// did so: the request's beginning, however often it is repeated.
func (l ledger) ensure(ctx context.Context) (time.Time, error) {
	outcome, err := l.run(ctx, "ensure", "CREATE TABLE IF NOT EXISTS "+ledgerTable+
		" (object VARCHAR(600) NOT NULL, stack_id VARCHAR(1024) NOT NULL, logical_id VARCHAR(256) NOT NULL,"+
		" handed_from VARCHAR(256) NOT NULL, definition VARCHAR(64) NOT NULL, state VARCHAR(16) NOT NULL,"+
		" request VARCHAR(128) NOT NULL, began VARCHAR(32) NOT NULL, kept VARCHAR(32) NOT NULL)", nil)
	return outcome.Created, err
}

// find reports whether there is a ledger, and when this request first asked.
func (l ledger) find(ctx context.Context) (bool, time.Time, error) {
	rows, outcome, err := l.rows(ctx, "find", "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = 'public' AND c.relname = 'tributary_ledger'", nil)
	return len(rows) > 0, outcome.Created, err
}

const readEntry = "SELECT stack_id, logical_id, handed_from, definition, state, request, began, kept FROM " + ledgerTable + " WHERE object = :object"

// read returns the object's entry, or nil if it has none. step tells apart the
// reads of one request.
func (l ledger) read(ctx context.Context, step string, object string) (*entry, error) {
	rows, _, err := l.rows(ctx, step, readEntry, map[string]string{"object": object})
	if err != nil {
		return nil, err
	}
	return parseEntry(rows)
}

// now returns the object's entry as it is at this moment, or nil if it has none.
func (l ledger) now(ctx context.Context, object string) (*entry, error) {
	rows, err := l.warehouse.Fresh(ctx, l.statement("now", readEntry, map[string]string{"object": object}))
	if err != nil {
		return nil, fmt.Errorf("ledger %s: %w", ledgerTable, err)
	}
	return parseEntry(rows)
}

func parseEntry(rows [][]string) (*entry, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	r := rows[0]
	began, err := time.Parse(instant, r[6])
	kept, err2 := time.Parse(instant, r[7])
	if err := errors.Join(err, err2); err != nil {
		return nil, fmt.Errorf("ledger %s: %w", ledgerTable, err)
	}
	return &entry{owner{r[0], r[1]}, r[2], r[3], state(r[4]), r[5], began, kept}, nil
}

// enter makes an entry for the object unless it has one. Redshift enforces no
// uniqueness, hence the condition; two of it at once conflict, and one of them
// is run again.
func (l ledger) enter(ctx context.Context, object string, e entry) error {
	_, err := l.run(ctx, "enter", "INSERT INTO "+ledgerTable+" (object, stack_id, logical_id, handed_from, definition, state, request, began, kept)"+
		" SELECT :object, :stack, :logical, :handed, :definition, :state, :request, :began, :kept"+
		" WHERE NOT EXISTS (SELECT 1 FROM "+ledgerTable+" WHERE object = :object)", l.values(object, e))
	return err
}

// take replaces the entry that before is, if it still is that.
func (l ledger) take(ctx context.Context, step string, object string, before *entry, e entry) error {
	values := l.values(object, e)
	values["before"] = before.request
	_, err := l.run(ctx, step, setEntry+" AND request = :before", values)
	return err
}

// write replaces the object's entry if it is this request's.
func (l ledger) write(ctx context.Context, step string, object string, e entry) error {
	_, err := l.run(ctx, step, setEntry+" AND request = :request", l.values(object, e))
	return err
}

const setEntry = "UPDATE " + ledgerTable + " SET logical_id = :logical, handed_from = :handed, definition = :definition," +
	" state = :state, request = :request, began = :began, kept = :kept WHERE object = :object AND stack_id = :stack"

func (l ledger) values(object string, e entry) map[string]string {
	return map[string]string{
		"object": object, "stack": e.owner.stackID, "logical": e.owner.logicalID, "handed": e.handedFrom,
		"definition": e.definition, "state": string(e.state), "request": l.request,
		"began": e.began.UTC().Format(instant), "kept": e.kept.UTC().Format(instant),
	}
}

// erase removes the object's entry if the request that last changed it is by.
func (l ledger) erase(ctx context.Context, step string, object string, by string) error {
	_, err := l.run(ctx, step, "DELETE FROM "+ledgerTable+" WHERE object = :object AND request = :by",
		map[string]string{"object": object, "by": by})
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

func (l ledger) rows(ctx context.Context, step, sql string, parameters map[string]string) ([][]string, dataapi.Outcome, error) {
	var (
		rows    [][]string
		outcome dataapi.Outcome
	)
	err := l.settle(func(attempt int) (err error) {
		rows, outcome, err = l.warehouse.Rows(ctx, l.statement(step, sql, parameters), attempt)
		return err
	})
	return rows, outcome, err
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
