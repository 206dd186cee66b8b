// Command tributary puts records into a stream, queries the views that it
// feeds, and runs the local twin that stands in for AWS.
//
// It exits with 0 when it did what it was asked, 1 when that failed, 2 when it
// was called wrongly, and 130 when it was interrupted.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the whole surface of the command.
type cli struct {
	Generate generateCmd `cmd:"" help:"Put generated records into a stream."`
	Query    queryCmd    `cmd:"" help:"Run SQL on the warehouse and print the result."`
	Local    localCmd    `cmd:"" help:"Run the local twin, which stands in for AWS."`
}

func main() { os.Exit(run(os.Args[1:])) }

// run runs the command and returns its exit code.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser, err := kong.New(&cli{}, kong.Name("tributary"),
		kong.Description("A Kinesis stream as live Amazon Redshift views, on AWS and without."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err == nil {
		var call *kong.Context
		if call, err = parser.Parse(args); err == nil {
			err = call.Run()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tributary:", err)
	}
	return exitCode(ctx, err)
}

// exitCode returns what the process exits with.
func exitCode(ctx context.Context, err error) int {
	var coded kong.ExitCoder
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(*kong.ParseError)):
		return 2
	case ctx.Err() != nil:
		return 130
	case errors.As(err, &coded):
		return coded.ExitCode()
	}
	return 1
}
