package ddlhandler

import (
	"context"
	"time"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Runner runs statements on a warehouse. *dataapi.Runner is one.
type Runner interface {
	// Run runs s and waits until it ends; attempt tells a deliberate repetition
	// from a repeated request, which gets the first one's outcome.
	Run(ctx context.Context, s dataapi.Statement, attempt int) (dataapi.Outcome, error)
	// Rows is Run for a statement that returns rows, null as "".
	Rows(ctx context.Context, s dataapi.Statement, attempt int) ([][]string, dataapi.Outcome, error)
	// Fresh is Rows for a statement that a repeated request runs anew. The outcome's
	// Began is when it began to run, or earlier.
	Fresh(ctx context.Context, s dataapi.Statement) ([][]string, dataapi.Outcome, error)
	// Cancel ends what the request itself still runs, and returns the ids: the known
	// statements, and those that it finds.
	Cancel(ctx context.Context, known []string) ([]string, error)
	// Supersede ends what earlier requests of the same name still run, and waits
	// until it has ended: the known statements, and those that it finds.
	Supersede(ctx context.Context, known []string) error
}

// Session is what a [Runner] is opened for.
type Session struct {
	// Target is where statements run.
	Target contract.Target
	// Name begins the names of the request's statements.
	Name string
	// Request makes their client tokens.
	Request string
	// OnStillRunning is called once for each statement that still runs StillRunningAfter
	// it was sent.
	OnStillRunning    func(ctx context.Context, name, id string)
	StillRunningAfter time.Duration
}

// API makes and removes one object by calls of an AWS API: it carries out the steps of a
// definition that are calls. Each call is safe to repeat.
type API interface {
	// Exists reports whether the object is there, or about to be.
	Exists(ctx context.Context) (bool, error)
	// Make makes the object, or makes sure of it, and waits until it takes effect.
	Make(ctx context.Context) error
	// Remove removes the object and waits until it is gone. One that is gone, or whose
	// warehouse is, is no error.
	Remove(ctx context.Context) error
}
