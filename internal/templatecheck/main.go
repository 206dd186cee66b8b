// Command templatecheck has the lab, its variants and every example checked by
// cfn-lint, checkov, cfn-guard and cdk-nag, which Tributary did not write. Their
// findings have to be those that docs/security.md accepts: no more, no fewer.
//
// It needs cfn-lint and checkov on the PATH, and the Node modules of its own
// directory. It runs in the repository's root.
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
		return errors.New("the findings aren't those of " + document + ": + was found and isn't accepted, - is accepted and wasn't found; mend the construct, or the document")
	}
	_, err = fmt.Fprintf(out, "%d templates, %d findings of %d checkers, all accepted in %s\n", len(made), len(found), len(checkers), document)
	return err
}
