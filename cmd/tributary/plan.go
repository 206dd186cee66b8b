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

// planCmd is the command "tributary plan".
type planCmd struct {
	App     string `default:"cdk.out" help:"Cloud assembly or template to plan (default: ${default})." placeholder:"DIR|FILE"`
	Stack   string `help:"Stack to plan, if the app has several." placeholder:"NAME"`
	Destroy bool   `help:"Plan the deletion of the stack instead of its deployment."`
	Offline bool   `help:"Do not call AWS, and plan as if nothing were deployed."`
	Output  string `default:"auto" enum:"auto,table,plain,json" help:"Output format: ${enum}; table is a table followed by the SQL, plain is only the SQL, auto is table on a terminal, else plain."`
}

// Validate returns what is wrong with the flags.
func (c *planCmd) Validate() error {
	if c.Destroy && c.Offline {
		return errors.New("--destroy, --offline: give only one of them; a deletion is planned from the deployed stack")
	}
	return nil
}

// Run prints the plan. The error joins every problem that would make the deployment fail.
func (c *planCmd) Run(ctx context.Context, call *kong.Context) error {
	stack, err := plan.ReadApp(c.App, c.Stack)
	if err != nil {
		return err
	}
	var deployed *plan.Stack
	if !c.Offline {
		if deployed, err = c.deployed(ctx, &stack); err != nil {
			return interruptedOr(ctx, err)
		}
	}
	p, err := c.plan(stack, deployed)
	if err != nil {
		return err
	}
	return errors.Join(c.print(call.Stdout, p), p.Err())
}

// deployed returns the deployed version of the stack, or nil if it is not deployed. It
// reads the stack's region and, if the app sets none, the default region.
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

// print prints the plan. If the plan has problems, it is only printed as JSON.
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

// summary returns a table of the plan's changes.
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
