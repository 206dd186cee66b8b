// Command tributary puts records into a stream, queries the views that it
// feeds, prints the SQL that a deploy will run, and runs the local twin that
// stands in for AWS.
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
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdk/tributary/internal/lab"
)

// cli is the whole surface of the command.
type cli struct {
	Generate generateCmd `cmd:"" help:"Put generated records into a stream."`
	Query    queryCmd    `cmd:"" help:"Run SQL on the warehouse and print the result."`
	Plan     planCmd     `cmd:"" help:"Print the SQL that a deploy will run, before it does."`
	Status   statusCmd   `cmd:"" help:"Show warehouse, stream and views on one screen, and what to do about each problem."`
	Watch    watchCmd    `cmd:"" help:"Show a view as it fills, and its health, on a page of this machine's."`
	KDGUser  kdgUserCmd  `cmd:"" name:"kdg-user" help:"Set the password with which one signs in to the Kinesis Data Generator's page."`
	Local    localCmd    `cmd:"" help:"Run the local twin, which stands in for AWS."`

	Version kong.VersionFlag `help:"Print the version."`
}

// version returns what this program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version + " " + info.GoVersion
}

// vars are what the help and the defaults of flags are told of.
func vars() kong.Vars {
	return kong.Vars{"version": version(), "lab_stream": lab.StreamName, "lab_view": lab.TypedView}
}

func main() { os.Exit(run(os.Args[1:])) }

// run runs the command and returns its exit code.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser, err := kong.New(&cli{}, kong.Name("tributary"),
		kong.Description("A Kinesis stream as live Amazon Redshift views, on AWS and without."),
		vars(),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err == nil {
		var call *kong.Context
		if call, err = parser.Parse(args); err == nil {
			err = call.Run()
		}
	}
	if err != nil {
		err = closeMisused(err, args, os.Stdout)
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
