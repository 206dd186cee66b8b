// Package ddlhandler answers CloudFormation's requests for Tributary's custom
// resources: it decides whose an object is, plans with package definition, carries the
// plan out, and tells CloudFormation how it ended.
//
// A request may be run more than once, since Lambda repeats a run that ended
// without an answer. Every statement's client token is made of the request, so
// that a repeated run finds the outcomes of the first and goes on from there.
// A later request may overtake an earlier one, which CloudFormation has given up
// on or which Lambda delivers twice: so a run reads the ledger anew before each
// statement that changes something, and stops where it is no longer its turn.
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

// Handler answers events.
type Handler struct {
	// Runner returns what runs the statements of a session.
	Runner func(Session) Runner
	// API returns what carries out the calls of a definition's steps; nil if its steps are
	// statements.
	API func(definition.Definition, contract.Target) API
	// Responder tells CloudFormation how a request ended.
	Responder Responder
	// Log gets a line for each request. It never gets SQL, properties or the
	// response URL.
	Log *slog.Logger
	// Sleep waits between tries. Nil means a timer.
	Sleep func(context.Context, time.Duration) error
}

// Handle runs ev and answers it. An error means that it was not answered: that
// the time ran out with a step still running, which a repeated run takes up, or that CloudFormation could not be reached.
func (h *Handler) Handle(ctx context.Context, ev cfn.Event) error {
	began := time.Now()
	logger := h.Log.With("request", ev.RequestID, "type", ev.RequestType, "resource", ev.LogicalResourceID)
	clock := newClock(ctx, ev.ResponseURL)
	working, cancel := clock.margin(ctx)
	defer cancel()
	answer, err := h.answer(working, clock, ev)
	if err != nil {
		logger.Warn(contract.NotAnsweredMessage, "after", time.Since(began), "error", err)
		return err
	}
	if answer.Data != nil {
		logger.Info("rows kept", "table", answer.Data.KeptTable)
	}
	logger.Info(contract.AnsweredMessage, contract.StatusKey, answer.Status, "after", time.Since(began))
	return h.Responder.Respond(ctx, ev.ResponseURL, answer)
}

// answer runs ev and returns what to tell CloudFormation, or an error if it is
// to be run again.
func (h *Handler) answer(ctx context.Context, clock clock, ev cfn.Event) (Response, error) {
	answer := Response{
		Status: cfn.StatusSuccess, PhysicalResourceID: ev.PhysicalResourceID,
		StackID: ev.StackID, RequestID: ev.RequestID, LogicalResourceID: ev.LogicalResourceID,
	}
	if ev.RequestType == cfn.RequestDelete && strings.HasPrefix(ev.PhysicalResourceID, unowned) {
		return answer, nil
	}
	want, err := definition.Read(ev.ResourceType, ev.ResourceProperties)
	if ev.RequestType != cfn.RequestDelete {
		answer.PhysicalResourceID = want.PhysicalID()
	} else if err != nil && want.Definition == nil {
		return answer, nil // no Create made anything of this
	}
	if err == nil || ev.RequestType == cfn.RequestDelete {
		r := h.open(clock, ev, want)
		err = r.perform(ctx, ev)
		if r.keptTable != "" {
			answer.Data = &Data{KeptTable: r.keptTable}
		}
	}
	var (
		refused *errUnowned
		again   *errAgain
		found   errFound
	)
	switch {
	case errors.As(err, &found):
		answer.PhysicalResourceID = unowned + ev.RequestID
		return answer, nil
	case errors.As(err, &again):
		return answer, err
	case errors.As(err, &refused):
		answer.PhysicalResourceID = unowned + ev.RequestID
	}
	if err != nil {
		answer.Status, answer.Reason = cfn.StatusFailed, reason(want, err, answer.Data)
	}
	return answer, nil
}

// open returns a run of ev on the object that want defines.
func (h *Handler) open(clock clock, ev cfn.Event, want definition.Resource) *run {
	sleep := h.Sleep
	if sleep == nil {
		sleep = dataapi.Sleep
	}
	r := &run{
		owner: ownerOf(ev), id: ev.RequestID, want: want, clock: clock, sleep: sleep,
		log:   h.Log.With("request", ev.RequestID, "resource", ev.LogicalResourceID),
		other: func(want definition.Resource) *run { return h.open(clock, ev, want) },
	}
	r.runner = h.Runner(Session{
		Target: want.Target, Name: strings.Join([]string{"tributary", stackName(ev), ev.LogicalResourceID}, "/"), Request: ev.RequestID,
		OnStillRunning: r.noteStillRunning, StillRunningAfter: clock.stillRunningAfter(),
	})
	r.api = h.API(want.Definition, want.Target)
	r.statements = statements{r.runner, clock.patience(sleep)}
	r.ledger = &ledger{statements: r.statements, owner: r.owner, request: ev.RequestID}
	return r
}

// reason tells what failed, for people at a terminal: the object, Redshift's
// words, the statement's id, where rows are, and the SQL last, where a cut does least
// harm.
func reason(want definition.Resource, err error, data *Data) string {
	text := err.Error()
	if want.Definition != nil {
		text = want.Object().String() + ": " + text
	}
	if data != nil {
		text += "; the rows of before are in " + data.KeptTable
	}
	var statement *dataapi.StatementError
	if errors.As(err, &statement) {
		text += rightsToGrant(want.Target, statement) + ": " + statement.SQL
	}
	return text
}

// rightsToGrant says what a function without a secret lacks, whose database user
// somebody has to let create.
func rightsToGrant(target contract.Target, failed *dataapi.StatementError) string {
	if target.SecretARN != "" || !strings.Contains(failed.Reason, "permission denied for") {
		return ""
	}
	return "; as a superuser, GRANT CREATE ON DATABASE " + target.Database + " and CREATE ON SCHEMA public to the function's database user, or give the warehouse a Secret"
}
