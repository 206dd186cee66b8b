package sqlengine

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// Error is the error of a statement that failed, as Redshift returns it.
type Error struct {
	Severity string // "ERROR" or "FATAL"; empty means "ERROR"
	Code     string // SQLSTATE
	Message  string
	Detail   string // empty if there is none
	Hint     string // empty if there is none
}

// Error returns the text of the error, formatted as by Redshift's driver.
func (e *Error) Error() string {
	severity := cmp.Or(e.Severity, "ERROR")
	text := severity + ": " + e.Message
	if e.Detail != "" {
		text += "\n  Detail: " + e.Detail
	}
	if e.Hint != "" {
		text += "\n  Hint: " + e.Hint
	}
	return text
}

// SQLSTATE codes of the engine's own errors, and of PostgreSQL's errors that asError changes.
//
// Source: https://www.postgresql.org/docs/17/errcodes-appendix.html
const (
	codeUnsupported   = "0A000"
	codeCheck         = "23514"
	codeActive        = "25001" // a transaction is active
	codeDependents    = "2BP01"
	codeUndefined     = "42P01"
	codeNoColumn      = "42703"
	codeNoObject      = "42704"
	codeWrongObject   = "42809"
	codeMismatch      = "42804"
	codeCancelled     = "57014"
	codeSerialization = "40001" // of PostgreSQL; Redshift returns codeInternal for conflicts
	codeInternal      = "XX000"
)

// errorf returns an *Error of severity ERROR.
func errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// asError converts err to the error that Redshift returns. Errors of rsql and of PostgreSQL
// become an *Error. Other errors are returned unchanged.
func asError(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var refused *rsql.Error
	if errors.As(err, &refused) {
		return &Error{Code: refused.Code, Message: refused.Error()}
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch pg.Code {
	case codeCancelled:
		return errorf(codeCancelled, "Query cancelled on user's request")
	case codeSerialization:
		return conflict(pg)
	case codeCheck:
		if pg.DataTypeName != "" { // a domain of catalog.sql, whose constraint has the error's text as its name
			return errorf(pg.Code, "%s", pg.ConstraintName)
		}
	}
	return &Error{Severity: pg.Severity, Code: pg.Code, Message: pg.Message, Detail: pg.Detail, Hint: pg.Hint}
}

// conflict returns Redshift's error for a serialization error of PostgreSQL. Redshift has one
// error if two concurrent transactions have changed the same rows, and another error if
// concurrent transactions form a cycle in which each has read rows that another has changed. PostgreSQL doesn't say which
// table and transactions these are, so the ids in the error's text are made up.
//
// Sources: https://github.com/aws/amazon-redshift-jdbc-driver/issues/147 and
// https://repost.aws/knowledge-center/redshift-serializable-isolation
func conflict(pg *pgconn.PgError) *Error {
	if strings.Contains(pg.Message, "due to concurrent") {
		return errorf(codeInternal, "could not complete because of conflict with concurrent transaction")
	}
	return &Error{
		Code: codeInternal, Message: "1023",
		Detail: "Serializable isolation violation on table - 100260, transactions forming the cycle are: 4254, 4255 (pid:1073)",
	}
}

// alreadyExists reports whether err says that the created object exists. A CREATE … IF NOT
// EXISTS fails with such an error if another session creates the object at the same time.
func alreadyExists(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "23505" || pg.Code == "42710" || pg.Code == "42P06" || pg.Code == "42P07")
}

// viewError replaces "table" in an error about a streaming view by "materialized view". In
// PostgreSQL, a streaming view is a table.
func viewError(err error) error {
	var e *Error
	if !errors.As(asError(err), &e) {
		return err
	}
	words := strings.NewReplacer("table", "materialized view")
	return &Error{Severity: e.Severity, Code: e.Code, Message: words.Replace(e.Message), Detail: words.Replace(e.Detail), Hint: e.Hint}
}
