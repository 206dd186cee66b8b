// Command templatecheck runs cfn-lint, checkov, cfn-guard and cdk-nag on the templates of
// the lab, of its variants and of the examples. It fails unless their findings are exactly
// those that docs/security.md accepts.
//
// It needs cfn-lint and checkov on the PATH, and the Node.js modules of its own directory.
// Run it in the repository's root.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/tributary-cdk/tributary/internal/templates"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	document := flag.String("accepted", "docs/security.md", "the document that lists the accepted findings")
	flag.Parse()
	err := run(ctx, os.Stdout, *document)
	if ctx.Err() != nil {
		stop()
		os.Exit(130)
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "templatecheck:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, document string) error {
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	made, err := templates.Stacks(ctx)
	if err != nil {
		return err
	}
	accepted, err := parse(string(text), templates.Names(made))
	if err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	found, err := check(ctx, made)
	if err != nil {
		return err
	}
	if differences := compare(accepted, found); differences != "" {
		_, _ = io.WriteString(out, differences)
		return errors.New("the findings differ from those in " + document + ": a finding with + is not accepted there, and one with - was not found; change the construct or the document")
	}
	_, err = fmt.Fprintf(out, "%d templates, %d findings of %d checkers, all accepted in %s\n", len(made), len(found), len(checkers), document)
	return err
}
