package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/tributary-cdk/tributary/internal/templates"
	"github.com/tributary-cdk/tributary/internal/twin"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
)

// checking is one run: what it looks at, and what it has found.
type checking struct {
	python     string
	statements []*statement
	principals []*principal
	ref        *reference
	calls      []twin.Call

	unreadable  []error
	found       []finding
	actions     []string
	twinDiffers []string
	differ      []string
	allowed     int
	denied      int
}

// read reads the templates' statements, roles and users.
func (c *checking) read(list []templates.Template) error {
	resolvers, err := read(list)
	if err != nil {
		return err
	}
	for _, r := range resolvers {
		statements, problems := r.statements()
		c.statements, c.unreadable = append(c.statements, statements...), append(c.unreadable, problems...)
		principals, err := r.principals(statements)
		if err != nil {
			return err
		}
		c.principals = append(c.principals, principals...)
	}
	return nil
}

// refer holds the statements, and what the twin knows of actions, against the
// reference.
func (c *checking) refer(ctx context.Context) (err error) {
	known := iam.Actions()
	actions := slices.Collect(maps.Keys(known))
	for _, s := range c.statements {
		actions = append(actions, s.actions...)
	}
	if c.ref, err = ask(ctx, c.python, actions); err != nil {
		return err
	}
	c.found, c.actions = checkStatements(c.ref, c.statements)
	c.twinDiffers, err = checkTwin(c.ref, known)
	return err
}

// simulate has iam-simulate decide on the calls.
func (c *checking) simulate(ctx context.Context) error {
	seen, err := observed(c.calls, c.ref)
	if err != nil {
		return err
	}
	allow, err := requests(documented, c.principals, true)
	if err != nil {
		return err
	}
	deny, err := requests(forbidden, c.principals, false)
	if err != nil {
		return err
	}
	c.differ, c.allowed, c.denied, err = simulate(ctx, slices.Concat(seen, allow, deny))
	return err
}

// report prints all that is wrong, and what was checked. Where something is wrong, it is
// an error; so it is where nothing was checked.
func (c *checking) report(out io.Writer) error {
	wrong := 0
	say := func(line any) {
		wrong++
		_, _ = fmt.Fprintln(out, line)
	}
	for _, err := range c.unreadable {
		say(err)
	}
	for _, f := range c.found {
		say(f)
	}
	for _, text := range slices.Concat(c.twinDiffers, c.differ) {
		say(text)
	}
	_, err := fmt.Fprintf(out, "iam: %d statements, %d actions, %d unknown, %d wrong resource types, %d calls allowed, %d denied\n",
		len(c.statements), len(c.actions), count(c.found, unknownAction), count(c.found, wrongResource), c.allowed, c.denied)
	switch {
	case err != nil:
		return err
	case wrong > 0:
		return fmt.Errorf("%d things are wrong; mend the constructs, or what the check knows of AWS", wrong)
	case len(c.statements) == 0 || len(c.actions) == 0 || c.allowed == 0 || c.denied == 0:
		return errors.New("nothing was checked")
	}
	return nil
}
