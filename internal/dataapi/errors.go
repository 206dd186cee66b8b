package dataapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// StatementError means that a statement failed or was aborted in the warehouse.
type StatementError struct {
	Name    string // the statement's name
	SQL     string
	ID      string    // the statement's ID in the Data API, for use in the console and the CLI
	Status  string    // FAILED, ABORTED, or a status that this version does not know
	Reason  string    // the warehouse's error message; may be empty
	Created time.Time // when the Data API accepted the statement; zero if unknown
}

// Error returns the statement's name, status, reason and ID. It leaves out the SQL, which
// may be long.
func (e *StatementError) Error() string {
	reason := cmp.Or(e.Reason, "the warehouse gave no reason")
	return fmt.Sprintf("%s: %s: %s (statement %s)", e.Name, strings.ToLower(e.Status), reason, e.ID)
}

// RunningError means that the Runner stopped waiting for a statement, which may still be
// running.
type RunningError struct {
	Name string // the statement's name
	ID   string // the statement's ID in the Data API
	Err  error  // why the Runner stopped waiting
}

// Error returns the statement's name and ID, and the reason.
func (e *RunningError) Error() string {
	return fmt.Sprintf("%s: statement %s: %v", e.Name, e.ID, e.Err)
}

// Unwrap returns the reason.
func (e *RunningError) Unwrap() error { return e.Err }

// NoSuchTarget reports whether err means that the warehouse, or the database in it, does
// not exist. The Data API has no exception type for that, so NoSuchTarget searches for
// words in the message.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-troubleshooting.html
func NoSuchTarget(err error) bool {
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

// Refused reports whether err means that a statement failed, and so changed nothing. It
// is false for an aborted statement, since nobody knows what that has changed.
func Refused(err error) bool {
	var statement *StatementError
	return errors.As(err, &statement) && statement.Status == string(types.StatusStringFailed)
}

// AlreadyExists reports whether err means that a statement failed because its object
// already exists.
func AlreadyExists(err error) bool { return failedWith(err, "already exists") }

// NotAuthorized reports whether err means that IAM or Redshift refused something:
// Redshift may not assume the role, the role may not read the stream, or the caller may
// not make the call. The error may be temporary, because new permissions and role
// attachments take effect after some time.
func NotAuthorized(err error) bool {
	phrases := []string{"not authorized", "Access denied", "AccessDenied", "UnauthorizedException", "is not associated to cluster"}
	var api smithy.APIError
	if errors.As(err, &api) {
		// "must delegate access" is in the message for a role with a new trust policy.
		return containsAny(api.ErrorCode()+" "+api.ErrorMessage(), append(phrases, "must delegate access")...)
	}
	return failedWith(err, phrases...)
}

// Conflicted reports whether err means that a statement failed because of a concurrent
// transaction. The statement changed nothing, and may succeed if it is repeated. Redshift
// reports a conflict by an error code (1018 and 1023 are documented) or by a message,
// which depends on the isolation level: SERIALIZABLE or SNAPSHOT.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html;
// a user reported "conflict with concurrent transaction":
// https://github.com/aws/amazon-redshift-jdbc-driver/issues/147
func Conflicted(err error) bool {
	var statement *StatementError
	return Refused(err) && errors.As(err, &statement) && (conflictCode.MatchString(statement.Reason) ||
		containsAny(statement.Reason, "isolation violation", "could not serialize", "deadlock detected", "concurrently updated", "concurrent update",
			"conflict with concurrent transaction"))
}

// conflictCode matches messages such as "ERROR: 1023 DETAIL: …". Code 1018 means that
// another transaction has just created or dropped a relation.
var conflictCode = regexp.MustCompile(`(?i)error:\s*(1018|1023)\s+detail`)

func failedWith(err error, phrases ...string) bool {
	var statement *StatementError
	return errors.As(err, &statement) && containsAny(statement.Reason, phrases...)
}

// containsAny reports whether text contains any of the phrases. It ignores case.
func containsAny(text string, phrases ...string) bool {
	return slices.ContainsFunc(phrases, func(phrase string) bool {
		return strings.Contains(strings.ToLower(text), strings.ToLower(phrase))
	})
}

// OutcomeUnknown reports whether err leaves open whether the service has carried out a
// call: the service could not be reached, the response was incomplete, or the service had
// an internal error. It is false for a call that ended because its context ended.
func OutcomeUnknown(err error) bool {
	var (
		unsent     *smithyhttp.RequestSendError
		incomplete *smithy.DeserializationError
		response   *smithyhttp.ResponseError
		api        smithy.APIError
	)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if errors.As(err, &response) && response.HTTPStatusCode() >= 500 {
		return true
	}
	return errors.As(err, &unsent) || errors.As(err, &incomplete) || errors.As(err, &api) && containsAny(api.ErrorCode(), "InternalServerException", "ServiceUnavailable", "InternalFailure")
}

// retryable reports whether the same call may succeed later: the Data API can't be
// reached, it throttles, it has too many active statements, or the warehouse is paused or
// about to become available.
func retryable(err error) bool {
	var api smithy.APIError
	switch {
	case OutcomeUnknown(err):
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
