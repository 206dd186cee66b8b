package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/alecthomas/kong"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/tributary-cdk/tributary/internal/plan"
	"github.com/tributary-cdk/tributary/internal/table"
)

// planCmd is "tributary plan".
type planCmd struct {
	App     string `default:"cdk.out" help:"Cloud assembly or template to plan the deploy of (default: ${default})." placeholder:"DIR|FILE"`
	Stack   string `help:"Stack to plan, where the app has several." placeholder:"NAME"`
	Destroy bool   `help:"Plan the stack's removal instead."`
	Offline bool   `help:"Ask AWS nothing: plan as if nothing were deployed."`
	Output  string `default:"auto" enum:"auto,table,plain,json" help:"How to print the plan: ${enum}; table is SQL below a table, plain is SQL alone, auto is table on a terminal, else plain."`
}

// Validate returns what is wrong with the flags.
func (c *planCmd) Validate() error {
	if c.Destroy && c.Offline {
		return errors.New("--destroy and --offline: a destroy is planned from what is deployed; give one of them")
	}
	return nil
}

// Run prints the plan. Its error holds everything that would fail the deploy.
func (c *planCmd) Run(ctx context.Context, call *kong.Context) error {
	stack, err := plan.ReadApp(c.App, c.Stack)
	if err != nil {
		return err
	}
	var deployed *plan.Stack
	if !c.Offline {
		if deployed, err = c.deployed(ctx, &stack); err != nil {
			return interruption(ctx, err)
		}
	}
	p, err := c.plan(stack, deployed)
	if err != nil {
		return err
	}
	return errors.Join(c.print(call.Stdout, p), p.Err())
}

// deployed asks CloudFormation for what is deployed of the stack, in the region
// that the app names or else the default one.
func (c *planCmd) deployed(ctx context.Context, stack *plan.Stack) (*plan.Stack, error) {
	cfg, err := awsConfig(ctx)
	if stack.Region != "" {
		cfg.Region = stack.Region
	} else if err != nil {
		return nil, err
	}
	stack.Region = cfg.Region
	return plan.ReadDeployed(ctx, cloudformation.NewFromConfig(cfg), stack.Name)
}

func (c *planCmd) plan(stack plan.Stack, deployed *plan.Stack) (*plan.Plan, error) {
	switch {
	case !c.Destroy:
		return plan.Deploy(stack, deployed)
	case deployed == nil:
		return &plan.Plan{Stack: stack.Name, Destroy: true}, nil
	}
	return plan.Destroy(*deployed)
}

// print prints the plan. One that has problems is printed for programs only.
func (c *planCmd) print(w io.Writer, p *plan.Plan) error {
	color := isTerminal(w) && os.Getenv("NO_COLOR") == ""
	switch {
	case c.Output == "json":
		return p.WriteJSON(w)
	case len(p.Problems) > 0:
		return nil
	case c.Output == "table", c.Output == "auto" && isTerminal(w):
		if _, err := table.Write(w, summary(p), table.Grid, table.Options{Color: color}); err != nil {
			return err
		}
	}
	return p.WriteSQL(w, color)
}

// summary is a table of the plan's changes.
func summary(p *plan.Plan) table.Table {
	return table.Table{
		Columns: []table.Column{{Name: "action"}, {Name: "object"}, {Name: "construct"}, {Name: "statements", Numeric: true}, {Name: "rows"}},
		Rows: func(yield func([]any, error) bool) {
			for _, c := range p.Changes {
				if !yield([]any{string(c.Action), c.Object, c.Path, int64(len(c.Statements)), c.Rows()}, nil) {
					return
				}
			}
		},
	}
}
