package main

import (
	"context"

	"github.com/alecthomas/kong"
)

// localEnvCmd is "tributary local env".
type localEnvCmd struct {
	Output string `default:"env" enum:"env,json" help:"How to print it: ${enum}."`
}

// Run prints the environment of the running twin. Without one, it prints the
// closed environment and fails.
func (c *localEnvCmd) Run(ctx context.Context, call *kong.Context, s state) error {
	return whileClosed(call, c.Output, func(p *printer) error {
		vars, err := s.lead(ctx)
		if err != nil {
			return err
		}
		return p.print(vars)
	})
}
