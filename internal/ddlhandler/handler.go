// Package ddlhandler handles CloudFormation's requests for Tributary's custom resources.
// It finds out who owns the object, plans the change with package definition, runs the
// plan, and sends the result to CloudFormation.
//
// A request may run more than once, because Lambda retries a run that ended without a
// response. Every statement's client token is derived from the request. So a repeated run
// gets the outcomes of the statements that already ran, and continues after them.
//
// A later request may overtake an earlier one: CloudFormation has given up on the earlier
// one, or Lambda delivers it twice. So a run reads the ledger again before each statement
// that changes something, and stops if a later request has changed the object's entry.
package ddlhandler

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// Handler handles events of custom resources.
type Handler struct {
	// Runner returns the runner for the statements of a session.
	Runner func(Session) Runner
	// API returns the implementation of a definition's API calls. It returns nil if all
	// steps of the definition are statements.
	API func(definition.Definition, contract.Target) API
	// Responder sends responses to CloudFormation.
	Responder Responder
	// Log receives a line for each request. It never receives SQL, properties or the
	// response URL.
	Log *slog.Logger
	// Sleep waits between two attempts. Nil means [dataapi.Sleep].
	Sleep func(context.Context, time.Duration) error
}

// Handle runs ev and sends the response. It returns an error if it has sent no response: if
// the run has ended while a step was still running, so that a repeated run must continue, or
// if CloudFormation could not be reached.
func (h *Handler) Handle(ctx context.Context, ev cfn.Event) error {
	began := time.Now()
	logger := h.Log.With("request", ev.RequestID, "type", ev.RequestType, "resource", ev.LogicalResourceID)
	clock := newClock(ctx, ev.ResponseURL)
	working, cancel := clock.reserveResponseTime(ctx)
	defer cancel()
	response, err := h.process(working, clock, ev)
	if err != nil {
		logger.Warn(contract.NotAnsweredMessage, "after", time.Since(began), "error", err)
		return err
	}
	if response.Data != nil {
		logger.Info("rows kept", "table", response.Data.KeptTable)
	}
	logger.Info(contract.AnsweredMessage, contract.StatusKey, response.Status, "after", time.Since(began))
	return h.Responder.Respond(ctx, ev.ResponseURL, response)
}

// process runs ev and returns the response to send. It returns an error if Lambda should
// retry the event.
func (h *Handler) process(ctx context.Context, clock clock, ev cfn.Event) (Response, error) {
	response := Response{
		Status: cfn.StatusSuccess, PhysicalResourceID: ev.PhysicalResourceID,
		StackID: ev.StackID, RequestID: ev.RequestID, LogicalResourceID: ev.LogicalResourceID,
	}
	if ev.RequestType == cfn.RequestDelete && strings.HasPrefix(ev.PhysicalResourceID, unowned) {
		return response, nil
	}
	want, err := definition.Read(ev.ResourceType, ev.ResourceProperties)
	if ev.RequestType != cfn.RequestDelete {
		response.PhysicalResourceID = want.PhysicalID()
	} else if err != nil && want.Definition == nil {
		return response, nil // no Create can have made an object from these properties
	}
	if err == nil || ev.RequestType == cfn.RequestDelete {
		r := h.newRun(clock, ev, want)
		err = r.perform(ctx, ev)
		if r.keptTable != "" {
			response.Data = &Data{KeptTable: r.keptTable}
		}
	}
	var (
		refused *errUnowned
		retry   *errRetry
		shared  errSharedExists
	)
	switch {
	case errors.As(err, &shared):
		response.PhysicalResourceID = unowned + ev.RequestID
		return response, nil
	case errors.As(err, &retry):
		return response, err
	case errors.As(err, &refused):
		response.PhysicalResourceID = unowned + ev.RequestID
	}
	if err != nil {
		response.Status, response.Reason = cfn.StatusFailed, reason(want, err, response.Data)
	}
	return response, nil
}

// newRun returns a run of ev on the object that want defines.
func (h *Handler) newRun(clock clock, ev cfn.Event, want definition.Resource) *run {
	sleep := h.Sleep
	if sleep == nil {
		sleep = dataapi.Sleep
	}
	r := &run{
		owner: ownerOf(ev), id: ev.RequestID, want: want, clock: clock, sleep: sleep,
		log:      h.Log.With("request", ev.RequestID, "resource", ev.LogicalResourceID),
		newRunOn: func(want definition.Resource) *run { return h.newRun(clock, ev, want) },
	}
	r.runner = h.Runner(Session{
		Target: want.Target, Name: strings.Join([]string{"tributary", stackName(ev), ev.LogicalResourceID}, "/"), Request: ev.RequestID,
		OnStillRunning: r.noteStillRunning, StillRunningAfter: clock.stillRunningAfter(),
	})
	r.api = h.API(want.Definition, want.Target)
	r.statements = retryingRunner{r.runner, clock.retryPolicy(sleep)}
	r.ledger = &ledger{statements: r.statements, owner: r.owner, request: ev.RequestID}
	return r
}

// reason returns the Reason of a failed response: the object, Redshift's message with the
// statement's ID, the table that contains the old rows, and the SQL. The SQL comes last,
// because a long reason is cut at its end.
func reason(want definition.Resource, err error, data *Data) string {
	text := err.Error()
	if want.Definition != nil {
		text = want.Object().String() + ": " + text
	}
	if data != nil {
		text += "; the old rows are in " + data.KeptTable
	}
	var statement *dataapi.StatementError
	if errors.As(err, &statement) {
		text += missingGrants(want.Target, statement) + ": " + statement.SQL
	}
	return text
}

// missingGrants returns the remedy for a statement that failed because the function's
// database user may not create objects. It returns "" for any other failure, and if the
// function signs in with a secret.
func missingGrants(target contract.Target, failed *dataapi.StatementError) string {
	if target.SecretARN != "" || !strings.Contains(failed.Reason, "permission denied for") {
		return ""
	}
	return "; as a superuser, GRANT CREATE ON DATABASE " + target.Database + " and CREATE ON SCHEMA public to the function's database user, or give the warehouse a Secret"
}
