package ddlhandler

import (
	"context"
	"time"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Runner runs the statements of one request on a warehouse. *dataapi.Runner implements it.
type Runner interface {
	// Run runs s and waits until it ends. If the request has run the same statement with
	// the same attempt number before, Run returns the outcome of that statement instead.
	Run(ctx context.Context, s dataapi.Statement, attempt int) (dataapi.Outcome, error)
	// Rows runs a statement as Run does, and returns its rows. A null value is "".
	Rows(ctx context.Context, s dataapi.Statement, attempt int) ([][]string, dataapi.Outcome, error)
	// Fresh runs a statement as Rows does, but always as a new statement, also in a repeated
	// run. The statement began to run at the outcome's Began, or later.
	Fresh(ctx context.Context, s dataapi.Statement) ([][]string, dataapi.Outcome, error)
	// Cancel cancels the request's own statements that still run: those with the known IDs
	// and those that it finds. It returns the IDs of the cancelled statements.
	Cancel(ctx context.Context, known []string) ([]string, error)
	// Supersede cancels the statements of earlier requests of the same name that still
	// run: those with the known IDs and those that it finds. It waits until they have ended.
	Supersede(ctx context.Context, known []string) error
}

// Session describes the request that a [Runner] runs statements for.
type Session struct {
	// Target is the database and the user that statements run as.
	Target contract.Target
	// Name is the prefix of the names of the request's statements.
	Name string
	// Request is the request's ID, from which client tokens are derived.
	Request string
	// OnStillRunning is called once for each statement that still runs StillRunningAfter
	// after it was sent.
	OnStillRunning func(ctx context.Context, name, id string)
	// StillRunningAfter is the time after which OnStillRunning is called.
	StillRunningAfter time.Duration
}

// API creates and removes one object by calls of an AWS API: it carries out those steps of
// a definition that are calls. Each call is safe to repeat.
type API interface {
	// Exists reports whether the object exists or is being created.
	Exists(ctx context.Context) (bool, error)
	// Make creates the object, unless it exists, and waits until it takes effect.
	Make(ctx context.Context) error
	// Remove removes the object and waits until it is gone. It succeeds if the object or
	// its warehouse does not exist.
	Remove(ctx context.Context) error
}
