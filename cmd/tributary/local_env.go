package main

import (
	"context"

	"github.com/alecthomas/kong"
)

// localEnvCmd is the command "tributary local env".
type localEnvCmd struct {
	Output string `default:"env" enum:"env,json" help:"Output format: ${enum}."`
}

// Run prints the environment of the running twin. If no twin is running, it prints the
// closed environment and returns an error.
func (c *localEnvCmd) Run(ctx context.Context, call *kong.Context, s state) error {
	return orClosedEnvironment(call, c.Output, func(p *printer) error {
		vars, err := s.runningEnvironment(ctx)
		if err != nil {
			return err
		}
		return p.print(vars)
	})
}
