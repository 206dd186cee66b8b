// Package ddlhandler answers CloudFormation's requests for Tributary's custom
// resources: it decides whose an object is, plans with package ddl, runs the
// plan on the warehouse, and tells CloudFormation how it ended.
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

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Handler answers events.
type Handler struct {
	// Warehouse opens the one that the session names.
	Warehouse func(Session) Warehouse
	// Roles opens the roles of the warehouse that target names; namespace is the
	// Serverless namespace's name, empty for a cluster.
	Roles func(target dataapi.Target, namespace string) Roles
	// Responder tells CloudFormation how a request ended.
	Responder Responder
	// Log gets a line for each request. It never gets SQL, properties or the
	// response URL.
	Log *slog.Logger
	// Sleep waits between tries. Nil means a timer.
	Sleep func(context.Context, time.Duration) error
}

// Handle runs ev and answers it. An error means that it was not answered: that
// the time ran out with a statement still running, which a repeated run takes
// up, or that CloudFormation could not be reached.
func (h *Handler) Handle(ctx context.Context, ev Event) error {
	began := time.Now()
	logger := h.Log.With("request", ev.RequestID, "type", ev.RequestType, "resource", ev.LogicalResourceID)
	clock := newClock(ctx, ev.ResponseURL)
	working, cancel := clock.margin(ctx)
	defer cancel()
	answer, err := h.answer(working, clock, ev)
	if err != nil {
		logger.Warn("not answered", "after", time.Since(began), "error", err)
		return err
	}
	if answer.Data != nil {
		logger.Info("rows kept", "table", answer.Data.KeptTable)
	}
	logger.Info("answered", "status", answer.Status, "after", time.Since(began))
	return h.Responder.Respond(ctx, ev.ResponseURL, answer)
}

// answer runs ev and returns what to tell CloudFormation, or an error if it is
// to be run again.
func (h *Handler) answer(ctx context.Context, clock clock, ev Event) (Response, error) {
	answer := Response{
		Status: Success, PhysicalResourceID: ev.PhysicalResourceID,
		StackID: ev.StackID, RequestID: ev.RequestID, LogicalResourceID: ev.LogicalResourceID,
	}
	if ev.RequestType == "Delete" && strings.HasPrefix(ev.PhysicalResourceID, unowned) {
		return answer, nil
	}
	want, err := decode(ev.ResourceType, ev.ResourceProperties)
	if ev.RequestType != "Delete" {
		answer.PhysicalResourceID = want.physicalID()
	} else if err != nil && want.declared == nil {
		return answer, nil // no Create made anything of this
	}
	if err == nil || ev.RequestType == "Delete" {
		r := h.open(clock, ev, want)
		err = r.perform(ctx, ev)
		if r.kept != "" {
			answer.Data = &Data{KeptTable: r.kept}
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
		answer.Status, answer.Reason = Failed, reason(want, err, answer.Data)
	}
	return answer, nil
}

// open returns a run of ev on the object that want declares.
func (h *Handler) open(clock clock, ev Event, want resource) *run {
	sleep := h.Sleep
	if sleep == nil {
		sleep = dataapi.Sleep
	}
	r := &run{
		owner: ev.owner(), id: ev.RequestID, want: want, clock: clock, sleep: sleep,
		log:   h.Log.With("request", ev.RequestID, "resource", ev.LogicalResourceID),
		other: func(want resource) *run { return h.open(clock, ev, want) },
	}
	r.warehouse = h.Warehouse(Session{
		Target: want.target, Name: strings.Join([]string{"tributary", ev.stackName(), ev.LogicalResourceID}, "/"), Request: ev.RequestID,
		Long: r.noteLong, LongAfter: clock.long(),
	})
	if a, ok := want.declared.(attachment); ok {
		r.warehouse = roleWarehouse{r.warehouse, h.Roles(want.target, a.NamespaceName), a.RoleARN}
	}
	r.statements = statements{r.warehouse, clock.patience(sleep)}
	r.ledger = &ledger{statements: r.statements, owner: r.owner, request: ev.RequestID}
	return r
}

// reason tells what failed, for people at a terminal: the object, Redshift's
// words, the statement's id, where rows are, and the SQL last, where a cut does least
// harm.
func reason(want resource, err error, data *Data) string {
	text := err.Error()
	if want.declared != nil {
		text = want.String() + ": " + text
	}
	if data != nil {
		text += "; the rows of before are in " + data.KeptTable
	}
	var statement *dataapi.StatementError
	if errors.As(err, &statement) {
		text += rightsToGrant(want.target, statement) + ": " + statement.SQL
	}
	return text
}

// rightsToGrant says what a function without a secret lacks, whose database user
// somebody has to let create.
func rightsToGrant(target dataapi.Target, failed *dataapi.StatementError) string {
	if target.SecretARN != "" || !strings.Contains(failed.Reason, "permission denied for") {
		return ""
	}
	return "; as a superuser, GRANT CREATE ON DATABASE " + target.Database + " and CREATE ON SCHEMA public to the function's database user, or give the warehouse a Secret"
}
