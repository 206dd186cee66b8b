package dataapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// StatementError is a statement that the warehouse ran and did not finish.
type StatementError struct {
	Name   string // the statement's
	SQL    string
	ID     string // the statement's, for the console and the CLI
	Status string // FAILED or ABORTED
	Reason string // the warehouse's words; empty if it had none
	// Created is when the Data API accepted it; zero if that is not known.
	Created time.Time
}

// Error returns the statement's name, the warehouse's reason and the statement's id. The
// SQL is left out, since it may be long: see SQL.
func (e *StatementError) Error() string {
	reason := cmp.Or(e.Reason, "the warehouse gave no reason")
	return fmt.Sprintf("%s: %s: %s (statement %s)", e.Name, strings.ToLower(e.Status), reason, e.ID)
}

// RunningError is a statement that was not seen to end, and so may still run.
type RunningError struct {
	Name string // the statement's
	ID   string // the statement's
	Err  error  // why it was not watched to its end
}

// Error returns the statement's name, its id and the reason.
func (e *RunningError) Error() string {
	return fmt.Sprintf("%s: statement %s: %v", e.Name, e.ID, e.Err)
}

// Unwrap returns the reason.
func (e *RunningError) Unwrap() error { return e.Err }

// Gone reports whether err says that the warehouse, or the database in it, does
// not exist. The Data API has no exception of its own for either; the words are
// its own.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-troubleshooting.html
func Gone(err error) bool {
	var (
		statement *StatementError
		invalid   *types.ValidationException
		missing   *types.ResourceNotFoundException
	)
	switch {
	case errors.As(err, &statement):
		return strings.Contains(statement.Reason, `database "`) && strings.Contains(statement.Reason, "does not exist")
	case errors.As(err, &invalid):
		return containsAny(invalid.ErrorMessage(), "endpoint doesn't exist", "endpoint does not exist", "cluster not found", "workgroup not found")
	}
	return errors.As(err, &missing)
}

// Refused reports whether err says that the warehouse refused a statement, which
// then has done nothing. Of one that was aborted nobody knows.
func Refused(err error) bool {
	var statement *StatementError
	return errors.As(err, &statement) && statement.Status == string(types.StatusStringFailed)
}

// Exists reports whether err says that a statement's object exists already.
func Exists(err error) bool {
	return failedWith(err, "already exists")
}

// NotAuthorized reports whether err says that Redshift may not assume the role, or
// the role may not read the stream, or that the caller may not do what it does: so it
// is at first, too, while IAM settles, and Redshift with what is attached to it.
func NotAuthorized(err error) bool {
	words := []string{"not authorized", "Access denied", "AccessDenied", "UnauthorizedException", "is not associated to cluster"}
	var api smithy.APIError
	if errors.As(err, &api) {
		// A role whose trust has not arrived is refused by the last of these.
		return containsAny(api.ErrorCode()+" "+api.ErrorMessage(), append(words, "must delegate access")...)
	}
	return failedWith(err, words...)
}

// Conflicted reports whether err says that a statement lost a race with another
// transaction and may win the next one. It has done nothing then. Redshift says so by
// code (1018 and 1023 are documented) or in words, which differ between the isolation
// levels SERIALIZABLE and SNAPSHOT.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html;
// "conflict with concurrent transaction" was seen live:
// https://github.com/aws/amazon-redshift-jdbc-driver/issues/147
func Conflicted(err error) bool {
	var statement *StatementError
	return Refused(err) && errors.As(err, &statement) && (conflictCode.MatchString(statement.Reason) ||
		containsAny(statement.Reason, "isolation violation", "could not serialize", "deadlock detected", "concurrently updated", "concurrent update",
			"conflict with concurrent transaction"))
}

// conflictCode finds "ERROR: 1023 DETAIL: …". 1018 is a relation that another
// transaction has just made or dropped.
var conflictCode = regexp.MustCompile(`(?i)error:\s*(1018|1023)\s+detail`)

func failedWith(err error, words ...string) bool {
	var statement *StatementError
	return errors.As(err, &statement) && containsAny(statement.Reason, words...)
}

func containsAny(text string, words ...string) bool {
	for _, word := range words {
		if strings.Contains(strings.ToLower(text), strings.ToLower(word)) {
			return true
		}
	}
	return false
}

// Unanswered reports whether err says that nobody knows whether a call was heard:
// the service can't be reached, its answer was cut off, or it failed itself. A call
// that the context ended is none of these.
func Unanswered(err error) bool {
	var (
		unsent *smithyhttp.RequestSendError
		torn   *smithy.DeserializationError
		answer *smithyhttp.ResponseError
		api    smithy.APIError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false
	case errors.As(err, &unsent), errors.As(err, &torn):
		return true
	case errors.As(err, &answer) && answer.HTTPStatusCode() >= 500:
		return true
	}
	return errors.As(err, &api) && containsAny(api.ErrorCode(), "InternalServerException", "ServiceUnavailable", "InternalFailure")
}

// busy reports whether the Data API may take the same call later: it can't be
// reached, it is throttling, it has too many active statements, or the warehouse
// is paused or on its way to being available.
func busy(err error) bool {
	var api smithy.APIError
	switch {
	case Unanswered(err):
		return true
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), !errors.As(err, &api):
		return false
	}
	switch api.ErrorCode() {
	case "ThrottlingException", "TooManyRequestsException", "ActiveStatementsExceededException",
		"ActiveSessionsExceededException", "DatabaseConnectionException":
		return true
	case "ValidationException":
		return containsAny(api.ErrorMessage(), "is paused", "is resuming", "resume the cluster", "is not available", "currently being modified", "is rebooting")
	}
	return false
}
