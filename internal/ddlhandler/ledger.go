package ddlhandler

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// ledger is the table that records the owner of each object. A request writes it before
// the first statement on an object and after the last one, so that a later request knows
// how far it came.
//
// Each database user has its own ledger, whose name ends with the user's ID, because only a
// table's owner can write to it. Every user can read it. So if the function becomes another
// database user, it can still find the owners of its objects.
//
// Each query has its own name and, through the Data API's client tokens, one outcome per
// request. So a repeated run gets the rows that the first run got, and takes the same path.
// Only [ledger.now] always reads the current rows.
type ledger struct {
	statements   retryingRunner
	owner        owner
	request      string // the request's ID
	user         string // the database user's ID; empty until find has run
	round        int    // how often this request has started again: see acquire
	sawUnelected bool   // whether the last read returned unelected rows of this owner
}

// ledgerName is the prefix of the ledgers' names. The user's ID follows it.
const ledgerName = "tributary_ledger_"

func ledgerOf(user string) string { return `"public"."` + ledgerName + user + `"` }

func (l *ledger) table() string { return ledgerOf(l.user) }

// find reports whether the user has a ledger. It also returns when its statement was
// accepted, which is when the request began. In a repeated run, that is the time of the
// first run.
func (l *ledger) find(ctx context.Context) (bool, time.Time, error) {
	return l.findNamed(ctx, "find")
}

func (l *ledger) findNamed(ctx context.Context, name string) (bool, time.Time, error) {
	rows, outcome, err := l.statements.rows(ctx, l.statement(name, "SELECT CAST(u.usesysid AS BIGINT), c.relname FROM pg_catalog.pg_user u"+
		" LEFT JOIN (SELECT k.relname, k.relowner FROM pg_catalog.pg_class k JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace WHERE n.nspname = 'public') c"+
		" ON c.relowner = u.usesysid AND c.relname = '"+ledgerName+"' || CAST(u.usesysid AS VARCHAR(20))"+
		" WHERE u.usename = current_user", nil))
	if err != nil {
		return false, outcome.Created, fmt.Errorf("find the ledger: %w", err)
	}
	if len(rows) != 1 || len(rows[0]) != 2 {
		return false, outcome.Created, fmt.Errorf("find the ledger: want one row for the current user, got %q", rows)
	}
	l.user = rows[0][0]
	return rows[0][1] != "", outcome.Created, nil
}

// ensure creates the table, unless it exists.
func (l *ledger) ensure(ctx context.Context) error {
	_, err := l.run(ctx, "ensure", "CREATE TABLE IF NOT EXISTS "+l.table()+
		" (object VARCHAR(1024) NOT NULL, stack_id VARCHAR(1024) NOT NULL, logical_id VARCHAR(256) NOT NULL,"+
		" handed_from VARCHAR(256) NOT NULL, definition VARCHAR(64) NOT NULL, state VARCHAR(16) NOT NULL,"+
		" request VARCHAR(128) NOT NULL, began VARCHAR(32) NOT NULL, kept VARCHAR(32) NOT NULL,"+
		" entered_by VARCHAR(128) NOT NULL, elected VARCHAR(128) NOT NULL, running VARCHAR(256) NOT NULL)", nil)
	if err != nil && !dataapi.AlreadyExists(err) {
		return err
	}
	// Another user may have created a table of this name, and could change its rows.
	switch mine, _, err := l.findNamed(ctx, "find-own"); {
	case err != nil:
		return err
	case !mine:
		return fmt.Errorf("ledger %s: another database user owns the table; drop it", l.table())
	}
	_, err = l.run(ctx, "grant-select", "GRANT SELECT ON "+l.table()+" TO PUBLIC", nil)
	return err
}

// read returns the object's entry, or nil if it has none. name distinguishes the reads of
// one request. If a row is elected, read removes this owner's other rows: they lost the
// election, or an earlier request left them. If no row is elected yet, read leaves them,
// because another request may be about to elect one of them.
func (l *ledger) read(ctx context.Context, name string, object string) (*entry, error) {
	e, rows, err := l.readFrom(ctx, l.table(), name, object)
	l.sawUnelected = slices.ContainsFunc(rows, func(row []string) bool { return isUnelected(row, l.owner) })
	if err != nil || e == nil || !l.sawUnelected {
		return e, err
	}
	return e, l.removeUnelected(ctx, name, object)
}

// removeUnelected removes this owner's unelected rows, which the read with the given name
// has returned.
func (l *ledger) removeUnelected(ctx context.Context, name string, object string) error {
	_, err := l.run(ctx, name+"-remove-unelected", "DELETE FROM "+l.table()+" WHERE object = :object"+
		" AND elected <> entered_by AND stack_id = :stack AND logical_id = :logical",
		map[string]string{"object": object, "stack": l.owner.stackID, "logical": l.owner.logicalID})
	return err
}

// readFrom returns an object's entry in the given ledger, and all rows of the object.
func (l *ledger) readFrom(ctx context.Context, table, name, object string) (*entry, [][]string, error) {
	rows, _, err := l.statements.rows(ctx, l.readEntry(table, name, object))
	if err != nil {
		return nil, nil, fmt.Errorf("ledger %s: %w", table, err)
	}
	e, err := elected(rows)
	if err != nil {
		return nil, nil, fmt.Errorf("ledger %s: %w", table, err)
	}
	return e, rows, nil
}

// now returns the object's current entry, or nil if it has none. The entry is current as of
// the returned time, or of a later one.
func (l *ledger) now(ctx context.Context, object string) (*entry, time.Time, error) {
	rows, outcome, err := l.statements.fresh(ctx, l.readEntry(l.table(), "now", object))
	if err != nil {
		return nil, outcome.Began, fmt.Errorf("ledger %s: %w", l.table(), err)
	}
	e, err := elected(rows)
	if err != nil {
		return nil, outcome.Began, fmt.Errorf("ledger %s: %w", l.table(), err)
	}
	return e, outcome.Began, nil
}

func (l *ledger) readEntry(table, name, object string) dataapi.Statement {
	return l.statement(name, "SELECT "+entryColumns+" FROM "+table+" WHERE object = :object ORDER BY entered_by", map[string]string{"object": object})
}

// existsFor reports whether another user has a ledger.
func (l *ledger) existsFor(ctx context.Context, user string) (bool, error) {
	rows, _, err := l.statements.rows(ctx, l.statement("find-other", "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = 'public' AND c.relname = "+ddl.Literal(ledgerName+user)+" AND CAST(c.relowner AS BIGINT) = "+user, nil))
	return len(rows) > 0, err
}

// enter inserts a row for the object, unless the object has an owner, and then elects a
// row.
//
// Under the isolation level SNAPSHOT, two requests can insert rows for one object at the
// same time, because neither transaction sees the other's row. So after its INSERT, each
// request runs an election: it writes its own ID into all visible rows of the object,
// unless one of them is elected. Of two such requests, the one that inserted its row later
// sees both rows. So both requests update one row. Then one of the two UPDATE statements
// waits for the other, or fails and is repeated, and after that it sees the elected row.
// All readers identify the elected row by the function [elected].
//
// A Data API parameter has no type, so each parameter in a SELECT list needs a CAST.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_Serializable_isolation_example.html
func (l *ledger) enter(ctx context.Context, object string, e entry) error {
	owned := "SELECT 1 FROM " + l.table() + " o WHERE o.object = :object AND o.elected = o.entered_by"
	_, err := l.run(ctx, "enter", "INSERT INTO "+l.table()+
		" (object, stack_id, logical_id, handed_from, definition, state, request, began, kept, entered_by, elected, running)"+
		" SELECT CAST(:object AS VARCHAR(1024)), CAST(:stack AS VARCHAR(1024)), CAST(:logical AS VARCHAR(256)), CAST(:handed AS VARCHAR(256)),"+
		" CAST(:definition AS VARCHAR(64)), CAST(:state AS VARCHAR(16)), CAST(:request AS VARCHAR(128)), CAST(:began AS VARCHAR(32)),"+
		" CAST(:kept AS VARCHAR(32)), CAST(:request AS VARCHAR(128)), CAST('"+noValue+"' AS VARCHAR(128)), CAST('"+noValue+"' AS VARCHAR(256))"+
		" WHERE NOT EXISTS ("+owned+")", l.values(object, e))
	if err != nil {
		return err
	}
	_, err = l.run(ctx, "elect", "UPDATE "+l.table()+" SET elected = :request WHERE object = :object AND NOT EXISTS ("+owned+")",
		map[string]string{"object": object, "request": l.request})
	return err
}

// errEntryChanged is returned by acquire if another request changed the entry first. by is
// the changed entry.
type errEntryChanged struct{ by *entry }

func (e *errEntryChanged) Error() string {
	return "the request " + e.by.request + " changed the ledger first"
}

// acquire replaces the entry before by the entry e of this request. It returns
// *errEntryChanged if another request has changed the entry since before was read, and
// *errOvertaken if the entry no longer exists.
func (l *ledger) acquire(ctx context.Context, name string, object string, before *entry, e entry) error {
	if err := l.compareAndSwap(ctx, name, object, before, e); err != nil {
		return err
	}
	now, err := l.read(ctx, name+"-check", object)
	switch {
	case err != nil:
		return err
	case now == nil:
		return &errOvertaken{nil}
	case now.request != l.request:
		return &errEntryChanged{now}
	}
	return nil
}

// compareAndSwap replaces the entry before by e, unless another request has changed it.
func (l *ledger) compareAndSwap(ctx context.Context, name string, object string, before *entry, e entry) error {
	values := l.values(object, e)
	values["before"] = before.request
	_, err := l.run(ctx, name, l.setEntry()+" AND request = :before", values)
	return err
}

// write replaces the object's entry by e if the entry names this request.
func (l *ledger) write(ctx context.Context, name string, object string, e entry) error {
	_, err := l.run(ctx, name, l.setEntry()+" AND request = :request", l.values(object, e))
	return err
}

func (l *ledger) setEntry() string {
	return "UPDATE " + l.table() + " SET logical_id = :logical, handed_from = :handed, definition = :definition," +
		" state = :state, request = :request, began = :began, kept = :kept WHERE object = :object AND stack_id = :stack AND elected = entered_by"
}

func (l *ledger) values(object string, e entry) map[string]string {
	return map[string]string{
		"object": object, "stack": e.owner.stackID, "logical": e.owner.logicalID, "handed": e.handedFrom,
		"definition": e.definition, "state": string(e.state), "request": l.request,
		"began": e.began.UTC().Format(timeLayout), "kept": e.keptAt.UTC().Format(timeLayout),
	}
}

// note writes the ID of a running statement into the object's entry, if the entry names
// this request.
func (l *ledger) note(ctx context.Context, object, id string) error {
	_, err := l.run(ctx, "running", "UPDATE "+l.table()+" SET running = :running WHERE object = :object AND request = :request AND elected = entered_by",
		map[string]string{"object": object, "request": l.request, "running": runningStatement{l.request, id}.String()})
	return err
}

// erase removes the object's entry if by is the ID of the request that changed it last.
func (l *ledger) erase(ctx context.Context, name string, object string, by string) error {
	_, err := l.run(ctx, name, "DELETE FROM "+l.table()+" WHERE object = :object AND request = :by",
		map[string]string{"object": object, "by": by})
	return err
}

func (l *ledger) run(ctx context.Context, name, sql string, parameters map[string]string) (dataapi.Outcome, error) {
	outcome, err := l.statements.run(ctx, l.statement(name, sql, parameters))
	if err != nil {
		return outcome, fmt.Errorf("ledger %s: %w", l.table(), err)
	}
	return outcome, nil
}

// statement returns a statement on the ledger. Its name is different in each round.
func (l *ledger) statement(name, sql string, parameters map[string]string) dataapi.Statement {
	return dataapi.Statement{Name: "ledger-" + name + roundSuffix(l.round), SQL: sql, Parameters: parameters}
}

// roundSuffix returns the suffix of a round's statement names. It is empty in the first
// round, and -restart-1 in the second.
func roundSuffix(round int) string {
	if round == 0 {
		return ""
	}
	return fmt.Sprintf("-restart-%d", round)
}
