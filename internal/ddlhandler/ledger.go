package ddlhandler

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// ledger is the table in which Tributary writes down whose each object is. It
// is written before an object's first statement and after its last one, so that
// whoever comes next knows.
//
// Each database user has a ledger of its own, named after the user's id, since a
// table can be written by its owner only. All may read it: where the function has
// become another user, that tells whose its objects are.
//
// Each query has a name of its own and, through the Data API's client tokens,
// one outcome per request: a repeated request sees what the first one saw and
// takes the same path. Only [ledger.now] sees the present.
type ledger struct {
	statements statements
	owner      owner
	request    string
	user       string // the database user's id; empty until find has run
	round      int    // how often this request has lost its turn: see acquire
	unelected  bool   // whether the last read saw rows of this owner that are not elected
}

// ledgerName begins the names of the ledgers; behind it stands a user's id.
const ledgerName = "tributary_ledger_"

func ledgerOf(user string) string { return `"public"."` + ledgerName + user + `"` }

func (l *ledger) table() string { return ledgerOf(l.user) }

// find reports whether the user has a ledger, and when this request first asked: the
// request's beginning, however often it is repeated.
func (l *ledger) find(ctx context.Context) (bool, time.Time, error) { return l.findAs(ctx, "find") }

func (l *ledger) findAs(ctx context.Context, name string) (bool, time.Time, error) {
	rows, outcome, err := l.statements.rows(ctx, l.statement(name, "SELECT CAST(u.usesysid AS BIGINT), c.relname FROM pg_catalog.pg_user u"+
		" LEFT JOIN (SELECT k.relname, k.relowner FROM pg_catalog.pg_class k JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace WHERE n.nspname = 'public') c"+
		" ON c.relowner = u.usesysid AND c.relname = '"+ledgerName+"' || CAST(u.usesysid AS VARCHAR(20))"+
		" WHERE u.usename = current_user", nil))
	if err != nil {
		return false, outcome.Created, fmt.Errorf("find the ledger: %w", err)
	}
	if len(rows) != 1 || len(rows[0]) != 2 {
		return false, outcome.Created, fmt.Errorf("find the ledger: want the one current user, got %q", rows)
	}
	l.user = rows[0][0]
	return rows[0][1] != "", outcome.Created, nil
}

// ensure makes the table, unless it is there by now.
func (l *ledger) ensure(ctx context.Context) error {
	_, err := l.run(ctx, "ensure", "CREATE TABLE IF NOT EXISTS "+l.table()+
		" (object VARCHAR(1024) NOT NULL, stack_id VARCHAR(1024) NOT NULL, logical_id VARCHAR(256) NOT NULL,"+
		" handed_from VARCHAR(256) NOT NULL, definition VARCHAR(64) NOT NULL, state VARCHAR(16) NOT NULL,"+
		" request VARCHAR(128) NOT NULL, began VARCHAR(32) NOT NULL, kept VARCHAR(32) NOT NULL,"+
		" entered_by VARCHAR(128) NOT NULL, elected VARCHAR(128) NOT NULL, running VARCHAR(256) NOT NULL)", nil)
	if err != nil && !dataapi.Exists(err) {
		return err
	}
	// Somebody else may have made a table of the name, and could change it.
	switch mine, _, err := l.findAs(ctx, "found"); {
	case err != nil:
		return err
	case !mine:
		return fmt.Errorf("ledger %s: the table is another database user's; drop it", l.table())
	}
	_, err = l.run(ctx, "share", "GRANT SELECT ON "+l.table()+" TO PUBLIC", nil)
	return err
}

// read returns the object's entry, or nil if it has none. name tells apart the
// reads of one request. Once a row is elected, rows of this owner that are not can't be
// any more, and are removed: they lost, or a request left them behind. Before that, one
// may be another request's that is about to elect it.
func (l *ledger) read(ctx context.Context, name string, object string) (*entry, error) {
	e, rows, err := l.readFrom(ctx, l.table(), name, object)
	l.unelected = slices.ContainsFunc(rows, func(row []string) bool { return unelected(row, l.owner) })
	if err != nil || e == nil || !l.unelected {
		return e, err
	}
	return e, l.removeUnelected(ctx, name, object)
}

// removeUnelected removes the rows of this owner that are not elected, once the read of
// that name has seen some.
func (l *ledger) removeUnelected(ctx context.Context, name string, object string) error {
	_, err := l.run(ctx, name+"-withdraw", "DELETE FROM "+l.table()+" WHERE object = :object"+
		" AND elected <> entered_by AND stack_id = :stack AND logical_id = :logical",
		map[string]string{"object": object, "stack": l.owner.stackID, "logical": l.owner.logicalID})
	return err
}

// readFrom returns an object's entry in a user's ledger, and all of its rows.
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

// now returns the object's entry as it is at this moment, or nil if it has none, and of
// what moment that is, or of an earlier one.
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

// othersOf reports whether another user has a ledger.
func (l *ledger) othersOf(ctx context.Context, user string) (bool, error) {
	rows, _, err := l.statements.rows(ctx, l.statement("others", "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = 'public' AND c.relname = "+ddl.Literal(ledgerName+user)+" AND CAST(c.relowner AS BIGINT) = "+user, nil))
	return len(rows) > 0, err
}

// enter makes a row for the object, unless it has an owner, and has the owner elected.
//
// Under the isolation level SNAPSHOT, two requests can enter rows of one object at the
// same moment, as neither sees the other's. So whoever has entered one elects: it
// writes its own request into all rows of the object that it sees, unless it sees that
// one has been elected. Of two that elect, the later one to enter sees the row of the
// other. Both write into that row, and so one waits for the other or fails and is run
// again; either way it then sees who was elected. All readers know the owner by
// [elected].
//
// A parameter has no type of its own, so each one in a SELECT list is cast.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_Serializable_isolation_example.html
func (l *ledger) enter(ctx context.Context, object string, e entry) error {
	owned := "SELECT 1 FROM " + l.table() + " o WHERE o.object = :object AND o.elected = o.entered_by"
	_, err := l.run(ctx, "enter", "INSERT INTO "+l.table()+
		" (object, stack_id, logical_id, handed_from, definition, state, request, began, kept, entered_by, elected, running)"+
		" SELECT CAST(:object AS VARCHAR(1024)), CAST(:stack AS VARCHAR(1024)), CAST(:logical AS VARCHAR(256)), CAST(:handed AS VARCHAR(256)),"+
		" CAST(:definition AS VARCHAR(64)), CAST(:state AS VARCHAR(16)), CAST(:request AS VARCHAR(128)), CAST(:began AS VARCHAR(32)),"+
		" CAST(:kept AS VARCHAR(32)), CAST(:request AS VARCHAR(128)), CAST('"+nobody+"' AS VARCHAR(128)), CAST('"+nobody+"' AS VARCHAR(256))"+
		" WHERE NOT EXISTS ("+owned+")", l.values(object, e))
	if err != nil {
		return err
	}
	_, err = l.run(ctx, "elect", "UPDATE "+l.table()+" SET elected = :request WHERE object = :object AND NOT EXISTS ("+owned+")",
		map[string]string{"object": object, "request": l.request})
	return err
}

// errTurn is an entry that another request took just before this one could.
type errTurn struct{ by *entry }

func (e *errTurn) Error() string { return "the request " + e.by.request + " changed the ledger first" }

// acquire replaces the entry that before is by one of this request's. It returns *errTurn
// if that is another one by now, and *errOvertaken if there is none.
func (l *ledger) acquire(ctx context.Context, name string, object string, before *entry, e entry) error {
	if err := l.compareAndSwap(ctx, name, object, before, e); err != nil {
		return err
	}
	taken, err := l.read(ctx, name+"-taken", object)
	switch {
	case err != nil:
		return err
	case taken == nil:
		return &errOvertaken{nil}
	case taken.request != l.request:
		return &errTurn{taken}
	}
	return nil
}

// compareAndSwap replaces the entry that before is, if it still is that.
func (l *ledger) compareAndSwap(ctx context.Context, name string, object string, before *entry, e entry) error {
	values := l.values(object, e)
	values["before"] = before.request
	_, err := l.run(ctx, name, l.setEntry()+" AND request = :before", values)
	return err
}

// write replaces the object's entry if it is this request's.
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
		"began": e.began.UTC().Format(instant), "kept": e.keptAt.UTC().Format(instant),
	}
}

// note writes down a statement that this request runs, if the object is still its own.
func (l *ledger) note(ctx context.Context, object, id string) error {
	_, err := l.run(ctx, "running", "UPDATE "+l.table()+" SET running = :running WHERE object = :object AND request = :request AND elected = entered_by",
		map[string]string{"object": object, "request": l.request, "running": running{l.request, id}.String()})
	return err
}

// erase removes the object's entry if the request that last changed it is by.
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

// statement returns a statement on the ledger. Each round has names of its own.
func (l *ledger) statement(name, sql string, parameters map[string]string) dataapi.Statement {
	return dataapi.Statement{Name: "ledger-" + name + inRound(l.round), SQL: sql, Parameters: parameters}
}

// inRound ends the names of a round's statements; those of the first one have no ending.
func inRound(round int) string {
	if round == 0 {
		return ""
	}
	return fmt.Sprintf("-%d", round+1)
}
