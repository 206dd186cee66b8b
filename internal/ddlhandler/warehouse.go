package ddlhandler

import (
	"context"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Warehouse runs statements. *dataapi.Runner is one.
type Warehouse interface {
	// Run runs s and waits until it ends; attempt tells a deliberate repetition
	// from a repeated request, which gets the first one's outcome.
	Run(ctx context.Context, s ddl.Statement, attempt int) (dataapi.Outcome, error)
	// Rows is Run for a statement that returns rows, null as "".
	Rows(ctx context.Context, s ddl.Statement, attempt int) ([][]string, dataapi.Outcome, error)
	// Fresh is Rows for a statement that a repeated request runs anew. The outcome's
	// Began is when it began to run, or earlier.
	Fresh(ctx context.Context, s ddl.Statement) ([][]string, dataapi.Outcome, error)
	// Cancel ends what the request itself still runs, and returns the ids: the known
	// statements, and those that it finds.
	Cancel(ctx context.Context, known []string) ([]string, error)
	// Supersede ends what earlier requests of the same name still run, and waits
	// until it has ended: the known statements, and those that it finds.
	Supersede(ctx context.Context, known []string) error
}

// Session is what a warehouse is opened for.
type Session struct {
	// Target is where statements run.
	Target dataapi.Target
	// Name begins the names of the request's statements.
	Name string
	// Request makes their client tokens.
	Request string
	// Long is called once for each statement that still runs LongAfter it was
	// handed over.
	Long      func(ctx context.Context, step ddl.Step, id string)
	LongAfter time.Duration
}

// statements are a warehouse's, made again as the patience has it.
type statements struct {
	warehouse Warehouse
	patience  Patience
}

func (s statements) run(ctx context.Context, statement ddl.Statement) (dataapi.Outcome, error) {
	var outcome dataapi.Outcome
	err := s.patience.Try(ctx, func(number int) (err error) {
		outcome, err = s.warehouse.Run(ctx, statement, number)
		return err
	})
	return outcome, err
}

func (s statements) rows(ctx context.Context, statement ddl.Statement) ([][]string, dataapi.Outcome, error) {
	var (
		rows    [][]string
		outcome dataapi.Outcome
	)
	err := s.patience.Try(ctx, func(number int) (err error) {
		rows, outcome, err = s.warehouse.Rows(ctx, statement, number)
		return err
	})
	return rows, outcome, err
}

func (s statements) fresh(ctx context.Context, statement ddl.Statement) ([][]string, dataapi.Outcome, error) {
	var (
		rows    [][]string
		outcome dataapi.Outcome
	)
	err := s.patience.Try(ctx, func(int) (err error) {
		rows, outcome, err = s.warehouse.Fresh(ctx, statement)
		return err
	})
	return rows, outcome, err
}
