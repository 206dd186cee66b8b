package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// localEnvCmd is "tributary local env".
type localEnvCmd struct {
	Output string `default:"env" enum:"env,json" help:"How to print it: ${enum}."`
}

// Run prints the environment of the running twin.
func (c *localEnvCmd) Run(ctx context.Context, call *kong.Context, s state) error {
	client, err := s.client()
	if err != nil {
		return err
	}
	status, err := client.Status(ctx)
	if err != nil {
		return hint(err)
	}
	return printEnvironment(call.Stdout, c.Output, s.environment(status, client.Secret))
}

// printEnvironment writes variables as lines that a shell can evaluate, or as
// a JSON object in which null asks that a variable be unset.
func printEnvironment(w io.Writer, format string, vars []twin.Variable) error {
	if format == "json" {
		object := map[string]*string{}
		for _, v := range vars {
			object[v.Name] = nil
			if !v.Unset {
				object[v.Name] = &v.Value
			}
		}
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(object)
	}
	for _, v := range vars {
		line := fmt.Sprintf("export %s=%s\n", v.Name, quote(v.Value))
		if v.Unset {
			line = fmt.Sprintf("unset %s\n", v.Name)
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}

// quote returns s as one word of a POSIX shell.
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
