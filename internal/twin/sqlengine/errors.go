package sqlengine

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// Error is a statement's failure as Redshift reports it.
type Error struct {
	Severity string // "ERROR" or "FATAL"; empty means "ERROR"
	Code     string // SQLSTATE
	Message  string
	Detail   string // empty if there is none
	Hint     string // empty if there is none
}

// Error returns the failure in the form of Redshift's driver.
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

// SQLSTATE codes of the engine's own refusals.
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
	codeSerialization = "40001" // PostgreSQL's: Redshift's conflicts are internal errors
	codeInternal      = "XX000"
)

// errorf returns an *Error of severity ERROR.
func errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// asError returns err as Redshift reports it: refusals of rsql and PostgreSQL's
// failures as an *Error, others as they are.
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
		if pg.DataTypeName != "" { // of the catalog's own types, whose constraints are named by what they say
			return errorf(pg.Code, "%s", pg.ConstraintName)
		}
	}
	return &Error{Severity: pg.Severity, Code: pg.Code, Message: pg.Message, Detail: pg.Detail, Hint: pg.Hint}
}

// conflict words a conflict as Redshift does: two transactions that changed the same
// rows, or else a cycle of transactions that read what the others wrote. PostgreSQL
// names neither the table nor the transactions, so that their ids stand for nothing.
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

// madeMeanwhile reports whether a CREATE … IF NOT EXISTS failed since another
// session has made the same at the same moment.
func madeMeanwhile(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "23505" || pg.Code == "42710" || pg.Code == "42P06" || pg.Code == "42P07")
}

// sayView puts "materialized view" for "table" in an error about a streaming
// view, which is a table here and nowhere else.
func sayView(err error) error {
	var e *Error
	if !errors.As(asError(err), &e) {
		return err
	}
	words := strings.NewReplacer("table", "materialized view")
	return &Error{Severity: e.Severity, Code: e.Code, Message: words.Replace(e.Message), Detail: words.Replace(e.Detail), Hint: e.Hint}
}
