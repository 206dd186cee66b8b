package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/table"
)

// queryCmd is the command "tributary query".
type queryCmd struct {
	SQL string `arg:"" help:"SQL statement to run; - reads it from standard input; \"usage\" runs the lab's query for usage statistics."`

	warehouseFlags

	Plot   bool   `help:"Draw a chart for each column of numbers, instead of printing the rows. The first column labels the bars."`
	Output string `default:"auto" enum:"auto,table,plain,csv,json" help:"Output format: ${enum}; auto is table on a terminal, else plain; plain separates values by tabs and prints null as \\N."`
}

// Validate returns an error that joins everything that is wrong with the arguments.
func (c *queryCmd) Validate() error {
	var errs []error
	if strings.TrimSpace(c.SQL) == "" {
		errs = append(errs, errors.New(`SQL: is missing; give a statement, "usage" for the lab's usage statistics, or - for standard input`))
	}
	if c.Plot && c.Output != "auto" {
		errs = append(errs, errors.New("--plot, --output: give only one of them"))
	}
	return errors.Join(append(errs, c.check()...)...)
}

// Run runs the statement and prints its result.
func (c *queryCmd) Run(ctx context.Context, call *kong.Context) error {
	sql, err := c.statement(os.Stdin)
	if err != nil {
		return err
	}
	cfg, err := awsConfig(ctx)
	if err != nil {
		return err
	}
	target, err := c.target(ctx, cloudformation.NewFromConfig(cfg))
	if err != nil {
		return interruptedOr(ctx, err)
	}
	runner := &dataapi.Runner{API: redshiftdata.NewFromConfig(cfg), Target: target}
	return c.run(ctx, runner, sql, call.Stdout, call.Stderr)
}

// statement returns the SQL that the argument means.
func (c *queryCmd) statement(stdin io.Reader) (string, error) {
	switch c.SQL {
	case "usage":
		return lab.UsageQuery, nil
	case "-":
		text, err := io.ReadAll(stdin)
		if err == nil && strings.TrimSpace(string(text)) == "" {
			err = errors.New("is empty")
		}
		if err != nil {
			return "", fmt.Errorf("standard input: %w", err)
		}
		return string(text), nil
	}
	return c.SQL, nil
}

// run runs sql, waits until it has ended, and prints its rows. If ctx ends first, run
// cancels the statement.
func (c *queryCmd) run(ctx context.Context, runner *dataapi.Runner, sql string, stdout, stderr io.Writer) error {
	start := time.Now()
	stop := showProgress(stderr, func() string { return fmt.Sprintf("running for %.0f s", time.Since(start).Seconds()) })
	outcome, err := runner.Run(ctx, dataapi.Statement{Name: "query", SQL: sql}, 1)
	stop()
	if ctx.Err() != nil && outcome.ID != "" {
		return cancelStatement(context.WithoutCancel(ctx), runner.API, outcome.ID)
	}
	if err != nil {
		return interruptedOr(ctx, err)
	}
	if !outcome.HasRows {
		_, err := fmt.Fprintf(stderr, "done (statement %s)\n", outcome.ID)
		return err
	}
	result, err := runner.Result(ctx, outcome.ID)
	if err != nil {
		return interruptedOr(ctx, err)
	}
	if c.Plot {
		return interruptedOr(ctx, writePlot(stdout, result))
	}
	format := table.Format(c.Output)
	if format == "auto" {
		format = table.Plain
		if isTerminal(stdout) {
			format = table.Grid
		}
	}
	rows, err := table.Write(stdout, tableOf(result), format, table.Options{Color: isTerminal(stdout) && os.Getenv("NO_COLOR") == ""})
	if err == nil && format == table.Grid {
		_, err = fmt.Fprintln(stderr, plural(rows, "row"))
	}
	return interruptedOr(ctx, err)
}

// tableOf returns a result as a table. The rows are fetched while the table is printed.
func tableOf(result dataapi.Result) table.Table {
	columns := make([]table.Column, len(result.Columns))
	for i, c := range result.Columns {
		columns[i] = table.Column{Name: c.Name, Numeric: c.Numeric()}
	}
	return table.Table{Columns: columns, Rows: result.Rows}
}

// cancelTimeout is the timeout for the cancellation of a statement.
const cancelTimeout = 5 * time.Second

// cancelStatement cancels a statement. It always returns an error, which says that the
// command was interrupted and whether the statement was cancelled.
func cancelStatement(ctx context.Context, api dataapi.API, id string) error {
	ctx, stop := context.WithTimeout(ctx, cancelTimeout)
	defer stop()
	if _, err := api.CancelStatement(ctx, &redshiftdata.CancelStatementInput{Id: &id}); err != nil {
		return fmt.Errorf("interrupted; cancel statement %q: %w", id, err)
	}
	return fmt.Errorf("interrupted; statement %q was cancelled", id)
}

// interruptedOr returns err. If err is not nil and ctx has ended, it returns the error
// "interrupted" instead.
func interruptedOr(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}

// plural returns a number and a noun, such as "1 row" or "2 rows".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
