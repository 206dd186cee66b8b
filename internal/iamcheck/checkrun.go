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

// checkRun is the input and the results of one run of the command.
type checkRun struct {
	python     string // path of the Python interpreter that has policy_sentry
	statements []*statement
	principals []*principal
	ref        *reference
	calls      []twin.Call // the calls that the twin evaluated

	unreadable          []error   // one for each statement that can't be read
	found               []finding // problems of the statements
	actions             []string  // the actions that were checked
	twinDifferences     []string  // differences between the twin's table of actions and the reference
	decisionDifferences []string  // calls for which iam-simulate did not return the expected decision
	allowed             int       // number of calls that iam-simulate allowed as expected
	denied              int       // number of calls that iam-simulate denied as expected
}

// read reads the policy statements, roles and users of the templates.
func (c *checkRun) read(list []templates.Template) error {
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

// checkReference checks the statements and the twin's table of actions against the
// Service Authorization Reference.
func (c *checkRun) checkReference(ctx context.Context) (err error) {
	known := iam.Actions()
	actions := slices.Collect(maps.Keys(known))
	for _, s := range c.statements {
		actions = append(actions, s.actions...)
	}
	if c.ref, err = loadReference(ctx, c.python, actions); err != nil {
		return err
	}
	c.found, c.actions = checkStatements(c.ref, c.statements)
	c.twinDifferences, err = checkTwin(c.ref, known)
	return err
}

// simulate has iam-simulate evaluate the calls that the twin observed, the documented
// calls and the forbidden calls.
func (c *checkRun) simulate(ctx context.Context) error {
	observedRequests, err := observed(c.calls, c.ref)
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
	c.decisionDifferences, c.allowed, c.denied, err = simulate(ctx, slices.Concat(observedRequests, allow, deny))
	return err
}

// report prints all problems, and then how much was checked. It returns an error if there
// is a problem, or if nothing was checked.
func (c *checkRun) report(out io.Writer) error {
	problems := 0
	printProblem := func(line any) {
		problems++
		_, _ = fmt.Fprintln(out, line)
	}
	for _, err := range c.unreadable {
		printProblem(err)
	}
	for _, f := range c.found {
		printProblem(f)
	}
	for _, text := range slices.Concat(c.twinDifferences, c.decisionDifferences) {
		printProblem(text)
	}
	_, err := fmt.Fprintf(out, "iam: %d statements, %d actions, %d unknown, %d wrong resource types, %d calls allowed, %d denied\n",
		len(c.statements), len(c.actions), count(c.found, unknownAction), count(c.found, wrongResource), c.allowed, c.denied)
	switch {
	case err != nil:
		return err
	case problems > 0:
		return fmt.Errorf("found %d problems; correct the constructs, or the tables in internal/iamcheck", problems)
	case len(c.statements) == 0 || len(c.actions) == 0 || c.allowed == 0 || c.denied == 0:
		return errors.New("no statements, actions, allowed calls or denied calls were checked")
	}
	return nil
}
