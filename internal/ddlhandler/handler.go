// Package ddlhandler answers CloudFormation's requests for Tributary's custom
// resources: it decides whose an object is, plans with package ddl, runs the
// plan on the warehouse, and tells CloudFormation how it ended.
//
// A request may be run more than once, since Lambda repeats a run that ended
// without an answer. Every statement's client token is made of the request, so
// that a repeated run finds the outcomes of the first and goes on from there.
package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Handler answers events.
type Handler struct {
	// Warehouse opens the one that target names. name begins the names of the
	// request's statements, and request makes their client tokens.
	Warehouse func(target dataapi.Target, name, request string) Warehouse
	// Responder tells CloudFormation how a request ended.
	Responder Responder
	// Log gets a line for each request. It never gets SQL, properties or the
	// response URL.
	Log *slog.Logger
	// Sleep waits between tries. Nil means a timer.
	Sleep func(context.Context, time.Duration) error
}

// The limits of a request. CloudFormation waits for an hour at most; Lambda
// runs 15 minutes and repeats an unanswered run twice, a minute and then two
// minutes later.
//
// Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-customresource.html
// and https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
const (
	requestLimit  = 45 * time.Minute
	settlingLimit = 3 * time.Minute // how long IAM is given to settle
)

// run is one run of one request.
type run struct {
	warehouse Warehouse
	ledger    ledger
	owner     owner
	id        string    // the request's
	began     time.Time // when the request's first statement was accepted
	want      resource
	sleep     func(context.Context, time.Duration) error
}

// Handle runs ev and answers it. An error means that it was not answered: that
// the time ran out with a statement still running, which a repeated run takes
// up, or that CloudFormation could not be reached.
func (h *Handler) Handle(ctx context.Context, ev Event) error {
	began := time.Now()
	logger := h.Log.With("request", ev.RequestID, "type", ev.RequestType, "resource", ev.LogicalResourceID)
	working, cancel := withMargin(ctx)
	defer cancel()
	answer, err := h.answer(working, ev)
	if err != nil {
		logger.Warn("not answered", "after", time.Since(began), "error", err)
		return err
	}
	logger.Info("answered", "status", answer.Status, "after", time.Since(began), "reason", answer.Reason)
	return h.Responder.Respond(ctx, ev.ResponseURL, answer)
}

// withMargin keeps back a part of the time that ctx has, in which to answer.
func withMargin(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(10*time.Second, time.Until(deadline)/10)))
}

// answer runs ev and returns what to tell CloudFormation, or an error if it is
// to be run again.
func (h *Handler) answer(ctx context.Context, ev Event) (Response, error) {
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
	} else if err != nil && want.object.Name == (ddl.Ident{}) {
		return answer, nil // no Create made anything of this
	}
	if err == nil || ev.RequestType == "Delete" {
		err = h.perform(ctx, ev, want)
	}
	var (
		refused *errUnowned
		again   *errAgain
	)
	switch {
	case errors.As(err, &again):
		return answer, err
	case errors.As(err, &refused):
		answer.PhysicalResourceID = unowned + ev.RequestID
	}
	if err != nil {
		answer.Status, answer.Reason = Failed, reason(want.object, err)
	}
	return answer, nil
}

// errAgain is a run that ended with its statement still running.
type errAgain struct{ err error }

func (e *errAgain) Error() string { return "still running, to be taken up: " + e.err.Error() }
func (e *errAgain) Unwrap() error { return e.err }

func (h *Handler) perform(ctx context.Context, ev Event, want resource) error {
	w := h.Warehouse(want.target, strings.Join([]string{"tributary", ev.stackName(), ev.LogicalResourceID}, "/"), ev.RequestID)
	r := &run{
		warehouse: w, ledger: ledger{w, ev.RequestID}, owner: ev.owner(), id: ev.RequestID, want: want,
		sleep: h.Sleep,
	}
	if r.sleep == nil {
		r.sleep = dataapi.Sleep
	}
	if ev.RequestType == "Delete" {
		return r.unlessUnfinished(ctx, r.delete(ctx))
	}
	var err error
	if r.began, err = r.ledger.ensure(ctx); err != nil {
		return r.unlessUnfinished(ctx, err)
	}
	limited, cancel := context.WithDeadline(ctx, r.began.Add(requestLimit))
	defer cancel()
	if ev.RequestType == "Update" {
		old, oldErr := decode(ev.ResourceType, ev.OldResourceProperties)
		if oldErr != nil {
			return fmt.Errorf("what is deployed can't be read by this version of Tributary: %w", oldErr)
		}
		err = r.update(limited, old)
	} else {
		err = r.create(limited)
	}
	return r.unlessUnfinished(ctx, err)
}

// unlessUnfinished turns the end of this run's time into *errAgain, unless the
// request's own time is over: then what still runs is cancelled, and the
// request has failed.
func (r *run) unlessUnfinished(ctx context.Context, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if !r.began.IsZero() && time.Since(r.began) < requestLimit && ctx.Err() != nil {
		return &errAgain{err}
	}
	rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	cancelled, cancelErr := r.warehouse.Cancel(rest)
	return errors.Join(fmt.Errorf("%w; cancelled %q", err, cancelled), cancelErr)
}

// runAll runs statements that need no more than to be run.
func (r *run) runAll(ctx context.Context, plan []ddl.Statement) error {
	for _, s := range plan {
		if _, err := r.warehouse.Run(ctx, s, 0); err != nil {
			return err
		}
	}
	return nil
}

// perform runs one statement of a plan, or what the plan has instead of it, and
// returns the statements that finished.
func (r *run) perform(ctx context.Context, s ddl.Statement) ([]ddl.Statement, error) {
	if s.Step == ddl.StepDependents {
		rows, _, err := r.warehouse.Rows(ctx, s, 0)
		if err == nil {
			err = ddl.Dependents(r.want.object, rows)
		}
		return []ddl.Statement{s}, err
	}
	err := r.patient(ctx, s)
	var refused *dataapi.StatementError
	if err == nil || s.Instead == nil || !errors.As(err, &refused) {
		if err != nil {
			return nil, err
		}
		return []ddl.Statement{s}, nil
	}
	var ran []ddl.Statement
	for _, instead := range s.Instead {
		if _, err := r.warehouse.Run(ctx, instead, 0); err != nil {
			return ran, err
		}
		ran = append(ran, instead)
	}
	return ran, nil
}

// patient runs one statement. For some minutes it takes a refusal for want of
// rights to be IAM settling, since a role's statements reach the services some
// time after the role is made.
func (r *run) patient(ctx context.Context, s ddl.Statement) error {
	for attempt, wait := 0, time.Second; ; attempt++ {
		_, err := r.warehouse.Run(ctx, s, attempt)
		if !dataapi.NotAuthorized(err) || time.Since(r.began) > settlingLimit {
			return err
		}
		if r.sleep(ctx, wait) != nil {
			return err // what was refused says more than that the time is over
		}
		wait = min(2*wait, 15*time.Second)
	}
}

// reason tells what failed, for people at a terminal: the object, Redshift's
// words, the statement's id, and its SQL last, where a cut does least harm.
func reason(object ddl.Object, err error) string {
	text := object.String() + ": " + err.Error()
	var statement *dataapi.StatementError
	if errors.As(err, &statement) {
		text += ": " + statement.SQL
	}
	return text
}
