// Command tributary sends records to a stream, queries the views of the stream, prints the
// SQL that a deployment will run, and runs the local twin, an emulator of AWS.
//
// The exit code is 0 after success, 1 after a failure, 2 if the arguments are invalid, and
// 130 if the command was interrupted. "tributary local exec" exits with the exit code of
// the command that it runs.
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

// cli is the grammar of the command line.
type cli struct {
	Generate generateCmd `cmd:"" help:"Send generated records to a stream."`
	Query    queryCmd    `cmd:"" help:"Run a SQL statement on the warehouse and print the result."`
	Plan     planCmd     `cmd:"" help:"Print the SQL that a deployment would run."`
	Status   statusCmd   `cmd:"" help:"Show the status of the warehouse, the stream and the views, with a remedy for each problem."`
	Watch    watchCmd    `cmd:"" help:"Show the growth and the health of a view on a web page, which this machine serves."`
	KDGUser  kdgUserCmd  `cmd:"" name:"kdg-user" help:"Set the password of the user who signs in to the Kinesis Data Generator."`
	Local    localCmd    `cmd:"" help:"Run the local twin, an emulator of AWS on this machine."`

	Version kong.VersionFlag `help:"Print the version."`
}

// version returns the versions of the module and of Go from which this program was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version + " " + info.GoVersion
}

// vars returns the variables in the help texts and the default values of flags.
func vars() kong.Vars {
	return kong.Vars{"version": version(), "lab_stream": lab.StreamName, "lab_view": lab.TypedView}
}

func main() { os.Exit(run(os.Args[1:])) }

// run runs the command and returns its exit code.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser, err := kong.New(&cli{}, kong.Name("tributary"),
		kong.Description("Streams Kinesis records into Amazon Redshift views, on AWS or on a local emulator."),
		vars(),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err == nil {
		var call *kong.Context
		if call, err = parser.Parse(args); err == nil {
			err = call.Run()
		}
	}
	if err != nil {
		err = closeOnBadArguments(err, args, os.Stdout)
		fmt.Fprintln(os.Stderr, "tributary:", err)
	}
	return exitCode(ctx, err)
}

// exitCode returns the exit code of the process.
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
